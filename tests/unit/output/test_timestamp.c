#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "output/timestamp.h"

static const int64_t SECOND = 1000000000;

static void check(int64_t ns, const char *expected)
{
    char text[TIMESTAMP_LEN + 2];
    memset(text, '#', sizeof(text));
    timestamp_write(text, ns);
    assert_memory_equal(text + TIMESTAMP_LEN, "##", 2);
    text[TIMESTAMP_LEN] = '\0';
    assert_string_equal(text, expected);
}

static void times_by_example(void **state)
{
    (void)state;
    static const struct {
        int64_t second, ns;
        const char *expected;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00.000000000Z"},
        {0, 1, "1970-01-01T00:00:00.000000001Z"},
        {0, -1, "1969-12-31T23:59:59.999999999Z"},
        {-1, 0, "1969-12-31T23:59:59.000000000Z"},
        {-1, -1, "1969-12-31T23:59:58.999999999Z"},
        {86399, 999999999, "1970-01-01T23:59:59.999999999Z"},
        {86400, 0, "1970-01-02T00:00:00.000000000Z"},
        {951782399, 5, "2000-02-28T23:59:59.000000005Z"},
        {951782400, 0, "2000-02-29T00:00:00.000000000Z"},
        {951868800, 0, "2000-03-01T00:00:00.000000000Z"},
        {1709164800, 0, "2024-02-29T00:00:00.000000000Z"},
        {1709251200, 0, "2024-03-01T00:00:00.000000000Z"},
        {1735689599, 999999999, "2024-12-31T23:59:59.999999999Z"},
        {1795180502, 123456789, "2026-11-20T13:15:02.123456789Z"},
        {2147483648, 0, "2038-01-19T03:14:08.000000000Z"},
        {4107542399, 0, "2100-02-28T23:59:59.000000000Z"},
        {4107542400, 0, "2100-03-01T00:00:00.000000000Z"},
        {-2203891200, 0, "1900-03-01T00:00:00.000000000Z"},
        {-2203891201, 0, "1900-02-28T23:59:59.000000000Z"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(cases[i].second * SECOND + cases[i].ns, cases[i].expected);
    check(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
    check(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

/* Every day that 64 bits reach, against the C library. */
static void every_day(void **state)
{
    (void)state;
    int64_t first = INT64_MIN / SECOND, last = INT64_MAX / SECOND, days = 0;
    for (int64_t second = first; second <= last; second += 86400 - 61, days++) {
        char date[32], expected[64];
        struct tm fields;
        time_t time = second;
        int fraction = (int)(days % 1000) * 1000003; /* below a second */
        assert_non_null(gmtime_r(&time, &fields));
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &fields);
        snprintf(expected, sizeof(expected), "%s.%09dZ", date, fraction);
        check(second * SECOND + fraction, expected);
    }
    assert_true(days > 213000);
}

/* The kept second must not outlive itself, also when time goes back. */
static void neighbouring_seconds(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        check(1795180502 * SECOND + 999999999, "2026-11-20T13:15:02.999999999Z");
        check(1795180503 * SECOND, "2026-11-20T13:15:03.000000000Z");
        check(1795180502 * SECOND, "2026-11-20T13:15:02.000000000Z");
    }
}

static void clock_part(void **state)
{
    (void)state;
    char text[TIMESTAMP_LEN];
    timestamp_write(text, 1795180502 * SECOND + 123456789);
    assert_memory_equal(text + TIMESTAMP_CLOCK, "13:15:02.123456", TIMESTAMP_CLOCK_MICRO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_by_example),
        cmocka_unit_test(every_day),
        cmocka_unit_test(neighbouring_seconds),
        cmocka_unit_test(clock_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
