/* Pipes and sockets that are full, slow or closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lines.h"
#include "output/writer.h"

enum { MANY = 60013, TEST_SECONDS = 60 };

static int ready_stop_fd(void)
{
    int fd = eventfd(1, EFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Fills what nobody reads, is told to stop, then goes on to the byte as room is made. */
static void fill_and_go_on(int read_end, int write_end)
{
    struct writer *writer = NULL;
    struct buf out = make_lines(0, MANY), all = make_lines(0, MANY), got = {0};
    int stop = ready_stop_fd(), flags = fcntl(write_end, F_GETFL), rounds = 0;
    assert_int_equal(writer_open_fd(write_end, &writer, NULL), 0);
    writer_set_patience(writer, stop, -1);
    int error = writer_write(writer, &out);
    assert_int_equal(error, -ECANCELED);
    assert_true(out.len > 0 && out.len < all.len);
    assert_memory_equal(out.data, all.data + all.len - out.len, out.len);
    writer_set_patience(writer, -1, 0);
    for (; error; rounds++) {
        size_t before = out.len;
        drain(read_end, &got);
        assert_int_equal(got.len + out.len, all.len);
        error = writer_write(writer, &out);
        assert_true(out.len < before);
        assert_int_equal(error, out.len ? -ETIMEDOUT : 0);
    }
    assert_true(rounds > 1);
    drain(read_end, &got);
    assert_int_equal(got.len, all.len);
    assert_memory_equal(got.data, all.data, all.len);
    /* Others share this descriptor and may not expect it to be non-blocking. */
    assert_int_equal(fcntl(write_end, F_GETFL), flags);
    assert_int_equal(flags & O_NONBLOCK, 0);
    writer_close(writer);
    close(stop);
    close(read_end);
    close(write_end);
    buf_free(&out);
    buf_free(&all);
    buf_free(&got);
}

static void full_pipe(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    fill_and_go_on(fds[0], fds[1]);
}

/* Can't be opened a second time: written in small pieces. */
static void full_socket(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    fill_and_go_on(fds[0], fds[1]);
}

static void timeout_is_waited_for(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct buf out = make_lines(0, MANY);
    struct timespec before, after;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(writer_open_fd(fds[1], &writer, NULL), 0);
    writer_set_patience(writer, -1, 50);
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(writer_write(writer, &out), -ETIMEDOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_true(ms >= 49);
    writer_close(writer);
    close(fds[0]);
    close(fds[1]);
    buf_free(&out);
}

/* The other side of a pipe: waits until the pipe is full, then does one thing. */
struct other_side {
    int read_end;
    int capacity;
    int stop; /* >= 0: make this readable */
    bool read_all;
    struct buf got;
    pthread_t thread;
};

static void *run_other_side(void *argument)
{
    struct other_side *side = argument;
    int filled = 0;
    while (!ioctl(side->read_end, FIONREAD, &filled) && filled < side->capacity)
        sched_yield();
    if (side->stop >= 0)
        (void)!write(side->stop, &(uint64_t){1}, sizeof(uint64_t));
    while (side->read_all) {
        char *room = buf_reserve(&side->got, 65536);
        ssize_t len = read(side->read_end, room, 65536);
        if (len <= 0)
            break;
        side->got.len += (size_t)len;
    }
    if (side->stop < 0)
        close(side->read_end);
    return NULL;
}

static struct writer *start_other_side(struct other_side *side, int *ret_write_end)
{
    struct writer *writer = NULL;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    side->read_end = fds[0];
    *ret_write_end = fds[1];
    side->capacity = fcntl(fds[1], F_GETPIPE_SZ);
    assert_true(side->capacity > 0);
    assert_int_equal(writer_open_fd(fds[1], &writer, NULL), 0);
    assert_int_equal(pthread_create(&side->thread, NULL, run_other_side, side), 0);
    return writer;
}

static void stop_while_waiting(void **state)
{
    (void)state;
    struct other_side side = {.stop = eventfd(0, EFD_CLOEXEC)};
    struct buf out = make_lines(0, MANY), all = make_lines(0, MANY);
    int write_end;
    struct writer *writer = start_other_side(&side, &write_end);
    writer_set_patience(writer, side.stop, -1);
    assert_int_equal(writer_write(writer, &out), -ECANCELED);
    pthread_join(side.thread, NULL);
    assert_int_equal(all.len - out.len, side.capacity);
    writer_close(writer);
    close(write_end);
    close(side.read_end);
    close(side.stop);
    buf_free(&out);
    buf_free(&all);
}

static void slow_reader_gets_everything(void **state)
{
    (void)state;
    struct other_side side = {.stop = -1, .read_all = true};
    struct buf out = make_lines(0, MANY), all = make_lines(0, MANY);
    int write_end;
    struct writer *writer = start_other_side(&side, &write_end);
    assert_int_equal(writer_write(writer, &out), 0);
    assert_int_equal(out.len, 0);
    writer_close(writer);
    close(write_end);
    pthread_join(side.thread, NULL);
    assert_int_equal(side.got.len, all.len);
    assert_memory_equal(side.got.data, all.data, all.len);
    buf_free(&side.got);
    buf_free(&out);
    buf_free(&all);
}

static void reader_leaves_while_we_wait(void **state)
{
    (void)state;
    struct other_side side = {.stop = -1};
    struct buf out = make_lines(0, MANY), all = make_lines(0, MANY);
    int write_end;
    struct writer *writer = start_other_side(&side, &write_end);
    assert_int_equal(writer_write(writer, &out), -EPIPE);
    pthread_join(side.thread, NULL);
    assert_int_equal(all.len - out.len, side.capacity);
    writer_close(writer);
    close(write_end);
    buf_free(&out);
    buf_free(&all);
}

static void reader_is_seen_to_leave(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(writer_open_fd(fds[1], &writer, NULL), 0);
    assert_true(writer_has_reader(writer));
    close(fds[0]);
    assert_false(writer_has_reader(writer));
    writer_close(writer);
    close(fds[1]);
}

static void reader_has_left(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct buf out = make_lines(0, 23);
    size_t len = out.len;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    close(fds[0]);
    assert_int_equal(writer_open_fd(fds[1], &writer, NULL), 0);
    assert_int_equal(writer_write(writer, &out), -EPIPE);
    assert_int_equal(out.len, len);
    writer_close(writer);
    close(fds[1]);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_pipe),
        cmocka_unit_test(full_socket),
        cmocka_unit_test(timeout_is_waited_for),
        cmocka_unit_test(stop_while_waiting),
        cmocka_unit_test(slow_reader_gets_everything),
        cmocka_unit_test(reader_leaves_while_we_wait),
        cmocka_unit_test(reader_is_seen_to_leave),
        cmocka_unit_test(reader_has_left),
    };
    signal(SIGPIPE, SIG_IGN);
    alarm(TEST_SECONDS); /* what blocks for ever fails */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
