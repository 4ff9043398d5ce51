/* What demo-app knows about its own probes: how often each was reached and the sums of their arguments, kept
 * by the program itself beside each probe, traced or not. A tracer's events must add up to the same. */
#ifndef DEMO_COUNTS_H
#define DEMO_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Every probe of probes/demo.d: (name in macros, name). */
#define COUNTS_PROBES(PROBE)                     \
    PROBE(SERVER_START, server__start)           \
    PROBE(SERVER_STOP, server__stop)             \
    PROBE(CONNECTION_ACCEPT, connection__accept) \
    PROBE(CONNECTION_CLOSE, connection__close)   \
    PROBE(WORKER_QUEUE, worker__queue)           \
    PROBE(REQUEST_START, request__start)         \
    PROBE(REQUEST_HEADER, request__header)       \
    PROBE(REQUEST_PHASE, request__phase)         \
    PROBE(RESPONSE_DONE, response__done)         \
    PROBE(HELPER_EXIT, helper__exit)             \
    PROBE(TICK, tick)                            \
    PROBE(TICK_SIX, tick__six)                   \
    PROBE(TICK_TEXT, tick__text)                 \
    PROBE(CHECK_INTEGERS, check__integers)       \
    PROBE(CHECK_FLOATS, check__floats)           \
    PROBE(CHECK_STRINGS, check__strings)         \
    PROBE(CHECK_COLD, check__cold)               \
    PROBE(CHECK_TABLE, check__table)             \
    PROBE(CHECK_BYTES, check__bytes)             \
    PROBE(CHECK_ADDRESS, check__address)         \
    PROBE(CHECK_MEMBER, check__member)           \
    PROBE(CHECK_NAMED, check__named)

/* The arguments that are summed: (probe, argument). */
#define COUNTS_SUMS(SUM)             \
    SUM(connection__accept, conn_id) \
    SUM(connection__close, conn_id)  \
    SUM(connection__close, requests) \
    SUM(worker__queue, worker)       \
    SUM(worker__queue, depth)        \
    SUM(request__start, conn_id)     \
    SUM(request__start, request_id)  \
    SUM(request__header, request_id) \
    SUM(request__phase, phase)       \
    SUM(response__done, request_id)  \
    SUM(response__done, status)      \
    SUM(response__done, bytes)       \
    SUM(response__done, keep_alive)  \
    SUM(helper__exit, pid)           \
    SUM(helper__exit, status)        \
    SUM(tick, i)                     \
    SUM(tick, twice)                 \
    SUM(tick__six, i)                \
    SUM(tick__six, minus)            \
    SUM(check__table, value)

enum counts_probe {
#define PROBE(macro, name) COUNTS_##macro,
    COUNTS_PROBES(PROBE)
#undef PROBE
        COUNTS_N_PROBES
};

enum counts_sum {
#define SUM(probe, argument) COUNTS_SUM_##probe##_##argument,
    COUNTS_SUMS(SUM)
#undef SUM
        COUNTS_N_SUMS
};

extern _Atomic uint64_t counts_hits[COUNTS_N_PROBES];
extern _Atomic uint64_t counts_wanted[COUNTS_N_PROBES]; /* those that found the semaphore raised */
extern _Atomic int64_t counts_sums[COUNTS_N_SUMS];

/* Counts a hit; returns whether somebody listens, as the semaphore says. */
static inline bool counts_hit(enum counts_probe probe, bool wanted)
{
    atomic_fetch_add_explicit(&counts_hits[probe], 1, memory_order_relaxed);
    if (wanted)
        atomic_fetch_add_explicit(&counts_wanted[probe], 1, memory_order_relaxed);
    return wanted;
}

/* counts_sum(request__start, request_id, 5) */
#define counts_sum(probe, argument, value)                                                     \
    atomic_fetch_add_explicit(&counts_sums[COUNTS_SUM_##probe##_##argument], (int64_t)(value), \
                              memory_order_relaxed)

/* Remembers the path of the request with the highest id (NULL: it had none). */
void counts_path(uint64_t request_id, const char *path);

/* Counts an answer with this status, from 100 to 599. */
void counts_status(int status);

/* Prints the members "probes", "wanted", "sums", "status" and "last_path" of a JSON object, comma last. */
void counts_print(FILE *out);

#endif
