#include "output/histogram.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    INDENT = 2,
    SHORTEST_BAR = 10,
    LONGEST_BAR = 60,
};

/* How wide the columns are. */
struct columns {
    int low;
    int high;
    int count;
    int bar;
    uint64_t most;
};

static int longer(int width, size_t len)
{
    return (int)len > width ? (int)len : width;
}

static struct columns measure(const struct histogram_row *rows, size_t n, unsigned width)
{
    static const size_t between = sizeof(" .. ") - 1 + sizeof("  ") - 1 + sizeof(" ||") - 1;
    struct columns columns = {0};
    for (size_t i = 0; i < n; i++) {
        columns.low = longer(columns.low, strlen(rows[i].low));
        columns.high = longer(columns.high, strlen(rows[i].high));
        if (rows[i].count > columns.most)
            columns.most = rows[i].count;
    }
    columns.count = snprintf(NULL, 0, "%" PRIu64, columns.most);
    int taken = INDENT + columns.low + columns.high + columns.count + (int)between;
    columns.bar = (int)width - taken;
    if (columns.bar > LONGEST_BAR)
        columns.bar = LONGEST_BAR;
    if (columns.bar < SHORTEST_BAR)
        columns.bar = SHORTEST_BAR;
    return columns;
}

/* One that isn't empty shows. */
static int bar_length(const struct columns *columns, uint64_t count)
{
    int length = (int)((unsigned __int128)count * (unsigned)columns->bar / columns->most);
    return count && !length ? 1 : length;
}

void histogram_draw(struct buf *out, const struct histogram_row *rows, size_t n, unsigned width)
{
    const struct columns columns = measure(rows, n, width);
    for (size_t i = 0; i < n; i++) {
        const struct histogram_row *row = &rows[i];
        if (row->after_gap)
            buf_printf(out, "%*s...\n", INDENT + columns.low, "");
        buf_printf(out, "%*s%*s%s%*s  %*" PRIu64 " |", INDENT, "", columns.low, row->low,
                   *row->low ? " .. " : "    ", columns.high, row->high, columns.count, row->count);
        int length = bar_length(&columns, row->count);
        for (int column = 0; column < columns.bar; column++)
            buf_putc(out, column < length ? '@' : ' ');
        buf_puts(out, "|\n");
    }
}
