#include "output/timestamp.h"

#include <string.h>

#include "output/number.h"

enum {
    NS_PER_SECOND = 1000000000,
    SECONDS_PER_DAY = 86400,
    PREFIX_LEN = 19,           /* down to the second */
    DAYS_FROM_YEAR_0 = 719468, /* from March 1 of the year 0 to 1970-01-01 */
    DAYS_IN_400_YEARS = 146097,
    DAYS_IN_100_YEARS = 36524, /* the last of four has a day more */
    DAYS_IN_4_YEARS = 1461,
    DAYS_IN_YEAR = 365, /* the last of four has a day more */
};

static unsigned at_most_3(unsigned value)
{
    return value < 3 ? value : 3;
}

/* "YYYY-MM-DD" of days since the epoch. Years are taken to start in March, so that the leap day is the last
 * day of whatever it makes longer: a year, 4 years, 400 years. */
static char *write_date(char *at, int64_t days)
{
    static const unsigned month_starts[] = {0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337};
    unsigned day = (unsigned)(days + DAYS_FROM_YEAR_0);
    unsigned year = day / DAYS_IN_400_YEARS * 400;
    day %= DAYS_IN_400_YEARS;
    unsigned centuries = at_most_3(day / DAYS_IN_100_YEARS);
    day -= centuries * DAYS_IN_100_YEARS;
    unsigned fours = day / DAYS_IN_4_YEARS;
    day %= DAYS_IN_4_YEARS;
    unsigned years = at_most_3(day / DAYS_IN_YEAR);
    day -= years * DAYS_IN_YEAR;
    year += centuries * 100 + fours * 4 + years;

    unsigned month = 11;
    while (day < month_starts[month])
        month--;
    day -= month_starts[month];
    if (month >= 10)
        year++;
    at = number_padded(at, year, 4);
    *at++ = '-';
    at = number_padded(at, (month + 2) % 12 + 1, 2);
    *at++ = '-';
    return number_padded(at, day + 1, 2);
}

static void write_prefix(char *at, int64_t second)
{
    int64_t days = second / SECONDS_PER_DAY;
    int64_t left = second % SECONDS_PER_DAY;
    if (left < 0) {
        left += SECONDS_PER_DAY;
        days--;
    }
    unsigned of_day = (unsigned)left;
    at = write_date(at, days);
    *at++ = 'T';
    at = number_padded(at, of_day / 3600, 2);
    *at++ = ':';
    at = number_padded(at, of_day / 60 % 60, 2);
    *at++ = ':';
    number_padded(at, of_day % 60, 2);
}

void timestamp_write(char *at, int64_t ns)
{
    /* Events come many to a second, so everything before the point is kept. */
    static _Thread_local struct {
        int64_t second;
        char prefix[PREFIX_LEN];
    } last = {.second = INT64_MIN};
    int64_t second = ns / NS_PER_SECOND;
    int64_t fraction = ns % NS_PER_SECOND;
    if (fraction < 0) {
        fraction += NS_PER_SECOND;
        second--;
    }
    if (second != last.second) {
        write_prefix(last.prefix, second);
        last.second = second;
    }
    memcpy(at, last.prefix, PREFIX_LEN);
    at[PREFIX_LEN] = '.';
    *number_padded(at + PREFIX_LEN + 1, (uint64_t)fraction, 9) = 'Z';
}
