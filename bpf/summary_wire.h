/* The part of the contract between the BPF programs and user space that is about summaries: what a spec's
 * hits are to one, and what is kept of them in maps. Included by event_wire.h, whose rules hold here too. */
#ifndef TRACER_SUMMARY_WIRE_H
#define TRACER_SUMMARY_WIRE_H

#include <linux/types.h>

enum {
    WIRE_MAX_FIELDS = 4,   /* of a group in a summary */
    WIRE_GROUP_WORDS = 20, /* for all of them */
    WIRE_COMM_WORDS = 2,
    WIRE_FIELD_TEXT_WORDS = 8, /* for a text, */
    WIRE_FIELD_TEXT_MAX = 62,  /* of which so many bytes count */
};

/* What a spec's hits are to a summary. */
enum wire_role {
    WIRE_ROLE_NONE,    /* there is no summary: a record is sent */
    WIRE_ROLE_COUNT,   /* counted by group */
    WIRE_ROLE_MEASURE, /* and so is the value of `subject`, by bucket */
    WIRE_ROLE_START,   /* `subject`, an argument or a thread, starts something */
    WIRE_ROLE_END,     /* which ends here: the time between the two is measured */
};

/* Which bytes stand for the same. */
enum wire_form {
    WIRE_FORM_BITS,   /* only the same ones */
    WIRE_FORM_TEXT,   /* what an argument points to */
    WIRE_FORM_BOOL,   /* all that are not 0 */
    WIRE_FORM_FLOAT4, /* all that are NaN, likewise */
    WIRE_FORM_FLOAT8,
};

struct wire_field {
    __u8 subject; /* argument, enum wire_subject, or WIRE_NO_SUBJECT: this spec doesn't have it */
    __u8 word;    /* the first one in the group */
    __u8 form;    /* enum wire_form */
    __u8 length;  /* of the array that it stands in, if that is no more than WIRE_FIELD_TEXT_MAX; else 0 */
};

struct wire_summary {
    __u8 role; /* enum wire_role */
    __u8 subject;
    __u8 is_signed; /* so is the subject's value */
    __u8 n_fields;
    struct wire_field fields[WIRE_MAX_FIELDS];
    __u32 padding;
};

/* A summary takes hits in where they happen, instead of sending a record for each. It tells them apart by
 * group: the probe, and values of the hit. For each group there is a wire_total, and for each bucket of its
 * histogram that isn't empty a count, under a wire_cell. */
struct wire_group {
    __u32 probe;    /* its first spec (wire_spec.sampler); 0 where probes aren't told apart */
    __u8 absent;    /* bit per field: the hit has no such value */
    __u8 truncated; /* bit per field: a text that goes on */
    __u16 padding;
    __u64 words[WIRE_GROUP_WORDS]; /* a number takes one, comm and texts take more: zeros behind them */
};

/* Values are taken apart into sign and magnitude, so that signed and unsigned ones of 64 bits add up and
 * compare as the numbers that they are. */
struct wire_side {
    __u64 count;
    __u64 sum_low; /* of the magnitudes */
    __u64 sum_high;
    __u64 min;
    __u64 max;
};

struct wire_total {
    __u32 number; /* of the group, in cells; 0: it has none */
    __u32 padding;
    __u64 nulls;               /* hits without a value */
    struct wire_side sides[2]; /* 0 and more; less. Hits that are only counted are among the first */
};

struct wire_cell {
    __u32 group; /* number */
    __u32 is_negative;
    __u64 bucket;
};

/* How values fall into buckets: wire_bucket(). */
enum wire_buckets {
    WIRE_BUCKETS_LOG2,       /* 0 has its own; else by the number of the highest bit, from 1 */
    WIRE_BUCKETS_LINEAR,     /* as wide as the step, from 0 in both directions */
    WIRE_BUCKETS_SIXTEENTHS, /* up to 16 each has its own; then 16 for each highest bit */
};

static inline __u32 wire_bit_length(__u64 value)
{
    __u32 length = 0;
    for (__u32 step = 32; step; step /= 2) {
        if (value >> step) {
            value >>= step;
            length += step;
        }
    }
    return length + (value != 0);
}

/* Of a negative value, counted from 1: -step to -1 are the first. */
static inline __u64 wire_bucket(__u32 buckets, __u64 step, __u64 magnitude, __u32 is_negative)
{
    if (buckets == WIRE_BUCKETS_LINEAR)
        return is_negative ? (magnitude - 1) / step + 1 : magnitude / step;
    if (buckets == WIRE_BUCKETS_SIXTEENTHS && magnitude < 16)
        return magnitude;
    __u32 length = wire_bit_length(magnitude);
    if (buckets == WIRE_BUCKETS_LOG2)
        return length;
    return (length - 4) * 16 + (magnitude >> ((length - 5) & 63) & 15);
}

/* What has started and not yet ended, by who started it. */
struct wire_start_key {
    __u64 value; /* of the argument, or the thread's number */
    __u32 pid;
    __u32 padding;
};

struct wire_start {
    __u64 thread; /* where threads are paired: which one had the number then; else 0 */
    __u64 ts;
    struct wire_group group;
};

/* Of all groups together. */
struct wire_summary_counts {
    __u64 starts;
    __u64 matched;   /* by an end */
    __u64 unstarted; /* ends without a start */
    __u64 nulls;     /* starts and ends without a subject */
    __u64 n_groups;  /* numbers given */
};

_Static_assert(sizeof(struct wire_summary) == 24, "wire_summary");
_Static_assert(sizeof(struct wire_group) == 8 + WIRE_GROUP_WORDS * 8, "wire_group");
_Static_assert(sizeof(struct wire_total) == 96, "wire_total");
_Static_assert(sizeof(struct wire_cell) == 16, "wire_cell");
_Static_assert(sizeof(struct wire_start_key) == 16, "wire_start_key");

#endif
