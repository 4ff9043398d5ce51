#include "base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_CAPACITY = 128 };

char *buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed || more > SIZE_MAX / 2 - buf->len) {
        buf->failed = true;
        return NULL;
    }
    if (!buf->data || buf->cap - buf->len < more) {
        size_t cap = buf->cap ? buf->cap : FIRST_CAPACITY;
        while (cap - buf->len < more)
            cap *= 2;
        char *data = realloc(buf->data, cap);
        if (!data) {
            buf->failed = true;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
    char *end = buf_reserve(buf, len);
    if (!end || !len)
        return;
    memcpy(end, bytes, len);
    buf->len += len;
}

void buf_puts(struct buf *buf, const char *string)
{
    buf_append(buf, string, strlen(string));
}

void buf_putc(struct buf *buf, char c)
{
    buf_append(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        buf->failed = true;
        return;
    }
    char *end = buf_reserve(buf, (size_t)len + 1);
    if (!end)
        return;
    vsnprintf(end, (size_t)len + 1, format, arguments);
    buf->len += (size_t)len;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(buf, format, arguments);
    va_end(arguments);
}

int buf_error(const struct buf *buf)
{
    return buf->failed ? -ENOMEM : 0;
}

const char *buf_string(struct buf *buf)
{
    char *end = buf_reserve(buf, 1);
    if (!end)
        return NULL;
    *end = '\0';
    return buf->data;
}

char *buf_steal(struct buf *buf)
{
    char *string = buf_string(buf) ? buf->data : NULL;
    if (string)
        buf->data = NULL;
    buf_free(buf);
    return string;
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}
