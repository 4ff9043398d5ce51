#include "io.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

int64_t io_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int io_wait(const struct io *io, short events)
{
    struct pollfd fds[] = {{.fd = io->stop_fd, .events = POLLIN}, {.fd = io->fd, .events = events}};

    for (;;) {
        int64_t left = io->deadline - io_now();
        if (left < 0)
            left = 0;
        struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        int ready = ppoll(fds, 2, &timeout, NULL);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready > 0)
            return fds[0].revents ? -ECANCELED : 0;
        if (ready == 0)
            return -ETIMEDOUT;
    }
}

int io_sleep(int stop_fd, int64_t deadline)
{
    struct io nothing = {.fd = -1, .stop_fd = stop_fd, .deadline = deadline};
    int err = io_wait(&nothing, 0);
    return err == -ETIMEDOUT ? 0 : err;
}

ssize_t io_read(const struct io *io, void *buffer, size_t size)
{
    for (;;) {
        int err = io_wait(io, POLLIN);
        if (err)
            return err;
        ssize_t got = recv(io->fd, buffer, size, MSG_DONTWAIT);
        if (got >= 0)
            return got;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
    }
}

int io_write(const struct io *io, const void *data, size_t len)
{
    const char *at = data;

    while (len) {
        int err = io_wait(io, POLLOUT);
        if (err)
            return err;
        ssize_t sent = send(io->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            at += sent;
            len -= (size_t)sent;
        } else if (errno != EAGAIN && errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}
