/* Reading and writing a socket with a deadline, both cut short when the program stops. */
#ifndef DEMO_IO_H
#define DEMO_IO_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Owns nothing. */
struct io {
    int fd;           /* non-blocking */
    int stop_fd;      /* readable, and never read, once the program stops */
    int64_t deadline; /* as io_now() counts */
};

/* Monotonic nanoseconds. */
int64_t io_now(void);

/* Waits for POLLIN or POLLOUT. 0, -ECANCELED when the program stops, -ETIMEDOUT, or -errno. */
int io_wait(const struct io *io, short events);

/* Waits until the deadline. -ECANCELED when the program stops before, else 0. */
int io_sleep(int stop_fd, int64_t deadline);

/* As many bytes as there are, 0 at the end, or an error as above. */
ssize_t io_read(const struct io *io, void *buffer, size_t size);

/* All bytes, or an error as above. */
int io_write(const struct io *io, const void *data, size_t len);

#endif
