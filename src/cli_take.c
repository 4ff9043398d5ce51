/* One function per row of options.def: puts the option's value into the struct. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_number.h"
#include "cli_parse.h"

enum {
    MAX_STRING_LIMIT = 4096,
    MOST_GROUPS = 1 << 24, /* with eight buckets each, what the kernel takes for the size of a map */
    /* Process ids are below /proc/sys/kernel/pid_max, which is at most PID_MAX_LIMIT, 1 << 22 (proc(5)). */
    MAX_PID = (1 << 22) - 1,
};
static const uint64_t max_buffer_size = 1u << 30;
static const uint64_t max_duration_ns = INT64_MAX / 2; /* can be added to a clock */

/* The value is wrong: says what is expected in its place. */
static int value_error(const struct parse *parse, const char *expected)
{
    return diag_set(parse->diag, -EINVAL, "%s '%s': expected %s", parse->row->shown, parse->value, expected);
}

int cli_push_string(const struct parse *parse, struct cli_strings *strings, const char *item)
{
    const char **items = reallocarray(strings->items, strings->count + 1, sizeof(*items));
    if (!items)
        return diag_set(parse->diag, -ENOMEM, "out of memory");
    items[strings->count++] = item;
    strings->items = items;
    return 0;
}

static int push_pid(const struct parse *parse, pid_t pid)
{
    struct cli *cli = parse->cli;
    for (size_t i = 0; i < cli->n_pids; i++) {
        if (cli->pids[i] == pid)
            return 0;
    }
    pid_t *pids = reallocarray(cli->pids, cli->n_pids + 1, sizeof(*pids));
    if (!pids)
        return diag_set(parse->diag, -ENOMEM, "out of memory");
    pids[cli->n_pids++] = pid;
    cli->pids = pids;
    return 0;
}

static int take_number(const struct parse *parse, const struct cli_unit *units, uint64_t max,
                       const char *expected, uint64_t *ret_number)
{
    if (!cli_number_parse(parse->value, strlen(parse->value), units, max, ret_number))
        return value_error(parse, expected);
    return 0;
}

static int take_list(struct parse *parse)
{
    parse->cli->mode = CLI_LIST;
    return 0;
}

static int take_help(struct parse *parse)
{
    parse->cli->mode = CLI_HELP;
    return 0;
}

static int take_version(struct parse *parse)
{
    parse->cli->mode = CLI_VERSION;
    return 0;
}

static int take_pid(struct parse *parse)
{
    for (const char *text = parse->value, *end; text; text = *end ? end + 1 : NULL) {
        end = strchrnul(text, ',');
        uint64_t pid;
        if (!cli_number_parse(text, (size_t)(end - text), cli_no_units, MAX_PID, &pid))
            return value_error(parse, "process ids, 1 to 4194303, with commas between them");
        int error = push_pid(parse, (pid_t)pid);
        if (error)
            return error;
    }
    return 0;
}

static int take_exe(struct parse *parse)
{
    return cli_push_string(parse, &parse->cli->exes, parse->value);
}

static int take_kernel(struct parse *parse)
{
    parse->cli->kernel = true;
    return cli_push_string(parse, &parse->cli->kernels, parse->value);
}

static int take_min_duration(struct parse *parse)
{
    return take_number(parse, cli_time_units, max_duration_ns, "a time such as 50ms, 10s, 2m or 1h",
                       &parse->cli->min_duration_ns);
}

static int take_follow(struct parse *parse)
{
    parse->cli->follow = true;
    return 0;
}

static int take_probe(struct parse *parse)
{
    return cli_push_string(parse, &parse->cli->globs, parse->value);
}

static int take_definitions(struct parse *parse)
{
    return cli_push_string(parse, &parse->cli->definitions, parse->value);
}

static int take_where(struct parse *parse)
{
    return cli_push_string(parse, &parse->cli->wheres, parse->value);
}

static int take_sample(struct parse *parse)
{
    uint64_t every;
    if (strncmp(parse->value, "1/", 2) ||
        !cli_number_parse(parse->value + 2, strlen(parse->value + 2), cli_no_units, UINT32_MAX, &every))
        return value_error(parse, "1/N, where N is 1 to 4294967295");
    parse->cli->sample_every = (uint32_t)every;
    return 0;
}

static int take_span(struct parse *parse)
{
    parse->cli->span = parse->value;
    return 0;
}

static int take_count(struct parse *parse)
{
    parse->cli->count = true;
    return 0;
}

static int take_hist(struct parse *parse)
{
    parse->cli->hist = parse->value;
    return 0;
}

static int take_latency(struct parse *parse)
{
    parse->cli->latency = parse->value;
    return 0;
}

static int take_by(struct parse *parse)
{
    parse->cli->by = parse->value;
    return 0;
}

static int take_interval(struct parse *parse)
{
    return take_number(parse, cli_time_units, max_duration_ns, "a time such as 500ms, 10s, 2m or 1h",
                       &parse->cli->interval_ns);
}

static int take_max_groups(struct parse *parse)
{
    uint64_t groups;
    int error = take_number(parse, cli_no_units, MOST_GROUPS, "a number, 1 to 16777216", &groups);
    if (!error)
        parse->cli->max_groups = (uint32_t)groups;
    return error;
}

static int take_string_limit(struct parse *parse)
{
    uint64_t limit;
    int error = take_number(parse, cli_no_units, MAX_STRING_LIMIT, "a number of bytes, 1 to 4096", &limit);
    if (!error)
        parse->cli->string_limit = (uint32_t)limit;
    return error;
}

static int take_max_events(struct parse *parse)
{
    return take_number(parse, cli_no_units, INT64_MAX, "a number of events, 1 or more",
                       &parse->cli->max_events);
}

static int take_duration(struct parse *parse)
{
    return take_number(parse, cli_time_units, max_duration_ns, "a time such as 500ms, 10s, 2m or 1h",
                       &parse->cli->duration_ns);
}

static int take_buffer(struct parse *parse)
{
    uint64_t bytes, size = (uint64_t)sysconf(_SC_PAGESIZE);
    int error =
        take_number(parse, cli_size_units, max_buffer_size, "a size up to 1G, such as 512K or 32M", &bytes);
    if (error)
        return error;
    while (size < bytes)
        size *= 2;
    parse->cli->buffer_size = (uint32_t)size;
    return 0;
}

static int take_output(struct parse *parse)
{
    parse->cli->output = strcmp(parse->value, "-") ? parse->value : NULL;
    return 0;
}

/* One of the words that stand for the argument, "json|text". */
static int take_word(const struct parse *parse, const char **ret_word)
{
    const char *words = parse->row->argument;
    size_t len = strlen(parse->value);
    for (const char *word = words, *end; word; word = *end ? end + 1 : NULL) {
        end = strchrnul(word, '|');
        if ((size_t)(end - word) == len && memcmp(word, parse->value, len) == 0) {
            *ret_word = parse->value;
            return 0;
        }
    }
    return value_error(parse, words);
}

static int take_format(struct parse *parse)
{
    return take_word(parse, &parse->cli->format);
}

static int take_big_ints(struct parse *parse)
{
    const char *word;
    int error = take_word(parse, &word);
    if (!error)
        parse->cli->quote_big_ints = *word == 's';
    return error;
}

static int take_kernel_method(struct parse *parse)
{
    return take_word(parse, &parse->cli->kernel_method);
}

static int take_verbose(struct parse *parse)
{
    parse->cli->log_level = LOG_LEVEL_VERBOSE;
    return 0;
}

static int take_quiet(struct parse *parse)
{
    parse->cli->log_level = LOG_LEVEL_QUIET;
    return 0;
}

const struct option_row cli_rows[OPTION_COUNT] = {
#define OPTION(id, letter, name, argument, help) \
    {letter, name, argument, letter ? (const char[]){'-', letter, 0} : "--" name, take_##id},
#include "options.def"
};
