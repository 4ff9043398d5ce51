/* One process as /proc shows it. src/target is the only reader of /proc. */
#ifndef TRACER_TARGET_PROCESS_H
#define TRACER_TARGET_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

/* Opens a pidfd for a process that can be traced: it exists, is no zombie, no kernel thread, and the number
 * is a process's, not one of its further threads' (for such a thread id the process's own number goes to
 * *pid). -ESRCH: no such process, or it has exited; -EINVAL: a kernel thread; -EPERM: /proc hides it; the
 * diag says which. A process whose first thread has ended while others run is alive. */
int process_open(pid_t *pid, int *ret_pidfd, struct diag *diag);

/* Whether the kernel finds memory through the process's number: not after its first thread's end, though it
 * may live on in others. */
bool process_has_memory(pid_t pid);

/* "/proc/PID/root" when the process's mount namespace is not ours, "" when it is; into `ret_prefix`, at
 * least 40 bytes. A process of our namespace that has changed its root directory gets "": the kernel shows
 * its files by their names below our root. -ESRCH, -EACCES … */
int process_root_prefix(pid_t pid, char *ret_prefix, size_t size);

/* The pid namespace that we live in, as stat(2) of /proc/self/ns/pid shows it; both 0 when it is the first
 * one, whose numbers the kernel itself uses. */
void process_own_pid_namespace(uint64_t *ret_device, uint64_t *ret_inode);

/* Whether /proc shows our own pid namespace, so that a number means the same there as to the kernel. -EINVAL:
 * another one's, or nothing at all. */
int process_check_proc(struct diag *diag);

/* The process's number in the innermost pid namespace that it lives in. -ESRCH: it has gone; -EACCES … */
int process_own_number(pid_t pid, uint32_t *ret_number);

/* Whether the hits of this process can be told apart from here: the kernel tells our own namespace's numbers
 * to BPF programs only for processes that live in it themselves, unless it is the first one. -EINVAL: no. */
int process_check_namespace(pid_t pid, struct diag *diag);

/* The children that the process has now (/proc/PID/task/TID/children), `ret_children` freed by the caller;
 * none when that can't be told. 0 or -ENOMEM. */
int process_list_children(pid_t pid, pid_t **ret_children, size_t *ret_count);

#endif
