/* Values that are shown as text, the same in every format. */
#ifndef TRACER_OUTPUT_VALUE_H
#define TRACER_OUTPUT_VALUE_H

#include <stddef.h>

#include "output/event.h"

enum { VALUE_SCRATCH = 128 };

/* The text of value `i`, which is no fault and not null: any bytes, not NUL-terminated, the event's, the
 * note's or `scratch`, which has room for VALUE_SCRATCH. Of HEX the bytes themselves, of STRINGS all of them.
 * NULL: it is a number, true or false, or an address (event_is_address()). */
const char *value_text(const struct event *event, const struct event_layout *layout, size_t i, char *scratch,
                       size_t *ret_len);

/* The same for a value of kind ENUM by itself: its name, or digits. */
const char *value_enum_text(const struct value_layout *value, uint64_t bits, char *scratch, size_t *ret_len);

#endif
