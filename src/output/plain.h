/* A value by itself, outside of the event that it came with. */
#ifndef TRACER_OUTPUT_PLAIN_H
#define TRACER_OUTPUT_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "probe/attach_spec.h"

struct plain {
    const struct value_layout *value; /* of a kind that isn't fetched, or STRING */
    bool is_signed;
    bool is_null;
    bool quote_big_ints; /* in JSON */
    uint64_t bits;
    const char *text; /* of STRING: not NUL-terminated */
    size_t text_len;
};

/* True when bytes of a text were no UTF-8 and had to be replaced. */
bool plain_put_json(struct buf *out, const struct plain *plain);
void plain_put_text(struct buf *out, const struct plain *plain);

#endif
