/* One connection and what it has done so far: dial, say hello, open its conversation, be ready. */
#ifndef SESSION_H
#define SESSION_H
#include "dialect.h"
#include "histogram.h"
#include "plan.h"
#include "websocket.h"

enum { REMEMBERED = 1024 }; /* messages of one conversation that may be unanswered at once */

typedef struct {
    uint64_t sent_at;
    unsigned number;
    uint8_t acknowledged, delivered;
} sent_message;

typedef struct {
    uuid id;
    unsigned last; /* number of the newest message, counted by us */
    sent_message sent[REMEMBERED];
} room_state;

typedef struct {
    websocket ws;
    role who;
    unsigned index; /* of the room, or of the watcher */
    int ready;
    unsigned *seen; /* a watcher's: newest message of each room that its list has shown */
} session;

typedef struct {
    load_plan plan;
    room_state *rooms;
    session *sessions;
    int session_count, ready_count, closed_count, refused_count;
    uint64_t measure_from, measure_until;
    uint64_t sent, acknowledged, delivered, rows, overflowed;
    uint64_t unacknowledged, undelivered, unseen; /* when the measurement ended */
    int refill; /* closed loop: an acknowledgement calls for the next message */
    histogram ack, delivery, row;
} load_state;

uint64_t now(void);
void session_make_all(load_state *load);
int session_dial(load_state *load, session *s);
void session_connected(load_state *load, session *s);
void session_read(load_state *load, session *s);
void session_send(load_state *load, session *s, uint64_t scheduled);
session *session_of(load_state *load, role who, unsigned room);
void count_unanswered(load_state *load);

#endif
