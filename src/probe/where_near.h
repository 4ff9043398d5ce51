/* The names most like one that does not exist. Internal to src/probe. */
#ifndef TRACER_PROBE_WHERE_NEAR_H
#define TRACER_PROBE_WHERE_NEAR_H

#include <stddef.h>

#include "base/buf.h"

enum { WHERE_NEAR_COUNT = 3, WHERE_NEAR_LEN = 32 };

/* Start from {0}. */
struct where_near {
    struct {
        char name[WHERE_NEAR_LEN + 1];
        size_t distance;
    } names[WHERE_NEAR_COUNT]; /* nearest first */
    size_t count;
};

/* Keeps `name` if it is among the nearest to `wanted`. Overlong names are passed over. */
void where_near_add(struct where_near *near, const char *wanted, const char *name);

/* Appends "'a', 'b' and 'c'". */
void where_near_print(const struct where_near *near, struct buf *out);

#endif
