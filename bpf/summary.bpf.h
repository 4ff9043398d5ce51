/* Summaries (-c, --hist, --latency): hits that are taken in where they happen. summary_wire.h says what
 * is kept.
 *
 * Everything is exact: each hit is counted as taken or, where a map had no more room for what it needed, as
 * lost, whoever else comes at the same moment. Entries of `groups` and `cells` are never deleted while
 * programs run, so a pointer to one stays good when its program is preempted; they are added to atomically.
 * Those of `starts` are deleted and replaced, and the kernel hands their memory out again at once, to any
 * program that may be looking at them: claim_start(). */
#ifndef TRACER_SUMMARY_BPF_H
#define TRACER_SUMMARY_BPF_H

#include "group.bpf.h"
#include "specs.bpf.h"

const volatile __u32 summary_buckets = WIRE_BUCKETS_LOG2;
const volatile __u64 summary_step = 1;

/* The maps are sized before load: each a single entry where it is not used. Their memory comes as they are
 * filled. The key is a wire_group, cut behind the last word that is used. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(key_size, sizeof(struct wire_group));
    __uint(value_size, sizeof(struct wire_total));
} groups SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct wire_cell);
    __type(value, __u64);
} cells SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct wire_start_key);
    __type(value, struct wire_start);
} starts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct wire_summary_counts);
} summary_counts SEC(".maps");

static const struct wire_total empty_total = {.sides = {{.min = ~0ULL}, {.min = ~0ULL}}};

/* For what is the smaller or the greater one of all values: others may put theirs there meanwhile, but each
 * time one that goes further, so that tries run out only in theory. */
enum { EXTREME_TRIES = 32 };

/* `flip` is ~0 for what is to be the smaller one. */
__noinline int put_extreme(__u64 *place, __u64 value, __u64 flip)
{
    if (!summarises || !place)
        return 0;
    for (int i = 0; i < EXTREME_TRIES; i++) {
        __u64 seen = *(volatile __u64 *)place;
        if ((value ^ flip) <= (seen ^ flip) || __sync_val_compare_and_swap(place, seen, value) == seen)
            break;
    }
    return 0;
}

static __always_inline struct wire_summary_counts *find_counts(void)
{
    __u32 zero = 0;
    return bpf_map_lookup_elem(&summary_counts, &zero);
}

/* What is paired or measured. False: it can't be read. */
static __always_inline bool read_subject(const struct hit *hit, const struct wire_spec *spec, __u64 pid_tgid,
                                         __u64 *ret_value)
{
    __u32 subject = spec->summary.subject;
    *ret_value = 0;
    if (subject == WIRE_NO_SUBJECT)
        return false;
    if (subject >= WIRE_MAX_ARGS) {
        *ret_value = subject == WIRE_SUBJECT_PID ? pid_tgid >> 32 : (__u32)pid_tgid;
        return true;
    }
    *ret_value = hit->values[subject];
    return !has_none(hit, subject);
}

/* By the kernel's own numbers: in a pid namespace, which those that are told may be of, processes can be
 * without. */
static __always_inline bool make_start_key(struct hit *hit, const struct wire_spec *spec,
                                           struct wire_start_key *ret_key)
{
    __u64 pid_tgid = bpf_get_current_pid_tgid();
    ret_key->value = 0;
    ret_key->pid = (__u32)(pid_tgid >> 32);
    ret_key->padding = 0;
    /* A thread's number may go to another thread. */
    hit->thread = spec->summary.subject == WIRE_SUBJECT_TID ? bpf_get_current_task() : 0;
    return read_subject(hit, spec, pid_tgid, &ret_key->value);
}

/* What the kernel is to put into a map stands on the stack, and before Linux 6.2 the verifier must know that
 * it does: so this function, and take_in(), are not global but verified with their caller. A start that is
 * there already is replaced: it never ended. */
static __noinline int take_start(struct hit *hit, struct wire_spec *spec)
{
    struct wire_summary_counts *counts = find_counts();
    struct wire_start_key key;
    if (!counts)
        return 0;
    if (!make_start_key(hit, spec, &key)) {
        __sync_fetch_and_add(&counts->nulls, 1);
    } else if (bpf_map_update_elem(&starts, &key, hit, BPF_ANY)) {
        bpf_map_delete_elem(&starts, &key); /* or the end would be matched with the one before */
        count_lost(spec);
        return 0;
    } else {
        __sync_fetch_and_add(&counts->starts, 1);
    }
    __sync_fetch_and_add(&spec->taken, 1);
    return 0;
}

enum { CLAIM_TRIES = 4 };

/* The time of a start that an end has claimed: none ends what is later than itself. */
#define CLAIMED_TS (~0ULL)

/* Copies a start into the hit that ends it, and claims it. While it is copied it may be replaced or deleted,
 * and another one stand in its memory. So afterwards the key must still lead there, and the time still be the
 * one that was copied: starts that follow each other in one place differ in that. Of several ends only one
 * changes it. A start that came while the end was waiting for a page is not what it ends.
 *
 * Whoever has claimed a start deletes it. A start of the same key that comes just between goes with it; its
 * end will count as one without a start. */
static __always_inline bool claim_start(struct hit *hit, const struct wire_start_key *key)
{
    for (int i = 0; i < CLAIM_TRIES; i++) {
        struct wire_start *start = bpf_map_lookup_elem(&starts, key);
        if (!start)
            return false;
        __u64 ts = *(volatile __u64 *)&start->ts, thread = start->thread;
        hit->group = start->group;
        if (bpf_map_lookup_elem(&starts, key) != start)
            continue;
        if (ts > hit->ts)
            return false;
        if (__sync_val_compare_and_swap(&start->ts, ts, CLAIMED_TS) != ts)
            continue;
        bpf_map_delete_elem(&starts, key);
        hit->started = ts;
        return thread == hit->thread;
    }
    return false;
}

/* Finds the start and leaves in the hit what its group knew then, and when that was. Returns 0 for an end
 * without a start, which is taken in. */
__noinline int match_end(struct hit *hit, struct wire_spec *spec)
{
    struct wire_summary_counts *counts = find_counts();
    struct wire_start_key key;
    if (!summarises || !hit || !spec || !counts)
        return 0;
    bool readable = make_start_key(hit, spec, &key);
    if (readable && claim_start(hit, &key)) {
        __sync_fetch_and_add(&counts->matched, 1);
        return 1;
    }
    __sync_fetch_and_add(readable ? &counts->unstarted : &counts->nulls, 1);
    __sync_fetch_and_add(&spec->taken, 1);
    return 0;
}

static __always_inline struct wire_total *find_total(const struct hit *hit)
{
    struct wire_total *total = bpf_map_lookup_elem(&groups, &hit->group);
    if (total)
        return total;
    bpf_map_update_elem(&groups, &hit->group, &empty_total, BPF_NOEXIST);
    return bpf_map_lookup_elem(&groups, &hit->group);
}

static __always_inline __u32 find_number(struct wire_total *total)
{
    struct wire_summary_counts *counts = find_counts();
    __u32 number = total->number;
    if (number || !counts)
        return number;
    number = (__u32)__sync_add_and_fetch(&counts->n_groups, 1);
    __u32 other = __sync_val_compare_and_swap(&total->number, 0, number);
    return other ? other : number;
}

__noinline __u64 find_bucket(__u64 magnitude, __u32 is_negative)
{
    return !summarises ? 0 : wire_bucket(summary_buckets, summary_step, magnitude, is_negative);
}

static __always_inline bool count_in_cell(struct wire_total *total, __u64 magnitude, __u32 is_negative)
{
    struct wire_cell cell = {
        .group = find_number(total),
        .is_negative = is_negative,
        .bucket = find_bucket(magnitude, is_negative),
    };
    const __u64 none = 0;
    __u64 *count = bpf_map_lookup_elem(&cells, &cell);
    if (!count) {
        bpf_map_update_elem(&cells, &cell, &none, BPF_NOEXIST);
        count = bpf_map_lookup_elem(&cells, &cell);
    }
    if (count)
        __sync_fetch_and_add(count, 1);
    return count;
}

static __always_inline void add_magnitude(struct wire_side *side, __u64 magnitude)
{
    __sync_fetch_and_add(&side->count, 1);
    __u64 sum = __sync_fetch_and_add(&side->sum_low, magnitude);
    if (sum + magnitude < sum)
        __sync_fetch_and_add(&side->sum_high, 1);
    put_extreme(&side->min, magnitude, ~0ULL);
    put_extreme(&side->max, magnitude, 0);
}

/* False: there is no room for its bucket. */
__noinline int add_to_total(const struct hit *hit, const struct wire_spec *spec, struct wire_total *total)
{
    __u32 is_negative = 0;
    if (!summarises || !hit || !spec || !total)
        return false;
    __u64 value = hit->ts - hit->started;
    if (spec->summary.role == WIRE_ROLE_COUNT) {
        __sync_fetch_and_add(&total->sides[0].count, 1);
        return true;
    }
    if (spec->summary.role == WIRE_ROLE_MEASURE) {
        if (!read_subject(hit, spec, 0, &value)) {
            __sync_fetch_and_add(&total->nulls, 1);
            return true;
        }
        is_negative = spec->summary.is_signed && (__s64)value < 0;
    }
    __u64 magnitude = is_negative ? -value : value;
    if (!count_in_cell(total, magnitude, is_negative))
        return false;
    add_magnitude(&total->sides[is_negative ? 1 : 0], magnitude);
    return true;
}

/* The group is filled: the hit counts. */
static __noinline int take_in(struct hit *hit, struct wire_spec *spec)
{
    struct wire_total *total = find_total(hit);
    if (total && add_to_total(hit, spec, total))
        __sync_fetch_and_add(&spec->taken, 1);
    else
        count_lost(spec);
    return 0;
}

static __always_inline int summarise(struct hit *hit, struct wire_spec *spec, __u64 pid_tgid,
                                     enum text_place place)
{
    clear_group(hit, spec);
    if (spec->summary.role == WIRE_ROLE_END && !match_end(hit, spec))
        return 0;
    fill_group(hit, spec, pid_tgid, place);
    if (spec->summary.role == WIRE_ROLE_START)
        return take_start(hit, spec);
    return take_in(hit, spec);
}

#endif
