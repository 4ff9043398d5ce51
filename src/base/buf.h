/* A growable byte buffer. Start from `struct buf b = {0}`, end with buf_free().
 *
 * Appending never fails at the call: when memory runs out the buffer keeps what it has, ignores further
 * appends and remembers, so a writer checks buf_error() once at the end. `data` isn't NUL-terminated
 * unless buf_string() is asked for. */
#ifndef TRACER_BASE_BUF_H
#define TRACER_BASE_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/cleanup.h"

struct buf {
    char *data;
    size_t len;
    size_t cap;
    bool failed;
};

/* Makes room for `more` bytes behind `len` and returns where they start; NULL when memory ran out. The
 * caller writes there and adds to `len` itself. */
char *buf_reserve(struct buf *buf, size_t more);

void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *string);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* 0, or -ENOMEM when an append was lost. */
int buf_error(const struct buf *buf);

/* The contents as a NUL-terminated string that stays the buffer's; NULL when memory ran out. */
const char *buf_string(struct buf *buf);

/* The contents as a NUL-terminated string that the caller frees; the buffer is empty afterwards. NULL when
 * memory ran out. */
char *buf_steal(struct buf *buf);

void buf_free(struct buf *buf);

#define _cleanup_buf_ _cleanup_(buf_free)

#endif
