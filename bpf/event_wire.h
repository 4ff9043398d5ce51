/* The contract between the BPF programs and user space: what user space tells a program about a probe site
 * (wire_spec), what a program sends back for a hit (wire_record), and what else it tells of a target
 * (wire_notice). The only header both sides include, with ring_wire.h and summary_wire.h, so it knows
 * neither libc nor the kernel: fixed-width types, explicit lengths, sizes asserted.
 *
 * A record is what stands in one place of the ring (ring_wire.h):
 *
 *     struct wire_record     who, when, which spec
 *     __u64 values[n_values] one per argument, in the spec's order; n_values may exceed the spec's n_args
 *     char data[data_len]    what was fetched from behind pointers; the place may be longer
 *
 * An integer arrives extended to 64 bits as its spec says, a float as its bit pattern. The value of an
 * argument with a fetch is where that stands in `data`: offset in the low 32 bits, length in the high 32
 * bits. A value whose bit is set in `faults` could not be read, and one whose bit is set in `nulls` is not
 * there, because a pointer on the way to it is NULL or the hit has no such thing: what stands there for them
 * means nothing. */
#ifndef TRACER_EVENT_WIRE_H
#define TRACER_EVENT_WIRE_H

#include <linux/types.h>

#include "ring_wire.h"
#include "summary_wire.h"

enum {
    WIRE_MAX_ARGS = 12,       /* <sys/sdt.h> offers no more (STAP_PROBE12) */
    WIRE_MAX_LOADS = 4,       /* from a pointer to a member behind it */
    WIRE_STRING_MAX = 4096,   /* bytes of one string */
    WIRE_DATA_MAX = 16384,    /* bytes of all strings of one record */
    WIRE_UNIX_PATH_MAX = 108, /* sun_path, include/uapi/linux/un.h */
    WIRE_COMM_LEN = 16,       /* TASK_COMM_LEN, include/linux/sched.h */
    WIRE_SPECS_A_CHUNK = 128, /* specs live in chunks, so that more can be added while programs run */
    WIRE_MAX_CHUNKS = 8192,
    WIRE_MAX_TERMS = 16,     /* comparisons of one filter */
    WIRE_MAX_FILTERS = 1024, /* different ones; number 0 stands for none */
    WIRE_TEXT_MAX = 64,      /* bytes of a text that is compared with */
    WIRE_TEXT_WORDS = 9,     /* room for that, one byte more and the NUL */
    WIRE_QUICK_VALUES = 2,   /* arguments of a spec that is read the quick way */
    WIRE_QUICK_TEXT = 48,    /* bytes that its record has for a string: two cache lines with the rest of it */
};

/* An attach cookie beyond all specs: whose hits nobody wants. */
enum { WIRE_NO_SPEC = 0x7fffffff };

/* Registers are numbered by their 64-bit slot in the kernel's struct pt_regs, so the BPF program copies the
 * slots as they are and knows no names. arch/x86/include/asm/ptrace.h: 21 slots, r15 first, rip is 16, rsp
 * 19. arch/arm64/include/uapi/asm/ptrace.h: x0 to x30, sp 31, pc 32. */
enum {
    WIRE_X86_SLOTS = 21,
    WIRE_ARM64_SLOTS = 33,
    WIRE_MAX_SLOTS = 33,
    WIRE_NO_REGISTER = 255,
};

enum { WIRE_NO_ARG = 255 };

enum wire_where {
    WIRE_NOWHERE,  /* can't be read: the value is a fault at every hit */
    WIRE_CONSTANT, /* disp itself */
    WIRE_REGISTER, /* reg >> shift, cut to size */
    WIRE_MEMORY,   /* size bytes of user memory at reg + disp + (index << scale); reg may be
                      WIRE_NO_REGISTER, and the instruction pointer for position-independent globals */
};

enum wire_fetch {
    WIRE_FETCH_NOTHING, /* the value itself */
    WIRE_FETCH_STRING,  /* the value is a pointer to a NUL-terminated string, which comes without the NUL */
    WIRE_FETCH_BYTES,   /* … to as many bytes as wire_behind says */
    /* … to a struct sockaddr, of which comes what says where: of AF_INET the first 8 bytes (family, port,
       address), of AF_INET6 all 28; of AF_UNIX the family and the path without NULs (of an abstract name its
       leading NUL too); of others the family. */
    WIRE_FETCH_SOCKADDR,
};

/* What is behind an argument that is a pointer. First the way to a member: the value becomes
 * *(value + offsets[0]), then *(value + offsets[1]), and so on; all but the last are pointers. Then how many
 * bytes to fetch. */
struct wire_behind {
    __s32 offsets[WIRE_MAX_LOADS];
    __u8 n_loads;    /* 0: the value stays what it is */
    __u8 size;       /* of the last load: 1, 2, 4 or 8 bytes; 0: none, the address itself is the value */
    __u8 is_signed;  /* extend the last load by sign */
    __u8 length_arg; /* WIRE_FETCH_BYTES: as many as the value of this argument; WIRE_NO_ARG: */
    __u32 length;    /* this many; WIRE_FETCH_STRING: at most as many, if not 0 */
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
    __u64 passed;      /* by the filter, for sampling; only the first spec of a probe counts it, for all */
    __u64 taken;       /* of the hits, taken in by a summary */
    __u64 reserved[3]; /* the counts keep a cache line to themselves */
    __u16 n_args;
    __u16 n_fetches; /* arguments with a fetch */
    __u32 quick;     /* at most WIRE_QUICK_VALUES arguments, all in registers or constants; behind at most one
                        of them a string, and none so far that filled WIRE_QUICK_TEXT with its NUL; no filter
                        and no summary. The programs take it back */
    struct wire_arg args[WIRE_MAX_ARGS];
    __u32 filter;    /* number of the wire_filter; 0: none */
    __u32 sampler;   /* number of the spec whose `passed` counts for this probe */
    __u32 n_members; /* arguments with loads; where there are none, nobody looks at n_loads */
    __u32 padding;
    struct wire_behind behind[WIRE_MAX_ARGS];
    struct wire_summary summary;
    __u64 padding_summary[6];
};

/* A filter is a table of terms. Each compares one value with a constant and says where to go on: at a later
 * term, or at one of two ends. The first term is the start. */
enum wire_filter_end {
    WIRE_FILTER_ACCEPT = WIRE_MAX_TERMS, /* anything that is no number of a term is an end */
    WIRE_FILTER_REJECT,
};

/* What a term compares: an argument by its number, or one of these. */
enum wire_subject {
    WIRE_SUBJECT_PID = WIRE_MAX_ARGS,
    WIRE_SUBJECT_TID,
    WIRE_SUBJECT_COMM,
    WIRE_SUBJECT_CPU, /* only summaries know it */
    WIRE_NO_SUBJECT = 255,
};

/* How. Constants are stored so that they compare as unsigned numbers. */
enum wire_comparison {
    WIRE_COMPARE_INTEGER, /* (value & mask) ^ flip, where flip is 2^63 for signed integers, else 0 */
    WIRE_COMPARE_FLOAT,   /* the bit pattern, shifted left by 32 if single, as wire_float_order() orders it */
    WIRE_COMPARE_TEXT,    /* the first text_size - 1 bytes of the string: equal, or "greater" for not */
    WIRE_COMPARE_BYTES,   /* the first text_size bytes, likewise, and if `is_whole` how many there are */
};

/* A term is true when the relation of value and constant is one of its `relations`. Whatever can't be read,
 * and NaN, has no relation to anything: false. */
enum wire_relation {
    WIRE_LESS = 1 << 0,
    WIRE_EQUAL = 1 << 1,
    WIRE_GREATER = 1 << 2,
    WIRE_ANY_RELATION = WIRE_LESS | WIRE_EQUAL | WIRE_GREATER,
};

struct wire_term {
    union {
        __u64 text[WIRE_TEXT_WORDS]; /* zeros behind it */
        struct {
            __u64 constant;
            __u64 mask;
            __u64 flip;
        };
    };
    __u8 subject;    /* argument, or enum wire_subject */
    __u8 comparison; /* enum wire_comparison */
    __u8 relations;  /* bits of enum wire_relation */
    __u8 shift;      /* of a float: 0 or 32 */
    __u8 text_size;  /* bytes to read of a string, the NUL included: one more than `text` has to see a prefix,
                        two to see the whole */
    __u8 when_true;  /* a later term, or enum wire_filter_end */
    __u8 when_false;
    __u8 length_arg; /* of bytes: as wire_behind has it */
    __u32 length;    /* and of a string: that of the array which it stands in, or 0 */
    __u32 is_whole;
};

struct wire_filter {
    struct wire_term terms[WIRE_MAX_TERMS];
};

#define WIRE_SIGN_BIT (1ULL << 63)

/* Bit patterns of doubles, or of singles shifted left by 32, as unsigned integers in the same order. */
static inline __u64 wire_float_order(__u64 bits)
{
    if (bits == WIRE_SIGN_BIT) /* -0 equals 0 */
        bits = 0;
    return bits & WIRE_SIGN_BIT ? ~bits : bits | WIRE_SIGN_BIT;
}

struct wire_record {
    __u64 place; /* its length in bytes, written last; then the record is whole */
    __u64 ts;    /* CLOCK_MONOTONIC, ns */
    __u32 pid;   /* thread group */
    __u32 tid;
    __u32 cpu;
    __u32 spec;      /* number of the wire_spec */
    __u32 lost;      /* records of all probes lost so far, modulo 2^32: a step marks a gap before this one */
    __u16 faults;    /* bit per argument: could not be read */
    __u16 truncated; /* bit per argument: cut at the limit */
    char comm[WIRE_COMM_LEN];
    __u16 n_values;
    __u16 nulls; /* bit per argument: behind a NULL pointer, or nothing that this hit has */
    __u32 data_len;
};

/* Kernel probes (bpf/kernel.bpf.c), and which value of a record each of their fields is. What they are called
 * and what they mean is user space's business (src/probe/kernel_probe.c). */
enum wire_kernel_probe { WIRE_KERNEL_VFS_READ, WIRE_KERNEL_EXEC, WIRE_KERNEL_EXIT, WIRE_KERNEL_PROBES };

enum wire_vfs_read {
    WIRE_VFS_READ_BYTES,
    WIRE_VFS_READ_REQUESTED,
    WIRE_VFS_READ_ERROR,
    WIRE_VFS_READ_DURATION,
    WIRE_VFS_READ_DEVICE,
    WIRE_VFS_READ_INODE,
    WIRE_VFS_READ_FD,
    WIRE_VFS_READ_FIELDS
};

enum wire_exec { WIRE_EXEC_FILENAME, WIRE_EXEC_ARGV, WIRE_EXEC_PPID, WIRE_EXEC_UID, WIRE_EXEC_FIELDS };

enum wire_exit {
    WIRE_EXIT_STATUS,
    WIRE_EXIT_SIGNAL,
    WIRE_EXIT_DURATION,
    WIRE_EXIT_AGE,
    WIRE_EXIT_PEAK,
    WIRE_EXIT_CPU,
    WIRE_EXIT_FIELDS
};

/* What user space and all programs that send records tell each other while they run. */
struct wire_shared {
    /* Set once at the end: from then on no hit counts. */
    __u32 stopped;

    /* Records lost so far by all programs; each record carries it, so the reader sees where a gap is. It is
     * read before the record gets its place in the ring: then whatever it counts was lost after all that the
     * losing thread has further ahead there. Read later, it could count what another thread lost meanwhile,
     * and tell of the gap before the events that stand before it. */
    __u32 lost_total;

    /* The reader says how full the ring must be and arms the bell; the one record that finds it so rings once
     * and disarms. A reader that is busy or stopped therefore costs the traced program no wake-ups. */
    __u64 bell_level;
    __u32 bell_armed;
    __u32 padding;

    struct wire_ring ring;
};

/* The values of the map of targets: how a process came to be one. */
enum wire_target {
    WIRE_TARGET_BORN = 1, /* of a target; goes with its exit */
    WIRE_TARGET_NAMED,    /* by user space, which may have been late: it may have ended before */
};

/* What a target does besides hitting probes; in a ring buffer of its own. */
enum wire_notice_kind {
    WIRE_FORKED,      /* `pid` is a target's new child, and a target itself */
    WIRE_EXECUTED,    /* `pid` runs another program now */
    WIRE_CODE_MAPPED, /* its dynamic loader is about to map or has mapped files; `tid` waits for an answer */
};

struct wire_notice {
    __u32 kind; /* enum wire_notice_kind */
    __u32 pid;
    __u32 tid;
};

_Static_assert(sizeof(struct wire_arg) == 16, "wire_arg");
_Static_assert(sizeof(struct wire_behind) == 24, "wire_behind");
_Static_assert(sizeof(struct wire_spec) == 640, "wire_spec is whole cache lines");
_Static_assert(__builtin_offsetof(struct wire_spec, n_args) == 64, "wire_spec counts fill a cache line");
_Static_assert(sizeof(struct wire_term) == 88, "wire_term");
_Static_assert(WIRE_TEXT_MAX + 2 <= WIRE_TEXT_WORDS * 8, "a term's text has room for what is read");
_Static_assert(sizeof(struct wire_record) == 64, "wire_record");
_Static_assert(__builtin_offsetof(struct wire_record, comm) == 40, "wire_record.comm");
_Static_assert(sizeof(struct wire_record) + WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX <= WIRE_PLACE_MAX,
               "the longest record has a place");
_Static_assert(WIRE_MAX_ARGS <= 16, "faults, truncated and nulls have a bit per argument");

#endif
