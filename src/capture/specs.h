/* Where specs live: in arrays that are mapped into our memory, so that specs are written and counts are read
 * without a system call. Internal to src/capture.
 *
 * The first ones stand in an array whose size is settled before the programs are loaded. Those that come
 * later, when targets load more files, get chunks, which the programs find through an array of maps; adding
 * one takes the kernel a grace period. */
#ifndef TRACER_CAPTURE_SPECS_H
#define TRACER_CAPTURE_SPECS_H

#include <stddef.h>
#include <stdint.h>

#include "event_wire.h"

struct specs_array {
    int fd; /* -1: the skeleton's */
    struct wire_spec *specs;
    size_t bytes;
};

/* Start from {0}. */
struct specs {
    int outer; /* the map of chunks; its owner's */
    uint32_t n_first;
    struct specs_array *arrays; /* the first array, then the chunks */
    size_t n_arrays;
};

/* Maps the first array, which has `n_first` entries. 0 or -errno. */
int specs_open(struct specs *specs, int first, uint32_t n_first, int outer);
void specs_close(struct specs *specs);

/* Makes room for a spec of this number, and with it for all lower ones. -E2BIG: there are no more numbers. */
int specs_reserve(struct specs *specs, uint32_t number);

/* The spec of a number for which there is room; as the programs see it. */
struct wire_spec *specs_at(const struct specs *specs, uint32_t number);

#endif
