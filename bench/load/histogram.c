#include "histogram.h"

#include <math.h>

static const double PER_E = 160.0;

void histogram_add(histogram *h, uint64_t nanoseconds) {
    double us = nanoseconds < 1000 ? 1.0 : (double)nanoseconds / 1000.0;
    int index = (int)(log(us) * PER_E);
    h->bucket[index < BUCKETS ? index : BUCKETS - 1]++;
    h->count++;
    if (nanoseconds > h->longest) h->longest = nanoseconds;
}

double histogram_ms(const histogram *h, double quantile) {
    uint64_t before = 0, target = (uint64_t)(quantile * (double)h->count);
    for (int i = 0; i < BUCKETS; i++) {
        before += h->bucket[i];
        if (before > target) return exp((i + 0.5) / PER_E) / 1000.0;
    }
    return (double)h->longest / 1e6;
}

void histogram_json(const histogram *h, const char *name, FILE *out) {
    if (!h->count) {
        fprintf(out, "\"%s\":null", name);
        return;
    }
    fprintf(out, "\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name,
            (unsigned long long)h->count, histogram_ms(h, .50), histogram_ms(h, .95),
            histogram_ms(h, .99), (double)h->longest / 1e6);
}
