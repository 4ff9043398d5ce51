/* A set of processes, from which those that exit go away. */
#ifndef TRACER_TARGET_WATCH_H
#define TRACER_TARGET_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct watched {
    pid_t pid;
    int pidfd;
};

/* Start from {0}. */
struct watch {
    struct watched *processes; /* alive, as of the last watch_update() */
    size_t count;
    pid_t last_exited; /* 0: none has */
    int epoll;         /* polls readable when one has exited; valid once a process has been added */
};

/* Takes over a pidfd as of process_open(). 0, -ENOMEM or another errno, after which the pidfd is the caller's
 * still. */
int watch_add(struct watch *watch, pid_t pid, int pidfd);

bool watch_has(const struct watch *watch, pid_t pid);

typedef void watch_exited_fn(void *context, pid_t pid);

/* Takes out those that have exited, calls `exited` (may be NULL) for each, and gives how many are left. */
size_t watch_update(struct watch *watch, watch_exited_fn *exited, void *context);

/* To poll; -1 as long as no process has been added. The set's. */
int watch_fd(const struct watch *watch);

void watch_free(struct watch *watch);

#define _cleanup_watch_ _cleanup_(watch_free)

#endif
