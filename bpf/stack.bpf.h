/* Where a program's variables stand, and what compilers and verifiers know of them. */
#ifndef TRACER_STACK_BPF_H
#define TRACER_STACK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Makes the compiler forget what it knows of a value. Before a size is checked and used: else one copy of it
 * may be checked and a spilled one be used, of which the verifier of 6.1 knows no bound. */
#define FORGET(value) asm volatile("" : "+r"(value))

/* What was written to a ring or a map, which no verifier follows. Of a value on the stack it would take each
 * one that it knows for a case of its own, and go through all that follows for each. */
#define READ_BACK(place) (*(volatile typeof(place) *)&(place))

/* From Linux 6.13 on, a program of this type whose frame takes 64 bytes or more gets a stack of its own, one
 * for each processor (kernel/bpf/verifier.c, bpf_enable_priv_stack). That is for programs which the kernel
 * never enters twice on one processor, and it doesn't look whether one hangs on a uprobe, which it does enter
 * twice: while a hit waits for a page, or is preempted, the next hit would write over what it has on that
 * stack. A program with a tail call stays on the task's stack. This one is never taken, and the verifier, who
 * knows it, drops it from the program. */
static __always_inline void keep_to_task_stack(void *ctx)
{
    __u64 never = 0;
    FORGET(never);
    if (never)
        bpf_tail_call(ctx, NULL, 0);
}

#endif
