/* One thread as /proc shows it. */
#ifndef TRACER_TARGET_THREAD_H
#define TRACER_TARGET_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the thread that has these numbers now had begun at `ts` (CLOCK_MONOTONIC, ns), and so is the one
 * that had them then. True as well when there is none, or none that can be asked. /proc tells hundredths of a
 * second. */
bool thread_had_begun(uint32_t pid, uint32_t tid, uint64_t ts);

#endif
