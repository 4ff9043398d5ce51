#include "output/text_put.h"

#include <math.h>
#include <string.h>

#include "base/escape.h"
#include "output/number.h"
#include "output/timestamp.h"

void text_put_escaped(struct buf *out, const char *text)
{
    escape_append(out, text, strlen(text));
}

void text_put_name(struct buf *out, const struct probe *probe)
{
    text_put_escaped(out, probe->provider);
    buf_putc(out, ':');
    text_put_escaped(out, probe->name);
}

void text_put_uint(struct buf *out, const char *before, uint64_t value)
{
    char digits[NUMBER_ROOM];
    buf_puts(out, before);
    buf_append(out, digits, (size_t)(number_uint(digits, value) - digits));
}

void text_put_hex(struct buf *out, const char *before, uint64_t value)
{
    char digits[NUMBER_ROOM];
    buf_puts(out, before);
    buf_append(out, digits, (size_t)(number_hex(digits, value) - digits));
}

/* The end of the text shows: a quote or a backslash in it gets a backslash. */
void text_put_quoted(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    buf_putc(out, '"');
    while (text < end) {
        const char *special = text;
        while (special < end && *special != '"' && *special != '\\')
            special++;
        escape_append(out, text, (size_t)(special - text));
        if (special < end) {
            buf_putc(out, '\\');
            buf_putc(out, *special++);
        }
        text = special;
    }
    buf_putc(out, '"');
}

void text_put_clock(struct buf *out, int64_t time)
{
    char text[TIMESTAMP_LEN];
    timestamp_write(text, time);
    buf_append(out, text + TIMESTAMP_CLOCK, TIMESTAMP_CLOCK_MICRO);
    buf_putc(out, ' ');
}

void text_put_float(struct buf *out, uint64_t bits, unsigned size)
{
    char digits[NUMBER_ROOM];
    char *end = number_float(digits, bits, size);
    double value = number_double(bits, size);
    if (end)
        buf_append(out, digits, (size_t)(end - digits));
    else
        buf_puts(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
}

void text_put_int(struct buf *out, int64_t value)
{
    char digits[NUMBER_ROOM];
    buf_append(out, digits, (size_t)(number_int(digits, value) - digits));
}
