/* Nanoseconds since the epoch as time of day: "2026-11-20T13:15:02.123456789Z", UTC without leap seconds. */
#ifndef TRACER_OUTPUT_TIMESTAMP_H
#define TRACER_OUTPUT_TIMESTAMP_H

#include <stdint.h>

enum {
    TIMESTAMP_LEN = 30,
    TIMESTAMP_CLOCK = 11,      /* where the time of day starts */
    TIMESTAMP_CLOCK_MICRO = 15 /* its length, down to microseconds */
};

/* Writes TIMESTAMP_LEN characters, no NUL. Any `ns` is good: 64 bits reach from 1677 to 2262. */
void timestamp_write(char *at, int64_t ns);

#endif
