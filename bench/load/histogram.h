/* Latencies in logarithmic buckets of 0.6 %: no allocation, no sorting, nothing forgotten. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <stdint.h>
#include <stdio.h>

enum { BUCKETS = 4096 };

typedef struct {
    uint64_t bucket[BUCKETS];
    uint64_t count;
    uint64_t longest;
} histogram;

void histogram_add(histogram *h, uint64_t nanoseconds);
double histogram_ms(const histogram *h, double quantile);
void histogram_json(const histogram *h, const char *name, FILE *out);

#endif
