/* An answer, and putting it on the wire. */
#ifndef DEMO_RESPONSE_H
#define DEMO_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"

struct response {
    int status;
    const char *type;  /* Content-Type */
    const char *allow; /* for 405: the methods that would do */
    const char *body;  /* `length` bytes that outlive the response; `text` or the request's own body */
    int fd;            /* or a file, read from its start while it is sent; the response's; -1 when not */
    size_t length;
    char text[128];
};

/* A page that says the status and nothing else. */
void response_error(struct response *ret, int status);

/* A line of text. */
__attribute__((format(printf, 2, 3))) void response_text(struct response *ret, const char *format, ...);

/* Sends head and body, or only the head. 0, or -errno and the connection is of no further use. `ret_bytes`
 * gets the bytes of the body that were sent, in any case. */
int response_send(const struct response *response, const struct io *io, bool head_only, bool keep_alive,
                  uint64_t *ret_bytes);

/* Closes the file. */
void response_finish(struct response *response);

#endif
