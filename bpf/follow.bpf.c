/* Keeps the map of targets current: a target's child is one from before its first instruction, and whoever
 * has ended is none any more, before its number can go to somebody else. Loaded for --follow only, since its
 * relocations make libbpf parse the kernel's BTF, which takes longer than all the rest. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "notice.bpf.h"
#include "task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* In the parent, before the child has run (kernel_clone() in kernel/fork.c). A thread is no child. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(forked, struct task_struct *parent, struct task_struct *child)
{
    const __u8 here = WIRE_TARGET_BORN;
    if (child->tgid == parent->tgid || !is_target(current_ids() >> 32))
        return 0;
    __u32 pid = number_of(child);
    if (!pid)
        return 0;
    if (bpf_map_update_elem(&targets, &pid, &here, BPF_ANY))
        __sync_fetch_and_add(&notices_lost, 1);
    else
        send_notice(WIRE_FORKED, (__u64)pid << 32 | pid);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(executed, struct task_struct *task)
{
    __u64 ids = current_ids();
    if (is_target(ids >> 32))
        send_notice(WIRE_EXECUTED, ids);
    return 0;
}

/* Whether the kernel probe `exit` does what exited() does here. Looking at `live` once more, this one could
 * take a target away before that one has told of its end. */
const volatile bool ends_are_told = false;

/* In each thread that ends; `live` has been counted down already (do_exit() in kernel/exit.c). */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(exited, struct task_struct *task)
{
    __u32 pid = current_ids() >> 32;
    if (!ends_are_told && !task->signal->live.counter)
        bpf_map_delete_elem(&targets, &pid);
    return 0;
}
