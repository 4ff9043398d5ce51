/* Numbers as digits, faster than printf and whatever the locale: each function writes at `at`, where there is
 * room for NUMBER_ROOM characters, and returns the end of what it wrote. No NUL. */
#ifndef TRACER_OUTPUT_NUMBER_H
#define TRACER_OUTPUT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_ROOM = 40 };

char *number_uint(char *at, uint64_t value);
char *number_int(char *at, int64_t value);

/* 0x…, lower case. */
char *number_hex(char *at, uint64_t value);

/* Two digits for each byte, in order. */
char *number_hex_bytes(char *at, const void *bytes, size_t len);

/* Exactly `digits` digits, zeros in front; `value` has no more. */
char *number_padded(char *at, uint64_t value, unsigned digits);

/* The value of a float (size 4) or double (size 8) from its bit pattern. */
double number_double(uint64_t bits, unsigned size);

/* The fewest significant digits that read back as the same float or double, as a JSON number: 3, -0.0, 1.5,
 * 1e+300. NULL, and nothing written, for NaN and infinities. */
char *number_float(char *at, uint64_t bits, unsigned size);

#endif
