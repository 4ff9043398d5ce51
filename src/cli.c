#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_parse.h"

enum { DEFAULT_STRING_LIMIT = 256, DEFAULT_MAX_GROUPS = 1 << 17 };
static const uint32_t default_buffer_size = 8u << 20;

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
        const struct option_row *row = &cli_rows[id];
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
        return &cli_rows[code - CODE_LONG];
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (cli_rows[id].letter && cli_rows[id].letter == code)
            return &cli_rows[id];
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

/* With -l, -k may stand without names. What getopt took for its value is an option then, and comes again. */
static bool is_bare_kernel(const struct option_row *row, int code, char *const *argv)
{
    if (row != &cli_rows[OPTION_kernel])
        return false;
    if (code == ':')
        return true;
    bool is_option = *optarg == '-' && optarg == argv[optind - 1];
    optind -= is_option;
    return is_option;
}

/* Deals with one thing that getopt found. */
static int take_one(struct parse *parse, int code, char *const *argv)
{
    if (code == CODE_OPERAND && parse->cli->mode == CLI_TRACE && !parse->word)
        parse->word = optarg;
    if (code == CODE_OPERAND)
        return cli_push_string(parse, &parse->cli->paths, optarg);
    if (code == '?')
        return unknown_option(parse, argv);
    const struct option_row *row = find_row(code == ':' ? optopt : code);
    if (is_bare_kernel(row, code, argv)) {
        parse->cli->kernel = true;
        return 0;
    }
    if (code == ':' || (row->argument && !*optarg))
        return diag_set(parse->diag, -EINVAL, "%s needs a value: %s %s", row->shown, row->shown,
                        row->argument);
    parse->row = row;
    parse->value = optarg;
    parse->seen |= UINT64_C(1) << (row - cli_rows);
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
        int result = take_one(parse, code, argv);
        before = optind;
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
        error = cli_push_string(parse, &parse->cli->paths, argv[i]);
    return error;
}

bool cli_summarises(const struct cli *cli)
{
    return cli->count || cli->hist || cli->latency;
}

/* Summaries that somebody looks at are drawn; programs get what they always get. */
static const char *default_format(const struct cli *cli)
{
    if (cli->mode == CLI_LIST)
        return "text";
    return cli_summarises(cli) && !cli->output && isatty(STDOUT_FILENO) ? "text" : "json";
}

/* What is wrong with an option may be that it is the command's: `tracer -f ls -l`. */
static int hint_at_separator(const char *word, int error, struct diag *diag)
{
    struct diag said = {0};
    if (diag)
        said = *diag;
    return diag_set(diag, error, "%s; or put -- before '%s', if that is a command to run", said.text, word);
}

int cli_parse(int argc, char **argv, struct cli *ret_cli, struct diag *diag)
{
    *ret_cli = (struct cli){.string_limit = DEFAULT_STRING_LIMIT,
                            .sample_every = 1,
                            .buffer_size = default_buffer_size,
                            .max_groups = DEFAULT_MAX_GROUPS,
                            .log_level = LOG_LEVEL_NORMAL};
    struct parse parse = {.cli = ret_cli, .diag = diag};
    int error = take_all(&parse, argc, argv);
    if (!error && ret_cli->mode == CLI_LIST)
        error = cli_check_list(&parse);
    if (error)
        return parse.word ? hint_at_separator(parse.word, error, diag) : error;
    if (ret_cli->mode == CLI_TRACE)
        error = cli_check_trace(&parse);
    if (!ret_cli->format)
        ret_cli->format = default_format(ret_cli);
    return error;
}

void cli_free(struct cli *cli)
{
    free(cli->pids);
    free(cli->exes.items);
    free(cli->kernels.items);
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
