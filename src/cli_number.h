/* Numbers as they stand on a command line: decimal digits and a unit, nothing else. */
#ifndef TRACER_CLI_NUMBER_H
#define TRACER_CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a suffix multiplies by. A table of units ends with a NULL suffix; without a row for "" a number
 * needs a unit. */
struct cli_unit {
    const char *suffix;
    uint64_t factor;
};

extern const struct cli_unit cli_no_units[];
extern const struct cli_unit cli_size_units[]; /* bytes, K, M, G by 1024 */
extern const struct cli_unit cli_time_units[]; /* to nanoseconds from ms, s, m, h; seconds without */

/* Reads the `len` bytes of `text`; false when they are no such number (a sign, a blank, a fraction, an
 * unknown unit), or less than 1, or more than `max` in the end. */
bool cli_number_parse(const char *text, size_t len, const struct cli_unit *units, uint64_t max,
                      uint64_t *ret_number);

#endif
