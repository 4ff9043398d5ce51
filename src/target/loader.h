/* Following a command's dynamic loader, from exec to the program's entry point. Only child.c uses this. */
#ifndef TRACER_TARGET_LOADER_H
#define TRACER_TARGET_LOADER_H

#include <signal.h>
#include <stdbool.h>

#include "target/child.h"

/* Takes hold of our own child `pid`, which is about to exec. -EPERM: ptrace is not permitted. */
int loader_seize(pid_t pid);

struct loader_result {
    bool ended; /* the command has ended, and been waited for; wait_status is what waitpid() gave */
    int wait_status;
    bool was_refused; /* the error is the callback's */
};

/* Runs the command up to its entry point, as child_start() says, and lets go of it. After a failure it has
 * been killed. */
int loader_follow(pid_t pid, const sigset_t *command_mask, child_mapped_fn *mapped, void *context,
                  struct loader_result *ret_result);

#endif
