#define _GNU_SOURCE
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, READ_AT_ONCE = 16384 };

static void buffer_reserve(buffer *b, size_t more) {
    if (b->start) {
        memmove(b->bytes, b->bytes + b->start, b->end - b->start);
        b->end -= b->start;
        b->start = 0;
    }
    if (b->end + more <= b->room) return;
    while (b->room < b->end + more) b->room = b->room ? b->room * 2 : 1024;
    b->bytes = realloc(b->bytes, b->room);
    if (!b->bytes) abort();
}

static void buffer_append(buffer *b, const void *bytes, size_t length) {
    buffer_reserve(b, length);
    memcpy(b->bytes + b->end, bytes, length);
    b->end += length;
}

/* An idle connection keeps no buffers: thousands of them would measure our memory. */
static void buffer_release_if_empty(buffer *b) {
    if (b->start != b->end) return;
    b->start = b->end = 0;
    if (b->room <= 65536) return;
    free(b->bytes);
    b->bytes = NULL;
    b->room = 0;
}

int ws_dial(websocket *ws, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    ws->phase = WS_DIALING;
    ws->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (ws->fd < 0) return -1;
    setsockopt(ws->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(ws->fd, (struct sockaddr *)&address, sizeof address) == 0) return 0;
    return errno == EINPROGRESS ? 0 : -1;
}

void ws_upgrade(websocket *ws, const char *path, const char *origin, const char *cookie) {
    char request[2048];
    const char *host = strstr(origin, "://");
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                          path, host ? host + 3 : origin, origin, *cookie ? "Cookie: " : "",
                          cookie, *cookie ? "\r\n" : "");
    ws->phase = WS_UPGRADING;
    buffer_append(&ws->out, request, (size_t)length);
    ws_flush(ws);
}

static void send_frame(websocket *ws, int opcode, const void *payload, size_t length) {
    uint8_t head[14] = {(uint8_t)(0x80 | opcode)};
    size_t used = 2;
    if (length < 126) {
        head[1] = (uint8_t)(0x80 | length);
    } else {
        head[1] = 0x80 | 126;
        head[used++] = (uint8_t)(length >> 8);
        head[used++] = (uint8_t)length;
    }
    used += 4; /* a mask of zeros: legal, and the payload stays as it is */
    buffer_append(&ws->out, head, used);
    buffer_append(&ws->out, payload, length);
    ws_flush(ws);
}

void ws_send_text(websocket *ws, const char *text, size_t length) {
    if (ws->phase == WS_OPEN) send_frame(ws, TEXT, text, length);
}

void ws_flush(websocket *ws) {
    while (ws->out.start < ws->out.end) {
        ssize_t sent = send(ws->fd, ws->out.bytes + ws->out.start, ws->out.end - ws->out.start,
                            MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) {
            ws_close(ws, 1006);
            return;
        }
        ws->out.start += (size_t)sent;
    }
    buffer_release_if_empty(&ws->out);
}

int ws_has_output(const websocket *ws) { return ws->out.start < ws->out.end; }

void ws_close(websocket *ws, int code) {
    if (ws->phase == WS_CLOSED) return;
    ws->phase = WS_CLOSED;
    ws->close_code = code;
    close(ws->fd);
    ws->out.start = ws->out.end = 0;
}

/* The end of the response's head, or 0 while it is incomplete. */
static size_t finish_upgrade(websocket *ws) {
    uint8_t *from = ws->in.bytes + ws->in.start;
    uint8_t *end = memmem(from, ws->in.end - ws->in.start, "\r\n\r\n", 4);
    if (!end) return 0;
    if (strncmp((char *)from, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "load: refused: %.*s\n", (int)strcspn((char *)from, "\r"), from);
        ws_close(ws, 1006);
        return 0;
    }
    ws->phase = WS_OPEN;
    return (size_t)(end + 4 - from);
}

/* The payload of the first frame in the buffer; its total size, or 0 while it is incomplete. */
static size_t next_frame(const buffer *in, int *opcode, const uint8_t **payload, size_t *length) {
    const uint8_t *head = in->bytes + in->start;
    size_t have = in->end - in->start, used = 2;
    if (have < used) return 0;
    *opcode = head[0] & 15;
    *length = head[1] & 127;
    size_t extra = *length == 126 ? 2 : *length == 127 ? 8 : 0;
    if (have < used + extra) return 0;
    if (extra) *length = 0;
    for (size_t i = 0; i < extra; i++) *length = *length << 8 | head[used++];
    *payload = head + used;
    return have < used + *length ? 0 : used + *length;
}

static void handle_frame(websocket *ws, int opcode, const uint8_t *payload, size_t length,
                         ws_handler handler, void *owner) {
    if (opcode == TEXT) handler(owner, (const char *)payload, length);
    if (opcode == PING) send_frame(ws, PONG, payload, length);
    if (opcode == CLOSE) ws_close(ws, length >= 2 ? payload[0] << 8 | payload[1] : 1005);
}

static void handle_input(websocket *ws, ws_handler handler, void *owner) {
    if (ws->phase == WS_UPGRADING) {
        ws->in.start += finish_upgrade(ws);
        if (ws->phase == WS_OPEN) handler(owner, NULL, 0);
    }
    int opcode;
    const uint8_t *payload;
    size_t length, size;
    while (ws->phase == WS_OPEN && (size = next_frame(&ws->in, &opcode, &payload, &length))) {
        ws->in.start += size;
        handle_frame(ws, opcode, payload, length, handler, owner);
    }
}

void ws_read(websocket *ws, ws_handler handler, void *owner) {
    while (ws->phase != WS_CLOSED) {
        buffer_reserve(&ws->in, READ_AT_ONCE);
        ssize_t got = recv(ws->fd, ws->in.bytes + ws->in.end, READ_AT_ONCE - 1, 0);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) {
            ws_close(ws, 1006);
            break;
        }
        ws->in.end += (size_t)got;
        ws->in.bytes[ws->in.end] = 0;
        handle_input(ws, handler, owner);
        if (got < READ_AT_ONCE - 1) break; /* level-triggered: the rest will wake us again */
    }
    buffer_release_if_empty(&ws->in);
}
