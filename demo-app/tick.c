#include "tick.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probes.h"

static const struct row {
    const char *name;
    enum counts_probe counts;
    const volatile unsigned short *semaphore;
} rows[] = {
    [TICK] = {"tick", COUNTS_TICK, &demo_tick_semaphore},
    [TICK_SIX] = {"tick__six", COUNTS_TICK_SIX, &demo_tick__six_semaphore},
    [TICK_TEXT] = {"tick__text", COUNTS_TICK_TEXT, &demo_tick__text_semaphore},
};

struct share {
    pthread_t thread;
    enum tick_probe probe;
    uint64_t first, count; /* the numbers of this thread's hits */
    int64_t cpu_ns;
};

bool tick_find(const char *name, enum tick_probe *ret)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (strcmp(rows[i].name, name))
            continue;
        *ret = (enum tick_probe)i;
        return true;
    }
    return false;
}

static int64_t thread_cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void fire(enum tick_probe probe, uint64_t i)
{
    switch (probe) {
    case TICK:
        DEMO_TICK(i, 2 * i);
        break;
    case TICK_SIX:
        DEMO_TICK_SIX(i, 2 * i, -(int64_t)i, (uint32_t)i, (uint16_t)i, (uint8_t)i);
        break;
    case TICK_TEXT:
        DEMO_TICK_TEXT("exactly 16 bytes");
        break;
    }
}

static void add_sums(enum tick_probe probe, uint64_t sum)
{
    switch (probe) {
    case TICK:
        counts_sum(tick, i, sum);
        counts_sum(tick, twice, 2 * sum);
        break;
    case TICK_SIX:
        counts_sum(tick__six, i, sum);
        counts_sum(tick__six, minus, -(int64_t)sum);
        break;
    case TICK_TEXT:
        break;
    }
}

/* Counts in locals and adds them up behind the loop, where that costs nothing. */
static void *fire_share(void *argument)
{
    struct share *share = argument;
    const struct row *row = &rows[share->probe];
    uint64_t hits = 0, wanted = 0, sum = 0;
    int64_t start = thread_cpu_time();

    for (uint64_t i = share->first; i < share->first + share->count; i++) {
        fire(share->probe, i);
        hits++;
        wanted += *row->semaphore != 0;
        sum += i;
    }
    share->cpu_ns = thread_cpu_time() - start;
    atomic_fetch_add(&counts_hits[row->counts], hits);
    atomic_fetch_add(&counts_wanted[row->counts], wanted);
    add_sums(share->probe, sum);
    return NULL;
}

int tick_run(enum tick_probe probe, uint64_t hits, int threads, int64_t *ret_cpu_ns)
{
    struct share *shares = calloc((size_t)threads, sizeof(*shares));
    uint64_t next = 1, left = hits;
    int started = 0, err = 0;

    if (!shares)
        return -ENOMEM;
    while (started < threads && !err) {
        struct share *share = &shares[started];
        share->probe = probe;
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
