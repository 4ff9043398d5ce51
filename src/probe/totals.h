/* What a summary has added up so far: the groups, with their counts, sums and histograms. Read by
 * src/capture, arranged and evaluated here, shown by src/output. */
#ifndef TRACER_PROBE_TOTALS_H
#define TRACER_PROBE_TOTALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "event_wire.h"
#include "probe/bucket.h"

struct totals_bucket {
    struct wire_cell cell;
    uint64_t count;
};

struct totals_group {
    struct wire_group key;
    struct wire_total total;
    const struct totals_bucket *buckets; /* by value; none is empty */
    size_t n_buckets;
};

/* Start from {0}. */
struct totals {
    struct totals_group *groups;
    size_t n_groups;
    struct totals_bucket *buckets;
    size_t n_buckets;
    struct wire_summary_counts counts;
};

/* Puts what was read in order: groups without hits are dropped, those with most come first, and each gets its
 * buckets. */
void totals_arrange(struct totals *totals);

/* Hits with a value. */
uint64_t totals_count(const struct totals_group *group);
wide totals_sum(const struct totals_group *group);

/* Of a group with values. */
wide totals_min(const struct totals_group *group);
wide totals_max(const struct totals_group *group);
double totals_mean(const struct totals_group *group);

/* The value that `per_10000` of the values don't exceed, as far as the buckets tell: the greatest one of its
 * bucket, but never more than the maximum. */
wide totals_percentile(const struct totals_group *group, enum wire_buckets buckets, uint64_t step,
                       unsigned per_10000);

void totals_free(struct totals *totals);

#define _cleanup_totals_ _cleanup_(totals_free)

#endif
