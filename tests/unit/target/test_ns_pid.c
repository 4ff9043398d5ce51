#include "target/ns_pid.h"

#include <errno.h>
#include <time.h>

#include "fixture.h"
#include "target/process.h"

enum { MANY = 100000 }; /* more than are remembered */

static const uint64_t SECOND = 1000000000;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

/* A process that is the first of its own pid namespace. It ends with its standard input. */
struct first {
    pid_t pid;
    pid_t maker; /* its parent, which waits for it */
    int input;
};

static struct first fork_first(void)
{
    int input[2], number[2];
    pid_t pid = 0;
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    assert_int_equal(pipe2(number, O_CLOEXEC), 0);
    pid_t maker = fork();
    if (!maker) {
        char byte;
        require(!unshare(CLONE_NEWPID));
        pid = fork();
        close(input[1]);
        if (pid)
            require(write(number[1], &pid, sizeof(pid)) == sizeof(pid));
        else
            require(read(input[0], &byte, 1) == 0);
        _exit(pid ? wait_status(pid) : EXITED_WELL);
    }
    close(input[0]);
    assert_int_equal(read(number[0], &pid, sizeof(pid)), sizeof(pid));
    close(number[0]);
    close(number[1]);
    return (struct first){.pid = pid, .maker = maker, .input = input[1]};
}

static void end_first(const struct first *first)
{
    close(first->input);
    assert_int_equal(wait_status(first->maker), EXITED_WELL);
}

static void tells_the_number_that_differs(void **state)
{
    (void)state;
    _cleanup_ns_pids_ struct ns_pids pids = {0};
    uint32_t number = 0;
    struct first first = fork_first();
    assert_int_equal(process_own_number(first.pid, &number), 0);
    assert_int_equal(number, 1);
    assert_int_equal(process_own_number(getpid(), &number), 0);
    assert_int_equal(ns_pids_find(&pids, (uint32_t)getpid(), now()), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ns_pids_find(&pids, (uint32_t)first.pid, now()), 1);
    assert_int_equal(ns_pids_find(&pids, 0, now()), 0);
    end_first(&first);
}

static void keeps_what_it_knew_of_one_that_has_gone(void **state)
{
    (void)state;
    _cleanup_ns_pids_ struct ns_pids pids = {0};
    uint32_t number;
    struct first first = fork_first();
    assert_int_equal(ns_pids_find(&pids, (uint32_t)first.pid, 0), 1);
    end_first(&first);
    assert_int_equal(process_own_number(first.pid, &number), -ESRCH);
    assert_int_equal(ns_pids_find(&pids, (uint32_t)first.pid, 0), 1);
    assert_int_equal(ns_pids_find(&pids, (uint32_t)first.pid, now() + 2 * SECOND), 1);
}

/* As if the number had been another process's, which had another one of its own. */
static void looks_again_after_a_second(void **state)
{
    (void)state;
    _cleanup_ns_pids_ struct ns_pids pids = {0};
    assert_int_equal(ns_pids_find(&pids, (uint32_t)getpid(), now()), 0);
    pids.last->own = 7;
    uint64_t read_at = pids.last->read_at;
    assert_int_equal(ns_pids_find(&pids, (uint32_t)getpid(), 0), 7);
    assert_int_equal(ns_pids_find(&pids, (uint32_t)getpid(), read_at + SECOND - 1), 7);
    assert_int_equal(ns_pids_find(&pids, (uint32_t)getpid(), read_at + SECOND), 0);
}

static void remembers_many_but_not_endlessly(void **state)
{
    (void)state;
    _cleanup_ns_pids_ struct ns_pids pids = {0};
    struct first first = fork_first();
    size_t most = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(ns_pids_find(&pids, 0x40000000 + i * 64, 0), 0);
        if (i % 1000 == 0)
            assert_int_equal(ns_pids_find(&pids, (uint32_t)first.pid, 0), 1);
        most = pids.capacity > most ? pids.capacity : most;
    }
    assert_in_range(most, 65536, 131072);
    end_first(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_number_that_differs),
        cmocka_unit_test(keeps_what_it_knew_of_one_that_has_gone),
        cmocka_unit_test(looks_again_after_a_second),
        cmocka_unit_test(remembers_many_but_not_endlessly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
