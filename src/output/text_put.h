/* Values as people read them. Whatever a program put into its names and strings, no control byte gets
 * through.
 */
#ifndef TRACER_OUTPUT_TEXT_PUT_H
#define TRACER_OUTPUT_TEXT_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "probe/probe.h"

void text_put_escaped(struct buf *out, const char *text);

/* In double quotes: a quote or a backslash in it gets a backslash. */
void text_put_quoted(struct buf *out, const char *text, size_t len);

/* "provider:probe". */
void text_put_name(struct buf *out, const struct probe *probe);

void text_put_uint(struct buf *out, const char *before, uint64_t value);
void text_put_int(struct buf *out, int64_t value);
void text_put_hex(struct buf *out, const char *before, uint64_t value);

/* A float (size 4) or double (size 8) from its bit pattern. */
void text_put_float(struct buf *out, uint64_t bits, unsigned size);

/* The time of day of nanoseconds since the epoch, UTC, and a blank. */
void text_put_clock(struct buf *out, int64_t time);

#endif
