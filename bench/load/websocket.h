/* A websocket client on a non-blocking socket; the caller owns the epoll loop. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;
    size_t start, end, room;
} buffer;

typedef enum { WS_DIALING, WS_UPGRADING, WS_OPEN, WS_CLOSED } ws_phase;

typedef struct {
    int fd;
    ws_phase phase;
    int close_code; /* what the server said, or 1006 */
    buffer in, out;
} websocket;

/* Called with NULL when the connection opens, then for each text frame (not terminated). */
typedef void (*ws_handler)(void *owner, const char *text, size_t length);

int ws_dial(websocket *ws, int port);
void ws_upgrade(websocket *ws, const char *path, const char *origin, const char *cookie);
void ws_send_text(websocket *ws, const char *text, size_t length);
void ws_read(websocket *ws, ws_handler handler, void *owner);
void ws_flush(websocket *ws);
int ws_has_output(const websocket *ws);
void ws_close(websocket *ws, int code);

#endif
