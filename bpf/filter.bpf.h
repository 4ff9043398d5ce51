/* Filters (-w) and sampling (--sample): which hits are wanted, decided after the arguments were read and
 * before anything is claimed or reserved for the record.
 *
 * A filter is a table of terms (event_wire.h). The walk through it is a loop of at most WIRE_MAX_TERMS steps
 * in the program; a step is a global function, verified once, that leaves the number of the next term in the
 * hit. There is one for each place that texts can stand in: the plain program has none to compare but `comm`,
 * only the sleepable one can bring in a text's pages, and kernel probes have theirs in the kernel's memory.
 *
 * By now nobody needs the registers any longer: their room in the hit is where strings are compared. */
#ifndef TRACER_FILTER_BPF_H
#define TRACER_FILTER_BPF_H

#include "specs.bpf.h"
#include "text.bpf.h"

/* Entry 0 is not used. Sized before load: a single entry where there are no filters. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct wire_filter);
} filters SEC(".maps");

enum text_place { TEXT_NOWHERE, TEXT_OF_USER, TEXT_OF_KERNEL };

/* Whether there is one at all. Where there is none, the verifier spares itself what is for them, also in
 * functions that it looks at by themselves. */
const volatile bool filters_exist = false;

/* Of the hits that pass the filter each so-manieth is wanted. 0 or 1: all. */
const volatile __u32 sample_every = 1;

static __always_inline bool is_one_of(__u32 relations, bool less, bool equal)
{
    return relations & (less ? WIRE_LESS : equal ? WIRE_EQUAL : WIRE_GREATER);
}

static __always_inline bool holds_integer(const struct wire_term *term, __u64 value)
{
    value = (value & term->mask) ^ term->flip;
    return is_one_of(term->relations, value < term->constant, value == term->constant);
}

static __always_inline bool holds_float(const struct wire_term *term, __u64 bits)
{
    bits <<= term->shift & 63;
    if ((bits & ~WIRE_SIGN_BIT) > term->mask) /* the pattern of infinity: NaNs lie above */
        return false;
    __u64 value = wire_float_order(bits);
    return is_one_of(term->relations, value < term->constant, value == term->constant);
}

/* What was read has zeros behind it, as the term's text has. */
static __always_inline bool is_text(const struct wire_term *term, const struct hit *hit)
{
    __u64 difference = 0;
    for (int i = 0; i < WIRE_TEXT_WORDS; i++)
        difference |= hit->text[i] ^ term->text[i];
    return !difference;
}

static __always_inline __u64 first_bytes(__u64 word, __u32 count)
{
    return count >= 8 ? word : word & ((1ULL << count * 8) - 1);
}

/* The program's machines have their first byte in the lowest bits. */
static __always_inline void read_comm(const struct wire_term *term, struct hit *hit)
{
    __u32 count = term->text_size - 1;
    bpf_get_current_comm(hit->text, WIRE_COMM_LEN);
    hit->text[0] = first_bytes(hit->text[0], count);
    hit->text[1] = first_bytes(hit->text[1], count > 8 ? count - 8 : 0);
}

/* How many bytes there are; negative: nobody knows. Beyond 2^63 - 1 there is no length either. */
static __always_inline __s64 bytes_length(const struct wire_term *term, const struct hit *hit)
{
    __u32 arg = term->length_arg;
    if (arg >= WIRE_MAX_ARGS)
        return term->length;
    if (has_none(hit, arg) || (__s64)hit->values[arg] < 0)
        return -1;
    return hit->values[arg] < WIRE_STRING_MAX ? hit->values[arg] : WIRE_STRING_MAX; /* longer than any text */
}

static __always_inline bool fetch_text(const struct wire_term *term, struct hit *hit, __u32 size,
                                       __u64 address, enum text_place place)
{
    __u32 kind = term->length ? TEXT_ARRAY : TEXT_STRING;
    if (term->comparison == WIRE_COMPARE_BYTES)
        kind = TEXT_BYTES;
    if (place == TEXT_OF_USER)
        return read_text((struct text *)hit->text, size, address, kind) >= 0;
    FORGET(size);
    return size <= sizeof(hit->text) && bpf_probe_read_kernel_str(hit->text, size, (void *)address) >= 0;
}

static __always_inline bool holds_text(const struct wire_term *term, struct hit *hit, __u64 address,
                                       enum text_place place)
{
    __u32 size = term->text_size;
    __s64 length = size;
    if (term->comparison == WIRE_COMPARE_BYTES)
        length = bytes_length(term, hit);
    else if (term->length && term->length < size)
        size = term->length + 1;
    if (length < 0)
        return false;
    if (length < size)
        size = (__u32)length;
    if (!address || !fetch_text(term, hit, size, address, place))
        return false;
    bool fits = term->is_whole ? length == term->text_size : length >= term->text_size;
    return is_one_of(term->relations, false, fits && is_text(term, hit));
}

static __always_inline bool holds(const struct wire_term *term, struct hit *hit, __u64 pid_tgid,
                                  enum text_place place)
{
    __u32 subject = term->subject;
    __u64 value = 0;
    if (subject < WIRE_MAX_ARGS) {
        if (has_none(hit, subject))
            return false;
        value = hit->values[subject];
    } else if (subject == WIRE_SUBJECT_PID) {
        value = pid_tgid >> 32;
    } else if (subject == WIRE_SUBJECT_TID) {
        value = (__u32)pid_tgid;
    }
    if (term->comparison == WIRE_COMPARE_INTEGER)
        return holds_integer(term, value);
    if (term->comparison == WIRE_COMPARE_FLOAT)
        return holds_float(term, value);
    for (int i = 0; i < WIRE_TEXT_WORDS; i++)
        hit->text[i] = 0;
    if (subject == WIRE_SUBJECT_COMM) {
        read_comm(term, hit);
        return is_one_of(term->relations, false, is_text(term, hit));
    }
    return place != TEXT_NOWHERE && holds_text(term, hit, value, place);
}

#define STEP(hit, term, place)                                                                    \
    do {                                                                                          \
        if (!filters_exist || !(hit) || !(term))                                                  \
            return 0;                                                                             \
        (hit)->term = holds(term, hit, pid_tgid, place) ? (term)->when_true : (term)->when_false; \
        return 0;                                                                                 \
    } while (0)

__noinline int step_plain_filter(struct hit *hit, const struct wire_term *term, __u64 pid_tgid)
{
    STEP(hit, term, TEXT_NOWHERE);
}

__noinline int step_memory_filter(struct hit *hit, const struct wire_term *term, __u64 pid_tgid)
{
    STEP(hit, term, TEXT_OF_USER);
}

__noinline int step_kernel_filter(struct hit *hit, const struct wire_term *term, __u64 pid_tgid)
{
    STEP(hit, term, TEXT_OF_KERNEL);
}

/* Whether the filter with that number accepts the hit. */
static __always_inline bool filter_accepts(struct hit *hit, __u32 number, __u64 pid_tgid,
                                           enum text_place place)
{
    const struct wire_filter *filter = bpf_map_lookup_elem(&filters, &number);
    if (!filter)
        return false;
    hit->term = 0;
    for (int step = 0; step < WIRE_MAX_TERMS; step++) {
        __u32 term = hit->term;
        if (term >= WIRE_MAX_TERMS)
            break;
        if (place == TEXT_OF_USER)
            step_memory_filter(hit, &filter->terms[term], pid_tgid);
        else if (place == TEXT_OF_KERNEL)
            step_kernel_filter(hit, &filter->terms[term], pid_tgid);
        else
            step_plain_filter(hit, &filter->terms[term], pid_tgid);
    }
    return hit->term == WIRE_FILTER_ACCEPT;
}

static __always_inline bool sample_takes(struct wire_spec *sampler)
{
    return sampler && __sync_add_and_fetch(&sampler->passed, 1) % sample_every == 0;
}

/* Asked when the arguments have been read. Counts those that are not. */
static __always_inline bool is_wanted(struct hit *hit, struct wire_spec *spec, __u64 pid_tgid,
                                      enum text_place place)
{
    if ((!filters_exist || !spec->filter || filter_accepts(hit, spec->filter, pid_tgid, place)) &&
        (sample_every <= 1 || sample_takes(find_spec(spec->sampler))))
        return true;
    __sync_fetch_and_add(&spec->filtered, 1);
    return false;
}

#endif
