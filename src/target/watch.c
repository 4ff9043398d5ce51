#include "target/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static bool is_open(const struct watch *watch)
{
    return watch->processes != NULL;
}

int watch_add(struct watch *watch, pid_t pid, int pidfd)
{
    struct watched *processes = reallocarray(watch->processes, watch->count + 1, sizeof(*processes));
    if (!processes)
        return -ENOMEM;
    if (!is_open(watch)) {
        watch->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (watch->epoll < 0) {
            free(processes);
            return -errno;
        }
    }
    watch->processes = processes;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = pidfd};
    if (epoll_ctl(watch->epoll, EPOLL_CTL_ADD, pidfd, &event))
        return -errno;
    processes[watch->count++] = (struct watched){.pid = pid, .pidfd = pidfd};
    return 0;
}

bool watch_has(const struct watch *watch, pid_t pid)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->processes[i].pid == pid)
            return true;
    return false;
}

/* Closing the pidfd alone would leave it in the epoll set as long as somebody has a duplicate. */
static void remove_process(struct watch *watch, int pidfd)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->processes[i].pidfd != pidfd)
            continue;
        watch->last_exited = watch->processes[i].pid;
        watch->processes[i] = watch->processes[--watch->count];
        epoll_ctl(watch->epoll, EPOLL_CTL_DEL, pidfd, NULL);
        close(pidfd);
        return;
    }
}

size_t watch_update(struct watch *watch, watch_exited_fn *exited, void *context)
{
    struct epoll_event event;
    while (watch->count && epoll_wait(watch->epoll, &event, 1, 0) == 1) {
        remove_process(watch, event.data.fd);
        if (exited)
            exited(context, watch->last_exited);
    }
    return watch->count;
}

int watch_fd(const struct watch *watch)
{
    return is_open(watch) ? watch->epoll : -1;
}

void watch_free(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        close(watch->processes[i].pidfd);
    if (is_open(watch))
        close(watch->epoll);
    free(watch->processes);
    *watch = (struct watch){0};
}
