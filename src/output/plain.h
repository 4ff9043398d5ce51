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

/* What is to be said about a value besides. */
enum plain_remark {
    PLAIN_AS_IT_IS,
    PLAIN_INVALID_UTF8, /* bytes of a text were none and had to be replaced */
    PLAIN_NON_FINITE,   /* a number that JSON can't say: it is null */
};

enum plain_remark plain_put_json(struct buf *out, const struct plain *plain);
void plain_put_text(struct buf *out, const struct plain *plain);

#endif
