/* What is wrong with a `.d` file is said with its place. */
#include "describe.h"

#include <errno.h>

/* The set has something, which has to survive. */
static void assert_refused_bytes(const char *text, size_t len, const char *expected)
{
    static const char known[] = "provider known { probe x(int a); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    assert_int_equal(provider_set_parse(&set, "known.d", known, strlen(known), NULL), 0);
    assert_int_equal(parse_exactly(&set, text, len, &diag), -EINVAL);
    assert_string_equal(diag.text, expected);
    assert_set(&set, "known: x(int|a|integer)\n");
    assert_int_equal(parse_exactly(&set, text, len, NULL), -EINVAL);
}

static void assert_refused(const char *text, const char *expected)
{
    assert_refused_bytes(text, strlen(text), expected);
}

static void around_providers(void **state)
{
    (void)state;
    assert_refused("provder p { };", "file.d:1:1: expected 'provider': provder");
    assert_refused("\n\n  int x;", "file.d:3:3: expected 'provider': int");
    assert_refused("provider p { };;", "file.d:1:16: expected 'provider': ;");
    assert_refused("syscall:::entry { trace(1); }", "file.d:1:1: expected 'provider': syscall");
    assert_refused("provider p { }; }", "file.d:1:17: expected 'provider': }");
    assert_refused("struct a { int b; }\nprovider p { };",
                   "file.d:2:1: expected ';' behind the declaration: provider");
    assert_refused("struct a { int b; }", "file.d:1:20: expected ';' behind the declaration: end of file");
    assert_refused("\ntypedef struct { int b;", "file.d:2:1: a declaration without its ';': typedef");
    assert_refused("typedef int a", "file.d:1:1: a declaration without its ';': typedef");
    assert_refused("enum e } { ;", "file.d:1:1: a declaration without its ';': enum");
}

static void in_providers(void **state)
{
    (void)state;
    assert_refused("provider", "file.d:1:9: expected the name of a provider: end of file");
    assert_refused("provider { };", "file.d:1:10: expected the name of a provider: {");
    assert_refused("provider 2p { };", "file.d:1:10: expected the name of a provider: 2p");
    assert_refused("provider \"p\" { };", "file.d:1:10: expected the name of a provider: \"p\"");
    assert_refused("provider a-b { };", "file.d:1:11: expected '{' and the probes of the provider: -");
    assert_refused("provider p;", "file.d:1:11: expected '{' and the probes of the provider: ;");
    assert_refused("provider p {\n\tporbe x();\n};", "file.d:2:2: expected 'probe' or '}': porbe");
    assert_refused("provider p {\n    probe x();\n", "file.d:3:1: expected 'probe' or '}': end of file");
    assert_refused("provider p { probe x();; };", "file.d:1:24: expected 'probe' or '}': ;");
    assert_refused("provider p { provider q { }; };", "file.d:1:14: expected 'probe' or '}': provider");
}

static void in_probes(void **state)
{
    (void)state;
    assert_refused("provider p { probe (); };", "file.d:1:20: expected the name of a probe: (");
    assert_refused("provider p { probe -x(); };", "file.d:1:20: expected the name of a probe: -");
    assert_refused("provider p { probe", "file.d:1:19: expected the name of a probe: end of file");
    assert_refused("provider p { probe x; };", "file.d:1:21: expected '(' and the arguments of the probe: ;");
    assert_refused("provider p { probe a - b(); };",
                   "file.d:1:22: expected '(' and the arguments of the probe: -");
    assert_refused("provider p { probe a b(); };",
                   "file.d:1:22: expected '(' and the arguments of the probe: b");
    assert_refused("provider p { probe x() : int; };",
                   "file.d:1:26: expected '(' and the translated types: int");
    assert_refused("provider p { probe x() : (int; };", "file.d:1:30: expected ',' or ')': ;");
}

static void in_arguments(void **state)
{
    (void)state;
    assert_refused("provider p {\n    probe x(int a;\n};", "file.d:2:18: expected ',' or ')': ;");
    assert_refused("provider p { probe x(int a b); };", "file.d:1:28: expected ',' or ')': b");
    assert_refused("provider p { probe x(Oid *int); };", "file.d:1:27: expected ',' or ')': int");
    assert_refused("provider p { probe x(int 3); };", "file.d:1:26: expected ',' or ')': 3");
    assert_refused("provider p { probe x(int]); };", "file.d:1:25: expected ',' or ')': ]");
    assert_refused("provider p { probe x(int,); };", "file.d:1:26: expected the type of an argument: )");
    assert_refused("provider p { probe x(,int); };", "file.d:1:22: expected the type of an argument: ,");
    assert_refused("provider p { probe x(*p); };", "file.d:1:22: expected the type of an argument: *");
    assert_refused("provider p { probe x(const); };", "file.d:1:27: expected the type of an argument: )");
    assert_refused("provider p { probe x(int, ...); };", "file.d:1:27: expected the type of an argument: .");
    assert_refused("provider p { probe x(int a : ); };", "file.d:1:30: expected the type of an argument: )");
    assert_refused("provider p { probe x(struct *p); };",
                   "file.d:1:29: expected the tag of a struct, union or enum: *");
    assert_refused("provider p { probe x(struct { int a; } s); };",
                   "file.d:1:29: expected the tag of a struct, union or enum: {");
    assert_refused("provider p { probe x(int", "file.d:1:25: expected ',' or ')': end of file");
    assert_refused("provider p { probe x(int (*f)(int; };", "file.d:1:34: expected ')': ;");
    assert_refused("provider p { probe x(char a[4; };", "file.d:1:30: expected ']': ;");
    assert_refused("provider p { probe x(char a[4)); };", "file.d:1:30: expected ']': )");
    assert_refused("provider p { probe x(int (*a]); };", "file.d:1:29: expected ')': ]");
}

static void void_is_no_argument(void **state)
{
    (void)state;
    assert_refused("provider p { probe x(void, int); };", "file.d:1:22: an argument can't be void: void");
    assert_refused("provider p { probe x(int, void); };", "file.d:1:27: an argument can't be void: void");
    assert_refused("provider p { probe x(void a); };", "file.d:1:22: an argument can't be void: void");
}

static void unfinished_comments_and_strings(void **state)
{
    (void)state;
    assert_refused("provider p {\n  /* probe x();\n};",
                   "file.d:2:3: a comment without its end: /* probe x();\\n};");
    assert_refused("/*/", "file.d:1:1: a comment without its end: /*/");
    assert_refused("#define A int /* a\n", "file.d:1:15: a comment without its end: /* a\\n");
    assert_refused("enum e { A = 'x\n' };", "file.d:1:14: a string without its closing quote: 'x");
    assert_refused("inline string s = \"\\\"", "file.d:1:19: a string without its closing quote: \"\\\"");
    assert_refused("provider p { probe x(char *a \"don't\"); };",
                   "file.d:1:30: expected ',' or ')': \"don't\"");
}

static void bytes_that_do_not_belong(void **state)
{
    (void)state;
    assert_refused("provider p\x01 { };", "file.d:1:11: not a character of the D language: \\x01");
    assert_refused_bytes("provider p\0 { };", 16, "file.d:1:11: not a character of the D language: \\x00");
    assert_refused("provider p\xff { };", "file.d:1:11: not a character of the D language: \\xff");
    assert_refused("provider p\x1b[2J { };", "file.d:1:11: not a character of the D language: \\x1b");
    assert_refused("provider péter { };", "file.d:1:11: not a character of the D language: é");
    assert_refused("provider p { @ };", "file.d:1:14: expected 'probe' or '}': @");
}

static void columns_are_characters(void **state)
{
    (void)state;
    assert_refused("/* äöü → */ x", "file.d:1:13: expected 'provider': x");
    assert_refused("\t\tx", "file.d:1:3: expected 'provider': x");
    assert_refused("// a\r\n/* b\n\n */ x", "file.d:4:5: expected 'provider': x");
}

static void offending_text_is_short(void **state)
{
    (void)state;
    assert_refused("a23456789_123456789_123456789_123456789_1",
                   "file.d:1:1: expected 'provider': a23456789_123456789_123456789_123456789_…");
    assert_refused("a23456789_123456789_123456789_123456789_",
                   "file.d:1:1: expected 'provider': a23456789_123456789_123456789_123456789_");
    /* Not in the middle of a character. */
    assert_refused(
        "enum { '23456789_123456789_123456789_12345678é_\n",
        "file.d:1:8: a string without its closing quote: '23456789_123456789_123456789_12345678é…");
    assert_refused(
        "enum { '23456789_123456789_123456789_123456789é_\n",
        "file.d:1:8: a string without its closing quote: '23456789_123456789_123456789_123456789…");
}

static void the_name_of_the_file_is_safe_to_print(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    assert_int_equal(provider_set_parse(&set, "a\nb.d", "x", 1, &diag), -EINVAL);
    assert_string_equal(diag.text, "a\\nb.d:1:1: expected 'provider': x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(around_providers),
        cmocka_unit_test(in_providers),
        cmocka_unit_test(in_probes),
        cmocka_unit_test(in_arguments),
        cmocka_unit_test(void_is_no_argument),
        cmocka_unit_test(unfinished_comments_and_strings),
        cmocka_unit_test(bytes_that_do_not_belong),
        cmocka_unit_test(columns_are_characters),
        cmocka_unit_test(offending_text_is_short),
        cmocka_unit_test(the_name_of_the_file_is_safe_to_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
