/* Clocks as plain numbers. */
#ifndef TRACER_BASE_CLOCK_H
#define TRACER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };

/* Nanoseconds of a clock that every kernel has: CLOCK_MONOTONIC, CLOCK_REALTIME. */
static inline int64_t clock_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

#endif
