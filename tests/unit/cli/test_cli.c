#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { MAX_WORDS = 40 };

/* A command line as cli_parse() wants it; words are separated by one blank, "''" is an empty one. */
struct line {
    char *text;
    char *argv[MAX_WORDS + 1];
    int argc;
    struct cli cli;
    struct diag diag;
    int error;
};

static void line_parse(struct line *line, const char *words)
{
    *line = (struct line){.text = strdup(words), .argv = {(char[]){"tracer"}}, .argc = 1};
    char *save = NULL;
    for (char *word = strtok_r(line->text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        assert_in_range(line->argc, 1, MAX_WORDS - 1);
        if (strcmp(word, "''") == 0)
            word[0] = '\0';
        line->argv[line->argc++] = word;
    }
    line->error = cli_parse(line->argc, line->argv, &line->cli, &line->diag);
}

static void line_free(struct line *line)
{
    cli_free(&line->cli);
    free(line->text);
}

#define _cleanup_line_ _cleanup_(line_free)

static void line_accept(struct line *line, const char *words)
{
    line_parse(line, words);
    if (line->error)
        fail_msg("'%s' was refused: %s", words, line->diag.text);
}

static void assert_strings(const struct cli_strings *strings, const char *const *expected, size_t count)
{
    assert_int_equal(strings->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(strings->items[i], expected[i]);
}

#define ASSERT_STRINGS(strings, ...)                            \
    assert_strings(strings, (const char *const[]){__VA_ARGS__}, \
                   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void test_defaults(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-p 42");
    assert_int_equal(line.cli.mode, CLI_TRACE);
    assert_int_equal(line.cli.n_pids, 1);
    assert_int_equal(line.cli.pids[0], 42);
    assert_int_equal(line.cli.exes.count, 0);
    assert_int_equal(line.cli.paths.count, 0);
    assert_int_equal(line.cli.globs.count, 0);
    assert_int_equal(line.cli.definitions.count, 0);
    assert_int_equal(line.cli.wheres.count, 0);
    assert_int_equal(line.cli.sample_every, 1);
    assert_null(line.cli.command);
    assert_false(line.cli.follow);
    assert_int_equal(line.cli.max_events, 0);
    assert_int_equal(line.cli.duration_ns, 0);
    assert_int_equal(line.cli.string_limit, 256);
    assert_int_equal(line.cli.buffer_size, 8 << 20);
    assert_null(line.cli.output);
    assert_string_equal(line.cli.format, "json");
    assert_int_equal(line.cli.log_level, LOG_LEVEL_NORMAL);
    assert_string_equal(line.diag.text, "");
}

static void test_every_long_option(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "--exe /bin/a --exe=/bin/b --probe p:* --probe !p:q --definitions a.d "
                       "--definitions b.d --where i==1 --where j==2 --sample 1/4294967295 --string-limit "
                       "4096 --max-events 1009 --duration 500ms "
                       "--output out --format text --big-ints string --buffer 64K --verbose");
    assert_true(line.cli.quote_big_ints);
    ASSERT_STRINGS(&line.cli.exes, "/bin/a", "/bin/b");
    ASSERT_STRINGS(&line.cli.globs, "p:*", "!p:q");
    ASSERT_STRINGS(&line.cli.definitions, "a.d", "b.d");
    ASSERT_STRINGS(&line.cli.wheres, "i==1", "j==2");
    assert_int_equal(line.cli.sample_every, UINT32_MAX);
    assert_int_equal(line.cli.string_limit, 4096);
    assert_int_equal(line.cli.max_events, 1009);
    assert_int_equal(line.cli.duration_ns, 500000000);
    assert_string_equal(line.cli.output, "out");
    assert_string_equal(line.cli.format, "text");
    assert_int_equal(line.cli.buffer_size, 64 << 10);
    assert_int_equal(line.cli.log_level, LOG_LEVEL_VERBOSE);
}

static void test_summaries(void **state)
{
    (void)state;
    _cleanup_line_ struct line none, count, hist, latency, to_file;
    line_accept(&none, "-p 42");
    assert_false(cli_summarises(&none.cli));
    assert_int_equal(none.cli.max_groups, 131072);
    line_accept(&count, "-cp 42 --by comm,pid --interval 500ms --max-groups 16777216");
    assert_true(cli_summarises(&count.cli));
    assert_true(count.cli.count);
    assert_string_equal(count.cli.by, "comm,pid");
    assert_int_equal(count.cli.interval_ns, 500000000);
    assert_int_equal(count.cli.max_groups, 16777216);
    line_accept(&hist, "--hist bytes:linear/100 --sample 1/7 -- app -c");
    assert_true(cli_summarises(&hist.cli));
    assert_false(hist.cli.count);
    assert_string_equal(hist.cli.hist, "bytes:linear/100");
    line_accept(&latency, "--latency a:b:k -x /bin/a");
    assert_true(cli_summarises(&latency.cli));
    assert_string_equal(latency.cli.latency, "a:b:k");
    line_accept(&to_file, "--count -p 42 -o out");
    assert_string_equal(to_file.cli.format, "json");
}

static void test_follow(void **state)
{
    (void)state;
    _cleanup_line_ struct line by_pid, by_command;
    line_accept(&by_pid, "-fp 42");
    assert_true(by_pid.cli.follow);
    line_accept(&by_command, "--follow -- a -f");
    assert_true(by_command.cli.follow);
    assert_string_equal(by_command.cli.command[1], "-f");
}

static void test_every_short_option(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-x /bin/a -t p:q -d a.d -w i==1 -s1 -n 5 -oout -q");
    ASSERT_STRINGS(&line.cli.exes, "/bin/a");
    ASSERT_STRINGS(&line.cli.globs, "p:q");
    ASSERT_STRINGS(&line.cli.definitions, "a.d");
    ASSERT_STRINGS(&line.cli.wheres, "i==1");
    assert_int_equal(line.cli.string_limit, 1);
    assert_int_equal(line.cli.max_events, 5);
    assert_string_equal(line.cli.output, "out");
    assert_int_equal(line.cli.log_level, LOG_LEVEL_QUIET);
}

static void test_last_of_single_options_counts(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-p 1 -s 1 -s 2 --sample 1/5 --sample 1/6 -n 3 -n 4 -o a -o b -v -q --duration 1 "
                       "--duration 2m --format text "
                       "--format json");
    assert_int_equal(line.cli.string_limit, 2);
    assert_int_equal(line.cli.sample_every, 6);
    assert_int_equal(line.cli.max_events, 4);
    assert_string_equal(line.cli.output, "b");
    assert_int_equal(line.cli.log_level, LOG_LEVEL_QUIET);
    assert_int_equal(line.cli.duration_ns, 120000000000);
    assert_string_equal(line.cli.format, "json");
}

static void test_a_dash_is_standard_output(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-p 1 -o a -o -");
    assert_null(line.cli.output);
}

static void test_pids_in_order_and_once(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-p 42,17,42 --pid 4194303 -p17");
    assert_int_equal(line.cli.n_pids, 3);
    assert_int_equal(line.cli.pids[0], 42);
    assert_int_equal(line.cli.pids[1], 17);
    assert_int_equal(line.cli.pids[2], 4194303);
}

static void test_buffer_is_a_power_of_two_of_pages(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        long size; /* 0: a page */
    } rows[] = {
        {"-p 1 --buffer 1", 0},        {"-p 1 --buffer 1M", 1 << 20}, {"-p 1 --buffer 1048577", 2 << 20},
        {"-p 1 --buffer 3M", 4 << 20}, {"-p 1 --buffer 1G", 1 << 30},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_line_ struct line line;
        line_accept(&line, rows[i].words);
        assert_int_equal(line.cli.buffer_size, rows[i].size ? rows[i].size : sysconf(_SC_PAGESIZE));
    }
}

static void test_command_takes_the_rest(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-n 5 -- ./server -p 80 -- --list ''");
    assert_ptr_equal(line.cli.command, line.argv + 4);
    assert_string_equal(line.cli.command[0], "./server");
    assert_string_equal(line.cli.command[3], "--");
    assert_string_equal(line.cli.command[4], "--list");
    assert_null(line.cli.command[6]);
    assert_int_equal(line.cli.mode, CLI_TRACE);
    assert_int_equal(line.cli.n_pids, 0);
    assert_int_equal(line.cli.paths.count, 0);
}

static void test_list_takes_paths_wherever_they_stand(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "./a -l ./b -v -o out -t p:q -d a.d -w i==1 -- -c --");
    assert_int_equal(line.cli.mode, CLI_LIST);
    ASSERT_STRINGS(&line.cli.paths, "./a", "./b", "-c", "--");
    assert_null(line.cli.command);
    assert_string_equal(line.cli.format, "text");
    assert_string_equal(line.cli.output, "out");
    assert_int_equal(line.cli.log_level, LOG_LEVEL_VERBOSE);
}

static void test_list_is_the_same_in_posix_mode(void **state)
{
    (void)state;
    setenv("POSIXLY_CORRECT", "1", 1);
    _cleanup_line_ struct line line;
    line_accept(&line, "./a -l ./b");
    unsetenv("POSIXLY_CORRECT");
    ASSERT_STRINGS(&line.cli.paths, "./a", "./b");
}

static void test_list_pids_as_json(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_accept(&line, "-lp 1,2 --format json");
    assert_int_equal(line.cli.mode, CLI_LIST);
    assert_int_equal(line.cli.n_pids, 2);
    assert_string_equal(line.cli.format, "json");
}

static void test_kernel_probes(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum cli_mode mode;
        size_t names;
    } rows[] = {
        {"-k exec,exit", CLI_TRACE, 1},   {"-kexec --kernel=exit", CLI_TRACE, 2},
        {"-k exec -p 1", CLI_TRACE, 1},   {"-f -k exec -- true", CLI_TRACE, 1},
        {"-l -k", CLI_LIST, 0},           {"-k -l", CLI_LIST, 0},
        {"--kernel --list", CLI_LIST, 0}, {"-lk", CLI_LIST, 0},
        {"-lk -v", CLI_LIST, 0},          {"-lkexec", CLI_LIST, 1},
        {"-l -k exec", CLI_LIST, 1},      {"-l -k-x", CLI_LIST, 1},
        {"-l --kernel=-x", CLI_LIST, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_line_ struct line line;
        line_accept(&line, rows[i].words);
        assert_int_equal(line.cli.mode, rows[i].mode);
        assert_true(line.cli.kernel);
        assert_int_equal(line.cli.kernels.count, rows[i].names);
    }
    _cleanup_line_ struct line line;
    line_accept(&line, "-k exit --min-duration 50ms --kernel-method kretprobe");
    assert_int_equal(line.cli.min_duration_ns, 50000000);
    assert_string_equal(line.cli.kernel_method, "kretprobe");
}

static void test_help_and_version_need_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum cli_mode mode;
    } rows[] = {
        {"-h", CLI_HELP},        {"--help", CLI_HELP},          {"--version", CLI_VERSION},
        {"-l --help", CLI_HELP}, {"--version -h", CLI_VERSION}, {"-h --bogus -- x", CLI_HELP},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_line_ struct line line;
        line_accept(&line, rows[i].words);
        assert_int_equal(line.cli.mode, rows[i].mode);
    }
}

static void test_wrong_usage(void **state)
{
    (void)state;
    static const char pids[] = "expected process ids, 1 to 4194303, with commas between them";
    static const char time[] = "expected a time such as 500ms, 10s, 2m or 1h";
    static const char sample[] = "expected 1/N, where N is 1 to 4294967295";
    static const char nothing[] =
        "nothing to trace; give -p PID, -x PATH or -- COMMAND, or list probes with -l PATH";
    static const char hint[] = "; or put -- before 'ls', if that is a command to run";
    static const struct {
        const char *words;
        const char *prefix, *text; /* the message is prefix + text */
    } rows[] = {
        {"", "", nothing},
        {"-v", "", nothing},
        {"--", "", "nothing to run; put a command after --"},
        {"-p 1 --", "", "nothing to run; put a command after --"},
        {"-o --", "", nothing},
        {"./a", "", "unexpected './a'; put -- before a command to run, or -l to list a file's probes"},
        {"-p 1 2 -- x", "", "unexpected '2'; put -- before a command to run, or -l to list a file's probes"},
        {"-p 1 -x a", "", "-p and -x can't be combined; trace one of them at a time"},
        {"-p 1 -- a", "", "-p and a command can't be combined; trace one of them at a time"},
        {"-x a -- a", "", "-x and a command can't be combined; trace one of them at a time"},
        {"-p 1 -c --hist a", "", "-c and --hist can't be combined; use one of them at a time"},
        {"-p 1 --latency a:b --hist a", "",
         "--hist and --latency can't be combined; use one of them at a time"},
        {"-p 1 --by pid", "", "--by needs a summary; add -c, --hist or --latency"},
        {"-p 1 --interval 1s", "", "--interval needs a summary; add -c, --hist or --latency"},
        {"-p 1 --max-groups 5", "", "--max-groups needs a summary; add -c, --hist or --latency"},
        {"-p 1 -c -n 5", "", "-n has no meaning with -c; leave one of them out"},
        {"-p 1 --hist a -s 5", "", "-s has no meaning with --hist; leave one of them out"},
        {"-p 1 --latency a:b --sample 1/2", "",
         "--sample would take starts apart from their ends; leave it or --latency out"},
        {"-p 1 --span a:b --sample 1/2", "",
         "--sample would take starts apart from their ends; leave it or --span out"},
        {"-p 1 -c --interval 0", "--interval '0': ", time},
        {"-p 1 -c --max-groups 0", "--max-groups '0': ", "expected a number, 1 to 16777216"},
        {"-p 1 -c --max-groups 16777217", "--max-groups '16777217': ", "expected a number, 1 to 16777216"},
        {"-l -c a", "", "-c has no meaning with -l; leave one of them out"},
        {"-p 1,2,,3", "-p '1,2,,3': ", pids},
        {"-p ,1", "-p ',1': ", pids},
        {"-p 1,", "-p '1,': ", pids},
        {"--pid=0", "-p '0': ", pids},
        {"-p -1", "-p '-1': ", pids},
        {"-p 1x", "-p '1x': ", pids},
        {"-p 4194304", "-p '4194304': ", pids},
        {"-p 18446744073709551617", "-p '18446744073709551617': ", pids},
        {"-p 1 -n 0", "-n '0': ", "expected a number of events, 1 or more"},
        {"-p 1 -n -5", "-n '-5': ", "expected a number of events, 1 or more"},
        {"-p 1 -n 9223372036854775808",
         "-n '9223372036854775808': ", "expected a number of events, 1 or more"},
        {"-p 1 -s 0", "-s '0': ", "expected a number of bytes, 1 to 4096"},
        {"-p 1 -s 4097", "-s '4097': ", "expected a number of bytes, 1 to 4096"},
        {"-p 1 -s 1K", "-s '1K': ", "expected a number of bytes, 1 to 4096"},
        {"-p 1 --sample 1/0", "--sample '1/0': ", sample},
        {"-p 1 --sample 1/4294967296", "--sample '1/4294967296': ", sample},
        {"-p 1 --sample 1/", "--sample '1/': ", sample},
        {"-p 1 --sample 100", "--sample '100': ", sample},
        {"-p 1 --sample 2/3", "--sample '2/3': ", sample},
        {"-p 1 --sample 1/2/3", "--sample '1/2/3': ", sample},
        {"-p 1 -w ''", "", "-w needs a value: -w EXPR"},
        {"-p 1 --duration 0", "--duration '0': ", time},
        {"-p 1 --duration 1.5s", "--duration '1.5s': ", time},
        {"-p 1 --duration 4611686019s", "--duration '4611686019s': ", time},
        {"-p 1 --buffer 0", "--buffer '0': ", "expected a size up to 1G, such as 512K or 32M"},
        {"-p 1 --buffer 1025M", "--buffer '1025M': ", "expected a size up to 1G, such as 512K or 32M"},
        {"-p 1 --buffer 8MB", "--buffer '8MB': ", "expected a size up to 1G, such as 512K or 32M"},
        {"-p 1 --format xml", "--format 'xml': ", "expected json|text"},
        {"-p 1 --big-ints yes", "--big-ints 'yes': ", "expected number|string"},
        {"-p 1 --format json|text", "--format 'json|text': ", "expected json|text"},
        {"-p 1 --format jso", "--format 'jso': ", "expected json|text"},
        {"-l", "", "nothing to list; give the path of a file, -p PID or -k"},
        {"-l --", "", "nothing to list; give the path of a file, -p PID or -k"},
        {"-l -p 1 ./a", "", "-l lists files or processes; leave out -p or './a'"},
        {"-l a -n 3", "", "-n has no meaning with -l; leave one of them out"},
        {"-l a --duration 1", "", "--duration has no meaning with -l; leave one of them out"},
        {"-l a -s 9", "", "-s has no meaning with -l; leave one of them out"},
        {"-l a --buffer 1M", "", "--buffer has no meaning with -l; leave one of them out"},
        {"-l a --sample 1/2", "", "--sample has no meaning with -l; leave one of them out"},
        {"-l a -f", "", "-f has no meaning with -l; leave one of them out"},
        {"-f -x a", "",
         "-f has no meaning with -x, which traces every process that maps the file; leave it out"},
        {"-f", "", "nothing to trace; give -p PID, -x PATH or -- COMMAND, or list probes with -l PATH"},
        {"-l -x a", "", "-x has no meaning with -l; leave one of them out"},
        {"-k", "", "-k needs a value: -k NAME[,NAME]; tracer -l -k lists them"},
        {"-p 1 -k", "", "-k needs a value: -k NAME[,NAME]; tracer -l -k lists them"},
        {"-k -- true", "", "-k needs a value: -k NAME[,NAME]; tracer -l -k lists them"},
        {"-k exec -f", "", "-f needs processes: give -p PID or a command besides -k"},
        {"-k exec -t a", "", "-t needs processes: give -p PID or a command besides -k"},
        {"-k exec -d a", "", "-d needs processes: give -p PID or a command besides -k"},
        {"-k exec -x a", "",
         "-k and -x can't be combined: the kernel does not know who maps a file; give -p PID or a command, "
         "or -k "
         "alone for all processes"},
        {"-p 1 --min-duration 1", "", "--min-duration is about kernel probes; give some with -k"},
        {"-p 1 --kernel-method fexit", "", "--kernel-method is about kernel probes; give some with -k"},
        {"-k exec --kernel-method kprobe",
         "--kernel-method 'kprobe': ", "expected fexit|kretprobe|tracepoint"},
        {"-k exit --min-duration 0", "--min-duration '0': ", "expected a time such as 50ms, 10s, 2m or 1h"},
        {"-l -k exec a", "", "-l -k lists kernel probes and nothing else; leave out 'a'"},
        {"-l -p 1 -k exec", "", "-l -k lists kernel probes and nothing else; leave out -p"},
        {"-l -k --min-duration 1s", "", "--min-duration has no meaning with -l; leave one of them out"},
        {"-f ls -l", "-f has no meaning with -l; leave one of them out", hint},
        {"ls -la x -c", "unknown option '-a'; see tracer --help", hint},
        {"-f ls --color", "option '--color' is unknown or an ambiguous abbreviation; see tracer --help",
         hint},
        {"ls -n x", "-n 'x': expected a number of events, 1 or more", hint},
        {"ls x -t", "-t needs a value: -t GLOB", hint},
        {"-l ls -Z", "", "unknown option '-Z'; see tracer --help"},
        {"-Z", "", "unknown option '-Z'; see tracer --help"},
        {"-p 1 -vZq", "", "unknown option '-Z'; see tracer --help"},
        {"-y", "", "unknown option '-y'; see tracer --help"},
        {"--bogus=1", "", "option '--bogus=1' is unknown or an ambiguous abbreviation; see tracer --help"},
        {"--ver", "", "option '--ver' is unknown or an ambiguous abbreviation; see tracer --help"},
        {"--list=a", "", "--list takes no value; leave out what follows the '='"},
        {"-p", "", "-p needs a value: -p PID[,PID]"},
        {"--duration", "", "--duration needs a value: --duration TIME"},
        {"-p 1 -o ''", "", "-o needs a value: -o FILE"},
        {"-p 1 --format=", "", "--format needs a value: --format json|text"},
        {"-n x --bogus -h", "-n 'x': ", "expected a number of events, 1 or more"}, /* the first counts */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_line_ struct line line;
        line_parse(&line, rows[i].words);
        if (line.error != -EINVAL)
            fail_msg("'%s' gave %d", rows[i].words, line.error);
        _cleanup_buf_ struct buf expected = {0};
        buf_printf(&expected, "%s%s", rows[i].prefix, rows[i].text);
        assert_string_equal(line.diag.text, buf_string(&expected));
    }
}

static void test_control_bytes_are_escaped(void **state)
{
    (void)state;
    _cleanup_line_ struct line line;
    line_parse(&line, "-p \033[31m\n1");
    assert_int_equal(line.error, -EINVAL);
    assert_non_null(strstr(line.diag.text, "-p '\\x1b[31m\\n1': expected"));
}

static void test_exit_status(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum exit_status own;
        int status;
    } rows[] = {
        {"-p 1", EXIT_STATUS_DONE, 0},
        {"-p 1", EXIT_STATUS_FAILED, 1},
        {"-p 1", EXIT_STATUS_NOTHING_MATCHED, 3},
        {"-n x", EXIT_STATUS_USAGE, 2},
        {"--", EXIT_STATUS_USAGE, 2},
        {"-l -n 1 -- a", EXIT_STATUS_USAGE, 2}, /* a PATH, no command */
        {"-- a", EXIT_STATUS_DONE, 0},
        {"-- a", EXIT_STATUS_FAILED, 125},
        {"-- a", EXIT_STATUS_NOTHING_MATCHED, 125},
        {"-- a", EXIT_STATUS_NOT_PERMITTED, 125},
        {"-- a", EXIT_STATUS_COMMAND_NOT_EXECUTABLE, 126},
        {"-- a", EXIT_STATUS_COMMAND_NOT_FOUND, 127},
        {"-n x -- a", EXIT_STATUS_USAGE, 125},
        {"--bogus -- a", EXIT_STATUS_USAGE, 125},
        {"-p 1 -- a", EXIT_STATUS_USAGE, 125},
        {"-n -- a", EXIT_STATUS_USAGE, 2}, /* -- is the value of -n */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_line_ struct line line;
        line_parse(&line, rows[i].words);
        if (cli_exit_status(&line.cli, rows[i].own) != rows[i].status)
            fail_msg("'%s', %d: expected %d", rows[i].words, (int)rows[i].own, rows[i].status);
    }
}

static void test_help_fits_a_terminal(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf help = {0};
    cli_help(&help);
    const char *text = buf_string(&help);
    assert_non_null(text);
    assert_memory_equal(text, "Usage: tracer ", strlen("Usage: tracer "));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        size_t len = strcspn(line, "\n");
        if (len > 80)
            fail_msg("%zu columns: %.*s", len, (int)len, line);
    }
    assert_non_null(strstr(text, "\n  -p, --pid PID[,PID]       these processes"));
    assert_non_null(strstr(text, "\n      --version             print the version and exit\n"));
}

static void test_version(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf version = {0};
    cli_version(&version);
    assert_string_equal(buf_string(&version), "tracer 0.1.0\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_long_option),
        cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_every_short_option),
        cmocka_unit_test(test_last_of_single_options_counts),
        cmocka_unit_test(test_a_dash_is_standard_output),
        cmocka_unit_test(test_pids_in_order_and_once),
        cmocka_unit_test(test_buffer_is_a_power_of_two_of_pages),
        cmocka_unit_test(test_command_takes_the_rest),
        cmocka_unit_test(test_list_takes_paths_wherever_they_stand),
        cmocka_unit_test(test_list_is_the_same_in_posix_mode),
        cmocka_unit_test(test_list_pids_as_json),
        cmocka_unit_test(test_kernel_probes),
        cmocka_unit_test(test_help_and_version_need_nothing_else),
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_control_bytes_are_escaped),
        cmocka_unit_test(test_exit_status),
        cmocka_unit_test(test_help_fits_a_terminal),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
