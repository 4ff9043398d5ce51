/* Of the kernel's structures what is read here, and what can be told of a task. For objects with relocations
 * only, which make libbpf parse the kernel's BTF: that takes longer than all the rest of loading. */
#ifndef TRACER_TASK_BPF_H
#define TRACER_TASK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "target.bpf.h"

/* include/linux/sched.h, sched/signal.h, pid.h, pid_namespace.h, mm_types.h, fs.h, fdtable.h, binfmts.h,
 * task_io_accounting.h */
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
struct list_head {
    struct list_head *next;
};
struct seqcount {
    unsigned int sequence;
};
struct seqcount_spinlock {
    struct seqcount seqcount;
};
typedef struct {
    struct seqcount_spinlock seqcount;
} seqlock_t;
struct signal_struct {
    atomic_t live;
    struct list_head thread_head;
    int group_exit_code;
    unsigned long maxrss; /* pages */
    seqlock_t stats_lock;
    unsigned long long sum_sched_runtime;
};
struct sched_entity {
    __u64 sum_exec_runtime;
};
struct thread_info {
    unsigned long flags;
    __u32 status;
};
struct super_block {
    __u32 s_dev;
};
struct inode {
    struct super_block *i_sb;
    unsigned long i_ino;
};
struct file {
    unsigned int f_mode;
    struct inode *f_inode;
};
struct fdtable {
    unsigned int max_fds;
    struct file **fd;
};
struct files_struct {
    struct fdtable *fdt;
};
struct mm_struct {
    unsigned long arg_start;
    unsigned long arg_end;
};
struct task_io_accounting {
    __u64 syscr; /* reads that vfs_read() and its like have done */
};
struct trace_event_raw_sched_process_exit { /* since Linux 6.16 */
    bool group_dead;
};
struct linux_binprm {
    const char *filename;
};
struct task_struct {
    struct thread_info thread_info;
    struct sched_entity se;
    struct mm_struct *mm;
    int pid;
    int tgid;
    struct task_struct *real_parent;
    struct task_struct *group_leader;
    struct pid *thread_pid;
    struct list_head thread_node;
    __u64 start_time; /* CLOCK_MONOTONIC */
    struct files_struct *files;
    struct signal_struct *signal;
    struct task_io_accounting ioac;
};
#pragma clang attribute pop

/* The number of a process's first thread in the pid namespace that pids are told in; 0: it lives in another
 * one, as current_ids() says of such a process. */
static __always_inline __u32 number_of(struct task_struct *task)
{
    if (!pid_namespace_inode)
        return BPF_CORE_READ(task, tgid);
    struct pid *pid = BPF_CORE_READ(task, thread_pid);
    unsigned int level = BPF_CORE_READ(pid, level);
    void *number =
        (void *)__builtin_preserve_access_index(&pid->numbers) + level * bpf_core_type_size(struct upid);
    struct upid innermost;
    if (bpf_core_read(&innermost.nr, sizeof(innermost.nr), &((struct upid *)number)->nr) ||
        bpf_core_read(&innermost.ns, sizeof(innermost.ns), &((struct upid *)number)->ns))
        return 0;
    return BPF_CORE_READ(innermost.ns, ns.inum) == pid_namespace_inode ? innermost.nr : 0;
}

#endif
