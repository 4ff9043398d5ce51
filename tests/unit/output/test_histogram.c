/* Bars as they are drawn, to the column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "output/histogram.h"

static const struct histogram_row rows[] = {
    {"", "0", 1, false},
    {"16", "31", 40, false},
    {"1024", "2047", 20, true},
    {"2048", "4095", 0, false},
};

static void expect(unsigned width, const char *expected)
{
    _cleanup_buf_ struct buf out = {0};
    histogram_draw(&out, rows, sizeof(rows) / sizeof(*rows), width);
    assert_string_equal(buf_string(&out), expected);
}

static void bars_fit_the_width(void **state)
{
    (void)state;
    expect(41, "             0   1 |@                   |\n"
               "    16 ..   31  40 |@@@@@@@@@@@@@@@@@@@@|\n"
               "      ...\n"
               "  1024 .. 2047  20 |@@@@@@@@@@          |\n"
               "  2048 .. 4095   0 |                    |\n");
}

static void narrow_terminals_get_short_bars(void **state)
{
    (void)state;
    expect(20, "             0   1 |@         |\n"
               "    16 ..   31  40 |@@@@@@@@@@|\n"
               "      ...\n"
               "  1024 .. 2047  20 |@@@@@     |\n"
               "  2048 .. 4095   0 |          |\n");
}

/* Lines of the width, from where a bar needs not to be shortened to where it isn't lengthened any more. */
static void no_line_is_longer(void **state)
{
    (void)state;
    for (unsigned width = 31; width <= 120; width++) {
        _cleanup_buf_ struct buf out = {0};
        histogram_draw(&out, rows, 1, width);
        histogram_draw(&out, rows + 2, 1, width);
        const char *text = buf_string(&out);
        for (const char *end = strchr(text, '\n'); end; text = end + 1, end = strchr(text, '\n'))
            assert_true(end - text <= (ptrdiff_t)width);
    }
}

static void equal_counts_get_equal_bars(void **state)
{
    (void)state;
    static const struct histogram_row equal[] = {
        {"16", "31", UINT64_MAX, false}, {"128", "255", UINT64_MAX, true}};
    _cleanup_buf_ struct buf out = {0};
    histogram_draw(&out, equal, 2, 60);
    assert_string_equal(buf_string(&out), "   16 ..  31  18446744073709551615 |@@@@@@@@@@@@@@@@@@@@@@@|\n"
                                          "     ...\n"
                                          "  128 .. 255  18446744073709551615 |@@@@@@@@@@@@@@@@@@@@@@@|\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_fit_the_width),
        cmocka_unit_test(narrow_terminals_get_short_bars),
        cmocka_unit_test(no_line_is_longer),
        cmocka_unit_test(equal_counts_get_equal_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
