#include "tick.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "probes.h"

struct share {
    pthread_t thread;
    uint64_t first, count; /* the numbers of this thread's hits */
    int64_t cpu_ns;
};

static int64_t thread_cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Counts in locals and adds them up behind the loop, where that costs nothing. The semaphore is volatile here
 * because nothing else in the loop tells the compiler that it can change. */
static void *fire_share(void *argument)
{
    const volatile unsigned short *semaphore = &demo_tick_semaphore;
    struct share *share = argument;
    uint64_t hits = 0, wanted = 0, sum = 0;
    int64_t start = thread_cpu_time();

    for (uint64_t i = share->first; i < share->first + share->count; i++) {
        DEMO_TICK(i, 2 * i);
        hits++;
        wanted += *semaphore != 0;
        sum += i;
    }
    share->cpu_ns = thread_cpu_time() - start;
    atomic_fetch_add(&counts_hits[COUNTS_TICK], hits);
    atomic_fetch_add(&counts_wanted[COUNTS_TICK], wanted);
    counts_sum(tick, i, sum);
    counts_sum(tick, twice, 2 * sum);
    return NULL;
}

int tick_run(uint64_t hits, int threads, int64_t *ret_cpu_ns)
{
    struct share *shares = calloc((size_t)threads, sizeof(*shares));
    uint64_t next = 1, left = hits;
    int started = 0, err = 0;

    if (!shares)
        return -ENOMEM;
    while (started < threads && !err) {
        struct share *share = &shares[started];
        share->first = next;
        share->count = left / (uint64_t)(threads - started);
        next += share->count;
        left -= share->count;
        err = pthread_create(&share->thread, NULL, fire_share, share);
        if (!err)
            started++;
    }
    *ret_cpu_ns = 0;
    for (int i = 0; i < started; i++) {
        pthread_join(shares[i].thread, NULL);
        *ret_cpu_ns += shares[i].cpu_ns;
    }
    free(shares);
    return -err;
}
