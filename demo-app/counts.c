#include "counts.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "http.h"

_Atomic uint64_t counts_hits[COUNTS_N_PROBES];
_Atomic uint64_t counts_wanted[COUNTS_N_PROBES];
_Atomic int64_t counts_sums[COUNTS_N_SUMS];

static _Atomic uint64_t statuses[600];

static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t last_request_id;
static char last_path[HTTP_HEAD_MAX];

static const char *const probe_names[] = {
#define PROBE(macro, name) #name,
    COUNTS_PROBES(PROBE)
#undef PROBE
};

static const char *const sum_names[] = {
#define SUM(probe, argument) #probe "." #argument,
    COUNTS_SUMS(SUM)
#undef SUM
};

void counts_path(uint64_t request_id, const char *path)
{
    pthread_mutex_lock(&last_lock);
    if (request_id > last_request_id) {
        last_request_id = request_id;
        snprintf(last_path, sizeof(last_path), "%s", path ? path : "");
    }
    pthread_mutex_unlock(&last_lock);
}

void counts_status(int status)
{
    atomic_fetch_add_explicit(&statuses[status], 1, memory_order_relaxed);
}

/* A path is printable ASCII: http.c accepts nothing else. */
static void print_path(FILE *out, const char *path)
{
    fputs("\"last_path\":\"", out);
    for (; *path; path++)
        fprintf(out, *path == '"' || *path == '\\' ? "\\%c" : "%c", *path);
    fputs("\",", out);
}

void counts_print(FILE *out)
{
    const char *comma = "";

    fputs("\"probes\":{", out);
    for (size_t i = 0; i < COUNTS_N_PROBES; i++)
        fprintf(out, "%s\"%s\":%" PRIu64, i ? "," : "", probe_names[i], atomic_load(&counts_hits[i]));
    fputs("},\"wanted\":{", out);
    for (size_t i = 0; i < COUNTS_N_PROBES; i++)
        fprintf(out, "%s\"%s\":%" PRIu64, i ? "," : "", probe_names[i], atomic_load(&counts_wanted[i]));
    fputs("},\"sums\":{", out);
    for (size_t i = 0; i < COUNTS_N_SUMS; i++)
        fprintf(out, "%s\"%s\":%" PRId64, i ? "," : "", sum_names[i], atomic_load(&counts_sums[i]));
    fputs("},\"status\":{", out);
    for (int status = 0; status < 600; status++) {
        uint64_t count = atomic_load(&statuses[status]);
        if (!count)
            continue;
        fprintf(out, "%s\"%d\":%" PRIu64, comma, status, count);
        comma = ",";
    }
    fputs("},", out);
    pthread_mutex_lock(&last_lock);
    print_path(out, last_path);
    pthread_mutex_unlock(&last_lock);
}
