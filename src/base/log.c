#include "base/log.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"

enum { PATIENCE_MS = 1000 };

static enum log_level current_level = LOG_LEVEL_NORMAL;

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_get_level(void)
{
    return current_level;
}

/* Whether stderr takes up to PIPE_BUF bytes without making us wait for whoever reads it. He gets a second,
 * but not again with each line that he doesn't read. */
static bool has_room(void)
{
    static bool was_full;
    struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
    was_full = poll(&fd, 1, was_full ? 0 : PATIENCE_MS) <= 0;
    return !was_full;
}

/* What nobody reads is dropped: a write that blocks would keep us from ending, since the signals that ask for
 * that are blocked while we trace. Nor is anybody left to tell when stderr itself fails. */
static void write_line(const struct buf *line)
{
    for (size_t done = 0; done < line->len && has_room();) {
        size_t left = line->len - done;
        ssize_t written = write(STDERR_FILENO, line->data + done, left < PIPE_BUF ? left : PIPE_BUF);
        if (written <= 0)
            return;
        done += (size_t)written;
    }
}

static void log_line(enum log_level level, const char *format, va_list arguments)
{
    if (current_level < level)
        return;
    _cleanup_buf_ struct buf message = {0}, line = {0};
    buf_vprintf(&message, format, arguments);
    buf_puts(&line, "tracer: ");
    if (message.data)
        escape_append(&line, message.data, message.len);
    buf_putc(&line, '\n');
    write_line(&line);
}

#define DEFINE_LOG(name, level)                                                                              \
    void name(const char *format, ...)                                                                       \
    {                                                                                                        \
        va_list arguments;                                                                                   \
        va_start(arguments, format);                                                                         \
        log_line(level, format, arguments);                                                                  \
        va_end(arguments);                                                                                   \
    }

DEFINE_LOG(log_error, LOG_LEVEL_QUIET)
DEFINE_LOG(log_warning, LOG_LEVEL_NORMAL)
DEFINE_LOG(log_notice, LOG_LEVEL_NORMAL)
DEFINE_LOG(log_detail, LOG_LEVEL_VERBOSE)
