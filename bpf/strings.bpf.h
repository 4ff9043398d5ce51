/* Records with strings: they are built in a slot of a pool and copied into the ring as long as they are.
 * While a page is fetched, which can take for ever, neither a ring reservation nor a slot is held, since
 * others need them: the record is given up and built anew. */
#ifndef TRACER_STRINGS_BPF_H
#define TRACER_STRINGS_BPF_H

#include "send.bpf.h"

/* A string of the greatest length lies on two pages. */
enum { POOL_TRIES = 8, PAGES_A_STRING = 2 };

/* Where a record with strings is put together. */
struct slot {
    __u32 claimed;
    __u32 values_len; /* of the payload */
    __u32 data_len;   /* behind them, so far */
    __u32 padding;
    struct wire_record record;
    /* Values, then string data; a string is read where it will stand, so one may reach behind the limit. */
    char payload[WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX + WIRE_STRING_MAX + 8];
};

/* Sized before load, to a power of two. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct slot);
} slots SEC(".maps");

const volatile __u32 slot_mask = 0;
const volatile __u32 string_limit = 256;

static __always_inline long read_into_slot(struct slot *slot, __u32 start, __u32 size, __u64 address)
{
    FORGET(size);
    if (size > WIRE_STRING_MAX + 2)
        return -1;
    return bpf_probe_read_user_str(&slot->payload[start], size, (void *)address);
}

/* The end of the string can't be reached. What is to be shown of it, as much as the limit allows, may be
 * there all the same. */
static __always_inline long read_without_end(struct slot *slot, __u32 start, __u32 limit, __u64 address)
{
    FORGET(limit);
    if (!limit || limit > WIRE_STRING_MAX ||
        bpf_probe_read_user(&slot->payload[start], limit, (void *)address))
        return -1;
    return limit + 2;
}

/* Reads the string that value i points to and notes its place in the slot; or says which page is missing. */
__noinline int read_string(struct hit *hit, struct slot *slot, __u32 i)
{
    if (!hit || !slot || i >= WIRE_MAX_ARGS)
        return 0;
    __u64 address = hit->values[i], *place = &((__u64 *)slot->payload)[i];
    if (!address) {
        *place = WIRE_NULL_STRING;
        return 0;
    }
    __u32 data_len = slot->data_len, start = slot->values_len + data_len, limit = string_limit;
    if (data_len > WIRE_DATA_MAX || start > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX || limit > WIRE_STRING_MAX)
        return 0; /* for the verifier: none of these can be */
    if (limit > WIRE_DATA_MAX - data_len)
        limit = WIRE_DATA_MAX - data_len;
    /* Two bytes more than the limit: the NUL, and one that tells a string of just the limit from a longer. */
    long len = read_into_slot(slot, start, limit + 2, address);
    if (len < 0) {
        __u32 fetched = hit->waiting == i ? hit->fetched : 0;
        if (fetched < PAGES_A_STRING && !(hit->hopeless & (1U << i))) {
            hit->missing = fetched ? (address & ~(__u64)(PAGE - 1)) + fetched * PAGE : address;
            hit->waiting = i;
            hit->fetched = fetched + 1;
            return 0;
        }
        len = read_without_end(slot, start, limit, address);
    }
    if (len < 0) {
        *place = 0;
        hit->faults |= 1U << i;
        return 0;
    }
    /* Older kernels, 6.1 among them, return 0 for an empty string, without the NUL. */
    __u32 got = len ? (__u32)len - 1 : 0;
    if (got > limit) {
        got = limit;
        hit->truncated |= 1U << i;
    }
    *place = data_len | (__u64)got << 32;
    slot->data_len = data_len + got;
    return 0;
}

static __always_inline struct slot *claim_slot(void)
{
    __u32 index = bpf_get_smp_processor_id() & slot_mask;
    for (int i = 0; i < POOL_TRIES; i++) {
        struct slot *slot = bpf_map_lookup_elem(&slots, &index);
        if (slot && !__sync_val_compare_and_swap(&slot->claimed, 0, 1))
            return slot;
        index = (index + 1) & slot_mask;
    }
    return NULL;
}

static __always_inline void release_slot(struct slot *slot)
{
    __sync_lock_test_and_set(&slot->claimed, 0);
}

/* Values and strings from a claimed slot into the ring. */
__noinline int send_slot(struct hit *hit, struct slot *slot, struct wire_spec *spec, __u32 number,
                         __u64 pid_tgid)
{
    if (!hit || !slot || !spec)
        return 0;
    __u32 n_args = spec->n_args, data_len = slot->data_len, len = n_args * 8 + data_len;
    fill_record(&slot->record, hit, pid_tgid, number, lost_so_far(), n_args, data_len);
    __u64 flags = ring_flags();
    FORGET(len);
    if (len > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX)
        return 0; /* for the verifier */
    if (bpf_ringbuf_output(&events, &slot->record, sizeof(slot->record) + len, flags))
        count_lost(spec);
    return 0;
}

/* Reads the strings and sends the record; leaves hit->missing when a page must be fetched first. */
__noinline int send_strings(struct hit *hit, struct wire_spec *spec, __u32 number, __u64 pid_tgid)
{
    if (!hit || !spec)
        return 0;
    hit->missing = 0;
    hit->truncated = 0;
    struct slot *slot = claim_slot();
    if (!slot) {
        count_lost(spec);
        return 0;
    }
    slot->values_len = spec->n_args * 8;
    slot->data_len = 0;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        ((__u64 *)slot->payload)[i] = hit->values[i];
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args && !hit->missing; i++)
        if (spec->args[i].fetch == WIRE_FETCH_STRING && !(hit->faults & (1U << i)))
            read_string(hit, slot, i);
    if (!hit->missing)
        send_slot(hit, slot, spec, number, pid_tgid);
    release_slot(slot);
    return 0;
}

#endif
