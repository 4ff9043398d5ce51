/* What the tests of the writer write and read. */
#ifndef TRACER_TESTS_LINES_H
#define TRACER_TESTS_LINES_H

#include <poll.h>
#include <unistd.h>

#include "base/buf.h"

/* `count` numbered lines, from line `first` on. */
static inline struct buf make_lines(int first, int count)
{
    struct buf lines = {0};
    for (int i = first; i < first + count; i++)
        buf_printf(&lines, "{\"line\":%d}\n", i);
    assert_int_equal(buf_error(&lines), 0);
    return lines;
}

/* Reads what is there without waiting. */
static inline void drain(int fd, struct buf *into)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    while (poll(&readable, 1, 0) > 0) {
        char *room = buf_reserve(into, 65536);
        ssize_t len = read(fd, room, 65536);
        if (len <= 0)
            return;
        into->len += (size_t)len;
    }
}

#endif
