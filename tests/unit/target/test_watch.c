#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

static void processes_are_counted_down(void **state)
{
    (void)state;
    _cleanup_watch_ struct watch watch = {0};
    assert_int_equal(watch_update(&watch), 0);
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        int pidfd;
        pids[i] = start_sleeper();
        pid_t pid = pids[i];
        assert_int_equal(process_open(&pid, &pidfd, NULL), 0);
        assert_int_equal(watch_add(&watch, pid, pidfd), 0);
    }
    assert_int_equal(watch_update(&watch), 3);
    assert_int_equal(watch_find_exited(&watch), 0);
    end(pids[1]);
    assert_int_equal(watch_update(&watch), 2);
    assert_int_equal(watch_find_exited(&watch), pids[1]);
    end(pids[0]);
    end(pids[2]);
    assert_int_equal(watch_update(&watch), 0);
    assert_int_equal(watch_update(&watch), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(processes_are_counted_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
