/* A set of processes, and which of them have exited. */
#ifndef TRACER_TARGET_WATCH_H
#define TRACER_TARGET_WATCH_H

#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct watched {
    pid_t pid;
    int pidfd; /* -1: has been seen to exit */
};

/* Start from {0}. */
struct watch {
    struct watched *processes;
    size_t count;
    size_t alive; /* as of the last watch_update() */
};

/* Takes over a pidfd as of process_open(). 0 or -ENOMEM, after which the pidfd is the caller's still. */
int watch_add(struct watch *watch, pid_t pid, int pidfd);

/* Looks which of them are still there and gives how many. */
size_t watch_update(struct watch *watch);

/* One that has exited, or 0. */
pid_t watch_find_exited(struct watch *watch);

void watch_free(struct watch *watch);

#define _cleanup_watch_ _cleanup_(watch_free)

#endif
