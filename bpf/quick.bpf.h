/* The short cut that most hits take: few arguments, all in registers, and every hit wanted. Everything is
 * done in place, because a call for each argument costs as much as reading it, and a string is read right
 * into the ring. */
#ifndef TRACER_QUICK_BPF_H
#define TRACER_QUICK_BPF_H

#include "operands.bpf.h"
#include "send.bpf.h"
#include "fetch.bpf.h"

static __always_inline void read_quick_args(struct hit *hit, const struct wire_spec *spec)
{
    for (__u32 i = 0; i < WIRE_QUICK_VALUES; i++) {
        hit->values[i] = 0;
        if (i < spec->n_args)
            read_register(hit, &spec->args[i], i);
    }
}

/* Of a spec without strings. */
static __always_inline int send_quick(struct hit *hit, struct wire_spec *spec, __u32 number, __u64 pid_tgid)
{
    SEND_VALUES(WIRE_QUICK_VALUES);
}

struct quick_text {
    struct wire_record record;
    __u64 values[WIRE_QUICK_VALUES];
    char text[WIRE_QUICK_TEXT];
};

/* Reads the string behind argument i, and says whether it is all there. */
static __always_inline bool read_quick_text(struct quick_text *room, struct wire_spec *spec, __u32 i)
{
    __u64 address = READ_BACK(room->values[i]);
    if (!address) {
        room->record.nulls = (__u16)(1U << i);
        return true;
    }
    long len = bpf_probe_read_user_str(room->text, sizeof(room->text), (void *)address);
    if (len == sizeof(room->text))
        spec->quick = 0;
    if (len < 0 || len == sizeof(room->text))
        return false;
    /* Older kernels, 6.1 among them, return 0 for an empty string, without the NUL. */
    room->record.data_len = len ? (__u32)len - 1 : 0;
    room->values[i] = (__u64)room->record.data_len << 32;
    return true;
}

/* Of a spec with one string. False, and nothing is done: it is too long, or on a page that isn't there. */
static __always_inline bool send_quick_text(struct hit *hit, struct wire_spec *spec, __u32 number,
                                            __u64 pid_tgid)
{
    if (string_limit < WIRE_QUICK_TEXT)
        return false;
    __u32 lost = lost_so_far();
    struct quick_text *room = ring_reserve(sizeof(*room));
    if (!room) {
        count_lost(spec);
        return true;
    }
    fill_record(&room->record, hit, pid_tgid, number, lost, WIRE_QUICK_VALUES, 0);
    for (__u32 i = 0; i < WIRE_QUICK_VALUES; i++) {
        room->values[i] = hit->values[i];
        if (i < spec->n_args && spec->args[i].fetch == WIRE_FETCH_STRING && !read_quick_text(room, spec, i)) {
            ring_withdraw(&room->record, sizeof(*room));
            return false;
        }
    }
    ring_commit(&room->record, sizeof(*room));
    return true;
}

#endif
