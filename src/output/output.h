/* Output formats: from events to lines. A format is a row of functions, each appending whole lines to a
 * buffer; where the lines go is the caller's business. */
#ifndef TRACER_OUTPUT_OUTPUT_H
#define TRACER_OUTPUT_OUTPUT_H

#include <stdint.h>

#include "base/buf.h"
#include "output/event.h"
#include "output/output_summary.h"
#include "probe/attach_spec.h"
#include "probe/kernel_probe.h"
#include "probe/probe.h"

/* Counts of one probe, or of all. hits = emitted + filtered + lost at the end. */
struct output_counts {
    uint64_t hits;
    uint64_t emitted;
    uint64_t filtered;
    uint64_t lost;
};

struct output_start {
    int64_t time; /* CLOCK_REALTIME, ns */
    const char *version;
    const char *host;
    const char *kernel;
};

struct output_end {
    int64_t time;
    struct output_counts total;
    uint64_t missed;                   /* hits that the kernel skipped: of which probes, it does not say */
    const struct probe *const *probes; /* every probe of the trace, by id */
    const struct output_counts *counts;
    size_t n_probes;
};

/* Whether a way to attach a kernel probe works here. */
struct output_kernel_way {
    enum { OUTPUT_WORKS, OUTPUT_FAILS, OUTPUT_UNKNOWN } state;
    const char *why; /* it fails, or it is unknown */
};

struct output_format {
    const char *name; /* as in --format */
    void (*start)(struct buf *out, const struct output_start *start);
    /* Once per probe, before its first event. */
    void (*probe)(struct buf *out, const struct probe *probe);
    /* `seq` numbers the written events from 1; `time` is CLOCK_REALTIME, ns. */
    void (*event)(struct buf *out, const struct event *event, const struct event_layout *layout, uint64_t seq,
                  int64_t time);
    void (*lost)(struct buf *out, const struct probe *probe, uint64_t count, int64_t time);
    void (*end)(struct buf *out, const struct output_end *end);
    /* A group of a summary, and what is said behind those of --latency: output_summary.h. */
    void (*summary)(struct buf *out, const struct output_summary *of, size_t group,
                    const struct probe *probe);
    void (*pairs)(struct buf *out, const struct output_summary *of);
    /* One probe of a listing; `verbose` adds sites, semaphores, argument strings, names and types. */
    void (*list)(struct buf *out, const struct probe *probe, bool verbose);
    /* A kernel probe of a listing; `ways` are as many as it has. */
    void (*list_kernel)(struct buf *out, const struct kernel_probe *kernel,
                        const struct output_kernel_way *ways);
};

extern const struct output_format output_json;
extern const struct output_format output_text;

/* NULL: no such format. */
const struct output_format *output_format_find(const char *name);

#endif
