/* What to do, read from the command line. */
#ifndef PLAN_H
#define PLAN_H

typedef enum { CLOSED_LOOP, OPEN_LOOP, IDLE } load_mode;
typedef enum { BY_CUSTOMERS = 1, BY_AGENTS = 2, BY_BOTH = 3 } senders;

typedef struct {
    char **cookie; /* one Cookie header for each of them */
    int count;
} cookie_jar;

typedef struct {
    int port;
    int rooms;           /* conversations: a customer and an agent each */
    int watchers;        /* agents who only look at the list */
    int visitors;        /* customers who said hello and nothing more … */
    int started;         /* … or, with this, began a conversation and fell silent */
    int body;            /* characters of a message */
    load_mode mode;
    senders by;
    double rate;         /* open loop: messages a second, all together */
    int outstanding;     /* closed loop: unanswered messages, all together */
    double warmup, seconds;
    const char *dialect; /* desk, tutorial or limit */
    const char *origin;
    const char **sites;  /* keys of touchpoints, dealt out to the conversations */
    int site_count;
    cookie_jar agents, managers; /* who has threads open, and who watches */
} load_plan;

void plan_read(load_plan *plan, int count, char **words);

#endif
