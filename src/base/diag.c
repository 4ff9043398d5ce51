#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"

/* Cuts at a whole UTF-8 sequence, with "…" for what is gone. */
static void store(struct diag *diag, const char *text, size_t len)
{
    static const char ellipsis[] = "…";
    size_t room = sizeof(diag->text) - 1;
    if (len > room) {
        len = room - (sizeof(ellipsis) - 1);
        while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
        memcpy(diag->text, text, len);
        strcpy(diag->text + len, ellipsis);
        return;
    }
    memcpy(diag->text, text, len);
    diag->text[len] = '\0';
}

static void store_escaped(struct diag *diag, struct buf *raw)
{
    _cleanup_buf_ struct buf safe = {0};
    if (raw->data)
        escape_append(&safe, raw->data, raw->len);
    if (raw->failed || safe.failed)
        store(diag, "out of memory", strlen("out of memory"));
    else
        store(diag, safe.data ? safe.data : "", safe.len);
}

int diag_set(struct diag *diag, int error, const char *format, ...)
{
    if (!diag)
        return error;
    _cleanup_buf_ struct buf raw = {0};
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(&raw, format, arguments);
    va_end(arguments);
    store_escaped(diag, &raw);
    return error;
}

void diag_prefix(struct diag *diag, const char *format, ...)
{
    if (!diag)
        return;
    _cleanup_buf_ struct buf raw = {0};
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(&raw, format, arguments);
    va_end(arguments);
    buf_printf(&raw, ": %s", diag->text);
    store_escaped(diag, &raw);
}

int diag_column(const char *text, const char *place)
{
    int column = 1;
    for (; text < place; text++)
        column += (*text & 0xc0) != 0x80;
    return column;
}
