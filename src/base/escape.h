/* Makes text that others wrote safe to print on a terminal and on one line. */
#ifndef TRACER_BASE_ESCAPE_H
#define TRACER_BASE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Length of the valid UTF-8 sequence at the start of `bytes` (1 to 4), or 0 when there is none: a stray
 * continuation byte, an overlong form, a surrogate, above U+10FFFF, or cut short by `len` (RFC 3629,
 * section 4). `len` is at least 1. */
size_t utf8_sequence(const char *bytes, size_t len);

/* Appends `len` bytes of `text`. Control characters (C0, DEL, C1) and bytes that are no UTF-8 become \n,
 * \t, \r or \xNN; everything else, backslashes too, stays as it is. */
void escape_append(struct buf *out, const char *text, size_t len);

#endif
