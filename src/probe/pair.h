/* Two probes that belong together, one where something starts and one where it ends: "START:END" or
 * "START:END:KEY" as --latency and --span take it.
 *
 * START and END are patterns as of -t, either both without a provider or both with one. So the number of
 * colons says what is what:
 *
 *     START:END               PROVIDER:START:PROVIDER:END
 *     START:END:KEY           PROVIDER:START:PROVIDER:END:KEY
 *
 * KEY is an argument; --latency takes `pid` and `tid` too. */
#ifndef TRACER_PROBE_PAIR_H
#define TRACER_PROBE_PAIR_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "probe/probe.h"
#include "probe/select.h"

/* Start from {0}. */
struct pair {
    struct select start;
    struct select end;
    char *start_text; /* the patterns as they were given; NULL: no pair */
    char *end_text;
    char *key; /* NULL: none */
};

/* -EINVAL: the diag says "column N: what is wrong"; -ENOMEM. The pair is to be freed in each case. */
int pair_parse(struct pair *pair, const char *text, struct diag *diag);

bool pair_starts(const struct pair *pair, const struct probe *probe);
bool pair_ends(const struct pair *pair, const struct probe *probe);

void pair_free(struct pair *pair);

#define _cleanup_pair_ _cleanup_(pair_free)

#endif
