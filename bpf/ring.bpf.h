/* The programs' side of the ring: how a record gets its place, and how the reader hears of it. ring_wire.h
 * says how the ring works. */
#ifndef TRACER_RING_BPF_H
#define TRACER_RING_BPF_H

#include "common.bpf.h"

/* Chunks; number and size are set before load. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, WIRE_CHUNK_MAX + WIRE_PLACE_MAX);
} events SEC(".maps");

/* Polls readable when it has rung. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} bell SEC(".maps");

const volatile __u64 ring_size = WIRE_CHUNK_MAX;
const volatile __u32 ring_chunk_shift = 20; /* a chunk has 1 << ring_chunk_shift bytes */

/* A place for a record, all zeros. The caller fills it and then commits it. NULL: the ring is full. Who can
 * see that beforehand adds nothing, which could keep out a shorter record. */
static __always_inline void *ring_reserve(__u64 size)
{
    if (*(volatile __u64 *)&shared.ring.used + size > ring_size)
        return NULL;
    if (__sync_fetch_and_add(&shared.ring.used, size) + size > ring_size) {
        __sync_fetch_and_add(&shared.ring.used, -size);
        return NULL;
    }
    __u64 place = __sync_fetch_and_add(&shared.ring.head, size) & (ring_size - 1);
    __u32 chunk = (__u32)(place >> ring_chunk_shift);
    char *bytes = bpf_map_lookup_elem(&events, &chunk);
    return bytes ? bytes + (place & ((1ULL << ring_chunk_shift) - 1)) : NULL;
}

/* Nobody may see the length before the rest. x86 keeps the order of writes. */
static __always_inline void ring_end(struct wire_record *record, __u64 place)
{
#if defined(__TARGET_ARCH_x86)
    asm volatile("" ::: "memory");
    *(volatile __u64 *)&record->place = place;
#else
    __sync_lock_test_and_set(&record->place, place);
#endif
}

/* What was reserved goes to the reader as it is. */
static __always_inline void ring_commit(struct wire_record *record, __u64 size)
{
    ring_end(record, size);
    /* The reader arms the bell and then looks at `head`, which has counted this record already. So either it
     * sees that there is one, or this sees the bell armed. */
    if (!*(volatile __u32 *)&shared.bell_armed ||
        *(volatile __u64 *)&shared.ring.used < *(volatile __u64 *)&shared.bell_level)
        return;
    char strike = 0;
    if (__sync_lock_test_and_set(&shared.bell_armed, 0))
        bpf_ringbuf_output(&bell, &strike, sizeof(strike), BPF_RB_FORCE_WAKEUP);
}

/* What was reserved is no record, after all. */
static __always_inline void ring_withdraw(struct wire_record *record, __u64 size)
{
    ring_end(record, size | WIRE_WITHDRAWN);
}

#endif
