/* Which processes are traced, and how they are numbered. The map is one and the same in all BPF objects. */
#ifndef TRACER_TARGET_BPF_H
#define TRACER_TARGET_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

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

/* When there is just one target ever, its number. */
const volatile __u32 only_target = 0;

/* The pid namespace in which pids are told, when it isn't the first one: what /proc/self/ns/pid is for us. */
const volatile __u64 pid_namespace_device = 0;
const volatile __u64 pid_namespace_inode = 0;

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
    if (only_target)
        return pid == only_target;
    return !only_targets || bpf_map_lookup_elem(&targets, &pid);
}

#endif
