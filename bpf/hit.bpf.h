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

struct hit {
    __u64 ts;
    union {
        __u64 regs[SLOTS];
        __u64 text[WIRE_TEXT_WORDS]; /* for filters, who need no registers any longer */
    };
    __u64 values[WIRE_MAX_ARGS];
    __u32 faults;
    __u32 truncated;
    __u64 missing;  /* an address whose page must be fetched before all strings can be read; 0: none */
    __u32 waiting;  /* for the string of which argument, */
    __u32 fetched;  /* of which so many pages have been fetched */
    __u32 hopeless; /* a bit per argument: its string lies on a page that can't be fetched */
    __u32 term;     /* the filter's next */
};

#endif
