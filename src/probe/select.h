/* Which probes the user wants: -t GLOB and -t !GLOB. */
#ifndef TRACER_PROBE_SELECT_H
#define TRACER_PROBE_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"

/* Start from {0}, which selects everything. */
struct select {
    struct select_glob *globs;
    size_t count;
};

/* Adds "provider:probe", "provider:*", ":probe", "probe" (any provider), each part a glob as in fnmatch(3),
 * with "!" in front to exclude. A dash in a pattern stands for a dash or for two underscores, as in D.
 * -EINVAL: empty, with a second colon, or an unclosed bracket. */
int select_add(struct select *select, const char *pattern, struct diag *diag);

/* The colon behind the first part of a pattern, or the pattern's end: colons in brackets belong to the part.
 */
const char *select_part_end(const char *part);

/* Selected: matches a pattern without "!" (or there is none) and none with it. */
bool select_matches(const struct select *select, const char *provider, const char *probe);

/* The next pattern, from number `at` on, that has matched none of the probes asked about so far; with its
 * "!". NULL: there is no further one. The select's. */
const char *select_next_unmatched(const struct select *select, size_t *at);

void select_free(struct select *select);

#define _cleanup_select_ _cleanup_(select_free)

#endif
