/* Draws a histogram: a line for each row, with a bar as long as its share of the longest. */
#ifndef TRACER_OUTPUT_HISTOGRAM_H
#define TRACER_OUTPUT_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "output/number.h"

/* `low` to `high`; an empty `low` for a row of one value. */
struct histogram_row {
    char low[NUMBER_ROOM];
    char high[NUMBER_ROOM];
    uint64_t count;
    bool after_gap; /* empty rows stand before it that aren't drawn */
};

/* In `width` columns; a bar gets some even where they are few. */
void histogram_draw(struct buf *out, const struct histogram_row *rows, size_t n, unsigned width);

#endif
