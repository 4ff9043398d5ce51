/* A hit of a probe while it is being read. */
#ifndef TRACER_HIT_BPF_H
#define TRACER_HIT_BPF_H

#include "common.bpf.h"
#include "stack.bpf.h"

#if defined(__TARGET_ARCH_x86)
enum { SLOTS = WIRE_X86_SLOTS };
#else
enum { SLOTS = WIRE_ARM64_SLOTS };
#endif

enum { PAGE = 4096 };

/* As small as can be: it is most of the stack, of which there are 512 bytes for it and all calls. */
struct hit {
    __u64 thread; /* with what follows a wire_start */
    __u64 ts;
    union {
        __u64 regs[SLOTS];
        __u64 text[WIRE_TEXT_WORDS]; /* for filters, who need no registers any longer */
        struct wire_group group;     /* for summaries, who need no filters any longer */
    };
    __u64 values[WIRE_MAX_ARGS];
    __u64 missing; /* an address whose page must be brought in before everything can be read; 0: none */
    __u64 started; /* when what this hit ends did */
    __u16 faults;
    __u16 truncated;
    __u16 nulls;    /* a bit per argument: it is behind a NULL pointer */
    __u16 hopeless; /* a bit per argument: it lies on a page that can't be brought in */
    __u16 waiting;  /* for what is behind which argument, */
    __u16 fetched;  /* of which so many pages have been brought in */
    __u32 term;     /* the filter's next */
};

_Static_assert(sizeof(struct wire_group) <= SLOTS * sizeof(__u64), "a group takes the place of registers");
_Static_assert(__builtin_offsetof(struct hit, group) == __builtin_offsetof(struct wire_start, group),
               "a hit begins with a wire_start");

/* Whether there is no value for that argument. */
static __always_inline bool has_none(const struct hit *hit, __u32 i)
{
    return (hit->faults | hit->nulls) & 1U << i;
}

/* What all hits need. */
static __always_inline void begin_hit(struct hit *hit, const struct pt_regs *ctx)
{
    hit->ts = bpf_ktime_get_ns();
    for (int i = 0; i < SLOTS; i++)
        hit->regs[i] = ((const __u64 *)ctx)[i];
    hit->faults = 0;
    hit->truncated = 0;
    hit->nulls = 0;
}

/* And those that don't take the short cut, or came back from it. */
static __always_inline void begin_long_way(struct hit *hit)
{
    for (int i = 0; i < WIRE_MAX_ARGS; i++)
        hit->values[i] = 0;
    hit->missing = 0;
    hit->waiting = WIRE_MAX_ARGS;
    hit->fetched = 0;
    hit->hopeless = 0;
}

#endif
