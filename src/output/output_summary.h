/* What the formats show of a summary. */
#ifndef TRACER_OUTPUT_OUTPUT_SUMMARY_H
#define TRACER_OUTPUT_OUTPUT_SUMMARY_H

#include <stdint.h>

#include "base/buf.h"
#include "output/plain.h"
#include "probe/probe.h"
#include "probe/summary.h"
#include "probe/totals.h"

struct output_summary {
    int64_t time;      /* CLOCK_REALTIME, ns */
    uint64_t snapshot; /* counted from 1 */
    const struct summary *summary;
    const struct totals *totals;
    unsigned width; /* columns for text */
};

/* One group; `probe` is NULL where probes aren't told apart. */
void output_json_summary(struct buf *out, const struct output_summary *of, size_t group,
                         const struct probe *probe);
void output_text_summary(struct buf *out, const struct output_summary *of, size_t group,
                         const struct probe *probe);

/* Of SUMMARY_LATENCY, behind the groups: what became of the starts and the ends. */
void output_json_pairs(struct buf *out, const struct output_summary *of);
void output_text_pairs(struct buf *out, const struct output_summary *of);

/* The value of a field in a group. */
struct output_field {
    struct plain plain;
    bool is_truncated;
};
struct output_field output_field_of(const struct output_summary *of, size_t group, size_t i);

/* For NUMBER_ROOM characters; returns the end. */
char *output_wide(char *at, wide value);

/* The same, behind a label. */
void output_put_wide(struct buf *out, const char *label, wide value);

#endif
