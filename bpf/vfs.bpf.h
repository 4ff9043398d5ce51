/* vfs_read: each read(2) and pread(2) that gets as far as a file.
 *
 * The kernel's function vfs_read() is where they pass. Its beginning leaves in the thread's storage what its
 * end tells; it is never called within itself. There are three ways to be there:
 *
 *   - fexit: a trampoline around the function.
 *   - kretprobe: a breakpoint, or what it was optimised to, at its entry, and another return address.
 *   - tracepoint: the system calls' entry and exit. They come by for every system call of the machine, and
 *     before it is clear that there is a file. Of a call that never gets to vfs_read() nothing is told here
 *     either.
 *
 * A return that was seen before its beginning was, right after attaching, has nothing to tell. Where the
 * kernel can be preempted it passes programs over: when the end of one read is, and the beginning of the
 * next, that one's end finds what it doesn't belong to. The kernel's own count of the thread's reads tells.
 */
#ifndef TRACER_VFS_BPF_H
#define TRACER_VFS_BPF_H

#include "kernel.bpf.h"
#include "read_call.bpf.h"

/* What the beginning of a read knows of it, and what only the beginning can know. */
enum {
    OF_START = 1 << WIRE_VFS_READ_DURATION,
    OF_BEGINNING = OF_START | 1 << WIRE_VFS_READ_REQUESTED | 1 << WIRE_VFS_READ_DEVICE |
                   1 << WIRE_VFS_READ_INODE | 1 << WIRE_VFS_READ_FD,
};

/* A thread's read that is under way. */
struct reading {
    __u64 start; /* 0: there is none */
    __u64 requested;
    __u64 device;
    __u64 inode;
    __s64 fd;     /* NO_FD: not known */
    __u64 before; /* reads that the thread had done when it began */
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct reading);
} readings SEC(".maps");

/* As stat(2) has it (new_encode_dev() in include/linux/kdev_t.h), of major << 20 | minor. */
static __always_inline __u64 encode_device(__u32 device)
{
    __u32 major = device >> 20, minor = device & 0xfffff;
    return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

/* Without CONFIG_TASK_XACCT the kernel doesn't count. */
static __always_inline __u64 count_reads(void)
{
    struct task_struct *task = bpf_get_current_task_btf();
    return bpf_core_field_exists(task->ioac.syscr) ? task->ioac.syscr : 0;
}

/* Where the thread's reads are noted. NULL: there is no memory for it. Or, before Linux 6.2, another thread
 * has been preempted on this processor while it was looking for its own (bpf_task_storage_trylock() in
 * kernel/bpf/bpf_task_storage.c). */
static __always_inline struct reading *reading_of_thread(void)
{
    struct reading *reading =
        bpf_task_storage_get(&readings, bpf_get_current_task_btf(), NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!reading)
        __sync_fetch_and_add(&calls_forgotten, 1);
    return reading;
}

/* Comes last, so that what it takes to get to know the rest is in no duration. */
static __always_inline void start_reading(struct reading *reading)
{
    if (reading->start)
        __sync_fetch_and_add(&calls_without_return, 1);
    reading->before = count_reads();
    reading->start = bpf_ktime_get_ns();
}

static __always_inline void describe(struct reading *reading, struct file *file, __s64 fd, __u64 requested)
{
    struct inode *inode = BPF_CORE_READ(file, f_inode);
    reading->requested = requested;
    reading->device = encode_device(BPF_CORE_READ(inode, i_sb, s_dev));
    reading->inode = BPF_CORE_READ(inode, i_ino);
    reading->fd = fd;
}

static __always_inline int begin_read(struct file *file, __s64 fd, __u64 requested)
{
    struct reading *reading = reading_of_thread();
    if (reading) {
        describe(reading, file, fd, requested);
        start_reading(reading);
    }
    return 0;
}

/* The thread's read that ends now; NULL: none is known, or meant. */
static __always_inline struct reading *find_reading(__u64 ids)
{
    if (!is_meant(ids))
        return NULL;
    struct reading *reading = bpf_task_storage_get(&readings, bpf_get_current_task_btf(), NULL, 0);
    return reading && reading->start ? reading : NULL;
}

/* With the file all but the start is known now; NULL: by the beginning only. */
static __always_inline int end_read(struct reading *reading, __u64 ids, __s64 result, struct file *file,
                                    __u64 requested)
{
    struct hit hit;
    bool is_others = count_reads() - reading->before > 1;
    struct wire_spec *spec = begin_kernel_hit(WIRE_KERNEL_VFS_READ, &hit);
    if (!spec)
        return 0;
    if (file)
        describe(reading, file, current_read_fd(), requested);
    hit.values[WIRE_VFS_READ_REQUESTED] = reading->requested;
    hit.values[WIRE_VFS_READ_DURATION] = hit.ts - reading->start;
    hit.values[WIRE_VFS_READ_DEVICE] = reading->device;
    hit.values[WIRE_VFS_READ_INODE] = reading->inode;
    if (reading->fd == NO_FD)
        set_absent(&hit, WIRE_VFS_READ_FD);
    else
        hit.values[WIRE_VFS_READ_FD] = (__u64)reading->fd;
    if (result < 0) {
        hit.values[WIRE_VFS_READ_ERROR] = (__u64)-result;
        set_absent(&hit, WIRE_VFS_READ_BYTES);
    } else {
        hit.values[WIRE_VFS_READ_BYTES] = (__u64)result;
        set_absent(&hit, WIRE_VFS_READ_ERROR);
    }
    if (is_others)
        hit.nulls |= file ? OF_START : OF_BEGINNING;
    reading->start = 0;
    return finish_kernel_hit(WIRE_KERNEL_VFS_READ, &hit, spec, ids);
}

SEC("fentry/vfs_read")
int BPF_PROG(vfs_read_fentry)
{
    struct reading *reading = is_meant(current_ids()) ? reading_of_thread() : NULL;
    if (reading)
        start_reading(reading);
    return 0;
}

/* Asks for the thread's reads as the beginning does. Were none made here, nobody could say whether there are
 * none or they can't be had, and what can't be told is to be counted. The other ways run where no thread is
 * preempted. */
SEC("fexit/vfs_read")
int BPF_PROG(vfs_read_fexit, struct file *file, char *buffer, __u64 requested, void *position, __s64 result)
{
    __u64 ids = current_ids();
    struct reading *reading = is_meant(ids) ? reading_of_thread() : NULL;
    return reading && reading->start ? end_read(reading, ids, result, file, requested) : 0;
}

SEC("kprobe/vfs_read")
int BPF_KPROBE(vfs_read_kprobe, struct file *file, char *buffer, __u64 requested)
{
    keep_to_task_stack(ctx);
    if (!is_meant(current_ids()))
        return 0;
    return begin_read(file, current_read_fd(), requested);
}

SEC("kretprobe/vfs_read")
int BPF_KRETPROBE(vfs_read_kretprobe, __s64 result)
{
    __u64 ids = current_ids();
    keep_to_task_stack(ctx);
    struct reading *reading = find_reading(ids);
    return reading ? end_read(reading, ids, result, NULL, 0) : 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(vfs_read_sys_enter, void *registers, long number)
{
    struct read_call call = {0};
    if (!find_read_call(registers, number, &call) || !is_meant(current_ids()))
        return 0;
    struct file *file = find_read_file(&call);
    return file ? begin_read(file, call.fd, call.requested) : 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(vfs_read_sys_exit, void *registers, long result)
{
    __u64 ids = current_ids();
    struct reading *reading = find_reading(ids);
    struct read_call call = {0};
    if (!reading)
        return 0;
    if (find_read_call(registers, call_number(registers), &call))
        return end_read(reading, ids, result, NULL, 0);
    reading->start = 0; /* its end was passed over */
    return 0;
}

#endif
