/* What somebody who wrote a `.d` file should know, though it could be read. */
#ifndef TRACER_PROVIDER_PROVIDER_REMARK_H
#define TRACER_PROVIDER_PROVIDER_REMARK_H

#include <stdbool.h>
#include <stddef.h>

struct provider_remark {
    bool is_warning; /* something is wrong; else it is only passed over */
    char *text;      /* "file:line:column: …", one line, safe to print */
};

/* Of each sort a file has a limited number. Start from {0}. */
struct provider_remarks {
    struct provider_remark *items;
    size_t count;
};

/* Frees all; empty afterwards. */
void provider_remarks_free(struct provider_remarks *remarks);

/* The rest is private to this layer. */

/* Whether a file has as many of that sort as it can have: no further one is added then. */
bool provider_remarks_are_full(const struct provider_remarks *remarks, bool is_warning);

/* 0 or -ENOMEM. The last one that there is room for says that it is. */
int provider_remarks_add(struct provider_remarks *remarks, bool is_warning, const char *text);

/* Appends those of `more`, which is empty afterwards. 0, or -ENOMEM and only a part has moved. */
int provider_remarks_move(struct provider_remarks *remarks, struct provider_remarks *more);

#endif
