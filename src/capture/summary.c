/* The maps of bpf/summary.bpf.h: how large they are, and what is in them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "capture/libbpf_said.h"
#include "capture/session_private.h"

enum {
    BUCKETS_A_GROUP = 8, /* on average */
    BATCH = 4096,        /* entries at a time, at first */
};

static int size_map(struct bpf_map *map, bool wanted, uint32_t entries)
{
    /* One that isn't used is made without what makes it grow. */
    return wanted ? bpf_map__set_max_entries(map, entries) : bpf_map__set_map_flags(map, 0);
}

int summary_configure(struct usdt_bpf *skeleton, const struct session_summary *summary)
{
    const __u32 key_size = (__u32)(offsetof(struct wire_group, words) + summary->n_words * sizeof(__u64));
    bool wanted = summary->max_groups > 0;
    int error = size_map(skeleton->maps.groups, wanted, summary->max_groups);
    if (!error && wanted)
        error = bpf_map__set_key_size(skeleton->maps.groups, key_size);
    if (!error)
        error = size_map(skeleton->maps.cells, summary->measures, summary->max_groups * BUCKETS_A_GROUP);
    if (!error)
        error = size_map(skeleton->maps.starts, summary->pairs, summary->max_groups);
    return error;
}

int summary_explain(struct diag *diag, int error)
{
    static const char *const maps[] = {"groups", "cells", "starts"};
    bool is_room = error == -ENOMEM || error == -E2BIG;
    for (size_t i = 0; i < sizeof(maps) / sizeof(*maps) && is_room; i++)
        if (libbpf_complained_of(maps[i]))
            return diag_set(diag, error,
                            "cannot make room for the groups of the summary; try a smaller --max-groups");
    return 0;
}

/* All entries of a map, on their way out of it. */
struct reading {
    int map;
    size_t key_size;
    size_t value_size;
    char *keys;
    char *values;
    size_t count;
    size_t capacity;
};

static void free_reading(struct reading *reading)
{
    free(reading->keys);
    free(reading->values);
}

static int grow(struct reading *reading)
{
    size_t capacity = reading->capacity ? reading->capacity * 2 : BATCH;
    char *keys = reallocarray(reading->keys, capacity, reading->key_size);
    if (keys)
        reading->keys = keys;
    char *values = reallocarray(reading->values, capacity, reading->value_size);
    if (values)
        reading->values = values;
    if (!keys || !values)
        return -ENOMEM;
    reading->capacity = capacity;
    return 0;
}

/* The kernel gives whole chains of its hash table, or says that one doesn't fit. */
static int read_entries(struct reading *reading)
{
    __u32 position = 0;
    bool first = true;
    for (int error = -ENOSPC; error != -ENOENT;) {
        if (reading->capacity - reading->count < BATCH || error == -ENOSPC)
            error = grow(reading);
        if (error == -ENOMEM)
            return error;
        __u32 count = (__u32)(reading->capacity - reading->count);
        error = bpf_map_lookup_batch(reading->map, first ? NULL : &position, &position,
                                     reading->keys + reading->count * reading->key_size,
                                     reading->values + reading->count * reading->value_size, &count, NULL);
        if (error)
            error = -errno;
        if (error && error != -ENOENT && error != -ENOSPC)
            return error;
        if (error != -ENOSPC) {
            reading->count += count;
            first = false;
        }
    }
    return 0;
}

static int read_groups(const struct session *session, struct totals *totals)
{
    const struct bpf_map *map = session->skeleton->maps.groups;
    _cleanup_(free_reading) struct reading reading = {
        .map = bpf_map__fd(map),
        .key_size = bpf_map__key_size(map),
        .value_size = sizeof(struct wire_total),
    };
    int error = read_entries(&reading);
    if (error)
        return error;
    totals->groups = calloc(reading.count + 1, sizeof(*totals->groups));
    if (!totals->groups)
        return -ENOMEM;
    for (size_t i = 0; i < reading.count; i++) {
        memcpy(&totals->groups[i].key, reading.keys + i * reading.key_size, reading.key_size);
        memcpy(&totals->groups[i].total, reading.values + i * reading.value_size, reading.value_size);
    }
    totals->n_groups = reading.count;
    return 0;
}

static int read_buckets(const struct session *session, struct totals *totals)
{
    _cleanup_(free_reading) struct reading reading = {
        .map = bpf_map__fd(session->skeleton->maps.cells),
        .key_size = sizeof(struct wire_cell),
        .value_size = sizeof(__u64),
    };
    int error = read_entries(&reading);
    if (error)
        return error;
    totals->buckets = calloc(reading.count + 1, sizeof(*totals->buckets));
    if (!totals->buckets)
        return -ENOMEM;
    for (size_t i = 0; i < reading.count; i++) {
        memcpy(&totals->buckets[i].cell, reading.keys + i * reading.key_size, reading.key_size);
        memcpy(&totals->buckets[i].count, reading.values + i * reading.value_size, reading.value_size);
    }
    totals->n_buckets = reading.count;
    return 0;
}

int session_read_totals(struct session *session, struct totals *ret_totals, struct diag *diag)
{
    _cleanup_totals_ struct totals totals = {0};
    const __u32 zero = 0;
    libbpf_listen();
    int error = read_groups(session, &totals);
    if (!error && session->config.summary.measures)
        error = read_buckets(session, &totals);
    if (!error &&
        bpf_map_lookup_elem(bpf_map__fd(session->skeleton->maps.summary_counts), &zero, &totals.counts))
        error = -errno;
    if (error)
        return libbpf_explain(diag, error, "read the summary");
    totals_arrange(&totals);
    *ret_totals = totals;
    totals = (struct totals){0};
    return 0;
}
