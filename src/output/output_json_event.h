/* The JSON line of a hit: output_json.event. */
#ifndef TRACER_OUTPUT_OUTPUT_JSON_EVENT_H
#define TRACER_OUTPUT_OUTPUT_JSON_EVENT_H

#include <stdint.h>

#include "base/buf.h"
#include "output/event.h"

void output_json_event(struct buf *out, const struct event *event, const struct event_layout *layout,
                       uint64_t seq, int64_t time);

#endif
