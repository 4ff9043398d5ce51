/* A command that tracer starts and holds until its probes are attached. */
#ifndef TRACER_TARGET_CHILD_H
#define TRACER_TARGET_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/diag.h"

struct child;

/* Forks; the child waits. Nothing of the command has run yet. The caller has blocked or set no signals that
 * the command must not inherit: the child restores `mask` before exec, and ignores what is ignored now.
 * In the caller SIGCHLD gets its default, or nobody could wait. Should the caller die before child_start(),
 * the child ends. */
int child_create(char *const argv[], const sigset_t *mask, struct child **ret_child, struct diag *diag);

pid_t child_pid(const struct child *child);

/* Called while the command is stopped, whenever it may have mapped more code: after exec before its first
 * instruction, and at each executable mapping that the dynamic loader adds; the last time just before it is
 * let go. A negative return ends
 * child_start() with it, leaves the diag alone and kills the command; but for -ESRCH, which says that the
 * command has been killed meanwhile: how, child_wait() tells. */
typedef int child_mapped_fn(void *context, pid_t pid, bool last);

/* Lets the command exec and follows its loader with ptrace until the program's entry point: all libraries
 * that come with it are mapped, none of their constructors has run before the callback saw them. Then lets
 * go, and the command runs on its own (it is no longer ptraced).
 * -ENOENT: the file does not exist (shell status 127); -EACCES, -ENOEXEC …: it can't be executed (126), told
 * apart from our own failures by *ret_exec_failed. A command that ends before its entry point (killed, a
 * loader error) is no failure here: child_wait() gives its status. -EPERM without *ret_exec_failed: ptrace is
 * not permitted.
 * Without CAP_SYS_PTRACE a set-user-ID command runs without its privilege, as under any ptracer.
 * A signal that the caller blocks and the command doesn't (they are read later, by signalfd) ends the
 * following when it becomes pending: the command is let go where it is, the signal stays pending, the result
 * is 0. Call it from the thread that called child_create(), while no other thread takes SIGCHLD. */
int child_start(struct child *child, child_mapped_fn *mapped, void *context, bool *ret_exec_failed,
                struct diag *diag);

/* A pidfd that polls readable when the command has ended; the child's. */
int child_pidfd(const struct child *child);

/* Waits for the end of a command that child_start() was called for. Gives the shell's status: the exit
 * status, or 128 + signal. */
int child_wait(struct child *child, int *ret_status);

/* Frees; a command that never got to run is killed, one that runs is left alone. */
void child_free(struct child *child);

DEFINE_CLEANUP(child, struct child *, child_free);
#define _cleanup_child_ _cleanup_(cleanup_child)

#endif
