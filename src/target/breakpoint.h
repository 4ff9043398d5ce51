/* One breakpoint in a process that is stopped under ptrace. Only src/target uses this. */
#ifndef TRACER_TARGET_BREAKPOINT_H
#define TRACER_TARGET_BREAKPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { BREAKPOINT_MAX_SIZE = 4 };

struct breakpoint {
    uint64_t address;
    unsigned char original[BREAKPOINT_MAX_SIZE];
    bool inserted;
};

/* Inserts a new breakpoint. -EBUSY: a breakpoint of somebody else's is there. */
int breakpoint_place(pid_t pid, uint64_t address, struct breakpoint *ret_breakpoint);

/* Both do nothing when the breakpoint is as they leave it. Other bytes than its own aren't touched. */
int breakpoint_insert(pid_t pid, struct breakpoint *breakpoint);
int breakpoint_remove(pid_t pid, struct breakpoint *breakpoint);

/* At a SIGTRAP: whether it came from this breakpoint. If so, the instruction pointer stands on it now. */
bool breakpoint_was_hit(pid_t pid, const struct breakpoint *breakpoint);

#endif
