#define _GNU_SOURCE
#include "dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t random_bits(void) {
    static uint64_t state;
    while (!state)
        if (getrandom(&state, sizeof state, 0) < 0) abort();
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

void uuid_make(uuid *id) {
    uint64_t a = random_bits(), b = random_bits();
    snprintf(id->text, sizeof id->text, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
             0x8000u | ((unsigned)(b >> 48) & 0x3fff),
             (unsigned long long)b & 0xffffffffffffull);
}

size_t write_path(char *to, const char *dialect, role who, unsigned room) {
    if (strcmp(dialect, "desk") != 0) return (size_t)sprintf(to, "/room/%u/", room);
    int agent = who == AGENT || who == WATCHER;
    return (size_t)sprintf(to, agent ? "/ws/inbox/" : "/ws/messenger/");
}

static void write_token(char token[44]) {
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 42; i++) token[i] = LETTERS[random_bits() >> 58];
    token[42] = LETTERS[random_bits() >> 60 << 2]; /* 43 letters hold 258 bits: the last two are 0 */
    token[43] = 0;
}

size_t write_hello(char *to, role who, const char *site) {
    char token[44];
    if (who == AGENT || who == WATCHER)
        return (size_t)sprintf(to, "{\"type\":\"hello\",\"protocol\":1}");
    write_token(token);
    return (size_t)sprintf(to, "{\"type\":\"hello\",\"protocol\":1,\"site\":\"%s\",\"token\":\"%s\"}",
                           site, token);
}

size_t write_open(char *to, const uuid *conversation) {
    return (size_t)sprintf(to, "{\"type\":\"open\",\"conversation\":\"%s\",\"after\":-1}",
                           conversation->text);
}

static size_t write_body(char *to, const stamp *mark, int length) {
    static const char WORDS[] = "my order never arrived and nobody has answered me yet, please ";
    int used = sprintf(to, "@%llu:%u:%u:%u ", (unsigned long long)mark->sent_at, mark->room,
                       mark->role, mark->number);
    while (used < length) {
        to[used] = WORDS[(size_t)used % (sizeof WORDS - 1)];
        used++;
    }
    to[used - 1] = '.'; /* a body that ended in a space might come back trimmed */
    return (size_t)used;
}

size_t write_message(char *to, const char *dialect, const uuid *conversation, const stamp *mark,
                     int body) {
    char *at = to;
    uuid client_id;
    uuid_make(&client_id);
    at += sprintf(at, "{\"type\":\"message\",\"client_id\":\"%s\",", client_id.text);
    at += sprintf(at, "\"conversation\":\"%s\",", conversation->text);
    if (!strcmp(dialect, "desk")) {
        at += sprintf(at, "\"attachments\":[],");
        if (mark->role == AGENT) at += sprintf(at, "\"kind\":\"message\",\"mentions\":[],");
        else if (!mark->sent_at) at += sprintf(at, "\"start\":true,");
    }
    at += sprintf(at, "\"body\":\"");
    at += write_body(at, mark, body);
    at += sprintf(at, "\"}");
    return (size_t)(at - to);
}

/* Reads "@sent:room:role:number " at `at`. Not sscanf: it measures the whole rest of the text first. */
static int stamp_read(const char *at, stamp *found) {
    char *end;
    unsigned *field[] = {&found->room, &found->role, &found->number};
    found->sent_at = strtoull(at + 1, &end, 10);
    for (int i = 0; i < 3; i++) {
        if (*end != ':') return 0;
        *field[i] = (unsigned)strtoul(end + 1, &end, 10);
    }
    return *end == ' ';
}

int stamp_find(const char *from, const char *end, stamp *found, const char **after) {
    const char *at = memchr(from, '@', (size_t)(end - from));
    for (; at; at = memchr(at + 1, '@', (size_t)(end - at - 1))) {
        *after = at + 1;
        if (stamp_read(at, found)) return 1;
    }
    return 0;
}

void frame_type(const char *text, size_t length, char name[16]) {
    size_t used = 0;
    const char *end = text + length, *at = memmem(text, length, "\"type\"", 6);
    name[0] = 0;
    if (!at) return;
    for (at += 6; at < end && (*at == ' ' || *at == ':'); at++) continue;
    if (at == end || *at != '"') return;
    for (at++; at < end && *at != '"' && used < 15; at++) name[used++] = *at;
    name[used] = 0;
}
