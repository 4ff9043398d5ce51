#include "target/process.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "fixture.h"

static void assert_opens(pid_t id, pid_t process)
{
    struct diag diag = {0};
    int pidfd = -1;
    pid_t pid = id;
    assert_int_equal(process_open(&pid, &pidfd, &diag), 0);
    assert_int_equal(pid, process);
    assert_int_equal(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0), 0);
    assert_string_equal(diag.text, "");
    close(pidfd);
}

static void assert_refused(pid_t id, int error, const char *text)
{
    struct diag diag = {0};
    char expected[256];
    int pidfd = -1;
    pid_t pid = id;
    snprintf(expected, sizeof(expected), text, id);
    assert_int_equal(process_open(&pid, &pidfd, &diag), error);
    assert_int_equal(pid, id);
    assert_int_equal(pidfd, -1);
    assert_string_equal(diag.text, expected);
}

static void opens_a_process(void **state)
{
    (void)state;
    assert_opens(getpid(), getpid());
    assert_opens(1, 1);
}

static void *tell_thread_id(void *channel)
{
    int *pipe_ends = channel;
    pid_t tid = gettid();
    char byte;
    assert_int_equal(write(pipe_ends[1], &tid, sizeof(tid)), sizeof(tid));
    assert_int_equal(read(pipe_ends[2], &byte, 1), 0);
    return NULL;
}

static void takes_a_thread_for_its_process(void **state)
{
    (void)state;
    int ends[4];
    pid_t tid;
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(ends + 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, tell_thread_id, ends), 0);
    assert_int_equal(read(ends[0], &tid, sizeof(tid)), sizeof(tid));
    assert_int_not_equal(tid, getpid());
    assert_opens(tid, getpid());
    close(ends[3]);
    pthread_join(thread, NULL);
    close(ends[0]);
    close(ends[1]);
    close(ends[2]);
}

static void *end_with_input(void *input)
{
    char byte;
    require(read(*(int *)input, &byte, 1) == 0);
    _exit(EXITED_WELL);
}

static void takes_a_process_whose_first_thread_has_ended(void **state)
{
    (void)state;
    static int input[2]; /* not on the stack of the thread that ends */
    assert_int_equal(pipe(input), 0);
    pid_t pid = fork();
    if (!pid) {
        close(input[1]);
        pthread_t thread;
        require(!pthread_create(&thread, NULL, end_with_input, input));
        pthread_exit(NULL);
    }
    wait_for_state(pid, 'Z');
    assert_opens(pid, pid);
    assert_false(process_has_memory(pid));
    assert_true(process_has_memory(getpid()));
    close(input[1]);
    assert_int_equal(wait_status(pid), EXITED_WELL);
    assert_false(process_has_memory(pid));
    close(input[0]);
}

static void takes_any_name(void **state)
{
    (void)state;
    static const char *const names[] = {") R 1 (", ")x", "\n)\nTgid:\t1", "", "))))", "\xff\x01 (Z) Z"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(prctl(PR_SET_NAME, names[i]), 0);
        assert_opens(getpid(), getpid());
    }
    assert_int_equal(prctl(PR_SET_NAME, "test_process"), 0);
}

static void refuses_numbers_of_nobody(void **state)
{
    (void)state;
    pid_t gone = fork();
    if (!gone)
        _exit(EXITED_WELL);
    wait_status(gone);
    assert_refused(gone, -ESRCH, "there is no process %d");
    assert_refused(INT_MAX, -ESRCH, "there is no process %d");
    assert_refused(0, -ESRCH, "there is no process %d: ids start at 1");
    assert_refused(-1, -ESRCH, "there is no process %d: ids start at 1");
    assert_refused(INT_MIN, -ESRCH, "there is no process %d: ids start at 1");
}

static void refuses_a_zombie(void **state)
{
    (void)state;
    siginfo_t info;
    pid_t pid = fork();
    if (!pid)
        _exit(EXITED_WELL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_refused(pid, -ESRCH, "process %d has exited: its parent hasn't collected it yet (a zombie)");
    wait_status(pid);
}

static void refuses_a_kernel_thread(void **state)
{
    (void)state;
    int pidfd;
    pid_t pid = KTHREADD;
    if (sees_kernel_threads())
        assert_refused(KTHREADD, -EINVAL, "%d is a kernel thread: it has no user space that could be traced");
    else
        assert_int_not_equal(process_open(&pid, &pidfd, NULL), -EINVAL);
}

static void look_through_hidepid(void *context)
{
    (void)context;
    struct diag diag = {0};
    int pidfd = -1;
    pid_t pid = getppid();
    require(!unshare(CLONE_NEWNS));
    require(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
    require(!mount("proc", "/proc", "proc", 0, "hidepid=2"));
    become_nobody();
    require(process_open(&pid, &pidfd, &diag) == -EPERM);
    require(strstr(diag.text, "hidden"));
}

static void tells_hidden_from_gone(void **state)
{
    (void)state;
    run_forked(look_through_hidepid, NULL);
}

static void *fork_in_thread(void *child)
{
    *(pid_t *)child = fork_idle();
    wait_status(*(pid_t *)child);
    return NULL;
}

static size_t count_children(pid_t pid, pid_t wanted)
{
    pid_t *children;
    size_t count;
    bool found = !wanted;
    assert_int_equal(process_list_children(pid, &children, &count), 0);
    for (size_t i = 0; i < count; i++)
        found |= children[i] == wanted;
    assert_true(found);
    free(children);
    return count;
}

static void lists_children_of_all_threads(void **state)
{
    (void)state;
    pid_t children[3];
    static pid_t volatile of_thread;
    pthread_t thread;
    assert_int_equal(count_children(getpid(), 0), 0);
    for (int i = 0; i < 3; i++)
        children[i] = fork_idle();
    assert_int_equal(count_children(getpid(), children[1]), 3);
    assert_int_equal(pthread_create(&thread, NULL, fork_in_thread, (void *)&of_thread), 0);
    while (!of_thread)
        sched_yield();
    assert_int_equal(count_children(getpid(), of_thread), 4);
    assert_int_equal(count_children(children[0], 0), 0);
    kill(of_thread, SIGKILL);
    pthread_join(thread, NULL);
    for (int i = 0; i < 3; i++)
        end_idle(children[i]);
    assert_int_equal(count_children(getpid(), 0), 0);
    assert_int_equal(count_children(children[0], 0), 0);
}

/* Forks a process that runs `setup` and stays. */
static pid_t fork_changed(void (*setup)(void))
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (!pid) {
        setup();
        require(write(ready[1], "", 1) == 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void change_namespace(void)
{
    require(!unshare(CLONE_NEWNS));
}

static void change_root(void)
{
    require(!chroot("/proc"));
}

static void gives_the_prefix_of_another_namespace(void **state)
{
    (void)state;
    char prefix[40], expected[40];
    assert_int_equal(process_root_prefix(getpid(), prefix, sizeof(prefix)), 0);
    assert_string_equal(prefix, "");

    pid_t pid = fork_changed(change_root);
    assert_int_equal(process_root_prefix(pid, prefix, sizeof(prefix)), 0);
    assert_string_equal(prefix, "");
    end_idle(pid);

    pid = fork_changed(change_namespace);
    snprintf(expected, sizeof(expected), "/proc/%d/root", pid);
    assert_int_equal(process_root_prefix(pid, prefix, sizeof(prefix)), 0);
    assert_string_equal(prefix, expected);
    end_idle(pid);
    assert_int_equal(process_root_prefix(pid, prefix, sizeof(prefix)), -ESRCH);
}

int main(void)
{
    alarm(2 * PATIENCE_MS / 1000);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_process),
        cmocka_unit_test(takes_a_thread_for_its_process),
        cmocka_unit_test(takes_a_process_whose_first_thread_has_ended),
        cmocka_unit_test(takes_any_name),
        cmocka_unit_test(refuses_numbers_of_nobody),
        cmocka_unit_test(refuses_a_zombie),
        cmocka_unit_test(refuses_a_kernel_thread),
        cmocka_unit_test(tells_hidden_from_gone),
        cmocka_unit_test(lists_children_of_all_threads),
        cmocka_unit_test(gives_the_prefix_of_another_namespace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
