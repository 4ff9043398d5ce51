#include "target/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int watch_add(struct watch *watch, pid_t pid, int pidfd)
{
    struct watched *processes = reallocarray(watch->processes, watch->count + 1, sizeof(*processes));
    if (!processes)
        return -ENOMEM;
    watch->processes = processes;
    processes[watch->count++] = (struct watched){.pid = pid, .pidfd = pidfd};
    watch->alive++;
    return 0;
}

size_t watch_update(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        struct pollfd pidfd = {.fd = watch->processes[i].pidfd, .events = POLLIN};
        if (pidfd.fd < 0 || poll(&pidfd, 1, 0) <= 0)
            continue;
        close(pidfd.fd);
        watch->processes[i].pidfd = -1;
        watch->alive--;
    }
    return watch->alive;
}

pid_t watch_find_exited(struct watch *watch)
{
    watch_update(watch);
    for (size_t i = 0; i < watch->count; i++)
        if (watch->processes[i].pidfd < 0)
            return watch->processes[i].pid;
    return 0;
}

void watch_free(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->processes[i].pidfd >= 0)
            close(watch->processes[i].pidfd);
    free(watch->processes);
    *watch = (struct watch){0};
}
