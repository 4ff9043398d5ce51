#include "base/log.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"

static enum log_level current_level = LOG_LEVEL_NORMAL;

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_get_level(void)
{
    return current_level;
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
    if (!line.data)
        return;
    /* Nobody is left to tell when stderr itself fails. */
    ssize_t written = write(STDERR_FILENO, line.data, line.len);
    (void)written;
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
