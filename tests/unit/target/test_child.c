#include "target/child.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "fixture.h"
#include "target/modules.h"

enum { READ_END, WRITE_END };

/* One command, what it says, and what the callback saw of it. */
struct run {
    struct child *child;
    struct diag diag;
    bool exec_failed;
    int said;  /* what the command says */
    int input; /* to its standard input */
    sigset_t mask;
    /* for the callback */
    const char *library; /* to look out for, by the end of its path */
    bool was_last;
    int calls;
    int calls_with_library;
    bool had_said_something; /* when the library was seen first */
    int result;              /* what the callback returns in call number `result_at` */
    int result_at;
    int signal_command; /* when the library is seen first */
};

static bool ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text), suffix_len = strlen(suffix);
    return len >= suffix_len && !strcmp(text + len - suffix_len, suffix);
}

static bool has_mapped(pid_t pid, const char *library)
{
    _cleanup_module_list_ struct module_list list = {0};
    struct diag diag = {0};
    bool found = false;
    assert_int_equal(module_list_read(pid, &list, &diag), 0);
    for (size_t i = 0; i < list.count; i++)
        found = found || ends_with(list.modules[i].path, library);
    return found;
}

static int watch_mapped(void *context, pid_t pid, bool last)
{
    struct run *run = context;
    assert_int_equal(pid, child_pid(run->child));
    assert_false(run->was_last);
    run->was_last = last;
    run->calls++;
    if (run->calls == run->result_at)
        return run->result;
    if (!run->library || !has_mapped(pid, run->library))
        return 0;
    if (!run->calls_with_library++) {
        run->had_said_something = is_readable(run->said);
        if (run->signal_command)
            kill(pid, run->signal_command);
    }
    return 0;
}

/* What child_create() leaves to the caller: where the command's output and input go. */
static void run_create(struct run *run, const char *const argv[])
{
    int said[2], input[2], input_saved = dup(STDIN_FILENO);
    char fd[16];
    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    int inherited = dup(said[WRITE_END]);
    snprintf(fd, sizeof(fd), "%d", inherited);
    setenv("TRACER_TEST_FD", fd, 1);
    dup2(input[READ_END], STDIN_FILENO);
    assert_int_equal(child_create((char *const *)argv, &run->mask, &run->child, &run->diag), 0);
    dup2(input_saved, STDIN_FILENO);
    unsetenv("TRACER_TEST_FD");
    close(input_saved);
    close(inherited);
    close(said[WRITE_END]);
    close(input[READ_END]);
    run->said = said[READ_END];
    run->input = input[WRITE_END];
}

static int run_start(struct run *run)
{
    return child_start(run->child, watch_mapped, run, &run->exec_failed, &run->diag);
}

static int run_wait(struct run *run)
{
    int status = -1;
    assert_int_equal(child_wait(run->child, &status), 0);
    return status;
}

static void run_end(struct run *run)
{
    child_free(run->child);
    close(run->said);
    close(run->input);
}

/* From the start to the end: what it said, and its status. Its input ends when it has been let go. */
static void assert_runs(struct run *run, const char *const argv[], const char *said, int status)
{
    run_create(run, argv);
    assert_int_equal(run_start(run), 0);
    close(run->input);
    run->input = -1;
    assert_string_equal(run->diag.text, "");
    assert_false(run->exec_failed);
    assert_string_equal(hear_all(run->said), said);
    wait_readable(child_pidfd(run->child));
    assert_int_equal(run_wait(run), status);
    assert_int_equal(run_wait(run), status);
    run_end(run);
}

/* The same for target_command, whose library's constructor does something, and whose main waits for the end
 * of its input. */
static struct run assert_constructor(const char *action, const char *said, int status)
{
    struct run run = {.library = "/libtarget_ctor.so"};
    setenv("TRACER_TEST_CTOR", action, 1);
    assert_runs(&run, (const char *[]){fixture_path("target_command"), "wait", NULL}, said, status);
    unsetenv("TRACER_TEST_CTOR");
    assert_true(run.calls_with_library > 0);
    assert_false(run.had_said_something);
    return run;
}

static void assert_exec_fails(const char *command, int error, const char *text)
{
    struct run run = {0};
    run_create(&run, (const char *[]){command, NULL});
    assert_int_equal(run_start(&run), error);
    assert_true(run.exec_failed);
    assert_string_equal(run.diag.text, text);
    assert_int_equal(run.calls, 0);
    run_end(&run);
}

static int tracer_of(pid_t pid)
{
    char name[32], text[4096];
    snprintf(name, sizeof(name), "/proc/%d/status", pid);
    int fd = open(name, O_RDONLY), tracer = -1;
    assert_true(fd >= 0);
    ssize_t got = read(fd, text, sizeof(text) - 1);
    close(fd);
    assert_true(got > 0);
    text[got] = '\0';
    assert_int_equal(sscanf(strstr(text, "\nTracerPid:"), "\nTracerPid: %d", &tracer), 1);
    return tracer;
}

static char *write_file(const char *text, mode_t mode)
{
    char *path = strdup("/tmp/tracer-test-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static void remove_file(char *path)
{
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void runs_a_command(void **state)
{
    (void)state;
    struct run run = {0};
    const char *path = fixture_path("target_plain");
    char said[PATH_MAX + 64];
    snprintf(said, sizeof(said), "main\n<%s>\n<arguments>\n<>\n<a b>\n<\xff\n>\n", path);
    assert_runs(&run, (const char *[]){path, "arguments", "", "a b", "\xff\n", NULL}, said, 0);
    assert_int_equal(run.calls, 3); /* exec, the C library, the entry point */
}

static void gives_the_shells_status(void **state)
{
    (void)state;
    const char *path = fixture_path("target_plain");
    assert_runs(&(struct run){0}, (const char *[]){path, "exit", "7", NULL}, "main\n", 7);
    assert_runs(&(struct run){0}, (const char *[]){path, "kill", "9", NULL}, "main\n", 128 + SIGKILL);
    assert_runs(&(struct run){0}, (const char *[]){path, "kill", "6", NULL}, "main\n", 128 + SIGABRT);
}

static void searches_path(void **state)
{
    (void)state;
    char path[PATH_MAX + 64], *saved = strdup(getenv("PATH"));
    int directory = open(".", O_PATH | O_CLOEXEC);
    snprintf(path, sizeof(path), "/nonexistent:/etc/passwd:%s", fixture_path(""));
    setenv("PATH", path, 1);
    assert_runs(&(struct run){0}, (const char *[]){"target_plain", "exit", "3", NULL}, "main\n", 3);
    assert_exec_fails("target_nonesuch", -ENOENT,
                      "cannot run 'target_nonesuch': not found in PATH, or the interpreter that it names "
                      "does not exist");
    assert_exec_fails("", -ENOENT,
                      "cannot run '': not found in PATH, or the interpreter that it names does not exist");
    assert_int_equal(chdir(fixture_path("")), 0);
    setenv("PATH", "/nonexistent::/", 1);
    assert_runs(&(struct run){0}, (const char *[]){"target_plain", "exit", "4", NULL}, "main\n", 4);
    assert_int_equal(fchdir(directory), 0);
    unsetenv("PATH");
    assert_runs(&(struct run){0}, (const char *[]){"true", NULL}, "", 0);
    setenv("PATH", saved, 1);
    free(saved);
    close(directory);
}

static void says_why_a_command_cannot_run(void **state)
{
    (void)state;
    char text[256];
    assert_exec_fails("/nonexistent/x", -ENOENT, "cannot run '/nonexistent/x': No such file or directory");
    assert_exec_fails("/tmp", -EACCES, "cannot run '/tmp': Permission denied");
    assert_exec_fails("/etc/passwd", -EACCES, "cannot run '/etc/passwd': Permission denied");
    assert_exec_fails("/etc/passwd/x", -ENOTDIR, "cannot run '/etc/passwd/x': Not a directory");

    char *path = write_file("#!/nonexistent/interpreter\n", 0755);
    snprintf(text, sizeof(text), "cannot run '%s': the interpreter that it names does not exist", path);
    assert_exec_fails(path, -ENOENT, text);
    remove_file(path);

    path = write_file("exit 3\n", 0755);
    snprintf(text, sizeof(text),
             "cannot run '%s': neither a program for this machine nor a script with a #! line", path);
    assert_exec_fails(path, -ENOEXEC, text);
    remove_file(path);
}

static void runs_a_script(void **state)
{
    (void)state;
    struct run run = {0};
    char *path = write_file("#!/bin/sh\necho \"script $1\" >&$TRACER_TEST_FD\nexit 5\n", 0755);
    assert_runs(&run, (const char *[]){path, "x", NULL}, "script x\n", 5);
    assert_int_equal(run.calls, 3);
    remove_file(path);
}

static void runs_a_static_program(void **state)
{
    (void)state;
    struct run fixed = {0}, movable = {0};
    assert_runs(&fixed, (const char *[]){fixture_path("target_static"), "exit", "7", NULL}, "main\n", 7);
    assert_runs(&movable, (const char *[]){fixture_path("target_static_pie"), "exit", "8", NULL}, "main\n",
                8);
    assert_int_equal(fixed.calls, 2);
    assert_int_equal(movable.calls, 2);
}

#ifdef __x86_64__
static void runs_a_32_bit_program(void **state)
{
    (void)state;
    struct run run = {0};
    assert_runs(&run, (const char *[]){fixture_path("target_exit_32"), NULL}, "", 5);
    assert_int_equal(run.calls, 2);
}
#endif

static void sees_a_library_before_its_constructor(void **state)
{
    (void)state;
    struct run run = assert_constructor("none", "ctor\nmain\nalive\n", 0);
    assert_int_equal(run.calls, 4);
    assert_true(run.calls_with_library >= 2);
}

static void sees_a_preloaded_library_before_its_constructor(void **state)
{
    (void)state;
    struct run run = {.library = "/libtarget_ctor.so"};
    setenv("LD_PRELOAD", fixture_path("libtarget_ctor.so"), 1);
    assert_runs(&run, (const char *[]){fixture_path("target_plain"), NULL}, "ctor\nmain\n", 0);
    unsetenv("LD_PRELOAD");
    assert_true(run.calls_with_library >= 2);
    assert_false(run.had_said_something);
}

static void lets_constructors_do_what_they_do(void **state)
{
    (void)state;
    assert_constructor("exit", "ctor\n", 4);
    assert_constructor("vfork", "ctor\nchild 3\nmain\nalive\n", 0);
    assert_constructor("thread", "ctor\nthread\nmain\nalive\n", 0);
    assert_constructor("trap", "ctor\ntrap 5\nmain\nalive\n", 0);
}

/* The constructor waits for the child, which goes on to main: without "wait", since we wait too. */
static void leaves_no_breakpoint_to_a_forked_child(void **state)
{
    (void)state;
    struct run run = {0};
    setenv("TRACER_TEST_CTOR", "fork", 1);
    assert_runs(&run, (const char *[]){fixture_path("target_command"), NULL}, "ctor\nmain\nchild 0\nmain\n",
                0);
    unsetenv("TRACER_TEST_CTOR");
    assert_int_equal(run.calls, 4);
}

static void calls_for_each_executable_mapping(void **state)
{
    (void)state;
    struct run run = assert_constructor("map", "ctor\nmain\nalive\n", 0);
    assert_int_equal(run.calls, 4 + 2);
}

static void follows_a_second_exec(void **state)
{
    (void)state;
    struct run run = assert_constructor("exec", "ctor\nctor\nmain\nalive\n", 0);
    assert_int_equal(run.calls, 3 + 4); /* exec, two libraries; exec, two libraries, the entry point */

    setenv("TRACER_TEST_EXEC", fixture_path("target_static"), 1);
    run = assert_constructor("exec", "ctor\nmain\nalive\n", 0);
    unsetenv("TRACER_TEST_EXEC");
    assert_int_equal(run.calls, 3 + 2);
}

/* Both would leave us waiting for a thread that never comes to the entry point. */
static void survives_the_first_threads_end(void **state)
{
    (void)state;
    assert_constructor("leader", "ctor\nthread\n", 9);
    assert_constructor("threadexec", "ctor\nctor\nmain\nalive\n", 0);
}

static void lets_go_where_somebody_elses_breakpoint_is(void **state)
{
    (void)state;
    struct run run = {0};
    assert_runs(&run, (const char *[]){fixture_path("target_trap_at_entry"), NULL}, "", 128 + SIGTRAP);
    assert_int_equal(run.calls, 2);
}

static void lets_the_command_be_stopped(void **state)
{
    (void)state;
    struct run run = {.library = "/libtarget_ctor.so"};
    setenv("TRACER_TEST_CTOR", "stop", 1);
    run_create(&run, (const char *[]){fixture_path("target_command"), NULL});
    unsetenv("TRACER_TEST_CTOR");
    assert_int_equal(run_start(&run), 0);
    assert_string_equal(hear_line(run.said), "ctor\n");
    const char *line = hear_line(run.said);
    assert_string_equal(line, "continued\n");
    while (!strcmp(line, "continued\n"))
        line = hear_line(run.said);
    assert_string_equal(line, "running\n");
    assert_string_equal(hear_all(run.said), "main\n");
    assert_int_equal(run_wait(&run), 0);
    run_end(&run);
}

static void lets_the_command_be_killed(void **state)
{
    (void)state;
    static const int signals[] = {SIGKILL, SIGTERM, SIGSEGV};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct run run = {.library = "/libtarget_ctor.so", .signal_command = signals[i]};
        assert_runs(&run, (const char *[]){fixture_path("target_command"), NULL}, "", 128 + signals[i]);
        assert_in_range(run.calls_with_library, 1, 2); /* it may come to the last call */
    }
}

static void gives_the_status_of_a_loader_error(void **state)
{
    (void)state;
    int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    assert_runs(&(struct run){0}, (const char *[]){fixture_path("target_misses_library"), NULL}, "", 127);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
}

static void kills_what_the_callback_refuses(void **state)
{
    (void)state;
    for (int call = 1; call <= 4; call++) {
        struct run run = {.result = -EDOM, .result_at = call};
        run_create(&run, (const char *[]){fixture_path("target_command"), NULL});
        assert_int_equal(run_start(&run), -EDOM);
        assert_int_equal(run.calls, call);
        assert_false(run.exec_failed);
        assert_string_equal(run.diag.text, "");
        assert_string_equal(hear_all(run.said), call == 4 ? "ctor\n" : "");
        assert_int_equal(run_wait(&run), 128 + SIGKILL);
        run_end(&run);
    }
}

static int die_in_call(void *context, pid_t pid, bool last)
{
    (void)context;
    (void)last;
    kill(pid, SIGKILL);
    return -ESRCH;
}

static void takes_a_death_in_the_callback_for_the_commands_end(void **state)
{
    (void)state;
    struct run run = {0};
    run_create(&run, (const char *[]){fixture_path("target_command"), NULL});
    assert_int_equal(child_start(run.child, die_in_call, NULL, &run.exec_failed, &run.diag), 0);
    assert_int_equal(run_wait(&run), 128 + SIGKILL);
    run_end(&run);
}

static void hands_on_the_callers_signals(void **state)
{
    (void)state;
    struct run run = {0};
    sigaddset(&run.mask, SIGUSR1);
    sigset_t all, saved, now;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &saved);
    sigprocmask(SIG_BLOCK, NULL, &all); /* some can't be blocked */
    signal(SIGUSR2, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    run_create(&run, (const char *[]){fixture_path("target_plain"), "signals", NULL});
    signal(SIGUSR2, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(run_start(&run), 0);
    assert_string_equal(hear_all(run.said), "main\n10 blocked\n12 ignored\n17 ignored\n");
    assert_int_equal(run_wait(&run), 0);
    run_end(&run);
    sigprocmask(SIG_SETMASK, &saved, &now);
    assert_memory_equal(&now, &all, sizeof(uint64_t));
    signal(SIGPIPE, SIG_DFL);
}

static void leaves_the_callers_signals_alone(void **state)
{
    (void)state;
    struct run run = {0};
    sigset_t before, after;
    sigprocmask(SIG_BLOCK, NULL, &before);
    assert_false(sigismember(&before, SIGCHLD));
    assert_runs(&run, (const char *[]){fixture_path("target_plain"), "signals", NULL}, "main\n", 0);
    sigprocmask(SIG_BLOCK, NULL, &after);
    assert_memory_equal(&before, &after, sizeof(uint64_t));
}

static void handle_in_vain(int signal)
{
    (void)signal;
}

static void does_not_run_the_callers_handlers(void **state)
{
    (void)state;
    struct run run = {0};
    signal(SIGTERM, handle_in_vain);
    run_create(&run, (const char *[]){fixture_path("target_plain"), NULL});
    assert_int_equal(kill(child_pid(run.child), SIGTERM), 0);
    assert_int_equal(run_start(&run), 0);
    assert_string_equal(hear_all(run.said), "");
    assert_int_equal(run_wait(&run), 128 + SIGTERM);
    assert_int_equal(run.calls, 0);
    run_end(&run);
    signal(SIGTERM, SIG_DFL);
}

/* Sends us the signal when the command's constructor waits, and we do. */
static pid_t fork_signaller(const struct run *run, int signal)
{
    pid_t us = getpid(), pid = fork();
    if (pid)
        return pid;
    require(!strcmp(hear_line(run->said), "ctor\n"));
    wait_for_state(child_pid(run->child), 'S');
    wait_for_state(us, 'S');
    require(!kill(us, signal));
    _exit(EXITED_WELL);
}

static void gives_way_to_a_signal_of_the_callers(void **state)
{
    (void)state;
    struct run run = {0};
    sigset_t terminate, saved;
    siginfo_t info;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, &saved);
    setenv("TRACER_TEST_CTOR", "wait", 1);
    run_create(&run, (const char *[]){fixture_path("target_command"), "exit", "6", NULL});
    unsetenv("TRACER_TEST_CTOR");
    pid_t signaller = fork_signaller(&run, SIGTERM);
    assert_int_equal(run_start(&run), 0); /* the constructor still waits */
    assert_int_equal(wait_status(signaller), EXITED_WELL);
    assert_int_equal(run.calls, 4);
    assert_int_equal(sigtimedwait(&terminate, &info, &(struct timespec){0}), SIGTERM);
    assert_int_equal(info.si_code, SI_USER);
    assert_int_equal(info.si_pid, signaller);
    sigprocmask(SIG_SETMASK, &saved, NULL);
    assert_int_equal(tracer_of(child_pid(run.child)), 0);
    close(run.input);
    run.input = -1;
    assert_string_equal(hear_all(run.said), "main\n");
    assert_int_equal(run_wait(&run), 6);
    run_end(&run);
}

static void does_not_give_way_to_what_the_command_blocks_too(void **state)
{
    (void)state;
    struct run run = {0};
    sigset_t saved;
    sigaddset(&run.mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &run.mask, &saved);
    raise(SIGUSR1);
    assert_runs(&run, (const char *[]){fixture_path("target_command"), NULL}, "ctor\nmain\n", 0);
    assert_int_equal(run.calls, 4);
    assert_int_equal(sigtimedwait(&run.mask, NULL, &(struct timespec){0}), SIGUSR1);
    sigprocmask(SIG_SETMASK, &saved, NULL);
}

static void leaves_the_command_alone_when_it_runs(void **state)
{
    (void)state;
    struct run run = {0};
    run_create(&run, (const char *[]){fixture_path("target_command"), "wait", NULL});
    pid_t pid = child_pid(run.child);
    assert_int_equal(run_start(&run), 0);
    assert_int_equal(tracer_of(pid), 0);
    child_free(run.child);
    close(run.input);
    assert_string_equal(hear_all(run.said), "ctor\nmain\nalive\n");
    close(run.said);
    assert_int_equal(wait_status(pid), 0);
}

static void kills_what_never_ran(void **state)
{
    (void)state;
    struct run run = {0};
    run_create(&run, (const char *[]){fixture_path("target_command"), NULL});
    pid_t pid = child_pid(run.child);
    run_end(&run);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    child_free(NULL);
}

/* When a tracer is killed, in a process of its own. */
enum moment {
    BEFORE_START,
    AT_EXEC,
    IN_CONSTRUCTOR,
    RUNNING,
};

struct killed_tracer {
    enum moment moment;
    int report; /* the command's process id goes there */
    int said;
    int input;
};

static int stay_in_call(void *context, pid_t pid, bool last)
{
    (void)context;
    (void)last;
    (void)pid;
    return pause();
}

static int pass_call(void *context, pid_t pid, bool last)
{
    (void)context;
    (void)last;
    (void)pid;
    return 0;
}

static void trace_until_killed(const struct killed_tracer *tracer)
{
    char fd[16];
    bool exec_failed;
    sigset_t mask;
    struct child *child;
    sigemptyset(&mask);
    snprintf(fd, sizeof(fd), "%d", dup(tracer->said));
    setenv("TRACER_TEST_FD", fd, 1);
    if (tracer->moment == IN_CONSTRUCTOR)
        setenv("TRACER_TEST_CTOR", "wait", 1);
    dup2(tracer->input, STDIN_FILENO);
    char *const argv[] = {(char *)fixture_path("target_command"), (char *)"wait", NULL};
    require(!child_create(argv, &mask, &child, NULL));
    pid_t pid = child_pid(child);
    require(write(tracer->report, &pid, sizeof(pid)) == sizeof(pid));
    if (tracer->moment != BEFORE_START)
        require(!child_start(child, tracer->moment == AT_EXEC ? stay_in_call : pass_call, NULL, &exec_failed,
                             NULL));
    for (;;)
        pause();
}

static bool runs_file(pid_t pid, const char *path)
{
    char link[32], target[PATH_MAX] = "";
    snprintf(link, sizeof(link), "/proc/%d/exe", pid);
    return readlink(link, target, sizeof(target) - 1) > 0 && !strcmp(target, path);
}

/* Kills a tracer and gives what its command says from then on. */
static const char *kill_tracer(enum moment moment)
{
    int report[2], said[2], input[2];
    pid_t command;
    assert_int_equal(pipe2(report, O_CLOEXEC), 0);
    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (!pid)
        trace_until_killed(
            &(struct killed_tracer){moment, report[WRITE_END], said[WRITE_END], input[READ_END]});
    close(said[WRITE_END]);
    close(input[READ_END]);
    assert_int_equal(read(report[READ_END], &command, sizeof(command)), sizeof(command));
    while (moment == AT_EXEC && !runs_file(command, fixture_path("target_command")))
        sched_yield();
    if (moment >= IN_CONSTRUCTOR)
        assert_string_equal(hear_line(said[READ_END]), "ctor\n");
    if (moment == RUNNING)
        assert_string_equal(hear_line(said[READ_END]), "main\n");
    if (moment == RUNNING)
        while (tracer_of(command))
            sched_yield();
    end_idle(pid);
    if (moment == RUNNING)
        close(input[WRITE_END]);
    const char *rest = hear_all(said[READ_END]); /* ends when the command has ended */
    if (moment != RUNNING)
        close(input[WRITE_END]);
    close(said[READ_END]);
    close(report[READ_END]);
    close(report[WRITE_END]);
    return rest;
}

static void dies_with_the_tracer_until_it_runs(void **state)
{
    (void)state;
    assert_string_equal(kill_tracer(BEFORE_START), "");
    assert_string_equal(kill_tracer(AT_EXEC), "");
    assert_string_equal(kill_tracer(IN_CONSTRUCTOR), "");
    assert_string_equal(kill_tracer(RUNNING), "alive\n");
}

static void start_without_ptrace(void *context)
{
    (void)context;
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = 4, .filter = instructions};
    struct run run = {0};
    require(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    require(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
    run_create(&run, (const char *[]){"true", NULL});
    require(run_start(&run) == -EPERM);
    require(!run.exec_failed && !run.calls);
    require(strstr(run.diag.text, "not permitted to follow 'true' with ptrace"));
    require(run_wait(&run) == 128 + SIGKILL);
}

static void says_that_ptrace_is_not_permitted(void **state)
{
    (void)state;
    run_forked(start_without_ptrace, NULL);
}

/* As a program that isn't root but has capabilities by its file: nobody like it may ptrace it or its child.
 */
static void start_without_privilege(void *context)
{
    (void)context;
    struct run run = {0};
    become_nobody();
    require(!prctl(PR_SET_DUMPABLE, 0));
    run_create(&run, (const char *[]){"sh", "-c", "exit 3", NULL});
    require(run_start(&run) == 0);
    require(run.calls == 3);
    require(run_wait(&run) == 3);
    require(prctl(PR_GET_DUMPABLE) == 0);
}

static void needs_no_privilege(void **state)
{
    (void)state;
    run_forked(start_without_privilege, NULL);
}

int main(void)
{
    alarm(4 * PATIENCE_MS / 1000);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_a_command),
        cmocka_unit_test(gives_the_shells_status),
        cmocka_unit_test(searches_path),
        cmocka_unit_test(says_why_a_command_cannot_run),
        cmocka_unit_test(runs_a_script),
        cmocka_unit_test(runs_a_static_program),
#ifdef __x86_64__
        cmocka_unit_test(runs_a_32_bit_program),
#endif
        cmocka_unit_test(sees_a_library_before_its_constructor),
        cmocka_unit_test(sees_a_preloaded_library_before_its_constructor),
        cmocka_unit_test(lets_constructors_do_what_they_do),
        cmocka_unit_test(leaves_no_breakpoint_to_a_forked_child),
        cmocka_unit_test(calls_for_each_executable_mapping),
        cmocka_unit_test(follows_a_second_exec),
        cmocka_unit_test(survives_the_first_threads_end),
        cmocka_unit_test(lets_go_where_somebody_elses_breakpoint_is),
        cmocka_unit_test(lets_the_command_be_stopped),
        cmocka_unit_test(lets_the_command_be_killed),
        cmocka_unit_test(gives_the_status_of_a_loader_error),
        cmocka_unit_test(kills_what_the_callback_refuses),
        cmocka_unit_test(takes_a_death_in_the_callback_for_the_commands_end),
        cmocka_unit_test(hands_on_the_callers_signals),
        cmocka_unit_test(leaves_the_callers_signals_alone),
        cmocka_unit_test(does_not_run_the_callers_handlers),
        cmocka_unit_test(gives_way_to_a_signal_of_the_callers),
        cmocka_unit_test(does_not_give_way_to_what_the_command_blocks_too),
        cmocka_unit_test(leaves_the_command_alone_when_it_runs),
        cmocka_unit_test(kills_what_never_ran),
        cmocka_unit_test(dies_with_the_tracer_until_it_runs),
        cmocka_unit_test(says_that_ptrace_is_not_permitted),
        cmocka_unit_test(needs_no_privilege),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
