/* The open spans (--span): what each thread is doing. The events of one thread come in exact order, so that
 * an event between two others of its thread is between them.
 *
 * The table has a fixed size. Who finds no place in it displaces the oldest that it could: such a thread's
 * events are without a span until its next start, and it is counted. A thread that ends without an end leaves
 * its span behind, and its number may go to another thread: one of another process is told by that, one that
 * began after the span did by asking when it began, as soon as the span is a second old. Numbers don't come
 * round sooner. */
#ifndef TRACER_OUTPUT_SPANS_H
#define TRACER_OUTPUT_SPANS_H

#include <stdbool.h>
#include <stdint.h>

#include "output/event.h"
#include "output/plain.h"
#include "probe/span.h"

enum { SPANS_TEXT_MAX = 64 }; /* bytes of a name that is a text */

struct spans_entry {
    uint32_t tid; /* 0: nothing stands here */
    uint32_t pid;
    uint64_t ts;      /* of its start */
    uint64_t gaps;    /* that there had been by then */
    uint64_t checked; /* that it is the same thread, at that time */
    struct plain name;
    char text[SPANS_TEXT_MAX];
};

/* Whether a thread of that process and number, if there is one now, began before `ts` (CLOCK_MONOTONIC, ns).
 */
typedef bool spans_began_fn(uint32_t pid, uint32_t tid, uint64_t ts);

struct spans {
    const struct span *span;
    spans_began_fn *began;
    struct spans_entry *entries;
    struct spans_entry ended; /* the last one, for its last event */
    uint8_t *roles;           /* by probe id - 1: what it is to a span, if that was asked before */
    uint32_t n_roles;
    uint64_t begun;
    uint64_t displaced;
    uint64_t gaps;
};

/* 0 or -ENOMEM. */
int spans_open(struct spans *spans, const struct span *span, spans_began_fn *began);

/* To be called for each event, in their order: what the span that it belongs to is called, its start and its
 * end among it. NULL: it belongs to none. Good until the next call. */
const struct plain *spans_take(struct spans *spans, const struct event *event,
                               const struct event_layout *layout);

/* Events have been lost before the next one: ends of spans may be among them, so none is open any longer. */
void spans_gap(struct spans *spans);

void spans_free(struct spans *spans);

#endif
