/* The places where debug files are looked for, in their order, and what is never opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

#include "target/debug_file.h"

/* A directory of our own: "program/" holds the program, "debug/" what is /usr/lib/debug elsewhere. */
static char root[64];

static const char *below(const char *path)
{
    static char joined[4][PATH_MAX];
    static size_t next;
    char *text = joined[next++ % 4];
    snprintf(text, PATH_MAX, "%s/%s", root, path);
    return text;
}

static void make(const char *path)
{
    char *text = strdup(below(path));
    assert_non_null(text);
    for (char *slash = strchr(text + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        assert_true(!mkdir(text, 0755) || errno == EEXIST);
        *slash = '/';
    }
    int fd = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    close(fd);
    free(text);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(root, "/tmp/tracer-test-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf -- %s", root);
    return system(command);
}

/* The paths of all that is found, as they are below the root, with a blank behind each. */
static const char *find(struct debug_file_search search)
{
    static char found[2048];
    char directory[PATH_MAX], path[PATH_MAX];
    size_t len = 0, place = 0;
    snprintf(directory, sizeof(directory), "%s", below("debug"));
    snprintf(path, sizeof(path), "%s", search.path ? search.path : below("program/demo"));
    search.directory = directory;
    search.path = path;
    *found = '\0';
    for (;;) {
        int fd = -1;
        char *shown = NULL;
        int error = debug_file_open(&search, &place, &fd, &shown);
        if (error) {
            assert_int_equal(error, -ENOENT);
            assert_null(shown);
            return found;
        }
        struct stat by_fd, by_path;
        assert_int_equal(fstat(fd, &by_fd), 0);
        assert_int_equal(stat(shown, &by_path), 0);
        assert_int_equal(by_fd.st_ino, by_path.st_ino);
        const char *inside = strstr(shown, root);
        assert_non_null(inside);
        len += (size_t)snprintf(found + len, sizeof(found) - len, "%.*s%s ", (int)(inside - shown), shown,
                                inside + strlen(root) + 1);
        close(fd);
        free(shown);
    }
}

static void test_all_places_in_order(void **state)
{
    (void)state;
    const struct debug_file_search search = {.build_id = "abcdef0123", .name = "demo.debug"};
    char global[128], expected[512];
    snprintf(global, sizeof(global), "debug%s/program/demo.debug", root);
    assert_string_equal(find(search), "");
    make(global);
    make("program/.debug/demo.debug");
    make("program/demo.debug");
    make("debug/.build-id/ab/cdef0123.debug");
    snprintf(expected, sizeof(expected),
             "debug/.build-id/ab/cdef0123.debug program/demo.debug program/.debug/demo.debug %s ", global);
    assert_string_equal(find(search), expected);
}

static void test_what_is_not_known(void **state)
{
    (void)state;
    make("program/demo.debug");
    make("debug/.build-id/ab/cd.debug");
    assert_string_equal(find((struct debug_file_search){0}), "");
    assert_string_equal(find((struct debug_file_search){.build_id = "abcd"}), "debug/.build-id/ab/cd.debug ");
    assert_string_equal(find((struct debug_file_search){.name = "demo.debug"}), "program/demo.debug ");
    assert_string_equal(find((struct debug_file_search){.build_id = "ab"}), "");
    assert_string_equal(
        find((struct debug_file_search){.build_id = "", .name = "demo.debug", .path = "demo"}), "");
}

static void test_shared(void **state)
{
    (void)state;
    make("other/common");
    make("program/.debug/common");
    make("debug/.build-id/ab/cd.debug");
    assert_string_equal(find((struct debug_file_search){.name = "../other/common", .is_shared = true}),
                        "program/../other/common ");
    char absolute[PATH_MAX];
    snprintf(absolute, sizeof(absolute), "%s", below("other/common"));
    assert_string_equal(
        find((struct debug_file_search){.build_id = "abcd", .name = absolute, .is_shared = true}),
        "debug/.build-id/ab/cd.debug other/common ");
    assert_string_equal(find((struct debug_file_search){.name = "common", .is_shared = true}), "");
}

/* Opening a FIFO waits, and a device may do things. */
static void test_only_regular_files(void **state)
{
    (void)state;
    make("program/.debug/demo.debug");
    assert_int_equal(mkfifo(below("program/demo.debug"), 0600), 0);
    assert_string_equal(find((struct debug_file_search){.name = "demo.debug"}), "program/.debug/demo.debug ");
    assert_int_equal(unlink(below("program/demo.debug")), 0);
    assert_int_equal(symlink("/dev/zero", below("program/demo.debug")), 0);
    assert_string_equal(find((struct debug_file_search){.name = "demo.debug"}), "program/.debug/demo.debug ");
    assert_int_equal(unlink(below("program/demo.debug")), 0);
    assert_int_equal(mkdir(below("program/demo.debug"), 0755), 0);
    assert_string_equal(find((struct debug_file_search){.name = "demo.debug"}), "program/.debug/demo.debug ");
    assert_int_equal(rmdir(below("program/demo.debug")), 0);
    assert_int_equal(symlink(".debug/demo.debug", below("program/demo.debug")), 0);
    assert_string_equal(find((struct debug_file_search){.name = "demo.debug"}),
                        "program/demo.debug program/.debug/demo.debug ");
}

/* Seen through /proc/PID/root; by build id then in our own directory as well. */
static void test_other_root(void **state)
{
    (void)state;
    char path[PATH_MAX], expected[PATH_MAX];
    int pid = getpid();
    make("program/demo.debug");
    make("debug/.build-id/ab/cd.debug");
    snprintf(path, sizeof(path), "/proc/%d/root%s", pid, below("program/demo"));
    snprintf(expected, sizeof(expected),
             "/proc/%d/rootdebug/.build-id/ab/cd.debug /proc/%d/rootprogram/demo.debug "
             "debug/.build-id/ab/cd.debug ",
             pid, pid);
    assert_string_equal(
        find((struct debug_file_search){.path = path, .build_id = "abcd", .name = "demo.debug"}), expected);
}

/* In a root that is none: nothing, instead of the file of that name in ours. */
static void test_root_that_has_gone(void **state)
{
    (void)state;
    char path[PATH_MAX];
    make("program/demo.debug");
    snprintf(path, sizeof(path), "/proc/4194305/root%s", below("program/demo"));
    assert_string_equal(find((struct debug_file_search){.path = path, .name = "demo.debug"}), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_places_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_not_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_regular_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_root_that_has_gone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
