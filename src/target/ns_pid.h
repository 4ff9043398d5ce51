/* By which numbers processes know themselves: one that lives in a pid namespace below ours has another number
 * there, which its own log files and `docker exec` show. */
#ifndef TRACER_TARGET_NS_PID_H
#define TRACER_TARGET_NS_PID_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct ns_pid {
    uint32_t pid; /* as we number it; 0: an empty place */
    uint32_t own; /* in the innermost namespace that it lives in; 0: the same, or not known */
    uint64_t read_at;
};

/* What has been looked up, so that a hit costs no look into /proc. Start from {0}. */
struct ns_pids {
    struct ns_pid *places;
    size_t capacity, count;
    struct ns_pid *last;
};

/* The number that the process has in its own pid namespace; 0 when that is the same as `pid`, or can't be
 * told. `ts` is the time (CLOCK_MONOTONIC, ns) at which the process was that number; 0: whenever it was last
 * looked up.
 * A number may go to another process: what was read is believed for a second. Of a process that has gone
 * meanwhile it stays true. */
uint32_t ns_pids_find(struct ns_pids *pids, uint32_t pid, uint64_t ts);

void ns_pids_free(struct ns_pids *pids);

#define _cleanup_ns_pids_ _cleanup_(ns_pids_free)

#endif
