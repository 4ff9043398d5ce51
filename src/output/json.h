/* The JSON hot path: appending values to a buffer. Commas and braces are the caller's. */
#ifndef TRACER_OUTPUT_JSON_H
#define TRACER_OUTPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A quoted string, RFC 8259: valid UTF-8 whatever came in; a byte that is no UTF-8 becomes U+FFFD. Returns
 * whether something had to be repaired. */
bool json_string(struct buf *out, const char *text, size_t len);

void json_uint(struct buf *out, uint64_t value);
void json_int(struct buf *out, int64_t value);

/* "0x…", quoted, lower case. */
void json_hex(struct buf *out, uint64_t value);

/* The shortest digits that read back as the same float (size 4) or double (size 8); NaN and infinities are
 * null and return false. `bits` is the bit pattern. */
bool json_float(struct buf *out, uint64_t bits, unsigned size);

/* "2026-11-20T13:15:02.123456789Z", quoted, of nanoseconds since the epoch. */
void json_time(struct buf *out, int64_t ns);

#endif
