#include <errno.h>

#include "cli_parse.h"

int cli_check_list(const struct parse *parse)
{
    static const enum option_id tracing_only[] = {OPTION_exe,      OPTION_follow,       OPTION_max_events,
                                                  OPTION_duration, OPTION_string_limit, OPTION_buffer,
                                                  OPTION_sample};
    const struct cli *cli = parse->cli;
    for (size_t i = 0; i < sizeof(tracing_only) / sizeof(tracing_only[0]); i++) {
        if (parse->seen & UINT64_C(1) << tracing_only[i])
            return diag_set(parse->diag, -EINVAL, "%s has no meaning with -l; leave one of them out",
                            cli_rows[tracing_only[i]].shown);
    }
    if (!cli->paths.count && !cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "nothing to list; give the path of a file or -p PID");
    if (cli->paths.count && cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "-l lists files or processes; leave out -p or '%s'",
                        cli->paths.items[0]);
    return 0;
}

int cli_check_trace(const struct parse *parse)
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
