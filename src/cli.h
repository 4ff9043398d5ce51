/* The command line: from argv to what the user wants. Knows the rules of usage, nothing of probes. */
#ifndef TRACER_CLI_H
#define TRACER_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/log.h"

/* What tracer ends with. With a command it is the command's own status (128 + signal when it was killed) or
 * one of the last three, as in a shell: see cli_exit_status(). */
enum exit_status {
    EXIT_STATUS_DONE = 0,
    EXIT_STATUS_FAILED = 1,
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_NOTHING_MATCHED = 3,
    EXIT_STATUS_NOT_PERMITTED = 4,
    EXIT_STATUS_COMMAND_OUR_FAILURE = 125,
    EXIT_STATUS_COMMAND_NOT_EXECUTABLE = 126,
    EXIT_STATUS_COMMAND_NOT_FOUND = 127,
};

enum cli_mode { CLI_TRACE, CLI_LIST, CLI_HELP, CLI_VERSION };

/* The strings are argv's, the arrays are ours. */
struct cli_strings {
    const char **items;
    size_t count;
};

struct cli {
    enum cli_mode mode;
    pid_t *pids; /* each once, in the order given */
    size_t n_pids;
    struct cli_strings exes;
    bool kernel;                /* -k was given */
    struct cli_strings kernels; /* names of kernel probes as given, unchecked, with commas between them */
    const char *kernel_method;  /* NULL: the best one */
    uint64_t min_duration_ns;   /* 0: any */
    struct cli_strings paths;   /* to list */
    bool follow;                /* children, too */
    char **command;             /* to trace: argv's end, so NULL-terminated; NULL for none */
    struct cli_strings globs;   /* as given, unchecked */
    struct cli_strings definitions;
    struct cli_strings wheres; /* as given, unchecked */
    uint32_t sample_every;     /* 1 or more */
    const char *span;          /* as given, unchecked; NULL: none */
    bool count;                /* a summary: */
    const char *hist;          /* as given, unchecked; NULL: no histogram */
    const char *latency;       /* likewise */
    const char *by;            /* likewise */
    uint64_t interval_ns;      /* 0: none; at most INT64_MAX / 2 */
    uint32_t max_groups;       /* 1 to 1 << 24 */
    uint64_t max_events;       /* 0: no limit */
    uint64_t duration_ns;      /* 0: no limit; at most INT64_MAX / 2 */
    uint32_t string_limit;     /* 1 to 4096 */
    uint32_t buffer_size;      /* a power of two, at least a page */
    const char *output;        /* NULL: standard output */
    const char *format;        /* never NULL: the default depends on the mode */
    bool quote_big_ints;       /* 64-bit integers in JSON as strings */
    enum log_level log_level;
};

/* Whether a summary is wanted instead of events. */
bool cli_summarises(const struct cli *cli);

/* Parses argv, which ends with NULL and must outlive `ret_cli`. Tracing has one kind of target (pids,
 * exes or a command) or at least kernel probes, listing has pids, paths or kernel probes. -EINVAL: wrong
 * usage, the diag says what and what to do; -ENOMEM. After a failure too, `ret_cli` is good for
 * cli_exit_status() and wants cli_free(). */
int cli_parse(int argc, char **argv, struct cli *ret_cli, struct diag *diag);
void cli_free(struct cli *cli);

/* What to exit with when tracer itself ends with `status`: where a command was given, a failure other than
 * 126 and 127 is 125. */
int cli_exit_status(const struct cli *cli, enum exit_status status);

/* Appends what --help prints, and --version. */
void cli_help(struct buf *out);
void cli_version(struct buf *out);

#define _cleanup_cli_ _cleanup_(cli_free)

#endif
