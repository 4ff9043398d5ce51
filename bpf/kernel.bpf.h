/* What the kernel probes share: whose hits count, and how they are counted, filtered and sent, in the same
 * ways as those of static probes. */
#ifndef TRACER_KERNEL_BPF_H
#define TRACER_KERNEL_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "filter.bpf.h"
#include "fetch.bpf.h"
#include "summary.bpf.h"
#include "task.bpf.h"

/* The number of each probe's spec. */
const volatile __u32 kernel_specs[WIRE_KERNEL_PROBES] = {0};

/* tracer's own number, as current_ids() tells it. */
const volatile __u32 own_pid = 0;

/* Calls whose thread makes the next one before the return of the last was seen. */
__u64 calls_without_return = 0;

/* Calls of which nothing is told, because what is noted of them could not be had. */
__u64 calls_forgotten = 0;

/* Asked before anything else: whoever is not a target pays for no more than this. tracer itself never is:
 * events about its reads would make it read. */
static __always_inline bool is_meant(__u64 ids)
{
    __u32 pid = (__u32)(ids >> 32);
    return !is_stopped() && is_target(pid) && pid != own_pid;
}

/* A hit of a kernel probe, counted, with no values yet. NULL: never. */
static __always_inline struct wire_spec *begin_kernel_hit(enum wire_kernel_probe probe, struct hit *hit)
{
    __u32 number = kernel_specs[probe];
    struct wire_spec *spec = bpf_map_lookup_elem(&first_specs, &number);
    if (!spec)
        return NULL;
    __sync_fetch_and_add(&spec->hits, 1);
    hit->ts = bpf_ktime_get_ns();
    for (int i = 0; i < WIRE_MAX_ARGS; i++)
        hit->values[i] = 0;
    hit->faults = 0;
    hit->truncated = 0;
    hit->nulls = 0;
    return spec;
}

static __always_inline void set_absent(struct hit *hit, __u32 field)
{
    hit->nulls |= 1U << field;
}

/* A hit whose fields are numbers. */
static __always_inline int finish_kernel_hit(enum wire_kernel_probe probe, struct hit *hit,
                                             struct wire_spec *spec, __u64 ids)
{
    if (!is_wanted(hit, spec, ids, TEXT_NOWHERE))
        return 0;
    if (summarises)
        return summarise(hit, spec, ids, TEXT_NOWHERE);
    return send_values(hit, spec, kernel_specs[probe], ids);
}

#endif
