#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/process.h"
#include "target/watch.h"

static pid_t start_sleeper(void)
{
    pid_t pid = fork();
    if (!pid) {
        for (;;)
            pause();
    }
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    /* The pidfd is readable before the process is reaped: leave it a zombie. */
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

struct seen {
    pid_t pids[3];
    size_t count;
};

static void note_exit(void *context, pid_t pid)
{
    struct seen *seen = context;
    assert_true(seen->count < 3);
    seen->pids[seen->count++] = pid;
}

static bool is_readable(const struct watch *watch)
{
    struct pollfd fd = {.fd = watch_fd(watch), .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void those_that_exit_go_away(void **state)
{
    (void)state;
    _cleanup_watch_ struct watch watch = {0};
    struct seen seen = {0};
    assert_int_equal(watch_fd(&watch), -1);
    assert_int_equal(watch_update(&watch, note_exit, &seen), 0);
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        int pidfd;
        pids[i] = start_sleeper();
        pid_t pid = pids[i];
        assert_int_equal(process_open(&pid, &pidfd, NULL), 0);
        assert_int_equal(watch_add(&watch, pid, pidfd), 0);
    }
    assert_false(is_readable(&watch));
    assert_int_equal(watch_update(&watch, note_exit, &seen), 3);
    assert_int_equal(seen.count, 0);
    assert_int_equal(watch.last_exited, 0);

    end(pids[1]);
    assert_true(is_readable(&watch));
    assert_true(watch_has(&watch, pids[1]));
    assert_int_equal(watch_update(&watch, note_exit, &seen), 2);
    assert_false(is_readable(&watch));
    assert_false(watch_has(&watch, pids[1]));
    assert_true(watch_has(&watch, pids[0]) && watch_has(&watch, pids[2]));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.pids[0], pids[1]);
    assert_int_equal(watch.last_exited, pids[1]);

    end(pids[0]);
    end(pids[2]);
    assert_int_equal(watch_update(&watch, note_exit, &seen), 0);
    assert_int_equal(seen.count, 3);
    assert_int_equal(watch_update(&watch, NULL, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(those_that_exit_go_away)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
