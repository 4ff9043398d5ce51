/* What all BPF programs that send events share: the ring buffer with its wake-up rule, and the stop flag.
 *
 * Programs under uprobe_multi can be preempted and migrated, so nothing here is per CPU and every shared
 * counter is added to atomically. */
#ifndef TRACER_COMMON_BPF_H
#define TRACER_COMMON_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

#include "event_wire.h"
#include "target.bpf.h"

/* Records for user space; sized before load. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} events SEC(".maps");

/* In a section of its own: all BPF objects of a session have the same map there. */
struct wire_shared shared SEC(".data.shared") = {0};

static __always_inline bool is_stopped(void)
{
    return *(volatile __u32 *)&shared.stopped;
}

static __always_inline __u64 ring_flags(void)
{
    if (!*(volatile __u32 *)&shared.bell_armed)
        return BPF_RB_NO_WAKEUP;
    if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) < *(volatile __u64 *)&shared.bell_level)
        return BPF_RB_NO_WAKEUP;
    return __sync_lock_test_and_set(&shared.bell_armed, 0) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

#endif
