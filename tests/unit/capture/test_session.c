/* What the verifier thinks of the programs. As root. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "capture/session.h"

/* Of what the verifier goes through, loops and branches multiply. Its own limit is a million; time to load is
 * ours. */
enum { BUDGET = 15000 };

/* The verified instructions of the program that this process holds (bpf_prog_info.verified_insns, as /proc
 * shows it). */
static unsigned long read_verified(void)
{
    unsigned long verified = 0;
    unsigned programs = 0;
    glob_t files;
    assert_int_equal(glob("/proc/self/fdinfo/*", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char line[256];
        FILE *file = fopen(files.gl_pathv[i], "r");
        while (file && fgets(line, sizeof(line), file))
            programs += sscanf(line, "verified_insns: %lu", &verified) == 1;
        if (file)
            fclose(file);
    }
    globfree(&files);
    assert_int_equal(programs, 1);
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
    unsigned long verified = read_verified();
    print_message("%s, attached through %s%s: %lu verified instructions, opened in %.1f ms\n", name,
                  session_attach_method(session), config.only_targets ? ", only targets" : "", verified,
                  took);
    assert_in_range(verified, 1, BUDGET);
}

/* What is set before loading is known to the verifier, and spares it what can't be reached. */
static void test_programs_stay_within_the_budget(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct session_config config = {
            .buffer_size = 4096,
            .string_limit = WIRE_STRING_MAX,
            .only_targets = i & 1,
            .n_specs = 1,
            .perf_events = i & 2,
            .filters = true,
            .sample_every = 7,
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs_stay_within_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
