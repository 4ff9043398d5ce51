/* The contract between the BPF programs and user space: what user space tells a program about a probe site
 * (wire_spec) and what a program sends back for a hit (wire_record). The only header both sides include, so
 * it knows neither libc nor the kernel: fixed-width types, explicit lengths, sizes asserted.
 *
 * A record is one ring buffer entry:
 *
 *     struct wire_record     who, when, which spec
 *     __u64 values[n_values] one per argument, in the spec's order; n_values may exceed the spec's n_args
 *     char data[data_len]    the bytes behind WIRE_FETCH_STRING arguments, without NULs
 *
 * An integer arrives extended to 64 bits as its spec says, a float as its bit pattern. A string's value is
 * where it stands in `data`: offset in the low 32 bits, length in the high 32 bits; a NULL pointer is
 * WIRE_NULL_STRING. A value whose bit is set in `faults` could not be read and is 0. */
#ifndef TRACER_EVENT_WIRE_H
#define TRACER_EVENT_WIRE_H

#include <linux/types.h>

enum {
    WIRE_MAX_ARGS = 12,       /* <sys/sdt.h> offers no more (STAP_PROBE12) */
    WIRE_STRING_MAX = 4096,   /* bytes of one string */
    WIRE_DATA_MAX = 16384,    /* bytes of all strings of one record */
    WIRE_COMM_LEN = 16,       /* TASK_COMM_LEN, include/linux/sched.h */
    WIRE_SPECS_A_CHUNK = 128, /* specs live in chunks, so that more can be added while programs run */
    WIRE_MAX_CHUNKS = 8192,
};

/* Registers are numbered by their 64-bit slot in the kernel's struct pt_regs, so the BPF program copies the
 * slots as they are and knows no names. arch/x86/include/asm/ptrace.h: 21 slots, r15 first, rip is 16, rsp
 * 19. arch/arm64/include/uapi/asm/ptrace.h: x0 to x30, sp 31, pc 32. */
enum {
    WIRE_X86_SLOTS = 21,
    WIRE_ARM64_SLOTS = 33,
    WIRE_MAX_SLOTS = 33,
    WIRE_NO_REGISTER = 255,
};

#define WIRE_NULL_STRING (~0ULL)

enum wire_where {
    WIRE_NOWHERE,  /* can't be read: the value is a fault at every hit */
    WIRE_CONSTANT, /* disp itself */
    WIRE_REGISTER, /* reg >> shift, cut to size */
    WIRE_MEMORY,   /* size bytes of user memory at reg + disp + (index << scale); reg may be
                      WIRE_NO_REGISTER, and the instruction pointer for position-independent globals */
};

enum wire_fetch {
    WIRE_FETCH_NOTHING, /* the value itself */
    WIRE_FETCH_STRING,  /* the value is a pointer to a NUL-terminated string */
};

struct wire_arg {
    __s64 disp;
    __u8 where;     /* enum wire_where */
    __u8 reg;       /* slot, or WIRE_NO_REGISTER */
    __u8 index;     /* slot, or WIRE_NO_REGISTER */
    __u8 scale;     /* log2 of the index's factor: 0 to 3 */
    __u8 size;      /* bytes: 1, 2, 4 or 8 */
    __u8 is_signed; /* extend by sign */
    __u8 shift;     /* bits to drop from the register first: 8 for %ah, else 0 */
    __u8 fetch;     /* enum wire_fetch */
};

/* One way to read one probe: all sites of a probe with the same argument string share it. The attach cookie
 * is its number. The counts are the programs' to add to (atomically) and user space's to read. */
struct wire_spec {
    __u64 hits;        /* every run of the program for a target, counted before anything else */
    __u64 filtered;    /* of these, passed over by a filter */
    __u64 lost;        /* of these, no room for a record */
    __u64 reserved[5]; /* the counts keep a cache line to themselves */
    __u32 n_args;
    __u32 n_strings; /* arguments with a fetch */
    struct wire_arg args[WIRE_MAX_ARGS];
    __u64 padding[7];
};

struct wire_record {
    __u64 ts;  /* CLOCK_MONOTONIC, ns */
    __u32 pid; /* thread group */
    __u32 tid;
    __u32 cpu;
    __u32 spec;      /* number of the wire_spec */
    __u32 lost;      /* records of all probes lost so far, modulo 2^32: a step marks a gap before this one */
    __u16 faults;    /* bit per argument: could not be read */
    __u16 truncated; /* bit per argument: cut at the limit */
    char comm[WIRE_COMM_LEN];
    __u32 n_values;
    __u32 data_len;
};

_Static_assert(sizeof(struct wire_arg) == 16, "wire_arg");
_Static_assert(sizeof(struct wire_spec) == 320, "wire_spec is whole cache lines");
_Static_assert(__builtin_offsetof(struct wire_spec, n_args) == 64, "wire_spec counts fill a cache line");
_Static_assert(sizeof(struct wire_record) == 56, "wire_record");
_Static_assert(__builtin_offsetof(struct wire_record, comm) == 32, "wire_record.comm");
_Static_assert(WIRE_MAX_ARGS <= 16, "faults and truncated have a bit per argument");

#endif
