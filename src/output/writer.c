/* A write to a pipe, a terminal or a socket can block for as long as the other side likes, and signals don't
 * help where the process has blocked them. So these are opened a second time for ourselves, non-blocking;
 * O_NONBLOCK on the descriptor we were given would hit everybody who shares it, such as the command we run.
 * Where that isn't possible (sockets; a pipe that belongs to another user) we write pieces of PIPE_BUF bytes,
 * for which there is room when poll(2) says so, unless somebody else writes there at the same moment. */
#include "output/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"

struct writer {
    int fd;
    bool can_block;
    size_t piece; /* at most so much in one write */
    int stop_fd;
    int timeout_ms;
};

/* Takes `fd` over. */
static int make_writer(int fd, bool can_block, size_t piece, struct writer **ret_writer, struct diag *diag)
{
    struct writer *writer = malloc(sizeof(*writer));
    if (!writer) {
        close(fd);
        return diag_set(diag, -ENOMEM, "out of memory");
    }
    *writer = (struct writer){
        .fd = fd,
        .can_block = can_block,
        .piece = piece,
        .stop_fd = -1,
        .timeout_ms = -1,
    };
    *ret_writer = writer;
    return 0;
}

static int cannot_write(struct diag *diag)
{
    int error = -errno;
    return diag_set(diag, error, "cannot write: %s", strerror(-error));
}

static bool can_block(mode_t mode)
{
    return !S_ISREG(mode) && !S_ISBLK(mode);
}

int writer_open_fd(int fd, struct writer **ret_writer, struct diag *diag)
{
    struct stat status;
    int own = -1;
    size_t piece = SIZE_MAX;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        errno = EBADF;
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(fd, &status))
        return cannot_write(diag);
    if (can_block(status.st_mode)) {
        char path[32];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        own = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    }
    if (own < 0) {
        own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (can_block(status.st_mode))
            piece = PIPE_BUF;
    }
    if (own < 0)
        return cannot_write(diag);
    return make_writer(own, can_block(status.st_mode), piece, ret_writer, diag);
}

static int open_path(const char *path, struct writer **ret_writer, struct diag *diag)
{
    struct stat status;
    _cleanup_close_ int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    if (fd < 0 && errno == ENXIO && !stat(path, &status) && S_ISFIFO(status.st_mode))
        return diag_set(diag, -ENXIO, "nobody reads this FIFO; start its reader first");
    if (fd < 0 || fstat(fd, &status))
        return cannot_write(diag);
    return make_writer(take_fd(&fd), can_block(status.st_mode), SIZE_MAX, ret_writer, diag);
}

int writer_open(const char *path, struct writer **ret_writer, struct diag *diag)
{
    int error = path ? open_path(path, ret_writer, diag) : writer_open_fd(STDOUT_FILENO, ret_writer, diag);
    if (error)
        diag_prefix(diag, "%s", path ? path : "standard output");
    return error;
}

void writer_set_patience(struct writer *writer, int stop_fd, int timeout_ms)
{
    writer->stop_fd = stop_fd;
    writer->timeout_ms = timeout_ms;
}

static int64_t now_ms(void)
{
    return clock_now(CLOCK_MONOTONIC) / NS_PER_MS;
}

/* Until there is room, or an error to be told by write(). */
static int wait_for_room(const struct writer *writer, int64_t deadline)
{
    struct pollfd fds[] = {
        {.fd = writer->fd, .events = POLLOUT},
        {.fd = writer->stop_fd, .events = POLLIN},
    };
    for (;;) {
        int64_t left = deadline - now_ms();
        int timeout = writer->timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0;
        int ready = poll(fds, 2, timeout);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready > 0)
            return fds[0].revents ? 0 : -ECANCELED;
        if (!ready)
            return -ETIMEDOUT;
    }
}

/* Returns the number of bytes, or -errno. 0: nothing yet, try again. */
static ssize_t write_piece(const struct writer *writer, const char *bytes, size_t len, int64_t deadline)
{
    int error = writer->can_block ? wait_for_room(writer, deadline) : 0;
    if (error)
        return error;
    ssize_t written = write(writer->fd, bytes, len < writer->piece ? len : writer->piece);
    if (written < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -errno;
    return written ? written : -EIO;
}

int writer_write(struct writer *writer, struct buf *out)
{
    int64_t deadline = now_ms() + writer->timeout_ms;
    size_t done = 0;
    ssize_t written = 0;
    while (done < out->len && written >= 0) {
        written = write_piece(writer, out->data + done, out->len - done, deadline);
        if (written > 0)
            done += (size_t)written;
    }
    if (done)
        memmove(out->data, out->data + done, out->len - done);
    out->len -= done;
    return written < 0 ? (int)written : buf_error(out);
}

bool writer_has_reader(const struct writer *writer)
{
    struct pollfd fd = {.fd = writer->fd};
    return !writer->can_block || poll(&fd, 1, 0) <= 0 || !(fd.revents & (POLLERR | POLLHUP));
}

int writer_close(struct writer *writer)
{
    if (!writer)
        return 0;
    int error = close(writer->fd) ? -errno : 0;
    free(writer);
    return error;
}
