#include "probe/totals.h"

#include <stdlib.h>
#include <string.h>

/* Hits, with a value or without. */
static uint64_t count_hits(const struct totals_group *group)
{
    return totals_count(group) + group->total.nulls;
}

static int compare_groups(const void *left, const void *right)
{
    const struct totals_group *a = left, *b = right;
    uint64_t hits_a = count_hits(a), hits_b = count_hits(b);
    if (hits_a != hits_b)
        return hits_a > hits_b ? -1 : 1;
    if (a->key.probe != b->key.probe)
        return a->key.probe < b->key.probe ? -1 : 1;
    for (size_t i = 0; i < WIRE_GROUP_WORDS; i++)
        if (a->key.words[i] != b->key.words[i])
            return a->key.words[i] < b->key.words[i] ? -1 : 1;
    return memcmp(&a->key, &b->key, sizeof(a->key));
}

/* By group, then by value. */
static int compare_buckets(const void *left, const void *right)
{
    const struct wire_cell *a = &((const struct totals_bucket *)left)->cell;
    const struct wire_cell *b = &((const struct totals_bucket *)right)->cell;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->is_negative != b->is_negative)
        return a->is_negative ? -1 : 1;
    int order = (a->bucket > b->bucket) - (a->bucket < b->bucket);
    return a->is_negative ? -order : order;
}

static const struct totals_bucket *find_first(const struct totals *totals, uint32_t number)
{
    size_t low = 0, high = totals->n_buckets;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (totals->buckets[middle].cell.group < number)
            low = middle + 1;
        else
            high = middle;
    }
    return totals->buckets + low;
}

static void drop_empty(struct totals *totals)
{
    size_t groups = 0, buckets = 0;
    for (size_t i = 0; i < totals->n_groups; i++)
        if (count_hits(&totals->groups[i]))
            totals->groups[groups++] = totals->groups[i];
    for (size_t i = 0; i < totals->n_buckets; i++)
        if (totals->buckets[i].count)
            totals->buckets[buckets++] = totals->buckets[i];
    totals->n_groups = groups;
    totals->n_buckets = buckets;
}

void totals_arrange(struct totals *totals)
{
    drop_empty(totals);
    if (totals->n_groups)
        qsort(totals->groups, totals->n_groups, sizeof(*totals->groups), compare_groups);
    if (!totals->n_buckets)
        return;
    qsort(totals->buckets, totals->n_buckets, sizeof(*totals->buckets), compare_buckets);
    const struct totals_bucket *end = totals->buckets + totals->n_buckets;
    for (size_t i = 0; i < totals->n_groups; i++) {
        struct totals_group *group = &totals->groups[i];
        uint32_t number = group->total.number;
        group->buckets = find_first(totals, number);
        while (group->buckets + group->n_buckets < end &&
               group->buckets[group->n_buckets].cell.group == number)
            group->n_buckets++;
    }
}

uint64_t totals_count(const struct totals_group *group)
{
    return group->total.sides[0].count + group->total.sides[1].count;
}

static wide sum_of(const struct wire_side *side)
{
    return (wide)((unsigned __int128)side->sum_high << 64 | side->sum_low);
}

wide totals_sum(const struct totals_group *group)
{
    return sum_of(&group->total.sides[0]) - sum_of(&group->total.sides[1]);
}

wide totals_min(const struct totals_group *group)
{
    const struct wire_side *sides = group->total.sides;
    return sides[1].count ? -(wide)sides[1].max : (wide)sides[0].min;
}

wide totals_max(const struct totals_group *group)
{
    const struct wire_side *sides = group->total.sides;
    return sides[0].count ? (wide)sides[0].max : -(wide)sides[1].min;
}

double totals_mean(const struct totals_group *group)
{
    return (double)totals_sum(group) / (double)totals_count(group);
}

wide totals_percentile(const struct totals_group *group, enum wire_buckets buckets, uint64_t step,
                       unsigned per_10000)
{
    wide all = 0, seen = 0, max = totals_max(group), found = max;
    for (size_t i = 0; i < group->n_buckets; i++)
        all += group->buckets[i].count;
    for (size_t i = 0; i < group->n_buckets; i++) {
        const struct totals_bucket *bucket = &group->buckets[i];
        seen += bucket->count;
        if (seen * 10000 < all * per_10000)
            continue;
        found = bucket_range(buckets, step, bucket->cell.bucket, bucket->cell.is_negative).high;
        break;
    }
    return found < max ? found : max;
}

void totals_free(struct totals *totals)
{
    free(totals->groups);
    free(totals->buckets);
    *totals = (struct totals){0};
}
