/* exec and exit: a process begins to run a program, and ends. */
#ifndef TRACER_PROC_BPF_H
#define TRACER_PROC_BPF_H

#include "kernel.bpf.h"

/* Exits of processes that lasted less than this many ns are filtered. */
const volatile __u64 min_duration = 0;

const volatile __u64 page_size = 4096;

/* One page of arguments: what fits more is cut. */
enum { ARGV_MAX = 4096 };

static __always_inline void fetch_filename(struct hit *hit, struct slot *slot)
{
    __u32 start, limit = string_limit;
    if (!find_room(slot, &start, &limit))
        return;
    FORGET(limit);
    if (limit > WIRE_STRING_MAX)
        return; /* for the verifier */
    /* A byte more than the limit and the NUL tells a name of just the limit from a longer one. */
    long len =
        bpf_probe_read_kernel_str(&slot->payload[start], limit + 2, (void *)hit->values[WIRE_EXEC_FILENAME]);
    if (len <= 0) {
        hit->faults |= 1U << WIRE_EXEC_FILENAME;
        return;
    }
    if (len - 1 > limit)
        hit->truncated |= 1U << WIRE_EXEC_FILENAME;
    keep(slot, WIRE_EXEC_FILENAME, len - 1 > limit ? limit : (__u32)len - 1);
}

/* The arguments as they stand in the process's memory, one behind the other with a NUL after each. They have
 * just been written there. */
static __always_inline void fetch_argv(struct hit *hit, struct slot *slot, struct task_struct *task)
{
    __u64 address = BPF_CORE_READ(task, mm, arg_start);
    __u64 len = BPF_CORE_READ(task, mm, arg_end) - address;
    __u32 start, limit = ARGV_MAX;
    if (!find_room(slot, &start, &limit))
        return;
    if (len > limit) {
        len = limit;
        hit->truncated |= 1U << WIRE_EXEC_ARGV;
    }
    if (len && read_into_slot(slot, start, (__u32)len, address))
        hit->faults |= 1U << WIRE_EXEC_ARGV;
    else
        keep(slot, WIRE_EXEC_ARGV, (__u32)len);
}

static __always_inline void send_exec(struct hit *hit, struct wire_spec *spec, struct task_struct *task,
                                      __u64 ids)
{
    struct slot *slot = claim_slot();
    if (!slot) {
        count_lost(spec);
        return;
    }
    slot->values_len = WIRE_EXEC_FIELDS * 8;
    slot->data_len = 0;
    for (__u32 i = 0; i < WIRE_EXEC_FIELDS; i++)
        ((__u64 *)slot->payload)[i] = hit->values[i];
    fetch_filename(hit, slot);
    fetch_argv(hit, slot, task);
    send_slot(hit, slot, spec, kernel_specs[WIRE_KERNEL_EXEC], ids);
    release_slot(slot);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_tracepoint, struct task_struct *task, int old_pid, struct linux_binprm *program)
{
    __u64 ids = current_ids();
    struct hit hit;
    if (!is_meant(ids))
        return 0;
    struct wire_spec *spec = begin_kernel_hit(WIRE_KERNEL_EXEC, &hit);
    if (!spec)
        return 0;
    hit.values[WIRE_EXEC_FILENAME] = (__u64)program->filename;
    hit.values[WIRE_EXEC_PPID] = number_of(BPF_CORE_READ(task, real_parent, group_leader));
    hit.values[WIRE_EXEC_UID] = (__u32)bpf_get_current_uid_gid();
    if (!is_wanted(&hit, spec, ids, TEXT_OF_KERNEL))
        return 0;
    if (summarises)
        return summarise(&hit, spec, ids, TEXT_OF_KERNEL);
    send_exec(&hit, spec, task, ids);
    return 0;
}

/* When processes have executed what they run, by the kernel's own number of theirs. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, __u32);
    __type(value, __u64);
} exec_times SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exit_note_exec, struct task_struct *task)
{
    __u32 pid = (__u32)task->tgid;
    __u64 now = bpf_ktime_get_ns();
    if (is_meant(current_ids()) && bpf_map_update_elem(&exec_times, &pid, &now, BPF_ANY))
        bpf_map_delete_elem(&exec_times, &pid); /* rather no time than that of an earlier exec */
    return 0;
}

enum { SIGNAL_MASK = 0x7f, MOST_THREADS = 1 << 16, CPU_TIME_TRIES = 8 };

struct cpu_time {
    __u64 head;
    __u64 node;
    __u64 ns;
};

static long add_thread(__u32 number, struct cpu_time *sum)
{
    if (!sum->node || sum->node == sum->head)
        return 1;
    struct task_struct *thread = (void *)(sum->node - bpf_core_field_offset(struct task_struct, thread_node));
    sum->ns += BPF_CORE_READ(thread, se.sum_exec_runtime);
    sum->node = (__u64)BPF_CORE_READ(thread, thread_node.next);
    return 0;
}

/* Of the threads that are gone the kernel has kept the sum; others that have ended are still there. While one
 * goes from these to those (__exit_signal() in kernel/exit.c) it would be in neither. */
static __always_inline void set_cpu_time(struct hit *hit, struct task_struct *task)
{
    struct signal_struct *signal = task->signal;
    for (int i = 0; i < CPU_TIME_TRIES; i++) {
        __u32 sequence = signal->stats_lock.seqcount.seqcount.sequence;
        struct cpu_time sum = {
            .head = (__u64)__builtin_preserve_access_index(&signal->thread_head),
            .node = (__u64)signal->thread_head.next,
            .ns = signal->sum_sched_runtime,
        };
        bpf_loop(MOST_THREADS, add_thread, &sum, 0);
        hit->values[WIRE_EXIT_CPU] = sum.ns;
        if (!(sequence & 1) && *(volatile __u32 *)&signal->stats_lock.seqcount.seqcount.sequence == sequence)
            return;
    }
    set_absent(hit, WIRE_EXIT_CPU);
}

/* Of each process's first thread: whether its end has been told. */
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, __u64);
} ends_told SEC(".maps");

static __always_inline __u64 *end_told_of(struct task_struct *leader)
{
    return bpf_task_storage_get(&ends_told, leader, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* Whether the thread that ends, with these arguments of the tracepoint, is the one that tells of its
 * process's end. Linux 6.16 and later say which is the last. Older ones refuse programs that ask. There
 * `live` has been counted down already (do_exit() in kernel/exit.c), and several that end at the same time
 * may all come here when it is 0: the first one tells. */
static __always_inline bool is_last(struct task_struct *task, const unsigned long long *arguments)
{
    if (bpf_core_type_exists(struct trace_event_raw_sched_process_exit))
        return arguments[1] & 0xff;
    if (task->signal->live.counter)
        return false;
    __u64 *told = end_told_of(task->group_leader);
    if (!told) /* of two that create it at the same time one gets nothing (kernel/bpf/bpf_local_storage.c) */
        told = end_told_of(task->group_leader);
    return !told || !__sync_lock_test_and_set(told, 1);
}

/* Since its last exec if that was seen; a number's earlier owner may have left one. Then how long to count.
 */
static __always_inline __u64 set_duration(struct hit *hit, struct task_struct *task)
{
    __u32 pid = (__u32)task->tgid;
    __u64 *executed = bpf_map_lookup_elem(&exec_times, &pid), born = task->group_leader->start_time;
    hit->values[WIRE_EXIT_AGE] = hit->ts - born;
    if (!executed || *executed < born) {
        set_absent(hit, WIRE_EXIT_DURATION);
        return hit->values[WIRE_EXIT_AGE];
    }
    hit->values[WIRE_EXIT_DURATION] = hit->ts - *executed;
    bpf_map_delete_elem(&exec_times, &pid);
    return hit->values[WIRE_EXIT_DURATION];
}

/* The status that the parent will get: whoever ends last has set it (synchronize_group_exit()). */
static __always_inline void set_status(struct hit *hit, int status)
{
    hit->values[WIRE_EXIT_STATUS] = status >> 8 & 0xff;
    hit->values[WIRE_EXIT_SIGNAL] = status & SIGNAL_MASK;
    set_absent(hit, status & SIGNAL_MASK ? WIRE_EXIT_STATUS : WIRE_EXIT_SIGNAL);
}

/* In each thread that ends. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_tracepoint, struct task_struct *task)
{
    __u64 ids = current_ids();
    struct hit hit;
    __u32 pid = (__u32)(ids >> 32);
    if (!is_meant(ids) || !is_last(task, ctx))
        return 0;
    if (only_targets) /* no longer a target, before its number can go to somebody else */
        bpf_map_delete_elem(&targets, &pid);
    struct wire_spec *spec = begin_kernel_hit(WIRE_KERNEL_EXIT, &hit);
    if (!spec)
        return 0;
    set_status(&hit, task->signal->group_exit_code);
    if (set_duration(&hit, task) < min_duration) {
        __sync_fetch_and_add(&spec->filtered, 1);
        return 0;
    }
    hit.values[WIRE_EXIT_PEAK] = task->signal->maxrss * page_size;
    set_cpu_time(&hit, task);
    return finish_kernel_hit(WIRE_KERNEL_EXIT, &hit, spec, ids);
}

#endif
