/* Why something failed, as one line for a person: what, where, and the offending text.
 *
 * A library function that can fail in more than one way takes a `struct diag *` (NULL is allowed), fills it
 * and returns -errno; whoever decides what the failure means prints it. Nothing below `main` and `cmd_*`
 * logs. */
#ifndef TRACER_BASE_DIAG_H
#define TRACER_BASE_DIAG_H

struct diag {
    char text[768]; /* one line without its newline, safe to print; "" when nothing failed */
};

/* Stores the message and returns `error`, which is a negative errno, so that a function can end with
 * `return diag_set(diag, -EINVAL, …)`. Control bytes that came in through %s are escaped. */
int diag_set(struct diag *diag, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "…: " before what is there, for a caller that knows the file or the place. */
void diag_prefix(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For messages about a place in a text: its column, in characters from 1. */
int diag_column(const char *text, const char *place);

#endif
