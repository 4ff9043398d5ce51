#include "output/json_put.h"

#include <string.h>

#include "output/json.h"
#include "output/number.h"

bool json_put_text(struct buf *out, const char *label, const char *text, size_t len)
{
    bool repaired = false;
    buf_puts(out, label);
    char *at = buf_reserve(out, json_string_room(len));
    if (at)
        out->len = (size_t)(json_string(at, text, len, &repaired) - out->data);
    return repaired;
}

void json_put_string(struct buf *out, const char *label, const char *text)
{
    json_put_text(out, label, text, strlen(text));
}

void json_put_null(struct buf *out, const char *label)
{
    buf_puts(out, label);
    buf_puts(out, "null");
}

void json_put_uint(struct buf *out, const char *label, uint64_t value)
{
    buf_puts(out, label);
    char *at = buf_reserve(out, NUMBER_ROOM);
    if (at)
        out->len = (size_t)(number_uint(at, value) - out->data);
}

void json_put_hex(struct buf *out, const char *label, uint64_t value)
{
    buf_puts(out, label);
    char *at = buf_reserve(out, JSON_ROOM);
    if (at)
        out->len = (size_t)(json_hex(at, value) - out->data);
}

void json_put_time(struct buf *out, const char *label, int64_t time)
{
    buf_puts(out, label);
    char *at = buf_reserve(out, JSON_ROOM);
    if (at)
        out->len = (size_t)(json_time(at, time) - out->data);
}
