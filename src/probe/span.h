/* --span START:END[:KEY]: which events begin and end what a thread does for one request, say, and what that
 * is called: the value of KEY at its START, or a number. Checked here; src/output/spans.h keeps the open
 * ones. */
#ifndef TRACER_PROBE_SPAN_H
#define TRACER_PROBE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "probe/pair.h"

/* Start from {0}. */
struct span {
    struct pair pair;
    bool starts, ends, has_key; /* some probe does */
    struct diag misfit;         /* why the first probe that has KEY doesn't fit */
};

/* As pair_parse(). */
int span_parse(struct span *span, const char *text, struct diag *diag);

/* To be told of each probe that is traced. */
void span_meet(struct span *span, const struct probe *probe);

/* After all of them: 0, or -EINVAL when one that is needed is missing. */
int span_check(const struct span *span, struct diag *diag);

/* Number of the argument that names the spans which a probe begins; -1: it has none of that name. */
int span_find_key(const struct span *span, const struct probe *probe);

void span_free(struct span *span);

#define _cleanup_span_ _cleanup_(span_free)

#endif
