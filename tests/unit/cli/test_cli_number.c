#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "cli_number.h"

static bool parse(const char *text, const struct cli_unit *units, uint64_t max, uint64_t *ret_number)
{
    return cli_number_parse(text, strlen(text), units, max, ret_number);
}

static void test_accepts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct cli_unit *units;
        uint64_t number;
    } rows[] = {
        {"1", cli_no_units, 1},
        {"007", cli_no_units, 7},
        {"18446744073709551615", cli_no_units, UINT64_MAX},
        {"12", cli_size_units, 12},
        {"3K", cli_size_units, 3072},
        {"8M", cli_size_units, 8388608},
        {"1G", cli_size_units, 1073741824},
        {"17179869183G", cli_size_units, UINT64_C(17179869183) << 30},
        {"2", cli_time_units, 2000000000},
        {"500ms", cli_time_units, 500000000},
        {"10s", cli_time_units, 10000000000},
        {"2m", cli_time_units, 120000000000},
        {"1h", cli_time_units, 3600000000000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t number = 0;
        if (!parse(rows[i].text, rows[i].units, UINT64_MAX, &number))
            fail_msg("'%s' was refused", rows[i].text);
        assert_int_equal(number, rows[i].number);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct cli_unit *units;
    } rows[] = {
        {"", cli_no_units},
        {"0", cli_no_units},
        {"000", cli_no_units},
        {"-1", cli_no_units},
        {"+1", cli_no_units},
        {" 1", cli_no_units},
        {"1 ", cli_no_units},
        {"1x", cli_no_units},
        {"x", cli_no_units},
        {"0x10", cli_no_units},
        {"1.5", cli_no_units},
        {"1e3", cli_no_units},
        {"1K", cli_no_units},
        {"K", cli_size_units},
        {"1KB", cli_size_units},
        {"1k", cli_size_units},
        {"1 K", cli_size_units},
        {"0G", cli_size_units},
        {"ms", cli_time_units},
        {"1M", cli_time_units},
        {"1d", cli_time_units},
        {"0.5s", cli_time_units},
        {"1mss", cli_time_units},
        {"0ms", cli_time_units},
        {"18446744073709551616", cli_no_units}, /* 2^64 in the sum */
        {"99999999999999999999", cli_no_units}, /* in the product */
        {"17179869184G", cli_size_units},       /* in the unit */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t number = 4711;
        if (parse(rows[i].text, rows[i].units, UINT64_MAX, &number))
            fail_msg("'%s' was accepted as %ju", rows[i].text, (uintmax_t)number);
        assert_int_equal(number, 4711);
    }
}

static void test_maximum_counts_after_the_unit(void **state)
{
    (void)state;
    uint64_t number;
    assert_true(parse("4K", cli_size_units, 4096, &number));
    assert_false(parse("5K", cli_size_units, 4096, &number));
    assert_false(parse("4097", cli_size_units, 4096, &number));
}

static void test_stops_at_the_length(void **state)
{
    (void)state;
    uint64_t number;
    assert_true(cli_number_parse("17,42", 2, cli_no_units, UINT64_MAX, &number));
    assert_int_equal(number, 17);
    assert_false(cli_number_parse("17", 0, cli_no_units, UINT64_MAX, &number));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_maximum_counts_after_the_unit),
        cmocka_unit_test(test_stops_at_the_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
