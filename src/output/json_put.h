/* JSON off the hot path: each function appends a label, such as `,"name":`, and a value behind it. */
#ifndef TRACER_OUTPUT_JSON_PUT_H
#define TRACER_OUTPUT_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* True when bytes of the text were no UTF-8 and had to be replaced. */
bool json_put_text(struct buf *out, const char *label, const char *text, size_t len);
void json_put_string(struct buf *out, const char *label, const char *text);
void json_put_null(struct buf *out, const char *label);
void json_put_uint(struct buf *out, const char *label, uint64_t value);
void json_put_hex(struct buf *out, const char *label, uint64_t value);

/* Nanoseconds since the epoch. */
void json_put_time(struct buf *out, const char *label, int64_t time);

#endif
