/* What all BPF programs of tracer share: the ring buffer with its wake-up rule, the stop flag, and the
 * choice of processes.
 *
 * Programs under uprobe_multi can be preempted and migrated, so nothing here is per CPU and every shared
 * counter is added to atomically. */
#ifndef TRACER_COMMON_BPF_H
#define TRACER_COMMON_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "event_wire.h"

/* Records for user space; sized before load. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} events SEC(".maps");

/* The processes to trace, when there is a choice. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, __u32);
    __type(value, __u8);
} targets SEC(".maps");

/* Trace only what `targets` holds, also where the link has a filter of its own: kernels 6.6 to 6.9 compare
 * threads there, not processes (fixed by 46ba0e49b642 "bpf: fix multi-uprobe PID filtering logic"). */
const volatile bool only_targets = false;

/* The pid namespace in which pids are told, when it isn't the first one: what /proc/self/ns/pid is for us. */
const volatile __u64 pid_namespace_device = 0;
const volatile __u64 pid_namespace_inode = 0;

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

/* Process and thread as our pid namespace numbers them: process << 32 | thread. 0: it lives in another one.
 */
static __always_inline __u64 current_ids(void)
{
    struct bpf_pidns_info ids = {0};
    if (!pid_namespace_inode)
        return bpf_get_current_pid_tgid();
    if (bpf_get_ns_current_pid_tgid(pid_namespace_device, pid_namespace_inode, &ids, sizeof(ids)))
        return 0;
    return (__u64)ids.tgid << 32 | ids.pid;
}

static __always_inline bool is_target(__u32 pid)
{
    return !only_targets || bpf_map_lookup_elem(&targets, &pid);
}

#endif
