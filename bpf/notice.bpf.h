/* Word to user space of what targets do besides hitting probes. Rare, so each wakes the reader at once. */
#ifndef TRACER_NOTICE_BPF_H
#define TRACER_NOTICE_BPF_H

#include "event_wire.h"
#include "target.bpf.h"

/* One and the same in all BPF objects. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} notices SEC(".maps");

/* Notices that found no room. User space then looks at all targets anew. */
__u32 notices_lost = 0;

static __always_inline bool send_notice(__u32 kind, __u64 ids)
{
    const struct wire_notice notice = {.kind = kind, .pid = ids >> 32, .tid = (__u32)ids};
    if (!bpf_ringbuf_output(&notices, (void *)&notice, sizeof(notice), BPF_RB_FORCE_WAKEUP))
        return true;
    __sync_fetch_and_add(&notices_lost, 1);
    return false;
}

#endif
