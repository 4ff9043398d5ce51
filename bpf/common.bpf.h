/* What all BPF programs that take hits share with user space, the stop flag before all.
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

/* In a section of its own: all BPF objects of a session have the same map there. */
struct wire_shared shared SEC(".data.shared") = {0};

static __always_inline bool is_stopped(void)
{
    return *(volatile __u32 *)&shared.stopped;
}

#endif
