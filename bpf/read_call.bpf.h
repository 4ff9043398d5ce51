/* The system calls read(2) and pread(2), as their registers show them. */
#ifndef TRACER_READ_CALL_BPF_H
#define TRACER_READ_CALL_BPF_H

#include "task.bpf.h"

enum { NO_FD = -1 };

struct read_call {
    __s64 fd;
    __u64 requested;
    __s64 position;
    bool is_positioned;
};

/* struct pt_regs as it is in the kernel. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs___kernel {
#if defined(__TARGET_ARCH_x86)
    unsigned long r10, di, si, dx, bx, orig_ax;
#else
    __u64 regs[31];
    int syscallno;
#endif
};
#pragma clang attribute pop

#if defined(__TARGET_ARCH_x86)

/* Numbers: arch/x86/entry/syscalls. TS_COMPAT of asm/thread_info.h is set in a 32-bit program's call. x32's
 * have a bit more than those of 64 bits. */
enum { READ = 0, PREAD = 17, READ_32 = 3, PREAD_32 = 180, TS_COMPAT = 2, X32_BIT = 0x40000000 };

static __always_inline bool find_native_call(const struct pt_regs___kernel *regs, long number,
                                             struct read_call *call)
{
    number &= ~X32_BIT;
    if (number != READ && number != PREAD)
        return false;
    call->fd = (__s32)BPF_CORE_READ(regs, di);
    call->requested = BPF_CORE_READ(regs, dx);
    call->position = (__s64)BPF_CORE_READ(regs, r10);
    call->is_positioned = number == PREAD;
    return true;
}

static __always_inline bool find_compat_call(const struct pt_regs___kernel *regs, long number,
                                             struct read_call *call)
{
    if (number != READ_32 && number != PREAD_32)
        return false;
    call->fd = (__s32)BPF_CORE_READ(regs, bx);
    call->requested = (__u32)BPF_CORE_READ(regs, dx);
    call->position = (__s64)((__u32)BPF_CORE_READ(regs, si) | (__u64)(__u32)BPF_CORE_READ(regs, di) << 32);
    call->is_positioned = number == PREAD_32;
    return true;
}

static __always_inline bool find_read_call(const void *regs, long number, struct read_call *call)
{
    struct task_struct *task = bpf_get_current_task_btf();
    return task->thread_info.status & TS_COMPAT ? find_compat_call(regs, number, call)
                                                : find_native_call(regs, number, call);
}

static __always_inline long call_number(const void *regs)
{
    return (long)BPF_CORE_READ((const struct pt_regs___kernel *)regs, orig_ax);
}

#else

/* include/uapi/asm-generic/unistd.h; those of 32-bit programs are others: TIF_32BIT of asm/thread_info.h. */
enum { READ = 63, PREAD = 67, IS_32BIT = 1 << 22 };

static __always_inline bool find_read_call(const void *registers, long number, struct read_call *call)
{
    const struct pt_regs___kernel *regs = registers;
    if ((number != READ && number != PREAD) || bpf_get_current_task_btf()->thread_info.flags & IS_32BIT)
        return false;
    call->fd = (__s32)BPF_CORE_READ(regs, regs[0]);
    call->requested = BPF_CORE_READ(regs, regs[2]);
    call->position = (__s64)BPF_CORE_READ(regs, regs[3]);
    call->is_positioned = number == PREAD;
    return true;
}

static __always_inline long call_number(const void *regs)
{
    return BPF_CORE_READ((const struct pt_regs___kernel *)regs, syscallno);
}

#endif

/* Of the call that the thread is in. */
static __always_inline __s64 current_read_fd(void)
{
    const void *regs = (const void *)bpf_task_pt_regs(bpf_get_current_task_btf());
    struct read_call call = {0};
    return find_read_call(regs, call_number(regs), &call) ? call.fd : NO_FD;
}

/* include/linux/fs.h */
enum { FMODE_PREAD = 0x8, FMODE_PATH = 0x4000 };

/* The file that the call will read from. NULL: it will fail before it gets to vfs_read() (fs/read_write.c):
 * there is no such descriptor, or only one of O_PATH; or a position is asked for that can't be. */
static __always_inline struct file *find_read_file(const struct read_call *call)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct fdtable *table = BPF_CORE_READ(task, files, fdt);
    struct file *file = NULL;
    __u64 fd = (__u32)call->fd;
    if (fd >= BPF_CORE_READ(table, max_fds) ||
        bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd) || !file)
        return NULL;
    unsigned int mode = BPF_CORE_READ(file, f_mode);
    if (mode & FMODE_PATH || (call->is_positioned && (call->position < 0 || !(mode & FMODE_PREAD))))
        return NULL;
    return file;
}

#endif
