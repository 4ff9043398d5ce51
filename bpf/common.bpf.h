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

/* Set once at the end: from then on no hit counts. */
__u32 stopped = 0;

/* Records lost so far by all programs; each record carries it, so the reader sees where a gap is. It is read
 * before the record gets its place in the ring: then whatever it counts was lost after all that the losing
 * thread has further ahead there. Read later, it could count what another thread lost meanwhile, and tell of
 * the gap before the events that stand before it. */
__u32 lost_total = 0;

/* The reader arms the bell and says how full the ring must be; the one record that finds it so rings once
 * and disarms. A reader that is busy or stopped therefore costs the traced program no wake-ups. */
__u32 bell_armed = 0;
__u64 bell_level = 0;

static __always_inline __u64 ring_flags(void)
{
    if (!*(volatile __u32 *)&bell_armed)
        return BPF_RB_NO_WAKEUP;
    if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) < *(volatile __u64 *)&bell_level)
        return BPF_RB_NO_WAKEUP;
    return __sync_lock_test_and_set(&bell_armed, 0) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

#endif
