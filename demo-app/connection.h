/* One connection, from its first request to its last. */
#ifndef DEMO_CONNECTION_H
#define DEMO_CONNECTION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"
#include "io.h"
#include "route.h"

/* Large; a worker keeps one and uses it again. */
struct connection {
    const struct site *site;
    _Atomic uint64_t *last_request_id; /* shared by all connections */
    struct io io;
    uint64_t id, requests;
    size_t used; /* bytes of `data` that came in and aren't dealt with */
    char data[HTTP_HEAD_MAX + HTTP_BODY_MAX];
};

/* Answers the requests that come in over `fd` until the client, the server's limits or its stop end it,
 * and closes it. */
void connection_serve(struct connection *connection, int fd, uint64_t id);

#endif
