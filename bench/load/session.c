#define _GNU_SOURCE
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Customers come first: they start the conversations that agents open. */
void session_make_all(load_state *load) {
    const load_plan *plan = &load->plan;
    int count = plan->rooms * 2 + plan->watchers + plan->visitors;
    load->rooms = calloc((size_t)plan->rooms + 1, sizeof *load->rooms);
    load->sessions = calloc((size_t)count, sizeof *load->sessions);
    if (!load->rooms || !load->sessions) abort();
    load->session_count = count;
    for (int i = 0; i < count; i++) {
        session *s = &load->sessions[i];
        int watcher = i - plan->rooms * 2, visitor = watcher - plan->watchers;
        s->who = visitor >= 0 ? VISITOR : watcher >= 0 ? WATCHER : i < plan->rooms ? CUSTOMER : AGENT;
        s->index = (unsigned)(visitor >= 0 ? visitor : watcher >= 0 ? watcher : i % plan->rooms);
        if (s->who == WATCHER) s->seen = calloc((size_t)plan->rooms + 1, sizeof *s->seen);
        if (s->who == CUSTOMER) uuid_make(&load->rooms[s->index].id);
    }
}

session *session_of(load_state *load, role who, unsigned room) {
    return &load->sessions[who == CUSTOMER ? room : (unsigned)load->plan.rooms + room];
}

int session_dial(load_state *load, session *s) { return ws_dial(&s->ws, load->plan.port); }

void session_connected(load_state *load, session *s) {
    char path[64];
    const load_plan *plan = &load->plan;
    const cookie_jar *jar = s->who == AGENT ? &plan->agents : s->who == WATCHER ? &plan->managers : NULL;
    const char *cookie = jar && jar->count ? jar->cookie[s->index % (unsigned)jar->count] : "";
    write_path(path, plan->dialect, s->who, s->index);
    ws_upgrade(&s->ws, path, plan->origin, cookie);
}

static void send_text(session *s, const char *text, size_t length) {
    ws_send_text(&s->ws, text, length);
}

static void become_ready(load_state *load, session *s) {
    if (s->ready) return;
    s->ready = 1;
    load->ready_count++;
}

static void on_opened(load_state *load, session *s) {
    char frame[FRAME_ROOM];
    const load_plan *plan = &load->plan;
    if (strcmp(plan->dialect, "desk") != 0) {
        become_ready(load, s);
        return;
    }
    const char *site = plan->sites[s->index % (unsigned)plan->site_count];
    send_text(s, frame, write_hello(frame, s->who, site));
}

static void start_conversation(const load_state *load, session *s, const uuid *id) {
    char frame[FRAME_ROOM];
    stamp first = {0, s->index, s->who, 0};
    send_text(s, frame, write_message(frame, "desk", id, &first, load->plan.body));
}

static void on_welcome(load_state *load, session *s) {
    char frame[FRAME_ROOM];
    uuid own;
    if (s->ready) return;
    if (s->who == CUSTOMER) {
        start_conversation(load, s, &load->rooms[s->index].id);
    } else if (s->who == AGENT) {
        send_text(s, frame, write_open(frame, &load->rooms[s->index].id));
    } else if (s->who == VISITOR && load->plan.started) {
        uuid_make(&own);
        start_conversation(load, s, &own);
    } else {
        become_ready(load, s);
    }
}

static int measured(const load_state *load, uint64_t sent_at) {
    return sent_at >= load->measure_from && sent_at < load->measure_until;
}

void session_send(load_state *load, session *s, uint64_t scheduled) {
    char frame[FRAME_ROOM];
    room_state *room = &load->rooms[s->index];
    unsigned number = ++room->last;
    sent_message *slot = &room->sent[number % REMEMBERED];
    if (slot->sent_at && !(slot->acknowledged && slot->delivered)) load->overflowed++;
    *slot = (sent_message){.sent_at = scheduled, .number = number};
    stamp mark = {scheduled, s->index, s->who, number};
    if (measured(load, scheduled)) load->sent++;
    send_text(s, frame, write_message(frame, load->plan.dialect, &room->id, &mark, load->plan.body));
}

static void on_own(load_state *load, session *s, const stamp *mark, sent_message *slot, uint64_t t) {
    slot->acknowledged = 1;
    if (measured(load, mark->sent_at)) histogram_add(&load->ack, t - mark->sent_at);
    if (t >= load->measure_from && t < load->measure_until) load->acknowledged++;
    if (load->refill && t < load->measure_until) session_send(load, s, t);
}

static void on_part(load_state *load, session *s, const char *text, size_t length) {
    stamp mark;
    const char *after;
    if (!stamp_find(text, text + length, &mark, &after) || mark.room != s->index) return;
    if (!mark.sent_at) {
        become_ready(load, s);
        return;
    }
    uint64_t t = now();
    sent_message *slot = &load->rooms[s->index].sent[mark.number % REMEMBERED];
    if (slot->number != mark.number) return;
    if (mark.role == s->who) {
        if (!slot->acknowledged) on_own(load, s, &mark, slot, t);
    } else if (!slot->delivered) {
        slot->delivered = 1;
        if (measured(load, mark.sent_at)) histogram_add(&load->delivery, t - mark.sent_at);
        if (t >= load->measure_from && t < load->measure_until) load->delivered++;
    }
}

/* A row shows the newest message of a conversation; it is also the news of all before it, so that
 * joining several into one update does not hide how long the first of them waited. */
static void on_row(load_state *load, session *s, const stamp *mark, uint64_t t) {
    if (mark->room >= (unsigned)load->plan.rooms) return;
    room_state *room = &load->rooms[mark->room];
    if (mark->number > room->last) return;
    for (unsigned n = s->seen[mark->room] + 1; n <= mark->number; n++) {
        sent_message *slot = &room->sent[n % REMEMBERED];
        if (slot->number == n && measured(load, slot->sent_at))
            histogram_add(&load->row, t - slot->sent_at);
    }
    if (mark->number > s->seen[mark->room]) s->seen[mark->room] = mark->number;
}

static void on_rows(load_state *load, session *s, const char *text, size_t length) {
    stamp mark;
    const char *end = text + length, *at = text;
    uint64_t t = now();
    if (!s->seen) return;
    if (t >= load->measure_from && t < load->measure_until) load->rows++;
    while (stamp_find(at, end, &mark, &at)) on_row(load, s, &mark, t);
}

static void on_frame(load_state *load, session *s, const char *text, size_t length) {
    char type[16];
    frame_type(text, length, type);
    if (!strcmp(type, "part")) on_part(load, s, text, length);
    else if (!strcmp(type, "rows")) on_rows(load, s, text, length);
    else if (!strcmp(type, "welcome")) on_welcome(load, s);
    else if (!strcmp(type, "parts") && s->who == AGENT) become_ready(load, s);
    else if (!strcmp(type, "error")) {
        if (!load->refused_count++) fprintf(stderr, "load: %.*s\n", (int)length, text);
    }
}

typedef struct {
    load_state *load;
    session *session;
} context;

static void handle(void *owner, const char *text, size_t length) {
    context *c = owner;
    if (!text) on_opened(c->load, c->session);
    else on_frame(c->load, c->session, text, length);
}

void session_read(load_state *load, session *s) {
    context c = {load, s};
    ws_read(&s->ws, handle, &c);
}

static void count_unseen_rows(load_state *load, const session *s, uint64_t t) {
    for (unsigned r = 0; r < (unsigned)load->plan.rooms; r++)
        for (unsigned n = s->seen[r] + 1; n <= load->rooms[r].last; n++) {
            sent_message *slot = &load->rooms[r].sent[n % REMEMBERED];
            if (slot->number != n || !measured(load, slot->sent_at)) continue;
            histogram_add(&load->row, t - slot->sent_at);
            load->unseen++;
        }
}

static void count_slot(load_state *load, const sent_message *slot, uint64_t t) {
    if (!slot->sent_at || !measured(load, slot->sent_at)) return;
    if (!slot->acknowledged) {
        histogram_add(&load->ack, t - slot->sent_at);
        load->unacknowledged++;
    }
    if (!slot->delivered) {
        histogram_add(&load->delivery, t - slot->sent_at);
        load->undelivered++;
    }
}

/* Whoever got no answer waited at least until now: leaving them out would flatter an overload. */
void count_unanswered(load_state *load) {
    uint64_t t = now();
    for (int r = 0; r < load->plan.rooms; r++)
        for (int i = 0; i < REMEMBERED; i++) count_slot(load, &load->rooms[r].sent[i], t);
    for (int i = 0; i < load->session_count; i++)
        if (load->sessions[i].seen) count_unseen_rows(load, &load->sessions[i], t);
}
