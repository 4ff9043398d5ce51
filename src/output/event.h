/* A record as it came from the ring, checked. */
#ifndef TRACER_OUTPUT_EVENT_H
#define TRACER_OUTPUT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_wire.h"
#include "probe/attach_spec.h"

struct plain;

struct event {
    const struct wire_record *record;
    const uint64_t *values;
    const char *data;
    uint32_t ns_pid; /* the process's number in its own pid namespace; 0: the same, or not known. Whoever
                        knows it sets it after event_decode() */
    const struct plain
        *span;           /* what the span that it belongs to is called; NULL: it belongs to none. Likewise */
    bool quote_big_ints; /* in JSON, integers whose type is 64 bits wide are strings. Likewise */
};

/* Points into `bytes` (8-byte aligned), which must outlive the event. -EBADMSG: lengths that don't add up;
 * `len` may exceed what they say by the rest of at most WIRE_QUICK_TEXT bytes that a record may have.
 * Places in `data` are checked when they are used: event_bytes(). */
int event_decode(const void *bytes, size_t len, struct event *ret_event);

/* What was fetched for value `i`. NULL when it would lie outside `data`. */
const char *event_bytes(const struct event *event, size_t i, size_t *ret_len);

/* The length of a text that was cut, perhaps through a character: without what is there of that. */
size_t event_whole_characters(const char *text, size_t len);

/* The same as text: not NUL-terminated. Of one that was cut, the whole characters. */
const char *event_string(const struct event *event, size_t i, size_t *ret_len);

/* Whether the program has got no value `i`: a pointer on the way to it is NULL. */
bool event_is_null(const struct event *event, size_t i);

/* Whether the program has said how many bytes value `i` is of, and that is negative, or beyond 2^63 - 1. Only
 * for values whose length is an argument. */
bool event_lacks_length(const struct event *event, const struct event_layout *layout, size_t i);

/* Whether value `i` is the address of bytes that weren't fetched, for want of a length. Asked of each value
 * again and again, and hardly any can be one. */
static inline bool event_is_address(const struct event *event, const struct event_layout *layout, size_t i)
{
    enum arg_kind kind = layout->values[i].kind;
    return (kind == ARG_KIND_HEX || kind == ARG_KIND_TEXT) && event_lacks_length(event, layout, i);
}

/* The length of a thread's name, of which the kernel keeps 15 bytes: without what is left of a character that
 * it cut through. `comm` has WIRE_COMM_LEN bytes. */
size_t event_comm_len(const char *comm);

/* The thread's name: not NUL-terminated, any bytes. */
const char *event_comm(const struct event *event, size_t *ret_len);

/* A set of a probe's arguments: a bit for each, the last bit for all from the 64th on. */
typedef uint64_t event_args;

static inline bool event_args_have(event_args args, size_t i)
{
    return args >> (i < 63 ? i : 63) & 1;
}

/* `ret_faults`: the arguments that have no value to show, because of a fault, a place outside `data`, or not
 * being in this record at all. `ret_truncated`: of the others, those that were cut. */
void event_marks(const struct event *event, const struct event_layout *layout, event_args *ret_faults,
                 event_args *ret_truncated);

/* The value as its `size` bytes hold it, without what it was extended by. */
uint64_t event_unsigned(const struct event *event, const struct event_layout *layout, size_t i);

#endif
