#include "target/thread.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "target/proc_file.h"

enum { FIELDS_BEFORE_START = 19 }; /* behind the name, see proc_pid_stat(5) */

/* In ticks since the machine began. The name in parentheses may hold anything. */
static bool read_start(uint32_t pid, uint32_t tid, uint64_t *ret_ticks)
{
    _cleanup_buf_ struct buf text = {0};
    if (proc_file_read(&text, "/proc/%" PRIu32 "/task/%" PRIu32 "/stat", pid, tid))
        return false;
    const char *string = buf_string(&text), *at = string ? strrchr(string, ')') : NULL;
    for (int field = 0; at && field <= FIELDS_BEFORE_START; field++)
        at = strchr(at + 1, ' ');
    return at && sscanf(at, "%" SCNu64, ret_ticks) == 1;
}

bool thread_had_begun(uint32_t pid, uint32_t tid, uint64_t ts)
{
    uint64_t ticks, hz = (uint64_t)sysconf(_SC_CLK_TCK);
    int64_t asleep = clock_now(CLOCK_BOOTTIME) - clock_now(CLOCK_MONOTONIC);
    return !read_start(pid, tid, &ticks) || (int64_t)(ticks * (NS_PER_SECOND / hz)) <= (int64_t)ts + asleep;
}
