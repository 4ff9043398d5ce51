/* Records with what was fetched from behind pointers are built in a slot of a pool and copied into the ring
 * as long as they are. */
#ifndef TRACER_SLOTS_BPF_H
#define TRACER_SLOTS_BPF_H

#include "send.bpf.h"

enum { POOL_TRIES = 8 };

/* Where such a record is put together. */
struct slot {
    __u32 claimed;
    __u32 values_len; /* of the payload */
    __u32 data_len;   /* behind them, so far */
    __u32 room;       /* for what is fetched next */
    struct wire_record record;
    /* Values, then data; it is read where it will stand, so that some may reach behind the limit. */
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

/* The number of a slot that has been claimed, or one that is none. A global function, so that the verifier
 * need not go through what is done with a slot once for each of the tries. */
__noinline __u32 claim_number(void)
{
    __u32 index = bpf_get_smp_processor_id() & slot_mask;
    for (int i = 0; i < POOL_TRIES; i++) {
        struct slot *slot = bpf_map_lookup_elem(&slots, &index);
        if (slot && !__sync_lock_test_and_set(&slot->claimed, 1))
            return index;
        index = (index + 1) & slot_mask;
    }
    return ~0U;
}

static __always_inline struct slot *claim_slot(void)
{
    __u32 index = claim_number();
    return bpf_map_lookup_elem(&slots, &index);
}

static __always_inline void release_slot(struct slot *slot)
{
    __sync_lock_test_and_set(&slot->claimed, 0);
}

/* Values and data from a claimed slot into the ring. */
__noinline int send_slot(struct hit *hit, struct slot *slot, struct wire_spec *spec, __u32 number,
                         __u64 pid_tgid)
{
    if (!hit || !slot || !spec)
        return 0;
    __u32 n_args = spec->n_args, data_len = slot->data_len, len = n_args * 8 + data_len;
    fill_record(&slot->record, hit, pid_tgid, number, lost_so_far(), n_args, data_len);
    FORGET(len);
    if (len > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX)
        return 0; /* for the verifier */
    len += sizeof(slot->record);
    __u32 size = (len + WIRE_PLACE_STEP - 1) & -WIRE_PLACE_STEP;
    struct wire_record *record = ring_reserve(size);
    if (!record) {
        count_lost(spec);
        return 0;
    }
    /* Unlike bpf_probe_read_kernel(), this copies also where nobody may read the kernel's memory. */
    struct bpf_dynptr place;
    bpf_dynptr_from_mem(record, size, 0, &place);
    bpf_dynptr_write(&place, 0, &slot->record, len, 0);
    ring_commit(record, size);
    return 0;
}

#endif
