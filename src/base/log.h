/* Messages to the user on stderr: one line each, one write each (of up to PIPE_BUF bytes), "tracer: " in
 * front, control bytes escaped. A line for which there is no room within a second is dropped. Only `main` and
 * `cmd_*` call this; libraries fill a `struct diag`. */
#ifndef TRACER_BASE_LOG_H
#define TRACER_BASE_LOG_H

enum log_level {
    LOG_LEVEL_QUIET,   /* -q: errors only */
    LOG_LEVEL_NORMAL,  /* + warnings and the ready line */
    LOG_LEVEL_VERBOSE, /* -v: + what was attached, passed over and why */
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
