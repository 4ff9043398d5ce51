/* Attaching and detaching change the code and the semaphores of other processes, and the kernel does that as
 * whoever asked for it: page by page, and giving up as soon as a SIGKILL is pending (__get_user_pages() says
 * EINTR). What was to be undone then stays as it is: "uprobe: tracer: failed to unregister, leaking uprobe"
 * in the kernel's log, a breakpoint in the program until its end, and a semaphore that never goes back to
 * zero. Only a process that is past the signal, in its exit, detaches all it holds.
 *
 * So another process does it, with our memory and our descriptors but a life of its own, while we wait as
 * after vfork. If we are killed it still finishes. It then holds our descriptors as the last one, and its
 * exit closes them. It is in no group that somebody could kill together with ours, but whoever kills it by
 * its own id, or everything in a control group, has his way. */

#include "capture/shield.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { STACK_SIZE = 1024 * 1024 };

struct task {
    shield_work_fn *work;
    void *context;
    int result;
};

static int perform(void *argument)
{
    struct task *task = argument;
    setpgid(0, 0);
    task->result = task->work(task->context);
    return 0;
}

/* With no signal for its end: nobody who waits for other children is disturbed. */
static pid_t start(struct task *task, char *stack)
{
    sigset_t all, ours;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &ours);
    pid_t pid = clone(perform, stack + STACK_SIZE, CLONE_VM | CLONE_FILES | CLONE_VFORK, task);
    sigprocmask(SIG_SETMASK, &ours, NULL);
    return pid;
}

enum { SMALL_STACK = 16 * 1024 };

static int close_one(void *fd)
{
    return close(*(const int *)fd);
}

void shield_close(const int *fds, size_t count)
{
    _cleanup_free_ pid_t *pids = calloc(count + 1, sizeof(*pids));
    _cleanup_free_ char *stacks = malloc((count + 1) * SMALL_STACK);
    for (size_t i = 0; i < count; i++) {
        pid_t pid = -1;
        if (pids && stacks)
            pid = clone(close_one, stacks + (i + 1) * SMALL_STACK, CLONE_VM | CLONE_FILES, (void *)&fds[i]);
        if (pid > 0)
            pids[i] = pid;
        else
            close(fds[i]);
    }
    for (size_t i = 0; pids && i < count; i++)
        if (pids[i])
            waitpid(pids[i], NULL, __WALL);
}

int shield_run(shield_work_fn *work, void *context)
{
    struct task task = {.work = work, .context = context, .result = -EINTR};
    char *stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return work(context);
    pid_t pid = start(&task, stack);
    if (pid > 0)
        waitpid(pid, NULL, __WALL);
    munmap(stack, STACK_SIZE);
    return pid > 0 ? task.result : work(context);
}
