/* From a request to its answer. */
#ifndef DEMO_ROUTE_H
#define DEMO_ROUTE_H

#include "http.h"
#include "response.h"

/* What there is to serve. Owns nothing. */
struct site {
    int root_fd;        /* the document root */
    const char *helper; /* the program that POST /run runs */
    int stop_fd;
};

/* Always gives an answer; response_finish() it. `body` has request->content_length bytes. */
void route(const struct site *site, uint64_t request_id, const struct http_request *request, const char *body,
           struct response *ret);

#endif
