#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_number.h"

enum {
    DEFAULT_STRING_LIMIT = 256,
    MAX_STRING_LIMIT = 4096,
    /* Process ids are below /proc/sys/kernel/pid_max, which is at most PID_MAX_LIMIT, 1 << 22 (proc(5)). */
    MAX_PID = (1 << 22) - 1,
};
static const uint32_t default_buffer_size = 8u << 20;
static const uint64_t max_buffer_size = 1u << 30;
static const uint64_t max_duration_ns = INT64_MAX / 2; /* can be added to a clock */

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
    uint32_t seen; /* bit per option_id */
};
_Static_assert(OPTION_COUNT <= 32, "struct parse has a bit per option");

struct option_row {
    char letter;
    const char *name;
    const char *argument;
    const char *shown; /* in messages: "-s", "--duration" */
    int (*take)(struct parse *parse);
};

/* The value is wrong: says what is expected in its place. */
static int value_error(const struct parse *parse, const char *expected)
{
    return diag_set(parse->diag, -EINVAL, "%s '%s': expected %s", parse->row->shown, parse->value, expected);
}

static int push_string(const struct parse *parse, struct cli_strings *strings, const char *item)
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

/* One function per row of options.def: puts the option's value into the struct. */

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
    return push_string(parse, &parse->cli->exes, parse->value);
}

static int take_follow(struct parse *parse)
{
    parse->cli->follow = true;
    return 0;
}

static int take_probe(struct parse *parse)
{
    return push_string(parse, &parse->cli->globs, parse->value);
}

static int take_definitions(struct parse *parse)
{
    return push_string(parse, &parse->cli->definitions, parse->value);
}

static int take_where(struct parse *parse)
{
    return push_string(parse, &parse->cli->wheres, parse->value);
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
    parse->cli->output = parse->value;
    return 0;
}

static int take_format(struct parse *parse)
{
    const char *words = parse->row->argument; /* "json|text" */
    size_t len = strlen(parse->value);
    for (const char *word = words, *end; word; word = *end ? end + 1 : NULL) {
        end = strchrnul(word, '|');
        if ((size_t)(end - word) == len && memcmp(word, parse->value, len) == 0) {
            parse->cli->format = parse->value;
            return 0;
        }
    }
    return value_error(parse, words);
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

static const struct option_row rows[OPTION_COUNT] = {
#define OPTION(id, letter, name, argument, help) \
    {letter, name, argument, letter ? (const char[]){'-', letter, 0} : "--" name, take_##id},
#include "options.def"
};

enum {
    CODE_OPERAND = 1, /* getopt's, because the short options begin with "-" */
    CODE_LONG = 256,  /* + option_id; short options are their letter */
};

struct getopt_tables {
    char letters[2 + 2 * OPTION_COUNT + 1];
    struct option names[OPTION_COUNT + 1];
};

/* Operands are to come in order ("-"), and a missing value apart from an unknown option (":"). */
static void fill_tables(struct getopt_tables *tables)
{
    char *letter = stpcpy(tables->letters, "-:");
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &rows[id];
        int has_arg = row->argument ? required_argument : no_argument;
        tables->names[id] = (struct option){row->name, has_arg, NULL, CODE_LONG + id};
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->argument)
            *letter++ = ':';
    }
    *letter = '\0';
    tables->names[OPTION_COUNT] = (struct option){0};
}

static const struct option_row *find_row(int code)
{
    if (code >= CODE_LONG)
        return &rows[code - CODE_LONG];
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (rows[id].letter && rows[id].letter == code)
            return &rows[id];
    }
    return NULL;
}

static int unknown_option(const struct parse *parse, char *const *argv)
{
    if (optopt >= CODE_LONG)
        return diag_set(parse->diag, -EINVAL, "--%s takes no value; leave out what follows the '='",
                        find_row(optopt)->name);
    if (optopt)
        return diag_set(parse->diag, -EINVAL, "unknown option '-%c'; see tracer --help", optopt);
    return diag_set(parse->diag, -EINVAL,
                    "option '%s' is unknown or an ambiguous abbreviation; see tracer --help",
                    argv[optind - 1]);
}

/* Deals with one thing that getopt found. */
static int take_one(struct parse *parse, int code, char *const *argv)
{
    if (code == CODE_OPERAND)
        return push_string(parse, &parse->cli->paths, optarg);
    if (code == '?')
        return unknown_option(parse, argv);
    const struct option_row *row = find_row(code == ':' ? optopt : code);
    if (code == ':' || (row->argument && !*optarg))
        return diag_set(parse->diag, -EINVAL, "%s needs a value: %s %s", row->shown, row->shown,
                        row->argument);
    parse->row = row;
    parse->value = optarg;
    parse->seen |= UINT32_C(1) << (row - rows);
    return row->take(parse);
}

/* Goes on after an error, which only the first one is told of, to find out whether there is a command. */
static int take_all(struct parse *parse, int argc, char **argv)
{
    struct getopt_tables tables;
    fill_tables(&tables);
    int error = 0, code, before = 1;
    opterr = 0;
    optind = 0; /* starts over, also after an earlier run that was broken off */
    while ((code = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
        before = optind;
        int result = take_one(parse, code, argv);
        if (result && !error) {
            error = result;
            parse->diag = NULL;
        }
        if (!error && (parse->cli->mode == CLI_HELP || parse->cli->mode == CLI_VERSION))
            return 0;
    }
    bool separator = optind > before; /* getopt went over "--" */
    if (separator && parse->cli->mode == CLI_TRACE) {
        if (argv[optind])
            parse->cli->command = argv + optind;
        else if (!error)
            error = diag_set(parse->diag, -EINVAL, "nothing to run; put a command after --");
        return error;
    }
    for (int i = optind; i < argc && !error; i++)
        error = push_string(parse, &parse->cli->paths, argv[i]);
    return error;
}

static int check_list(const struct parse *parse)
{
    static const enum option_id tracing_only[] = {OPTION_exe,      OPTION_follow,       OPTION_max_events,
                                                  OPTION_duration, OPTION_string_limit, OPTION_buffer,
                                                  OPTION_sample};
    const struct cli *cli = parse->cli;
    for (size_t i = 0; i < sizeof(tracing_only) / sizeof(tracing_only[0]); i++) {
        if (parse->seen & UINT32_C(1) << tracing_only[i])
            return diag_set(parse->diag, -EINVAL, "%s has no meaning with -l; leave one of them out",
                            rows[tracing_only[i]].shown);
    }
    if (!cli->paths.count && !cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "nothing to list; give the path of a file or -p PID");
    if (cli->paths.count && cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "-l lists files or processes; leave out -p or '%s'",
                        cli->paths.items[0]);
    return 0;
}

static int check_trace(const struct parse *parse)
{
    const struct cli *cli = parse->cli;
    if (cli->paths.count)
        return diag_set(parse->diag, -EINVAL,
                        "unexpected '%s'; put -- before a command to run, or -l to list a file's probes",
                        cli->paths.items[0]);
    const char *given[3];
    size_t count = 0;
    if (cli->n_pids)
        given[count++] = "-p";
    if (cli->exes.count)
        given[count++] = "-x";
    if (cli->command)
        given[count++] = "a command";
    if (count == 0)
        return diag_set(parse->diag, -EINVAL,
                        "nothing to trace; give -p PID, -x PATH or -- COMMAND, or list probes with -l PATH");
    if (cli->follow && cli->exes.count)
        return diag_set(
            parse->diag, -EINVAL,
            "-f has no meaning with -x, which traces every process that maps the file; leave it out");
    if (count > 1)
        return diag_set(parse->diag, -EINVAL, "%s and %s can't be combined; trace one of them at a time",
                        given[0], given[1]);
    return 0;
}

int cli_parse(int argc, char **argv, struct cli *ret_cli, struct diag *diag)
{
    *ret_cli = (struct cli){.string_limit = DEFAULT_STRING_LIMIT,
                            .sample_every = 1,
                            .buffer_size = default_buffer_size,
                            .log_level = LOG_LEVEL_NORMAL};
    struct parse parse = {.cli = ret_cli, .diag = diag};
    int error = take_all(&parse, argc, argv);
    if (error)
        return error;
    if (ret_cli->mode == CLI_LIST)
        error = check_list(&parse);
    if (ret_cli->mode == CLI_TRACE)
        error = check_trace(&parse);
    if (!ret_cli->format)
        ret_cli->format = ret_cli->mode == CLI_LIST ? "text" : "json";
    return error;
}

void cli_free(struct cli *cli)
{
    free(cli->pids);
    free(cli->exes.items);
    free(cli->paths.items);
    free(cli->globs.items);
    free(cli->definitions.items);
    free(cli->wheres.items);
    *cli = (struct cli){0};
}

int cli_exit_status(const struct cli *cli, enum exit_status status)
{
    if (cli->command && status != EXIT_STATUS_DONE && status < EXIT_STATUS_COMMAND_OUR_FAILURE)
        return EXIT_STATUS_COMMAND_OUR_FAILURE;
    return (int)status;
}
