/* JSON values on the hot path. Each function writes at `at` and returns the end of what it wrote; making room
 * is the caller's, once for many values. Integers are number_uint() and number_int(). */
#ifndef TRACER_OUTPUT_JSON_H
#define TRACER_OUTPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_ROOM = 48 }; /* for anything but a string */

/* For a string: each byte may become \u00XX; and quotes, and room to write 8 bytes at a time. */
static inline size_t json_string_room(size_t len)
{
    return 6 * len + 2 + sizeof(uint64_t);
}

/* A quoted string, RFC 8259: valid UTF-8 whatever came in; a byte that is no UTF-8 becomes U+FFFD and sets
 * `repaired`, which is otherwise left alone. Control characters are escaped, DEL and C1 too, so that a
 * terminal is safe. */
char *json_string(char *at, const char *text, size_t len, bool *repaired);

/* "0x…", quoted, lower case. */
char *json_hex(char *at, uint64_t value);

/* Two digits for each byte, quoted. A string's room is enough. */
char *json_hex_bytes(char *at, const void *bytes, size_t len);

/* The fewest digits that read back as the same float (size 4) or double (size 8); null for NaN and
 * infinities. `bits` is the bit pattern. */
char *json_float(char *at, uint64_t bits, unsigned size, bool *ret_finite);

/* "2026-11-20T13:15:02.123456789Z", quoted, of nanoseconds since the epoch. */
char *json_time(char *at, int64_t ns);

#endif
