/* What the user wants instead of events: -c, --hist or --latency, with --by. Parsed here, and compiled for
 * each way to read a probe into what the BPF programs do with a hit.
 *
 * FIELD is an argument by its name. KEY may be `pid` or `tid` too, and a field of --by also `comm` or `cpu`
 * (`args.pid` is an argument of that name). What the first probe that has an argument of that name says of
 * its kind holds for all: where another one has something else under that name, its hits have no value there.
 */
#ifndef TRACER_PROBE_SUMMARY_H
#define TRACER_PROBE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "event_wire.h"
#include "probe/attach_spec.h"
#include "probe/pair.h"

enum summary_kind { SUMMARY_NONE, SUMMARY_COUNT, SUMMARY_HIST, SUMMARY_LATENCY };

/* A value that groups are told apart by. */
struct summary_field {
    char *name;
    uint8_t subject; /* enum wire_subject, or SUMMARY_ARGUMENT */
    uint8_t word;    /* where it stands in a group */
    uint8_t n_words; /* 0: no probe so far has it */
    bool is_signed;
    struct value_layout value;
};

enum { SUMMARY_ARGUMENT = 0 };

/* Start from {0}. */
struct summary {
    enum summary_kind kind;
    enum wire_buckets buckets;
    uint64_t step;    /* of linear buckets */
    char *field;      /* SUMMARY_HIST: the argument */
    struct pair pair; /* SUMMARY_LATENCY */
    uint8_t key;      /* by what it pairs: enum wire_subject, or SUMMARY_ARGUMENT */
    struct summary_field fields[WIRE_MAX_FIELDS];
    size_t n_fields;
    size_t n_words;               /* of a group, so far */
    bool has_field, starts, ends; /* some probe does */
    const struct probe *both;     /* starts and ends */
    const struct summary_field *no_room;
    struct diag misfit; /* why the first probe that has FIELD or KEY doesn't fit */
};

/* -EINVAL: the diag says "column N: what is wrong"; -ENOMEM. */
int summary_parse_count(struct summary *summary, struct diag *diag);
int summary_parse_hist(struct summary *summary, const char *text, struct diag *diag);
int summary_parse_latency(struct summary *summary, const char *text, struct diag *diag);
int summary_parse_by(struct summary *summary, const char *text, struct diag *diag);

/* Whether hits of the probe can be part of it. If not, the diag says why. Remembers for summary_check(). */
bool summary_applies(struct summary *summary, const struct probe *probe, struct diag *ret_why);

/* What the programs do with hits that are read in this way, of a probe that it applies to. */
void summary_compile(struct summary *summary, const struct event_layout *layout,
                     struct wire_summary *ret_wire);

/* After all probes that are selected: 0, or -EINVAL when a name fits none of them. */
int summary_check(const struct summary *summary, struct diag *diag);

/* Whether a field that no probe has had so far may still get its place in a group. */
bool summary_can_grow(const struct summary *summary);

void summary_free(struct summary *summary);

#define _cleanup_summary_ _cleanup_(summary_free)

#endif
