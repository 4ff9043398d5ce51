/* Buckets there and back: every value lies in the range of the bucket that it falls into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "probe/bucket.h"

static wide value_of(uint64_t magnitude, bool is_negative)
{
    return is_negative ? -(wide)magnitude : (wide)magnitude;
}

static struct bucket_range range_around(enum wire_buckets buckets, uint64_t step, uint64_t magnitude,
                                        bool is_negative)
{
    return bucket_range(buckets, step, wire_bucket(buckets, step, magnitude, is_negative), is_negative);
}

static void check(enum wire_buckets buckets, uint64_t step, uint64_t magnitude, bool is_negative)
{
    const struct bucket_range range = range_around(buckets, step, magnitude, is_negative);
    wide value = value_of(magnitude, is_negative);
    assert_true(range.low <= value && value <= range.high);
    /* What lies next to it lies in another one. */
    uint64_t bucket = wire_bucket(buckets, step, magnitude, is_negative);
    if (range.high < UINT64_MAX && range.high != -1) {
        wide next = range.high + 1;
        uint64_t of_next = wire_bucket(buckets, step, (uint64_t)(next < 0 ? -next : next), is_negative);
        assert_true(of_next != bucket);
        assert_true(range_around(buckets, step, (uint64_t)(next < 0 ? -next : next), is_negative).low ==
                    next);
    }
}

/* Around each power of two, where rounding goes wrong, and some that are no power of anything. */
static void check_all(enum wire_buckets buckets, uint64_t step, bool with_negative)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int64_t around = -3; around <= 3; around++) {
            uint64_t magnitude = (UINT64_C(1) << bit) + (uint64_t)around;
            check(buckets, step, magnitude, false);
            if (with_negative && magnitude && magnitude <= UINT64_C(1) << 63)
                check(buckets, step, magnitude, true);
        }
    }
    srandom(1009);
    for (int i = 0; i < 100000; i++) {
        uint64_t magnitude = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();
        check(buckets, step, magnitude >> (random() & 63), false);
    }
}

static void powers_of_two(void **state)
{
    (void)state;
    check_all(WIRE_BUCKETS_LOG2, 1, true);
    const struct bucket_range zero = range_around(WIRE_BUCKETS_LOG2, 1, 0, false);
    assert_true(zero.low == 0 && zero.high == 0);
    const struct bucket_range sixteen = range_around(WIRE_BUCKETS_LOG2, 1, 16, false);
    assert_true(sixteen.low == 16 && sixteen.high == 31);
    const struct bucket_range least = range_around(WIRE_BUCKETS_LOG2, 1, UINT64_C(1) << 63, true);
    assert_true(least.low == INT64_MIN && least.high == INT64_MIN);
    const struct bucket_range most = range_around(WIRE_BUCKETS_LOG2, 1, UINT64_MAX, false);
    assert_true(most.low == (wide)1 << 63 && most.high == UINT64_MAX);
}

static void equal_steps(void **state)
{
    (void)state;
    static const uint64_t steps[] = {1, 2, 7, 100, 1009, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        check_all(WIRE_BUCKETS_LINEAR, steps[i], true);
    const struct bucket_range below = range_around(WIRE_BUCKETS_LINEAR, 100, 1, true);
    assert_true(below.low == -100 && below.high == -1);
    const struct bucket_range above = range_around(WIRE_BUCKETS_LINEAR, 100, 99, false);
    assert_true(above.low == 0 && above.high == 99);
}

static void sixteenths_of_their_values(void **state)
{
    (void)state;
    check_all(WIRE_BUCKETS_SIXTEENTHS, 1, false);
    for (uint64_t bucket = 0; bucket < (64 - 3) * 16; bucket++) {
        const struct bucket_range range = bucket_range(WIRE_BUCKETS_SIXTEENTHS, 1, bucket, false);
        assert_true(range.high - range.low + 1 <= (range.low > 16 ? range.low / 16 : 1));
        assert_true(wire_bucket(WIRE_BUCKETS_SIXTEENTHS, 1, (uint64_t)range.low, false) == bucket);
        assert_true(wire_bucket(WIRE_BUCKETS_SIXTEENTHS, 1, (uint64_t)range.high, false) == bucket);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_two),
        cmocka_unit_test(equal_steps),
        cmocka_unit_test(sixteenths_of_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
