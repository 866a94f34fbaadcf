/* The frames we write, for the desk and for the two plain applications it is compared with. */
#ifndef DIALECT_H
#define DIALECT_H
#include <stddef.h>
#include <stdint.h>

typedef enum { CUSTOMER, AGENT, WATCHER, VISITOR } role;

enum { FRAME_ROOM = 16384 };

/* What a message body carries, so that whoever receives it can tell how old it is. */
typedef struct {
    uint64_t sent_at; /* nanoseconds, monotonic; 0 for the message that starts a conversation */
    unsigned room;
    unsigned role;
    unsigned number;
} stamp;

typedef struct {
    char text[37];
} uuid;

void uuid_make(uuid *id);
size_t write_path(char *to, const char *dialect, role who, unsigned room);
size_t write_hello(char *to, role who, const char *site);
size_t write_open(char *to, const uuid *conversation);
size_t write_message(char *to, const char *dialect, const uuid *conversation, const stamp *mark,
                     int body);
int stamp_find(const char *from, const char *end, stamp *found, const char **after);

/* The value of the frame's outermost "type", copied into `name`. */
void frame_type(const char *text, size_t length, char name[16]);

#endif
