#include <errno.h>

#include "cli_parse.h"

static bool has_seen(const struct parse *parse, enum option_id id)
{
    return parse->seen & UINT64_C(1) << id;
}

int cli_check_list(const struct parse *parse)
{
    static const enum option_id tracing_only[] = {
        OPTION_exe,           OPTION_follow, OPTION_max_events, OPTION_duration,
        OPTION_string_limit,  OPTION_buffer, OPTION_sample,     OPTION_min_duration,
        OPTION_kernel_method, OPTION_span,   OPTION_count,      OPTION_hist,
        OPTION_latency,       OPTION_by,     OPTION_interval,   OPTION_max_groups};
    const struct cli *cli = parse->cli;
    for (size_t i = 0; i < sizeof(tracing_only) / sizeof(tracing_only[0]); i++) {
        if (has_seen(parse, tracing_only[i]))
            return diag_set(parse->diag, -EINVAL, "%s has no meaning with -l; leave one of them out",
                            cli_rows[tracing_only[i]].shown);
    }
    if (cli->kernel && (cli->paths.count || cli->n_pids))
        return diag_set(parse->diag, -EINVAL, "-l -k lists kernel probes and nothing else; leave out %s%s%s",
                        cli->n_pids ? "-p" : "'", cli->n_pids ? "" : cli->paths.items[0],
                        cli->n_pids ? "" : "'");
    if (cli->kernel)
        return 0;
    if (!cli->paths.count && !cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "nothing to list; give the path of a file, -p PID or -k");
    if (cli->paths.count && cli->n_pids)
        return diag_set(parse->diag, -EINVAL, "-l lists files or processes; leave out -p or '%s'",
                        cli->paths.items[0]);
    return 0;
}

/* -k alone is about all processes: there is nothing that these could mean. */
static int check_kernel_alone(const struct parse *parse)
{
    static const enum option_id of_targets[] = {OPTION_follow, OPTION_probe, OPTION_definitions};
    for (size_t i = 0; i < sizeof(of_targets) / sizeof(of_targets[0]); i++) {
        if (has_seen(parse, of_targets[i]))
            return diag_set(parse->diag, -EINVAL, "%s needs processes: give -p PID or a command besides -k",
                            cli_rows[of_targets[i]].shown);
    }
    return 0;
}

static int check_kernel(const struct parse *parse, size_t targets)
{
    static const enum option_id of_kernel[] = {OPTION_min_duration, OPTION_kernel_method};
    const struct cli *cli = parse->cli;
    for (size_t i = 0; i < sizeof(of_kernel) / sizeof(of_kernel[0]) && !cli->kernel; i++) {
        if (has_seen(parse, of_kernel[i]))
            return diag_set(parse->diag, -EINVAL, "%s is about kernel probes; give some with -k",
                            cli_rows[of_kernel[i]].shown);
    }
    if (!cli->kernel)
        return 0;
    if (!cli->kernels.count)
        return diag_set(parse->diag, -EINVAL, "-k needs a value: -k NAME[,NAME]; tracer -l -k lists them");
    if (cli->exes.count)
        return diag_set(
            parse->diag, -EINVAL,
            "-k and -x can't be combined: the kernel does not know who maps a file; give -p PID or "
            "a command, or -k alone for all processes");
    return targets ? 0 : check_kernel_alone(parse);
}

/* One kind of summary, what belongs to one only with one, and not what is for events only. */
static int check_summary(const struct parse *parse)
{
    static const enum option_id kinds[] = {OPTION_count, OPTION_hist, OPTION_latency};
    static const enum option_id with_summary[] = {OPTION_by, OPTION_interval, OPTION_max_groups};
    static const enum option_id pairs[] = {OPTION_latency, OPTION_span};
    static const enum option_id events_only[] = {OPTION_max_events, OPTION_string_limit, OPTION_span};
    const struct option_row *kind = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const struct option_row *row = &cli_rows[kinds[i]];
        if (!has_seen(parse, kinds[i]))
            continue;
        if (kind)
            return diag_set(parse->diag, -EINVAL, "%s and %s can't be combined; use one of them at a time",
                            kind->shown, row->shown);
        kind = row;
    }
    for (size_t i = 0; i < sizeof(with_summary) / sizeof(*with_summary) && !kind; i++)
        if (has_seen(parse, with_summary[i]))
            return diag_set(parse->diag, -EINVAL, "%s needs a summary; add -c, --hist or --latency",
                            cli_rows[with_summary[i]].shown);
    for (size_t i = 0; i < sizeof(events_only) / sizeof(*events_only) && kind; i++)
        if (has_seen(parse, events_only[i]))
            return diag_set(parse->diag, -EINVAL, "%s has no meaning with %s; leave one of them out",
                            cli_rows[events_only[i]].shown, kind->shown);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) && has_seen(parse, OPTION_sample); i++)
        if (has_seen(parse, pairs[i]))
            return diag_set(parse->diag, -EINVAL,
                            "--sample would take starts apart from their ends; leave it or %s out",
                            cli_rows[pairs[i]].shown);
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
    int error = check_kernel(parse, count);
    if (error)
        return error;
    if (count == 0 && !cli->kernel)
        return diag_set(parse->diag, -EINVAL,
                        "nothing to trace; give -p PID, -x PATH or -- COMMAND, or list probes with -l PATH");
    if (cli->follow && cli->exes.count)
        return diag_set(
            parse->diag, -EINVAL,
            "-f has no meaning with -x, which traces every process that maps the file; leave it out");
    if (count > 1)
        return diag_set(parse->diag, -EINVAL, "%s and %s can't be combined; trace one of them at a time",
                        given[0], given[1]);
    return check_summary(parse);
}
