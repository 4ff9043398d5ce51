/* What the parts of the command line's parser share: argv in general (cli.c), the value of each option
 * (cli_take.c), and what may stand together (cli_check.c). Private to them. */
#ifndef TRACER_CLI_PARSE_H
#define TRACER_CLI_PARSE_H

#include <stdint.h>

#include "cli.h"

enum option_id {
#define OPTION(id, letter, name, argument, help) OPTION_##id,
#include "options.def"
    OPTION_COUNT
};

/* argv on its way into the struct: the option at hand and its value. */
struct parse {
    struct cli *cli;
    struct diag *diag;
    const struct option_row *row;
    const char *value;
    uint64_t seen;    /* bit per option_id */
    const char *word; /* the first that stands in front of all options -l, and is none's value; or NULL */
};
_Static_assert(OPTION_COUNT <= 64, "struct parse has a bit per option");

struct option_row {
    char letter;
    const char *name;
    const char *argument;
    const char *shown; /* in messages: "-s", "--duration" */
    int (*take)(struct parse *parse);
};

/* By option_id. */
extern const struct option_row cli_rows[OPTION_COUNT];

/* 0, or -ENOMEM with the diag set. */
int cli_push_string(const struct parse *parse, struct cli_strings *strings, const char *item);

/* Whether what was given makes sense together. -EINVAL: the diag says what doesn't, and what to do. */
int cli_check_list(const struct parse *parse);
int cli_check_trace(const struct parse *parse);

#endif
