/* From a hit whose arguments have been read to a record in the ring. */
#ifndef TRACER_SEND_BPF_H
#define TRACER_SEND_BPF_H

#include "hit.bpf.h"
#include "ring.bpf.h"
#include "specs.bpf.h"

static __always_inline __u32 lost_so_far(void)
{
    return *(volatile __u32 *)&shared.lost_total;
}

static __always_inline void fill_record(struct wire_record *record, const struct hit *hit, __u64 pid_tgid,
                                        __u32 number, __u32 lost, __u32 n_values, __u32 data_len)
{
    record->ts = hit->ts;
    record->pid = (__u32)(pid_tgid >> 32);
    record->tid = (__u32)pid_tgid;
    record->cpu = bpf_get_smp_processor_id();
    record->spec = number;
    record->lost = lost;
    record->faults = (__u16)hit->faults;
    record->truncated = (__u16)hit->truncated;
    bpf_get_current_comm(record->comm, sizeof(record->comm));
    record->n_values = (__u16)n_values;
    record->nulls = (__u16)hit->nulls;
    record->data_len = data_len;
}

/* A record without data, of one of a few sizes, reserved and written in place. */
#define SEND_VALUES(n)                                                   \
    do {                                                                 \
        struct {                                                         \
            struct wire_record record;                                   \
            __u64 values[n];                                             \
        } * room_;                                                       \
        __u32 lost_ = lost_so_far();                                     \
        room_ = ring_reserve(sizeof(*room_));                            \
        if (!room_) {                                                    \
            count_lost(spec);                                            \
            return 0;                                                    \
        }                                                                \
        fill_record(&room_->record, hit, pid_tgid, number, lost_, n, 0); \
        for (int i_ = 0; i_ < (n); i_++)                                 \
            room_->values[i_] = hit->values[i_];                         \
        ring_commit(&room_->record, sizeof(*room_));                     \
        return 0;                                                        \
    } while (0)

static __always_inline int send_values(const struct hit *hit, struct wire_spec *spec, __u32 number,
                                       __u64 pid_tgid)
{
    if (spec->n_args <= WIRE_QUICK_VALUES)
        SEND_VALUES(WIRE_QUICK_VALUES);
    if (spec->n_args <= 6)
        SEND_VALUES(6);
    SEND_VALUES(WIRE_MAX_ARGS);
}

#endif
