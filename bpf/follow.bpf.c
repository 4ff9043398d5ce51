/* Keeps the map of targets current: a target's child is one from before its first instruction, and whoever
 * has ended is none any more, before its number can go to somebody else. Loaded for --follow only, since its
 * relocations make libbpf parse the kernel's BTF, which takes longer than all the rest. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "notice.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Of the kernel's structures (include/linux/sched.h, pid.h, pid_namespace.h) what is read here. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct ns_common {
    unsigned int inum;
};
struct pid_namespace {
    struct ns_common ns;
};
struct upid {
    int nr;
    struct pid_namespace *ns;
};
struct pid {
    unsigned int level;
    struct upid numbers[1];
};
typedef struct {
    int counter;
} atomic_t;
struct signal_struct {
    atomic_t live;
};
struct task_struct {
    int pid;
    int tgid;
    struct pid *thread_pid;
    struct signal_struct *signal;
};
#pragma clang attribute pop

/* The number of a process's first thread in the pid namespace that pids are told in; 0: it lives in another
 * one, as current_ids() says of such a process. */
static __always_inline __u32 number_of(struct task_struct *task)
{
    if (!pid_namespace_inode)
        return task->tgid;
    struct pid *pid = task->thread_pid;
    unsigned int level = BPF_CORE_READ(pid, level);
    void *number =
        (void *)__builtin_preserve_access_index(&pid->numbers) + level * bpf_core_type_size(struct upid);
    struct upid innermost;
    if (bpf_core_read(&innermost.nr, sizeof(innermost.nr), &((struct upid *)number)->nr) ||
        bpf_core_read(&innermost.ns, sizeof(innermost.ns), &((struct upid *)number)->ns))
        return 0;
    return BPF_CORE_READ(innermost.ns, ns.inum) == pid_namespace_inode ? innermost.nr : 0;
}

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

/* In each thread that ends; `live` has been counted down already (do_exit() in kernel/exit.c). */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(exited, struct task_struct *task)
{
    __u32 pid = current_ids() >> 32;
    if (!task->signal->live.counter)
        bpf_map_delete_elem(&targets, &pid);
    return 0;
}
