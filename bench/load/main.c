/* A websocket load client that is never the bottleneck: one thread, one epoll set, no allocation
 * per message. Latency is counted from when a message was due, not from when we managed to send
 * it, so that a stalled server cannot hide its stall (no coordinated omission). */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS = 512, DIALED_AT_ONCE = 64, STALL_SECONDS = 60 };

static const double SECOND = 1e9;
static int poller;

static void watch(session *s, int operation, int writing) {
    struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0u), .data.ptr = s};
    epoll_ctl(poller, operation, s->ws.fd, &e);
}

static void note_closed(load_state *load, const session *s) {
    if (!load->closed_count++) fprintf(stderr, "load: closed with %d\n", s->ws.close_code);
}

static void serve(load_state *load, session *s, uint32_t events) {
    if (s->ws.phase == WS_CLOSED) return;
    if (s->ws.phase == WS_DIALING && events & EPOLLOUT) {
        session_connected(load, s);
        watch(s, EPOLL_CTL_MOD, 0);
    } else if (events & EPOLLOUT) {
        ws_flush(&s->ws);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) session_read(load, s);
    if (s->ws.phase == WS_CLOSED) note_closed(load, s);
    else if (ws_has_output(&s->ws) || events & EPOLLOUT)
        watch(s, EPOLL_CTL_MOD, ws_has_output(&s->ws));
}

static int turn(load_state *load, int wait_ms) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, wait_ms);
    for (int i = 0; i < count; i++) serve(load, events[i].data.ptr, events[i].events);
    return count;
}

static void connect_all(load_state *load) {
    int dialed = 0, before = -1;
    uint64_t progress = now();
    while (load->ready_count < load->session_count) {
        int phase_end = dialed < load->plan.rooms ? load->plan.rooms : load->session_count;
        int agents_wait = dialed == load->plan.rooms && load->ready_count < dialed;
        while (!agents_wait && dialed < phase_end && dialed - load->ready_count < DIALED_AT_ONCE) {
            session *s = &load->sessions[dialed++];
            if (session_dial(load, s) < 0) {
                perror("load: dial");
                exit(3);
            }
            watch(s, EPOLL_CTL_ADD, 1);
        }
        turn(load, 100);
        if (load->ready_count != before) progress = now();
        before = load->ready_count;
        if (load->closed_count || now() - progress > STALL_SECONDS * (uint64_t)SECOND) {
            fprintf(stderr, "load: only %d of %d got ready\n", before, load->session_count);
            exit(3);
        }
    }
}

static role sender_role(const load_plan *plan, unsigned turn_number) {
    if (plan->by == BY_CUSTOMERS) return CUSTOMER;
    if (plan->by == BY_AGENTS) return AGENT;
    return turn_number & 1 ? AGENT : CUSTOMER;
}

static void send_next(load_state *load, unsigned *n, uint64_t scheduled) {
    unsigned rooms = (unsigned)load->plan.rooms, by_both = load->plan.by == BY_BOTH;
    unsigned room = (by_both ? *n / 2 : *n) % rooms;
    session_send(load, session_of(load, sender_role(&load->plan, *n), room), scheduled);
    ++*n;
}

static void run_open_loop(load_state *load) {
    double gap = SECOND / load->plan.rate, due = (double)now();
    unsigned n = 0;
    while (now() < load->measure_until) {
        uint64_t t = now();
        for (; due <= (double)t && due < (double)load->measure_until; due += gap)
            send_next(load, &n, (uint64_t)due);
        double ms = (due - (double)now()) / 1e6;
        turn(load, ms < 1 ? 0 : ms > 10 ? 10 : (int)ms);
    }
}

static void run_closed_loop(load_state *load) {
    unsigned n = 0;
    load->refill = 1;
    for (int i = 0; i < load->plan.outstanding; i++) send_next(load, &n, now());
    while (now() < load->measure_until) turn(load, 10);
    load->refill = 0;
}

/* Answers that are late still arrive; two seconds are longer than any latency we would accept. */
static void drain(load_state *load) {
    uint64_t until = now() + 2 * (uint64_t)SECOND;
    while (now() < until && load->ack.count + load->delivery.count < 2 * load->sent) turn(load, 10);
    if (!load->plan.watchers) return;
    for (until = now() + (uint64_t)SECOND; now() < until;) turn(load, 10);
}

static double cpu_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void report_counts(const load_state *load, double cpu) {
    double seconds = load->plan.seconds;
    int watchers = load->plan.watchers;
    printf("\"sent_per_second\":%.1f,\"acknowledged_per_second\":%.1f,"
           "\"delivered_per_second\":%.1f,\"rows_per_watcher_second\":%.2f,",
           (double)load->sent / seconds, (double)load->acknowledged / seconds,
           (double)load->delivered / seconds,
           watchers ? (double)load->rows / seconds / watchers : 0.0);
    printf("\"unacknowledged\":%llu,\"undelivered\":%llu,\"unseen\":%llu,\"overflowed\":%llu,",
           (unsigned long long)load->unacknowledged, (unsigned long long)load->undelivered,
           (unsigned long long)load->unseen, (unsigned long long)load->overflowed);
    printf("\"refused\":%d,\"closed\":%d,\"client_cpu\":%.3f,", load->refused_count,
           load->closed_count, cpu);
}

static void report(load_state *load, double cpu) {
    count_unanswered(load);
    putchar('{');
    report_counts(load, cpu);
    histogram_json(&load->ack, "ack", stdout);
    putchar(',');
    histogram_json(&load->delivery, "delivery", stdout);
    putchar(',');
    histogram_json(&load->row, "row", stdout);
    puts("}");
    fflush(stdout);
}

static void measure(load_state *load) {
    uint64_t start = now();
    double cpu = cpu_seconds();
    load->measure_from = start + (uint64_t)(load->plan.warmup * SECOND);
    load->measure_until = load->measure_from + (uint64_t)(load->plan.seconds * SECOND);
    if (load->plan.mode == OPEN_LOOP) run_open_loop(load);
    else run_closed_loop(load);
    cpu = (cpu_seconds() - cpu) / ((double)(now() - start) / SECOND);
    drain(load);
    report(load, cpu);
}

static void hold(load_state *load) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 0) == 0) turn(load, 200);
    printf("{\"closed\":%d,\"refused\":%d}\n", load->closed_count, load->refused_count);
}

static void allow_many_files(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int main(int count, char **words) {
    static load_state load;
    signal(SIGPIPE, SIG_IGN);
    plan_read(&load.plan, count, words);
    allow_many_files();
    poller = epoll_create1(0);
    load.measure_from = load.measure_until = UINT64_MAX;
    session_make_all(&load);
    uint64_t start = now();
    connect_all(&load);
    printf("{\"connected\":%d,\"seconds\":%.2f}\n", load.ready_count, (double)(now() - start) / SECOND);
    fflush(stdout);
    if (load.plan.mode == IDLE) hold(&load);
    else measure(&load);
    return 0;
}
