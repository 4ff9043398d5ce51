/* The JSON line of a hit: output_json.usdt. */
#ifndef TRACER_OUTPUT_OUTPUT_JSON_USDT_H
#define TRACER_OUTPUT_OUTPUT_JSON_USDT_H

#include <stdint.h>

#include "base/buf.h"
#include "output/event.h"

void output_json_usdt(struct buf *out, const struct event *event, const struct event_layout *layout,
                      uint64_t seq, int64_t time);

#endif
