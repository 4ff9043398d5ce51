/* What is made of counts that came from the kernel: order, sums, extremes, percentiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "probe/totals.h"

/* As bpf/summary.bpf.h adds. */
static void add(struct totals *totals, size_t group, enum wire_buckets buckets, int64_t value)
{
    bool is_negative = value < 0;
    uint64_t magnitude = is_negative ? -(uint64_t)value : (uint64_t)value;
    struct wire_total *total = &totals->groups[group].total;
    struct wire_side *side = &total->sides[is_negative];
    const struct wire_cell cell = {
        .group = total->number,
        .is_negative = is_negative,
        .bucket = wire_bucket(buckets, 1, magnitude, is_negative),
    };
    side->sum_high += side->sum_low + magnitude < side->sum_low;
    side->sum_low += magnitude;
    side->min = !side->count || magnitude < side->min ? magnitude : side->min;
    side->max = magnitude > side->max ? magnitude : side->max;
    side->count++;
    size_t i = 0;
    while (i < totals->n_buckets && memcmp(&totals->buckets[i].cell, &cell, sizeof(cell)))
        i++;
    if (i == totals->n_buckets)
        totals->buckets[totals->n_buckets++] = (struct totals_bucket){.cell = cell};
    totals->buckets[i].count++;
}

static struct totals make(size_t groups)
{
    struct totals totals = {
        .groups = calloc(groups + 1, sizeof(*totals.groups)),
        .buckets = calloc(4096, sizeof(*totals.buckets)),
        .n_groups = groups,
    };
    for (size_t i = 0; i < groups; i++) {
        totals.groups[i].key.words[0] = i;
        totals.groups[i].total.number = (uint32_t)(groups - i);
    }
    return totals;
}

static void groups_with_most_hits_come_first_with_their_own_buckets(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 5, -5, INT64_MIN, INT64_MAX};
    static const wide lows[] = {INT64_MIN, -7, -1, 0, 1, 4, (wide)1 << 62};
    _cleanup_totals_ struct totals totals = make(4);
    for (size_t i = 0; i < 7; i++)
        add(&totals, 1, WIRE_BUCKETS_LOG2, values[i]);
    add(&totals, 0, WIRE_BUCKETS_LOG2, 3);
    totals.groups[3].total.nulls = 1;
    totals_arrange(&totals);
    assert_int_equal(totals.n_groups, 3);
    assert_int_equal(totals.groups[0].key.words[0], 1);
    assert_int_equal(totals.groups[1].key.words[0], 0);
    assert_int_equal(totals.groups[2].key.words[0], 3);
    assert_int_equal(totals.groups[1].n_buckets, 1);
    assert_int_equal(totals.groups[2].n_buckets, 0);
    assert_int_equal(totals.groups[0].n_buckets, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct wire_cell *cell = &totals.groups[0].buckets[i].cell;
        assert_true(bucket_range(WIRE_BUCKETS_LOG2, 1, cell->bucket, cell->is_negative).low == lows[i]);
    }
}

static void sums_and_extremes_are_exact(void **state)
{
    (void)state;
    _cleanup_totals_ struct totals totals = make(3);
    struct totals_group *mixed = &totals.groups[0], *large = &totals.groups[1], *negative = &totals.groups[2];
    add(&totals, 0, WIRE_BUCKETS_LOG2, INT64_MIN);
    add(&totals, 0, WIRE_BUCKETS_LOG2, INT64_MIN);
    add(&totals, 0, WIRE_BUCKETS_LOG2, 7);
    for (int i = 0; i < 3; i++) {
        large->total.sides[0].sum_high += large->total.sides[0].sum_low + UINT64_MAX < UINT64_MAX;
        large->total.sides[0].sum_low += UINT64_MAX;
        large->total.sides[0].count++;
    }
    add(&totals, 2, WIRE_BUCKETS_LOG2, -2);
    add(&totals, 2, WIRE_BUCKETS_LOG2, -9);
    assert_int_equal(totals_count(mixed), 3);
    assert_true(totals_sum(mixed) == 2 * (wide)INT64_MIN + 7);
    assert_true(totals_min(mixed) == INT64_MIN);
    assert_true(totals_max(mixed) == 7);
    assert_true(totals_sum(large) == 3 * (wide)UINT64_MAX);
    assert_true(totals_mean(large) == (double)UINT64_MAX);
    assert_true(totals_min(negative) == -9);
    assert_true(totals_max(negative) == -2);
}

static int compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

enum { VALUES = 1009 };

/* Of sorted values the one that so many don't exceed. */
static int64_t exact_percentile(const int64_t *sorted, unsigned per_10000)
{
    size_t rank = ((size_t)VALUES * per_10000 + 9999) / 10000;
    return sorted[rank ? rank - 1 : 0];
}

static void percentiles_are_never_too_low_and_at_most_a_sixteenth_too_high(void **state)
{
    (void)state;
    static const unsigned wanted[] = {1, 5000, 9000, 9900, 9990, 10000};
    for (unsigned seed = 1; seed <= 23; seed++) {
        _cleanup_totals_ struct totals totals = make(1);
        int64_t values[VALUES];
        srandom(seed);
        for (size_t i = 0; i < VALUES; i++) {
            values[i] = (int64_t)((uint64_t)random() << 20 >> (random() % 50));
            add(&totals, 0, WIRE_BUCKETS_SIXTEENTHS, values[i]);
        }
        totals_arrange(&totals);
        qsort(values, VALUES, sizeof(*values), compare);
        for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
            int64_t exact = exact_percentile(values, wanted[i]);
            wide found = totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, wanted[i]);
            assert_true(found >= exact && found <= exact + exact / 16);
        }
        assert_true(totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, 10000) ==
                    values[VALUES - 1]);
    }
}

/* Ten of each value from 0 to 9: just half of them are no more than 4. */
static void a_percentile_is_no_higher_than_it_must_be(void **state)
{
    (void)state;
    _cleanup_totals_ struct totals totals = make(1);
    for (int64_t i = 0; i < 100; i++)
        add(&totals, 0, WIRE_BUCKETS_SIXTEENTHS, i / 10);
    totals_arrange(&totals);
    assert_true(totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, 5000) == 4);
    assert_true(totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, 5001) == 5);
    assert_true(totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, 9000) == 8);
    assert_true(totals_percentile(&totals.groups[0], WIRE_BUCKETS_SIXTEENTHS, 1, 9990) == 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_with_most_hits_come_first_with_their_own_buckets),
        cmocka_unit_test(sums_and_extremes_are_exact),
        cmocka_unit_test(a_percentile_is_no_higher_than_it_must_be),
        cmocka_unit_test(percentiles_are_never_too_low_and_at_most_a_sixteenth_too_high),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
