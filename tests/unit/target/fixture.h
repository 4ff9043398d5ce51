/* Running the fixture programs, and hearing what they say. */
#ifndef TEST_TARGET_FIXTURE_H
#define TEST_TARGET_FIXTURE_H

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    PATIENCE_MS = 20000, /* what takes longer hangs */
    KTHREADD = 2,
    NOBODY = 65534,
    EXITED_WELL = 0, /* of a forked part of a test */
    TEST_FAILED = 1,
};

/* In a forked part of a test, where cmocka's assertions can't be used: ends it, and says where. */
#define require(condition)                                                                             \
    do {                                                                                               \
        if (!(condition)) {                                                                            \
            fprintf(stderr, "%s:%d: not true in a forked part: %s\n", __FILE__, __LINE__, #condition); \
            _exit(TEST_FAILED);                                                                        \
        }                                                                                              \
    } while (0)

/* The fixtures lie beside the test program. */
static inline const char *fixture_path(const char *name)
{
    static char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
    assert_true(len > 0 && len < (ssize_t)sizeof(path));
    path[len] = '\0';
    char *directory_end = strrchr(path, '/');
    size_t room = sizeof(path) - (size_t)(directory_end - path);
    assert_true((size_t)snprintf(directory_end, room, "/fixtures/target/%s", name) < room);
    return path;
}

static inline void wait_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
}

static inline bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

/* The next line that somebody says, with its newline; "" at the end. */
static inline const char *hear_line(int fd)
{
    static char line[512];
    size_t len = 0;
    while (len + 1 < sizeof(line) && (!len || line[len - 1] != '\n')) {
        wait_readable(fd);
        ssize_t got = read(fd, line + len, 1);
        assert_true(got >= 0);
        if (!got)
            break;
        len++;
    }
    line[len] = '\0';
    return line;
}

/* All that is said until everybody who could say more has ended. */
static inline const char *hear_all(int fd)
{
    static char text[4096];
    size_t len = 0;
    for (;;) {
        wait_readable(fd);
        ssize_t got = read(fd, text + len, sizeof(text) - 1 - len);
        assert_true(got >= 0);
        if (!got)
            break;
        len += (size_t)got;
    }
    text[len] = '\0';
    return text;
}

/* A process that runs a fixture, by fork and exec. */
struct spawned {
    pid_t pid;
    int said;  /* what it says */
    int input; /* closing it ends its standard input */
};

/* Starts it, in a process that `setup` has changed, and waits until it has said its first line. */
static inline struct spawned spawn_changed(void (*setup)(void *), void *context, const char *path,
                                           const char *first_line)
{
    int said[2], input[2];
    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (!pid) {
        char fd[16];
        snprintf(fd, sizeof(fd), "%d", dup(said[1]));
        setenv("TRACER_TEST_FD", fd, 1);
        dup2(input[0], STDIN_FILENO);
        if (setup)
            setup(context);
        execl(path, path, "wait", (char *)NULL);
        _exit(TEST_FAILED);
    }
    close(said[1]);
    close(input[0]);
    assert_string_equal(hear_line(said[0]), first_line);
    return (struct spawned){.pid = pid, .said = said[0], .input = input[1]};
}

static inline struct spawned spawn(const char *path)
{
    return spawn_changed(NULL, NULL, path, "main\n");
}

/* The letter for a process's state in /proc; that of an ordinary name only. */
static inline char process_state(pid_t pid)
{
    char name[32], text[256];
    snprintf(name, sizeof(name), "/proc/%d/stat", pid);
    int fd = open(name, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t got = read(fd, text, sizeof(text) - 1);
    close(fd);
    assert_true(got > 0);
    text[got] = '\0';
    return strstr(text, ") ")[2];
}

static inline void wait_for_state(pid_t pid, char state)
{
    while (process_state(pid) != state)
        sched_yield();
}

static inline int wait_status(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static inline void spawned_end(struct spawned *spawned)
{
    kill(spawned->pid, SIGKILL);
    wait_status(spawned->pid);
    close(spawned->said);
    close(spawned->input);
}

/* Runs a part of a test in a process of its own, which may lose its privileges or its root. */
static inline void run_forked(void (*part)(void *), void *context)
{
    pid_t pid = fork();
    if (!pid) {
        part(context);
        _exit(EXITED_WELL);
    }
    assert_int_equal(wait_status(pid), EXITED_WELL);
}

static inline void become_nobody(void)
{
    require(!setgroups(0, NULL)); /* the group 0 sees through hidepid */
    require(!setresgid(NOBODY, NOBODY, NOBODY));
    require(!setresuid(NOBODY, NOBODY, NOBODY));
}

/* In a pid namespace of its own a test sees no kernel threads: there, the number 2 is nobody's or no kernel
 * thread's. */
static inline bool sees_kernel_threads(void)
{
    char name[32] = "";
    int fd = open("/proc/2/comm", O_RDONLY);
    if (fd < 0)
        return false;
    assert_true(read(fd, name, sizeof(name) - 1) > 0);
    close(fd);
    return !strcmp(name, "kthreadd\n");
}

/* A process that has been forked only to be there, until the test kills it. */
static inline pid_t fork_idle(void)
{
    pid_t pid = fork();
    if (!pid)
        for (;;)
            pause();
    return pid;
}

static inline void end_idle(pid_t pid)
{
    kill(pid, SIGKILL);
    wait_status(pid);
}

#endif
