#include "target/child.h"

#include <limits.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "target/loader.h"
#include "target/process.h"

enum {
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128,
};

struct child {
    pid_t pid;
    int pidfd;
    int socket; /* to the child: it says one byte when it is ready, we say one byte to let it exec, it says
                   an errno if that failed; closed by a successful exec */
    sigset_t mask;
    char *name;
    bool started;
    bool ended; /* and waited for */
    int wait_status;
};

/* Tries the directories of PATH as a shell does: the first file that can be executed; else what hindered the
 * first one that is there. A file that is neither a program for this machine nor a script with a #! line is
 * not handed to a shell. Returns an errno. */
static int exec_in_path(char *const argv[])
{
    const char *at = getenv("PATH");
    int error = ENOENT;
    if (!at)
        at = "/bin:/usr/bin";
    for (bool more = argv[0][0]; more;) {
        char file[PATH_MAX];
        int len = (int)strcspn(at, ":");
        int wrote = snprintf(file, sizeof(file), "%.*s%s%s", len, at, len ? "/" : "./", argv[0]);
        if (wrote > 0 && (size_t)wrote < sizeof(file)) {
            execv(file, argv);
            if (error == ENOENT && errno != ENOTDIR)
                error = errno;
        }
        more = at[len] == ':';
        at += len + 1;
    }
    return error;
}

static int exec_command(char *const argv[])
{
    if (!strchr(argv[0], '/'))
        return exec_in_path(argv);
    execv(argv[0], argv);
    return errno;
}

/* exec does this too, but signals are let in before it. */
static void reset_handlers(void)
{
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        struct sigaction action;
        if (!sigaction(signal, NULL, &action) && action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN)
            sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    }
}

/* The child's side. All signals are blocked, our end of the socket is closed. */
static noreturn void run(char *const argv[], const sigset_t *mask, int socket)
{
    char byte = 0;
    reset_handlers();
    /* A program that holds capabilities by its file can't be ptraced by its like. Exec decides anew. */
    prctl(PR_SET_DUMPABLE, 1);
    if (send(socket, &byte, 1, MSG_NOSIGNAL) != 1 || recv(socket, &byte, 1, 0) != 1)
        _exit(STATUS_NOT_FOUND);
    sigprocmask(SIG_SETMASK, mask, NULL);
    int error = exec_command(argv);
    send(socket, &error, sizeof(error), MSG_NOSIGNAL);
    _exit(STATUS_NOT_FOUND);
}

/* Forks with all signals blocked, so that none is handled in the child as if it were us. */
static int fork_child(struct child *child, char *const argv[], const sigset_t *mask)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
        return -errno;
    struct sigaction child_action;
    sigset_t all, ours;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &ours);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &child_action);
    pid_t pid = fork();
    int error = pid < 0 ? -errno : 0;
    if (!pid) {
        close(sockets[0]);
        sigaction(SIGCHLD, &child_action, NULL);
        run(argv, mask, sockets[1]);
    }
    pthread_sigmask(SIG_SETMASK, &ours, NULL);
    close(sockets[1]);
    child->socket = sockets[0];
    child->pid = pid;
    return error;
}

static ssize_t receive(const struct child *child, void *data, size_t size)
{
    ssize_t got;
    do
        got = recv(child->socket, data, size, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

static int prepare(struct child *child, char *const argv[], const sigset_t *mask)
{
    char ready;
    child->name = strdup(argv[0]);
    if (!child->name)
        return -ENOMEM;
    int error = fork_child(child, argv, mask);
    if (error)
        return error;
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd < 0)
        return -errno;
    return receive(child, &ready, 1) == 1 ? 0 : -ECHILD;
}

int child_create(char *const argv[], const sigset_t *mask, struct child **ret_child, struct diag *diag)
{
    _cleanup_child_ struct child *child = calloc(1, sizeof(*child));
    if (!child)
        return diag_set(diag, -ENOMEM, "out of memory");
    *child = (struct child){.pid = -1, .pidfd = -1, .socket = -1, .mask = *mask};
    int error = process_check_proc(diag);
    if (error)
        return error;
    error = prepare(child, argv, mask);
    if (error)
        return diag_set(diag, error, "cannot make a process for '%s': %s", argv[0], strerror(-error));
    *ret_child = take_pointer(child);
    return 0;
}

pid_t child_pid(const struct child *child)
{
    return child->pid;
}

int child_pidfd(const struct child *child)
{
    return child->pidfd;
}

static int collect(struct child *child)
{
    while (!child->ended) {
        if (waitpid(child->pid, &child->wait_status, __WALL) == child->pid)
            child->ended = true;
        else if (errno != EINTR)
            return -errno;
    }
    return 0;
}

static void kill_and_collect(struct child *child)
{
    if (!child->ended)
        kill(child->pid, SIGKILL);
    collect(child);
}

static int explain_exec(const struct child *child, int error, struct diag *diag)
{
    const char *reason = strerror(-error);
    if (error == -ENOENT && !strchr(child->name, '/'))
        reason = "not found in PATH, or the interpreter that it names does not exist";
    else if (error == -ENOENT && !access(child->name, F_OK))
        reason = "the interpreter that it names does not exist";
    else if (error == -ENOEXEC)
        reason = "neither a program for this machine nor a script with a #! line";
    return diag_set(diag, error, "cannot run '%s': %s", child->name, reason);
}

static int explain_ptrace(const struct child *child, int error, struct diag *diag)
{
    if (error == -EPERM)
        return diag_set(diag, error,
                        "not permitted to follow '%s' with ptrace while it starts: see "
                        "/proc/sys/kernel/yama/ptrace_scope and seccomp filters, or start it yourself and "
                        "trace it by its process id",
                        child->name);
    return diag_set(diag, error, "cannot follow '%s' with ptrace: %s", child->name, strerror(-error));
}

int child_start(struct child *child, child_mapped_fn *mapped, void *context, bool *ret_exec_failed,
                struct diag *diag)
{
    const char go = 0;
    int exec_error;
    *ret_exec_failed = false;
    child->started = true;
    int error = loader_seize(child->pid);
    if (error) {
        kill_and_collect(child);
        return explain_ptrace(child, error, diag);
    }
    send(child->socket, &go, 1, MSG_NOSIGNAL); /* fails only when it was killed: following it tells */
    struct loader_result result;
    error = loader_follow(child->pid, &child->mask, mapped, context, &result);
    child->ended = result.ended;
    child->wait_status = result.wait_status;
    if (error)
        return result.was_refused ? error : explain_ptrace(child, error, diag);
    if (receive(child, &exec_error, sizeof(exec_error)) != sizeof(exec_error))
        return 0;
    *ret_exec_failed = true;
    collect(child);
    return explain_exec(child, -exec_error, diag);
}

int child_wait(struct child *child, int *ret_status)
{
    int error = collect(child);
    if (error)
        return error;
    int status = child->wait_status;
    *ret_status = WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}

void child_free(struct child *child)
{
    if (!child)
        return;
    if (child->pid > 0 && !child->started)
        kill_and_collect(child);
    cleanup_close(&child->socket);
    cleanup_close(&child->pidfd);
    free(child->name);
    free(child);
}
