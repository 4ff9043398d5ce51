/* What the verifier thinks of the programs. As root. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/session.h"

/* Of what the verifier goes through, loops and branches multiply. Its own limit is a million; time to load is
 * ours: about a microsecond each, which the benchmark measures. For a trace 15,000 are promised. One program
 * has a part of them; the most so far are 6,900, in Linux 6.1. */
enum { BUDGET = 8000, PROMISED = 15000 };

/* The verified instructions of all programs that this process holds (bpf_prog_info.verified_insns, as /proc
 * shows it), of which there are so many. */
static unsigned long read_verified(unsigned expected)
{
    unsigned long verified = 0, one;
    unsigned programs = 0;
    glob_t files;
    assert_int_equal(glob("/proc/self/fdinfo/*", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char line[256];
        FILE *file = fopen(files.gl_pathv[i], "r");
        while (file && fgets(line, sizeof(line), file))
            if (sscanf(line, "verified_insns: %lu", &one) == 1) {
                verified += one;
                programs++;
            }
        if (file)
            fclose(file);
    }
    globfree(&files);
    assert_int_equal(programs, expected);
    return verified;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void check(const char *name, struct session_config config)
{
    _cleanup_session_ struct session *session = NULL;
    struct diag diag = {0};
    double start = now_ms();
    if (session_open(&config, &session, &diag))
        fail_msg("%s", diag.text);
    double took = now_ms() - start;
    unsigned long verified = read_verified(1);
    print_message("%s, attached through %s%s%s: %lu verified instructions, opened in %.1f ms\n", name,
                  session_attach_method(session), config.only_targets ? ", only targets" : "",
                  config.filters ? ", filtered" : "", verified, took);
    assert_in_range(verified, 1, BUDGET);
}

/* What is set before loading is known to the verifier, and spares it what can't be reached: the short cut
 * where hits are sampled, all about filters where there are none. */
static void test_programs_stay_within_the_budget(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct session_config config = {
            .buffer_size = 4096,
            .string_limit = WIRE_STRING_MAX,
            .only_targets = i & 1,
            .n_specs = 1,
            .perf_events = i & 2,
            .filters = i & 4,
            .sample_every = i & 4 ? 7 : 1,
            .pid_namespace_device = 4,
            .pid_namespace_inode = 4026531836,
        };
        config.plain = true;
        check("usdt_plain", config);
        config.plain = false;
        config.memory = true;
        check("usdt_memory", config);
    }
}

/* Both programs, with all that they can be asked for. */
static void test_both_programs_stay_within_what_is_promised(void **state)
{
    (void)state;
    _cleanup_session_ struct session *session = NULL;
    struct diag diag = {0};
    const struct session_config config = {
        .plain = true,
        .memory = true,
        .buffer_size = 4096,
        .string_limit = WIRE_STRING_MAX,
        .only_targets = true,
        .n_specs = 1,
        .filters = true,
        .sample_every = 7,
        .pid_namespace_device = 4,
        .pid_namespace_inode = 4026531836,
    };
    double start = now_ms();
    if (session_open(&config, &session, &diag))
        fail_msg("%s", diag.text);
    double took = now_ms() - start;
    unsigned long verified = read_verified(2);
    print_message("both programs: %lu verified instructions, opened in %.1f ms\n", verified, took);
    assert_in_range(verified, 1, PROMISED);
}

static const struct session_summary summary = {
    .max_groups = 1009,
    .n_words = WIRE_GROUP_WORDS,
    .measures = true,
    .pairs = true,
    .step = 7,
};

static void test_programs_with_a_summary_stay_within_the_budget(void **state)
{
    (void)state;
    static const enum wire_buckets buckets[] = {WIRE_BUCKETS_LOG2, WIRE_BUCKETS_LINEAR,
                                                WIRE_BUCKETS_SIXTEENTHS};
    for (unsigned i = 0; i < sizeof(buckets) / sizeof(*buckets); i++) {
        struct session_config config = {
            .buffer_size = 4096,
            .string_limit = WIRE_STRING_MAX,
            .only_targets = true,
            .n_specs = 1,
            .filters = true,
            .sample_every = 7,
            .pid_namespace_device = 4,
            .pid_namespace_inode = 4026531836,
            .summary = summary,
        };
        config.summary.buckets = buckets[i];
        config.plain = true;
        check("usdt_plain with a summary", config);
        config.plain = false;
        config.memory = true;
        check("usdt_memory with a summary", config);
    }
}

/* More than a kernel's hash table may have: of groups, or of the eight buckets for each. */
static void test_too_many_groups_name_the_option_that_helps(void **state)
{
    (void)state;
    for (int measures = 0; measures < 2; measures++) {
        _cleanup_session_ struct session *session = NULL;
        struct session_config config = {
            .buffer_size = 4096, .string_limit = 1, .n_specs = 1, .summary = summary};
        struct diag diag = {0};
        config.summary.measures = measures;
        config.summary.pairs = false;
        config.summary.max_groups = 1u << (measures ? 25 : 28);
        assert_int_equal(session_open(&config, &session, &diag), -E2BIG);
        assert_string_equal(diag.text,
                            "cannot make room for the groups of the summary; try a smaller --max-groups");
    }
}

static void check_way(const struct session_config *config, const struct kernel_probe *kernel,
                      const struct kernel_way *way)
{
    _cleanup_session_ struct session *session = NULL;
    const char *method;
    struct diag diag = {0};
    if (session_try_kernel(kernel, way, &diag)) {
        print_message("%s, attached through %s: %s\n", kernel->name, way->method, diag.text);
        return;
    }
    if (session_open(config, &session, &diag))
        fail_msg("%s", diag.text);
    double start = now_ms();
    if (session_attach_kernel(session, kernel, 0, way->method, &method, &diag))
        fail_msg("%s", diag.text);
    double took = now_ms() - start;
    assert_ptr_equal(method, way->method);
    unsigned long verified = read_verified(way->programs[1] ? 2 : 1);
    print_message("%s%s, attached through %s: %lu verified instructions, in %.1f ms\n", kernel->name,
                  config->summary.max_groups ? " with a summary" : "", method, verified, took);
    assert_in_range(verified, 1, BUDGET);
}

/* Each way that this kernel has. Trying one leaves no program behind. */
static void test_kernel_probes_stay_within_the_budget(void **state)
{
    (void)state;
    struct session_config config = {
        .buffer_size = 4096,
        .string_limit = WIRE_STRING_MAX,
        .only_targets = true,
        .n_specs = 1,
        .filters = true,
        .sample_every = 7,
        .min_duration = 1,
        .pid_namespace_device = 4,
        .pid_namespace_inode = 4026531836,
    };
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        for (size_t way = 0; way < kernel_probe_count_ways(&kernel_probes[i]); way++)
            check_way(&config, &kernel_probes[i], &kernel_probes[i].ways[way]);
    config.summary = summary;
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        for (size_t way = 0; way < kernel_probe_count_ways(&kernel_probes[i]); way++)
            check_way(&config, &kernel_probes[i], &kernel_probes[i].ways[way]);
}

static void test_a_way_that_is_none(void **state)
{
    (void)state;
    _cleanup_session_ struct session *session = NULL;
    const struct session_config config = {.buffer_size = 4096, .string_limit = 1, .n_specs = 1};
    const char *method = NULL;
    struct diag diag = {0};
    if (session_open(&config, &session, &diag))
        fail_msg("%s", diag.text);
    assert_int_equal(session_attach_kernel(session, &kernel_probes[0], 0, "magic", &method, &diag),
                     -EOPNOTSUPP);
    assert_string_equal(diag.text, "kernel probe vfs_read: there is no such way");
    assert_null(method);
}

/* Stops, and whenever it is let go on, reads seven times. */
static pid_t start_reader(void)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int zeros = open("/dev/zero", O_RDONLY);
    for (int round = 0; round < 2; round++) {
        char byte;
        raise(SIGSTOP);
        for (int i = 0; i < 7; i++)
            if (read(zeros, &byte, 1) != 1)
                _exit(1);
    }
    _exit(0);
}

/* The flag that stops all programs at once is shared by all objects. */
static void test_stopping_stops_kernel_probes(void **state)
{
    (void)state;
    _cleanup_session_ struct session *session = NULL;
    struct session_config config = {
        .buffer_size = 4096, .string_limit = 1, .only_targets = true, .n_specs = 1};
    const struct wire_spec spec = {.n_args = WIRE_VFS_READ_FIELDS};
    const char *method;
    struct diag diag = {0};
    int status;
    pid_t reader = start_reader();
    assert_int_equal(waitpid(reader, &status, WUNTRACED), reader);
    if (session_open(&config, &session, &diag) || session_add_target(session, reader, &diag) ||
        session_set_spec(session, 0, &spec, &diag) ||
        session_attach_kernel(session, &kernel_probes[WIRE_KERNEL_VFS_READ], 0, NULL, &method, &diag))
        fail_msg("%s", diag.text);
    kill(reader, SIGCONT);
    assert_int_equal(waitpid(reader, &status, WUNTRACED), reader);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(session_read_counts(session, 0).hits, 7);
    session_stop(session);
    kill(reader, SIGCONT);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_int_equal(session_read_counts(session, 0).hits, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs_stay_within_the_budget),
        cmocka_unit_test(test_both_programs_stay_within_what_is_promised),
        cmocka_unit_test(test_programs_with_a_summary_stay_within_the_budget),
        cmocka_unit_test(test_too_many_groups_name_the_option_that_helps),
        cmocka_unit_test(test_kernel_probes_stay_within_the_budget),
        cmocka_unit_test(test_a_way_that_is_none),
        cmocka_unit_test(test_stopping_stops_kernel_probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
