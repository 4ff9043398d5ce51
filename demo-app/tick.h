/* --hits: one probe in a tight loop, for measuring what a hit costs and for losing none. */
#ifndef DEMO_TICK_H
#define DEMO_TICK_H

#include <stdbool.h>
#include <stdint.h>

enum tick_probe { TICK, TICK_SIX, TICK_TEXT };

/* The probe of that name. False: there is none. */
bool tick_find(const char *name, enum tick_probe *ret);

/* Fires the probe `hits` times from `threads` threads, with i from 1 to hits, each once over all threads.
 * 0 and the processor time that the loops took together, or -errno. */
int tick_run(enum tick_probe probe, uint64_t hits, int threads, int64_t *ret_cpu_ns);

#endif
