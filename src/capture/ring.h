/* The reader's side of the ring in which programs leave records; bpf/ring_wire.h says how it works. Internal
 * to src/capture, but for its tests. */
#ifndef TRACER_CAPTURE_RING_H
#define TRACER_CAPTURE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"
#include "event_wire.h"

/* How the bytes of a ring are laid into an array map. */
struct ring_layout {
    uint64_t size;
    uint32_t chunks;
    uint32_t chunk_shift; /* a chunk holds 1 << chunk_shift bytes of the ring, */
    uint32_t stride;      /* and takes so many in the map */
};

/* Of a ring of `size` bytes, a power of two. */
struct ring_layout ring_layout(uint64_t size);

/* Start from {0}. */
struct ring {
    struct ring_layout layout;
    struct wire_ring *shared; /* with the programs */
    char *chunks;
    size_t mapped;
    uint64_t tail; /* how far it has been read; counted like `head` */
};

/* Maps the ring that `map` holds; the numbers in `shared` go with it and outlive it. 0 or -errno. */
int ring_open(struct ring *ring, int map, const struct ring_layout *layout, struct wire_ring *shared);
void ring_close(struct ring *ring);

/* As session_consume(); -EBADMSG: what stands in the ring makes no sense. */
int ring_consume(struct ring *ring, session_record_fn *record, void *context);

/* As session_is_drained(). */
bool ring_is_drained(const struct ring *ring);

#endif
