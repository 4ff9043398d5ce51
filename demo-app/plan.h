/* What the client asks for: request n, as a function of n and of nothing else. */
#ifndef DEMO_PLAN_H
#define DEMO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLAN_REQUEST_MAX = 16384,
    PLAN_LENGTH = 23, /* requests until the plan starts again; the last one ends its connection */
};

struct planned {
    bool no_body; /* the answer to HEAD has none */
    bool last;    /* of its connection */
    size_t len;
    char text[PLAN_REQUEST_MAX];
};

/* n counts from 1 and comes along as the header X-Request. */
void plan_request(struct planned *ret, uint64_t n);

#endif
