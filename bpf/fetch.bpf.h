/* Records with what arguments point to: strings, bytes, socket addresses. While a page is brought in, which
 * can take for ever, neither a ring reservation nor a slot is held, since others need them: the record is
 * given up and built anew. */
#ifndef TRACER_FETCH_BPF_H
#define TRACER_FETCH_BPF_H

#include "slots.bpf.h"

/* What is fetched for one argument is no longer than a page, and so lies on two at most. */
enum { PAGES_A_FETCH = 2 };

/* Families, include/linux/socket.h, and what is fetched of their addresses. */
enum {
    FAMILY_UNIX = 1,
    FAMILY_INET = 2,
    FAMILY_INET6 = 10,
    FAMILY_SIZE = 2,
    INET_SIZE = 8,
    INET6_SIZE = 28,
    SOCKADDR_MAX = FAMILY_SIZE + WIRE_UNIX_PATH_MAX + 1,
};

const volatile __u32 string_limit = 256;

/* Both read `size` bytes to `start` of the payload; a string ends before, with its NUL, and the result is its
 * length with that. */
static __always_inline long read_into_slot(struct slot *slot, __u32 start, __u32 size, __u64 address)
{
    FORGET(size);
    if (!size || size > WIRE_STRING_MAX)
        return -1;
    return bpf_probe_read_user(&slot->payload[start], size, (void *)address);
}

static __always_inline long read_text_into_slot(struct slot *slot, __u32 start, __u32 size, __u64 address)
{
    FORGET(size);
    if (size > WIRE_STRING_MAX + 2)
        return -1;
    return bpf_probe_read_user_str(&slot->payload[start], size, (void *)address);
}

/* After a failure: asks for a page, and to be called again. False: that was of no use. */
static __always_inline bool ask_for_page(struct hit *hit, __u32 i, __u64 address)
{
    __u32 fetched = hit->waiting == i ? hit->fetched : 0;
    if (fetched >= PAGES_A_FETCH || hit->hopeless & 1U << i)
        return false;
    hit->missing = fetched ? (address & ~(__u64)(PAGE - 1)) + fetched * PAGE : address;
    hit->waiting = i;
    hit->fetched = fetched + 1;
    return true;
}

/* Where the next bytes go, and how many there is room for, at most `limit`. False, for the verifier: never.
 * It needn't know which of the bounds holds. */
static __always_inline bool find_room(struct slot *slot, __u32 *ret_start, __u32 *limit)
{
    __u32 data_len = slot->data_len;
    *ret_start = slot->values_len + data_len;
    if (data_len > WIRE_DATA_MAX || *ret_start > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX ||
        *limit > WIRE_STRING_MAX)
        return false;
    slot->room = *limit < WIRE_DATA_MAX - data_len ? *limit : WIRE_DATA_MAX - data_len;
    *limit = READ_BACK(slot->room);
    return true;
}

/* The bytes that were read where find_room() said are value i. */
static __always_inline void keep(struct slot *slot, __u32 i, __u32 len)
{
    ((__u64 *)slot->payload)[i] = slot->data_len | (__u64)len << 32;
    slot->data_len += len;
}

/* Value i points to a string. Each of these functions fetches it, or marks why there is none, or has asked
 * for a page. One that stands in an array ends with that at the latest. */
static __always_inline void fetch_string(struct hit *hit, struct slot *slot, const struct wire_behind *behind,
                                         __u32 i)
{
    __u64 address = hit->values[i];
    __u32 start, limit = string_limit, array = behind->length;
    if (array && array < limit)
        limit = array;
    if (!find_room(slot, &start, &limit))
        return;
    /* Two bytes more than the limit: the NUL, and one that tells a string of just the limit from a longer. */
    long len = read_text_into_slot(slot, start, limit + 2, address);
    if (len < 0 && ask_for_page(hit, i, address))
        return;
    /* Its end can't be reached. What is to be shown of it, as much as the limit allows, may be there all the
     * same. */
    if (len < 0)
        len = read_into_slot(slot, start, limit, address) ? -1 : (long)limit + 2;
    if (len < 0) {
        hit->faults |= 1U << i;
        return;
    }
    /* Older kernels, 6.1 among them, return 0 for an empty string, without the NUL. */
    __u32 got = len ? (__u32)len - 1 : 0;
    if (got > limit) {
        got = limit;
        if (!array || limit < array)
            hit->truncated |= 1U << i;
    }
    keep(slot, i, got);
}

static __always_inline void fetch_bytes(struct hit *hit, struct slot *slot, const struct wire_behind *behind,
                                        __u32 i)
{
    __u64 address = hit->values[i], len = behind->length;
    __u32 start, limit = string_limit, length_arg = behind->length_arg;
    if (length_arg < WIRE_MAX_ARGS) {
        len = hit->values[length_arg];
        if (has_none(hit, length_arg))
            hit->faults |= 1U << i;
        else if ((__s64)len < 0)
            return; /* no length: the value stays the address */
    }
    if (hit->faults & 1U << i || !find_room(slot, &start, &limit))
        return;
    if (len > limit) {
        len = limit;
        hit->truncated |= 1U << i;
    }
    if (len && read_into_slot(slot, start, (__u32)len, address)) {
        if (!ask_for_page(hit, i, address))
            hit->faults |= 1U << i;
        return;
    }
    keep(slot, i, (__u32)len);
}

/* Reads a path, and if it is an empty one, what may be an abstract name. Nothing behind its NUL need be
 * there. The result is the length of what of it is kept, or negative. */
static __always_inline long read_unix_path(struct slot *slot, __u32 start, __u64 address)
{
    long len = bpf_probe_read_user_str(&slot->payload[start], WIRE_UNIX_PATH_MAX + 1, (void *)address);
    if (len > 1)
        return len - 1;
    if (len < 0)
        return len;
    slot->payload[start] = 0;
    len = bpf_probe_read_user_str(&slot->payload[start + 1], WIRE_UNIX_PATH_MAX, (void *)(address + 1));
    return len > 1 ? len : len < 0 ? len : 0;
}

static __always_inline long read_address(struct slot *slot, __u32 start, __u64 address)
{
    __u16 family;
    if (bpf_probe_read_user(&family, sizeof(family), (void *)address))
        return -1;
    if (family == FAMILY_INET)
        return bpf_probe_read_user(&slot->payload[start], INET_SIZE, (void *)address) ?: INET_SIZE;
    if (family == FAMILY_INET6)
        return bpf_probe_read_user(&slot->payload[start], INET6_SIZE, (void *)address) ?: INET6_SIZE;
    *(__u16 *)&slot->payload[start] = family;
    if (family != FAMILY_UNIX)
        return FAMILY_SIZE;
    long len = read_unix_path(slot, start + FAMILY_SIZE, address + FAMILY_SIZE);
    return len < 0 ? len : FAMILY_SIZE + len;
}

static __always_inline void fetch_sockaddr(struct hit *hit, struct slot *slot, __u32 i)
{
    __u64 address = hit->values[i];
    __u32 start, limit = SOCKADDR_MAX;
    if (!find_room(slot, &start, &limit))
        return;
    if (limit < SOCKADDR_MAX) { /* half an address is none */
        hit->truncated |= 1U << i;
        keep(slot, i, 0);
        return;
    }
    long len = read_address(slot, start, address);
    if (len >= 0)
        keep(slot, i, (__u32)len);
    else if (!ask_for_page(hit, i, address))
        hit->faults |= 1U << i;
}

/* Fetches what value i points to. False: a page must be brought in first. */
__noinline int fetch(struct hit *hit, struct slot *slot, const struct wire_spec *spec, __u32 i)
{
    FORGET(i);
    if (!hit || !slot || !spec || i >= WIRE_MAX_ARGS)
        return true;
    __u32 what = spec->args[i].fetch;
    if (has_none(hit, i))
        return true;
    if (!hit->values[i])
        hit->nulls |= 1U << i;
    else if (what == WIRE_FETCH_STRING)
        fetch_string(hit, slot, &spec->behind[i], i);
    else if (what == WIRE_FETCH_BYTES)
        fetch_bytes(hit, slot, &spec->behind[i], i);
    else
        fetch_sockaddr(hit, slot, i);
    return !hit->missing;
}

/* Fetches and sends the record; leaves hit->missing when a page must be brought in first. */
static __always_inline void try_to_send_fetched(struct hit *hit, struct wire_spec *spec, __u32 number,
                                                __u64 pid_tgid)
{
    hit->missing = 0;
    hit->truncated = 0;
    struct slot *slot = claim_slot();
    if (!slot) {
        count_lost(spec);
        return;
    }
    slot->values_len = spec->n_args * 8;
    slot->data_len = 0;
    for (int i = 0; i < WIRE_MAX_ARGS; i++)
        ((__u64 *)slot->payload)[i] = hit->values[i];
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        if (spec->args[i].fetch && !fetch(hit, slot, spec, i))
            break;
    if (!hit->missing)
        send_slot(hit, slot, spec, number, pid_tgid);
    release_slot(slot);
}

/* True: a page had to be brought in, now try again. */
__noinline int send_fetched(struct hit *hit, struct wire_spec *spec, __u32 number, __u64 pid_tgid)
{
    char byte;
    if (!hit || !spec)
        return false;
    try_to_send_fetched(hit, spec, number, pid_tgid);
    if (!hit->missing)
        return false;
    if (bpf_copy_from_user(&byte, 1, (void *)hit->missing))
        hit->hopeless |= 1U << (hit->waiting & 31);
    return true;
}

#endif
