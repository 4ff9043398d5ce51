/* Sets of definitions: what is added, replaced and found, and from which files. */
#include "describe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEBIBYTE = 1024 * 1024 };

static int parse(struct provider_set *set, const char *text)
{
    return parse_exactly(set, text, strlen(text), NULL);
}

static void providers_are_added_in_order(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(parse(&set, "provider d { probe x(); }; provider b { };"), 0);
    assert_int_equal(parse(&set, "provider c { }; provider a { }; provider e { };"), 0);
    assert_set(&set, "a:\nb:\nc:\nd: x()\ne:\n");
    assert_int_equal(parse(&set, "// nothing"), 0);
    assert_set(&set, "a:\nb:\nc:\nd: x()\ne:\n");
}

static void a_provider_is_replaced_as_a_whole(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(parse(&set, "provider a { probe x(int old); probe y(); }; provider b { probe z(); };"),
                     0);
    assert_int_equal(parse(&set, "provider a { probe x(int new); }; provider c { };"), 0);
    assert_set(&set, "a: x(int|new|integer)\nb: z()\nc:\n");
}

static void finding_needs_the_whole_name(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_null(provider_set_find(&set, "a"));
    assert_int_equal(parse(&set, "provider ab { probe x__y(); probe x(); }; provider b { };"), 0);
    assert_null(provider_set_find(&set, "a"));
    assert_null(provider_set_find(&set, "abc"));
    assert_null(provider_set_find(&set, ""));
    const struct provider *ab = provider_set_find(&set, "ab"), *b = provider_set_find(&set, "b");
    assert_ptr_equal(ab, &set.providers[0]);
    assert_ptr_equal(b, &set.providers[1]);
    assert_ptr_equal(provider_find_probe_for(ab, "x", 0), &ab->probes[0]);
    assert_ptr_equal(provider_find_probe_for(ab, "x__y", 0), &ab->probes[1]);
    assert_null(provider_find_probe_for(ab, "x-y", 0));
    assert_null(provider_find_probe_for(ab, "y", 0));
    assert_null(provider_find_probe_for(b, "x", 0));
}

static void every_one_of_many_is_found(void **state)
{
    (void)state;
    enum { COUNT = 1009 };
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf text = {0};
    for (unsigned i = 0; i < COUNT; i++)
        buf_printf(&text, "provider p%u { probe q%u(int n%u); };\n", i * 7919 % COUNT, i, i);
    assert_int_equal(parse_exactly(&set, text.data, text.len, NULL), 0);
    assert_int_equal(set.count, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        char provider_name[16], probe_name[16], arg_name[16];
        snprintf(provider_name, sizeof(provider_name), "p%u", i * 7919 % COUNT);
        snprintf(probe_name, sizeof(probe_name), "q%u", i);
        snprintf(arg_name, sizeof(arg_name), "n%u", i);
        const struct provider *provider = provider_set_find(&set, provider_name);
        assert_non_null(provider);
        const struct provider_probe *probe = provider_find_probe_for(provider, probe_name, 1);
        assert_non_null(probe);
        assert_string_equal(probe->args[0].name, arg_name);
    }
}

static void freeing_an_empty_set_is_fine(void **state)
{
    (void)state;
    struct provider_set set = {0};
    provider_set_free(&set);
    assert_int_equal(parse(&set, "provider a { };"), 0);
    provider_set_free(&set);
    assert_null(set.providers);
    assert_int_equal(set.count, 0);
}

/* A directory of its own for each test that needs files. */
static int make_directory(void **state)
{
    char *directory = strdup("/tmp/tracer-test-XXXXXX");
    *state = directory;
    return directory && mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    _cleanup_free_ char *directory = *state;
    return rmdir(directory);
}

static char *path_in(const char *directory, const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", directory, name);
    return buf_steal(&path);
}

static void write_file(const char *path, const char *text, size_t len)
{
    _cleanup_fclose_ FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
}

static void assert_load_fails(const char *path, int expected, const char *what)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf message = {0};
    struct diag diag = {0};
    assert_int_equal(parse(&set, "provider known { };"), 0);
    assert_int_equal(provider_set_load(&set, path, &diag), expected);
    buf_printf(&message, "%s: %s", path, what);
    assert_string_equal(diag.text, buf_string(&message));
    assert_set(&set, "known:\n");
    assert_int_equal(provider_set_load(&set, path, NULL), expected);
}

static void a_file_is_loaded(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a.d");
    static const char text[] = "provider a { probe x(char *name); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    write_file(path, text, strlen(text));
    assert_int_equal(provider_set_load(&set, path, NULL), 0);
    assert_set(&set, "a: x(char *|name|string)\n");
    write_file(path, "", 0);
    assert_int_equal(provider_set_load(&set, path, NULL), 0);
    assert_set(&set, "a: x(char *|name|string)\n");
    unlink(path);
}

static void a_file_with_an_error_says_where(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a.d");
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf message = {0};
    struct diag diag = {0};
    write_file(path, "provider a {\n x", 15);
    assert_int_equal(provider_set_load(&set, path, &diag), -EINVAL);
    buf_printf(&message, "%s:2:2: expected 'probe' or '}': x", path);
    assert_string_equal(diag.text, buf_string(&message));
    unlink(path);
}

static void what_is_no_regular_file_is_refused(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a.d");
    assert_load_fails(path, -ENOENT, "No such file or directory");
    assert_load_fails(*state, -EISDIR, "is a directory, not a provider definition");
    assert_load_fails("/dev/null", -EINVAL, "is not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_load_fails(path, -EINVAL, "is not a regular file");
    unlink(path);
    assert_int_equal(symlink(path, path), 0);
    assert_load_fails(path, -ELOOP, "Too many levels of symbolic links");
    unlink(path);
}

static void one_mebibyte_is_the_limit(void **state)
{
    static const char too_large[] = "larger than 1 MiB, which no provider definition is";
    static const char text[] = "provider a { };";
    _cleanup_free_ char *path = path_in(*state, "a.d"), *blank = malloc(MEBIBYTE + 1);
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    assert_non_null(blank);
    memset(blank, '\n', MEBIBYTE + 1);
    memcpy(blank, text, strlen(text));

    assert_int_equal(parse_exactly(&set, blank, MEBIBYTE + 1, &diag), -EFBIG);
    assert_string_equal(diag.text, "file.d: larger than 1 MiB, which no provider definition is");
    assert_int_equal(set.count, 0);
    assert_int_equal(parse_exactly(&set, blank, MEBIBYTE, NULL), 0);
    assert_set(&set, "a:\n");
    provider_set_free(&set);

    write_file(path, blank, MEBIBYTE);
    assert_int_equal(provider_set_load(&set, path, NULL), 0);
    assert_set(&set, "a:\n");
    write_file(path, blank, MEBIBYTE + 1);
    assert_load_fails(path, -EFBIG, too_large);
    assert_int_equal(truncate(path, (off_t)1 << 30), 0);
    assert_load_fails(path, -EFBIG, too_large);
    unlink(path);
}

static void installed_definitions_load_by_provider_name(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a-b.d"), *other = path_in(*state, "a.d");
    static const char text[] = "provider a { probe x(); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    write_file(other, text, strlen(text));
    write_file(path, "provider c { };", 15);
    assert_int_equal(provider_set_load_installed(&set, *state, "b", NULL), 0);
    assert_int_equal(provider_set_load_installed(&set, *state, "a", NULL), 1);
    assert_set(&set, "a: x()\n");
    /* Had before: the file is not looked at again. */
    unlink(other);
    assert_int_equal(provider_set_load_installed(&set, *state, "a", NULL), 1);
    /* Defines another. */
    assert_int_equal(provider_set_load_installed(&set, *state, "a-b", NULL), 0);
    assert_set(&set, "a: x()\nc:\n");
    unlink(path);
}

static void installed_definitions_replace_nothing(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a.d");
    static const char text[] = "provider b { probe installed(); }; provider a { }; provider c { };";
    _cleanup_provider_set_ struct provider_set set = {0};
    write_file(path, text, strlen(text));
    assert_int_equal(parse(&set, "provider b { probe mine(); };"), 0);
    assert_int_equal(provider_set_load_installed(&set, *state, "a", NULL), 1);
    assert_set(&set, "a:\nb: mine()\nc:\n");
    unlink(path);
}

/* None of these names may lead to a file, though each would name one that exists or can't be read. */
static void hostile_names_are_never_looked_up(void **state)
{
    _cleanup_free_ char *outside = path_in(*state, "a.d"), *inside = path_in(*state, "sub");
    _cleanup_free_ char *hidden = path_in(inside, ".b.d"), *spaced = path_in(inside, "a b.d");
    _cleanup_free_ char *empty = path_in(inside, ".d");
    static const char text[] = "provider a { };";
    static const char *const names[] = {"../a", ".b",       "",   "a b", "a/../../a", "/etc/passwd",
                                        "a\n",  "\xc3\xa9", "..", ".",   "./a"};
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(mkdir(inside, 0700), 0);
    write_file(outside, text, strlen(text));
    write_file(hidden, "x", 1);
    write_file(spaced, "x", 1);
    write_file(empty, "x", 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct diag diag = {0};
        assert_int_equal(provider_set_load_installed(&set, inside, names[i], &diag), 0);
        assert_string_equal(diag.text, "");
        assert_int_equal(set.count, 0);
    }
    unlink(empty);
    unlink(spaced);
    unlink(hidden);
    unlink(outside);
    rmdir(inside);
}

static void missing_installed_definitions_are_no_error(void **state)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    char long_name[1024] = {0};
    memset(long_name, 'a', sizeof(long_name) - 1);
    struct diag diag = {0};
    assert_int_equal(provider_set_load_installed(&set, *state, "a", &diag), 0);
    assert_int_equal(provider_set_load_installed(&set, *state, long_name, &diag), 0);
    assert_int_equal(provider_set_load_installed(&set, "/nonexistent", "a", &diag), 0);
    assert_int_equal(provider_set_load_installed(&set, "/dev/null", "a", &diag), 0);
    assert_string_equal(diag.text, "");
}

static void broken_installed_definitions_are_errors(void **state)
{
    _cleanup_free_ char *path = path_in(*state, "a.d");
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf message = {0};
    struct diag diag = {0};
    write_file(path, "provider a {", 12);
    assert_int_equal(provider_set_load_installed(&set, *state, "a", &diag), -EINVAL);
    buf_printf(&message, "%s:1:13: expected 'probe' or '}': end of file", path);
    assert_string_equal(diag.text, buf_string(&message));
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(provider_set_load_installed(&set, *state, "a", &diag), -EISDIR);
    message.len = 0;
    buf_printf(&message, "%s: is a directory, not a provider definition", path);
    assert_string_equal(diag.text, buf_string(&message));
    assert_int_equal(provider_set_load_installed(&set, *state, "a", NULL), -EISDIR);
    assert_int_equal(set.count, 0);
    rmdir(path);
}

#define with_directory(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(providers_are_added_in_order),
        cmocka_unit_test(a_provider_is_replaced_as_a_whole),
        cmocka_unit_test(finding_needs_the_whole_name),
        cmocka_unit_test(every_one_of_many_is_found),
        cmocka_unit_test(freeing_an_empty_set_is_fine),
        with_directory(a_file_is_loaded),
        with_directory(a_file_with_an_error_says_where),
        with_directory(what_is_no_regular_file_is_refused),
        with_directory(one_mebibyte_is_the_limit),
        with_directory(installed_definitions_load_by_provider_name),
        with_directory(installed_definitions_replace_nothing),
        with_directory(hostile_names_are_never_looked_up),
        with_directory(missing_installed_definitions_are_no_error),
        with_directory(broken_installed_definitions_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
