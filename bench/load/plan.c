#define _GNU_SOURCE
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "usage: load --port N [--dialect desk|tutorial|limit] [--origin URL] [--sites KEY,KEY]\n"
    "            [--rooms N --agents FILE] [--watchers N --managers FILE] [--visitors N [--started]]\n"
    "            (--rate N | --outstanding N | --idle) [--by customers|agents|both]\n"
    "            [--warmup SECONDS] [--seconds SECONDS] [--body CHARACTERS]\n"
    "Prints one line of JSON when it has its connections and one with what it measured;\n"
    "with --idle it holds them until its input ends.\n";

static void refuse(const char *word) {
    fprintf(stderr, "load: cannot use %s\n%s", word, USAGE);
    exit(2);
}

static void read_cookies(cookie_jar *jar, const char *path) {
    char line[1024];
    FILE *file = fopen(path, "r");
    if (!file) refuse(path);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        jar->cookie = realloc(jar->cookie, sizeof *jar->cookie * (size_t)(jar->count + 1));
        jar->cookie[jar->count++] = strdup(line);
    }
    fclose(file);
}

static void read_sites(load_plan *plan, char *keys) {
    for (char *key = strtok(keys, ","); key; key = strtok(NULL, ",")) {
        plan->sites = realloc(plan->sites, sizeof *plan->sites * (size_t)(plan->site_count + 1));
        plan->sites[plan->site_count++] = key;
    }
}

static senders read_senders(const char *word) {
    if (!strcmp(word, "customers")) return BY_CUSTOMERS;
    if (!strcmp(word, "agents")) return BY_AGENTS;
    if (!strcmp(word, "both")) return BY_BOTH;
    refuse(word);
    return BY_BOTH;
}

static void read_load(load_plan *plan, const char *name, char *value) {
    if (!strcmp(name, "--rate")) {
        plan->mode = OPEN_LOOP;
        plan->rate = atof(value);
    } else if (!strcmp(name, "--outstanding")) {
        plan->mode = CLOSED_LOOP;
        plan->outstanding = atoi(value);
    } else if (!strcmp(name, "--by")) plan->by = read_senders(value);
    else if (!strcmp(name, "--warmup")) plan->warmup = atof(value);
    else if (!strcmp(name, "--seconds")) plan->seconds = atof(value);
    else if (!strcmp(name, "--body")) plan->body = atoi(value);
    else refuse(name);
}

static void read_option(load_plan *plan, const char *name, char *value) {
    if (!strcmp(name, "--port")) plan->port = atoi(value);
    else if (!strcmp(name, "--dialect")) plan->dialect = value;
    else if (!strcmp(name, "--origin")) plan->origin = value;
    else if (!strcmp(name, "--sites")) read_sites(plan, value);
    else if (!strcmp(name, "--agents")) read_cookies(&plan->agents, value);
    else if (!strcmp(name, "--managers")) read_cookies(&plan->managers, value);
    else if (!strcmp(name, "--rooms")) plan->rooms = atoi(value);
    else if (!strcmp(name, "--watchers")) plan->watchers = atoi(value);
    else if (!strcmp(name, "--visitors")) plan->visitors = atoi(value);
    else read_load(plan, name, value);
}

void plan_read(load_plan *plan, int count, char **words) {
    *plan = (load_plan){.body = 120, .mode = IDLE, .by = BY_BOTH, .seconds = 5, .warmup = 1,
                        .dialect = "desk", .origin = "http://localhost"};
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "--idle")) continue;
        if (!strcmp(words[i], "--started")) {
            plan->started = 1;
            continue;
        }
        if (i + 1 == count) refuse(words[i]);
        read_option(plan, words[i], words[i + 1]);
        i++;
    }
    if (!plan->port || plan->rooms + plan->watchers + plan->visitors < 1) refuse("this");
    if (plan->body < 48 || plan->body > 8000) refuse("--body (48 to 8000)");
    if (!plan->site_count) read_sites(plan, strdup("demo"));
    if (!strcmp(plan->dialect, "desk") && plan->rooms && !plan->agents.count)
        refuse("--rooms of the desk without --agents");
    if (plan->watchers && !plan->managers.count) refuse("--watchers without --managers");
}
