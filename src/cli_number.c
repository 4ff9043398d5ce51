#include "cli_number.h"

#include <string.h>

static const uint64_t second = 1000000000;

const struct cli_unit cli_no_units[] = {{"", 1}, {NULL, 0}};
const struct cli_unit cli_size_units[] = {{"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {NULL, 0}};
const struct cli_unit cli_time_units[] = {{"", second},       {"ms", second / 1000}, {"s", second},
                                          {"m", 60 * second}, {"h", 3600 * second},  {NULL, 0}};

static bool find_factor(const struct cli_unit *units, const char *suffix, size_t len, uint64_t *ret_factor)
{
    for (; units->suffix; units++) {
        if (strlen(units->suffix) == len && memcmp(units->suffix, suffix, len) == 0) {
            *ret_factor = units->factor;
            return true;
        }
    }
    return false;
}

bool cli_number_parse(const char *text, size_t len, const struct cli_unit *units, uint64_t max,
                      uint64_t *ret_number)
{
    uint64_t number = 0, factor;
    size_t digits = 0;
    for (; digits < len && text[digits] >= '0' && text[digits] <= '9'; digits++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[digits] - '0'), &number))
            return false;
    }
    if (digits == 0 || !find_factor(units, text + digits, len - digits, &factor) ||
        __builtin_mul_overflow(number, factor, &number) || number < 1 || number > max)
        return false;
    *ret_number = number;
    return true;
}
