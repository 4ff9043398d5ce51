/* The arithmetic of histograms: which values a bucket holds. How values get there is event_wire.h's
 * wire_bucket(); this is the way back. */
#ifndef TRACER_PROBE_BUCKET_H
#define TRACER_PROBE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "event_wire.h"

/* Holds every number of 64 bits, signed or not, and sums of many. */
typedef __int128 wide;

/* Both ends belong to it. None lies beyond what 64 bits can hold. */
struct bucket_range {
    wide low;
    wide high;
};

struct bucket_range bucket_range(enum wire_buckets buckets, uint64_t step, uint64_t bucket, bool is_negative);

#endif
