/* A record as it came from the ring buffer, checked. */
#ifndef TRACER_OUTPUT_EVENT_H
#define TRACER_OUTPUT_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "event_wire.h"

struct event {
    const struct wire_record *record;
    const uint64_t *values;
    const char *data;
};

/* Points into `bytes` (8-byte aligned), which must outlive the event. -EBADMSG: lengths that don't add up.
 * Strings' places in `data` are checked when they are used: event_string(). */
int event_decode(const void *bytes, size_t len, struct event *ret_event);

/* The string behind value `i`: not NUL-terminated. NULL when it would lie outside `data`. */
const char *event_string(const struct event *event, size_t i, size_t *ret_len);

#endif
