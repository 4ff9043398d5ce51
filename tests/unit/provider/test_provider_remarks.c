/* What is passed over in a `.d` file, so that its author can be told. */
#include "describe.h"

#include <errno.h>
#include <unistd.h>

static void assert_read(const char *text, const char *expected, const char *remarks)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    int result = parse_exactly(&set, text, strlen(text), &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(result, 0);
    assert_set(&set, expected);
    assert_remarks(&set, remarks);
}

static void what_needs_the_preprocessor(void **state)
{
    (void)state;
    assert_read("#include \"vm_opts.h\"\n"
                "provider p {\n"
                "  #  ifdef  USE_X /* or not */\n"
                "    probe x(int);\n"
                "#else\n"
                "    probe y(int);\n"
                "#endif\n"
                "#ifndef B\n#if defined(A) && \\\n 1\n#elif 2\n#endif\n#endif\n"
                "};",
                "p: x(int|-|integer)\np: y(int|-|integer)\n",
                "file.d:1:1: not read: #include \"vm_opts.h\"\n"
                "file.d:3:3: not evaluated, all of its branches are read: #  ifdef  USE_X /* or not */\n"
                "file.d:8:1: not evaluated, all of its branches are read: #ifndef B\n"
                "file.d:9:1: not evaluated, all of its branches are read: #if defined(A) && \\\\n 1\n");
}

static void defines_that_are_no_types(void **state)
{
    (void)state;
    assert_read("#define A int\n#define B(x) x\n#define\n#define C\n#undef A\n"
                "provider p { probe x(A a, B b, C c); };",
                "p: x(A|a|integer, B|b|integer, C|c|integer)\n",
                "file.d:2:1: no type, passed over: #define B(x) x\n"
                "file.d:3:1: no type, passed over: #define\n"
                "file.d:5:1: passed over, the name keeps its meaning: #undef A\n");
}

static void lines_that_change_no_argument(void **state)
{
    (void)state;
    assert_read("#!/usr/sbin/dtrace -s\n"
                "#pragma D option quiet\n"
                "#pragma D attributes Evolving/Evolving/Common provider p args\n"
                "# 12 \"file.h\"\n"
                "#line 3\n"
                "provider p {\n"
                "\t# file: src/rpc/socket.c\n"
                "\t# it's \"a prefix\n"
                "\t#include_next_to_nothing\n"
                "\tprobe x(int);\n"
                "};\n"
                "#",
                "p: x(int|-|integer)\n", "");
}

static void a_failure_leaves_the_remarks_alone(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(provider_set_parse(&set, "a.d", "#if 1", 5, NULL), 0);
    assert_int_equal(provider_set_parse(&set, "b.d", "#if 2\nx", 7, NULL), -EINVAL);
    assert_int_equal(provider_set_parse(&set, "c.d", "#if 3\nprovider p { };", 21, NULL), 0);
    assert_int_equal(provider_set_parse(&set, "d.d", "#if 4\nprovider p { };", 21, NULL), 0);
    assert_remarks(&set, "a.d:1:1: not evaluated, all of its branches are read: #if 1\n"
                         "c.d:1:1: not evaluated, all of its branches are read: #if 3\n"
                         "d.d:1:1: not evaluated, all of its branches are read: #if 4\n");
    provider_remarks_free(&set.remarks);
    assert_remarks(&set, "");
    assert_set(&set, "p:\n");
}

static void installed_definitions_are_remarked_on(void **state)
{
    (void)state;
    char directory[] = "/tmp/test_provider_remarks.XXXXXX";
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf path = {0}, expected = {0};
    assert_non_null(mkdtemp(directory));
    buf_printf(&path, "%s/p.d", directory);
    FILE *file = fopen(buf_string(&path), "we");
    assert_non_null(file);
    assert_true(fputs("provider p { probe x(void *p /* hex[0] */); };", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(provider_set_load_installed(&set, directory, "p", NULL), 1);
    assert_int_equal(unlink(buf_string(&path)), 0);
    assert_int_equal(rmdir(directory), 0);
    buf_printf(&expected, "! %s:1:37: annotation passed over: a length is a number from 1 to 2^63 - 1: 0\n",
               buf_string(&path));
    assert_remarks(&set, buf_string(&expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_needs_the_preprocessor),
        cmocka_unit_test(defines_that_are_no_types),
        cmocka_unit_test(lines_that_change_no_argument),
        cmocka_unit_test(a_failure_leaves_the_remarks_alone),
        cmocka_unit_test(installed_definitions_are_remarked_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
