/* The ring in which programs leave records for user space: what both sides know of it. Part of event_wire.h.
 *
 * Why not the kernel's own: for each record it takes a lock with interrupts off, and goes to the record's
 * page again to submit it. Here no step waits for anybody, so that a program may be interrupted at any of
 * them, by another one too, and a hit costs its process some 30 ns less.
 *
 * The ring is an array map that user space has mapped. Two numbers of bytes are shared: `used`, of which the
 * ring has no more than its size, and `head`, which only grows: how many have ever been given out.
 *
 * A program that has a record
 *   1. adds the length of its place to `used`. If that is more than the ring's size now, which it may be for
 * a moment, it takes that back, and the record is lost;
 *   2. adds it to `head`. What stood there is where its place begins, modulo the ring's size;
 *   3. writes the record there, and last of all the length of the place, which is its first word.
 *
 * The reader looks at the first word of the next place. As long as that is 0 the record is being written.
 * Else it takes the record, sets the whole place to 0 for those who come next, and later takes its length off
 * `used`, for several at once.
 *
 * A place is never in two parts: where it reaches beyond the end there is room for it. Large rings are an
 * array of several chunks, each with such room behind it, since a value of a map has no more than 4 MiB
 * before Linux 6.7 (array_map_alloc_check() in kernel/bpf/arraymap.c). */
#ifndef TRACER_RING_WIRE_H
#define TRACER_RING_WIRE_H

#include <linux/types.h>

enum {
    WIRE_PLACE_STEP = 8,      /* places are as long as a multiple of it, and at most */
    WIRE_PLACE_MAX = 20480,   /* so long; a chunk of the ring has so many bytes behind it */
    WIRE_CHUNK_MAX = 1 << 20, /* bytes of a chunk without those; like the ring's size, a power of two */
    WIRE_WITHDRAWN = 1,       /* in the first word, beside the length: there is no record, after all */
};

struct wire_ring {
    __u64 used;
    __u64 head;
};

#endif
