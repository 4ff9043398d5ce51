/* Files, paths and devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lines.h"
#include "output/writer.h"

enum { MANY = 60013, TEST_SECONDS = 60 };

static char directory[] = "/tmp/tracer-writer-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[64];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void assert_file_holds(const char *path, const struct buf *expected)
{
    FILE *file = fopen(path, "r");
    char *bytes = malloc(expected->len + 1);
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, expected->len + 1, file), expected->len);
    assert_memory_equal(bytes, expected->data, expected->len);
    free(bytes);
    fclose(file);
}

static void files_are_made_and_emptied(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct diag diag = {0};
    struct stat status;
    const char *path = path_of("file");
    umask(027);
    for (int round = 0; round < 2; round++) {
        struct buf all = make_lines(0, 2 * (MANY >> round)), out = make_lines(0, MANY >> round);
        assert_int_equal(writer_open(path, &writer, &diag), 0);
        assert_int_equal(writer_write(writer, &out), 0);
        assert_int_equal(out.len, 0);
        assert_int_equal(writer_write(writer, &out), 0);
        buf_free(&out);
        out = make_lines(MANY >> round, MANY >> round);
        assert_int_equal(writer_write(writer, &out), 0);
        assert_int_equal(writer_close(writer), 0);
        assert_file_holds(path, &all);
        buf_free(&out);
        buf_free(&all);
    }
    umask(022);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0640);
}

static void paths_that_cannot_be_written(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct diag diag = {0};
    char expected[128];
    assert_int_equal(writer_open(directory, &writer, &diag), -EISDIR);
    snprintf(expected, sizeof(expected), "%s: cannot write: Is a directory", directory);
    assert_string_equal(diag.text, expected);
    assert_int_equal(writer_open("/nonexistent/file", &writer, &diag), -ENOENT);
    assert_string_equal(diag.text, "/nonexistent/file: cannot write: No such file or directory");
    assert_int_equal(writer_open("", &writer, &diag), -ENOENT);
    assert_int_equal(writer_open("/proc/self/exe", &writer, &diag), -ETXTBSY);
    assert_int_equal(writer_open_fd(-1, &writer, &diag), -EBADF);
    assert_null(writer);
    assert_int_equal(writer_close(NULL), 0);
}

static void fifo_needs_a_reader(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct diag diag = {0};
    char expected[128];
    const char *path = path_of("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(writer_open(path, &writer, &diag), -ENXIO);
    snprintf(expected, sizeof(expected), "%s: nobody reads this FIFO; start its reader first", path);
    assert_string_equal(diag.text, expected);
    assert_null(writer);

    int reader = open(path, O_RDONLY | O_NONBLOCK);
    struct buf out = make_lines(0, 23), all = make_lines(0, 23), got = {0};
    assert_int_equal(writer_open(path, &writer, &diag), 0);
    assert_int_equal(writer_write(writer, &out), 0);
    drain(reader, &got);
    assert_int_equal(got.len, all.len);
    assert_memory_equal(got.data, all.data, all.len);
    writer_close(writer);
    close(reader);
    buf_free(&out);
    buf_free(&all);
    buf_free(&got);
}

static void full_device(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct diag diag = {0};
    struct buf out = make_lines(0, 23), all = make_lines(0, 23);
    assert_int_equal(writer_open("/dev/full", &writer, &diag), 0);
    assert_int_equal(writer_write(writer, &out), -ENOSPC);
    assert_int_equal(out.len, all.len);
    assert_memory_equal(out.data, all.data, all.len);
    writer_close(writer);
    buf_free(&out);
    buf_free(&all);
}

/* A file may take part of a batch: the rest stays. */
static void file_that_may_not_grow(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct rlimit old, limit;
    struct buf out = make_lines(100, 50), all = make_lines(100, 50);
    size_t line = all.len / 50;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(writer_open(path_of("limited"), &writer, NULL), 0);
    limit = (struct rlimit){.rlim_cur = 17 * line + 5, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int error = writer_write(writer, &out);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(error, -EFBIG);
    assert_int_equal(all.len - out.len, 17 * line + 5);
    assert_memory_equal(out.data, all.data + 17 * line + 5, out.len);
    writer_close(writer);
    buf_free(&out);
    buf_free(&all);
}

static void failed_buffer(void **state)
{
    (void)state;
    struct writer *writer = NULL;
    struct buf out = make_lines(0, 3), all = make_lines(0, 3);
    assert_null(buf_reserve(&out, SIZE_MAX / 2));
    assert_int_equal(writer_open(path_of("failed"), &writer, NULL), 0);
    assert_int_equal(writer_write(writer, &out), -ENOMEM);
    assert_int_equal(out.len, 0);
    writer_close(writer);
    assert_file_holds(path_of("failed"), &all);
    buf_free(&out);
    buf_free(&all);
}

static int write_to_standard_output(int fd)
{
    struct writer *writer = NULL;
    struct diag diag = {0};
    struct buf out = make_lines(0, 3);
    if (fd < 0)
        close(STDOUT_FILENO);
    else
        dup2(fd, STDOUT_FILENO);
    int error = writer_open(NULL, &writer, &diag);
    if (error)
        return strcmp(diag.text, "standard output: cannot write: Bad file descriptor") ? 99 : -error;
    return writer_write(writer, &out) || writer_close(writer) ? 98 : 0;
}

static int in_a_child(int fd)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child)
        _exit(write_to_standard_output(fd));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void standard_output(void **state)
{
    (void)state;
    struct buf all = make_lines(0, 3), got = {0};
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(in_a_child(fds[1]), 0);
    drain(fds[0], &got);
    assert_int_equal(got.len, all.len);
    assert_memory_equal(got.data, all.data, all.len);
    assert_int_equal(in_a_child(-1), EBADF);
    close(fds[0]);
    close(fds[1]);
    buf_free(&all);
    buf_free(&got);
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof(command), "rm -r %s", directory);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_made_and_emptied),
        cmocka_unit_test(paths_that_cannot_be_written),
        cmocka_unit_test(fifo_needs_a_reader),
        cmocka_unit_test(full_device),
        cmocka_unit_test(file_that_may_not_grow),
        cmocka_unit_test(failed_buffer),
        cmocka_unit_test(standard_output),
    };
    signal(SIGXFSZ, SIG_IGN);
    alarm(TEST_SECONDS); /* what blocks for ever fails */
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
