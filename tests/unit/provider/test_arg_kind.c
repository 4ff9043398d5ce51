#include "describe.h"

#include "provider/arg_kind.h"

static void assert_kind(const char *type, enum arg_kind expected)
{
    size_t len = strlen(type);
    _cleanup_free_ char *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, type, len);
    enum arg_kind kind = arg_kind_of_type(exact, len);
    if (kind != expected)
        fail_msg("%s is %s, not %s", type, describe_kind(expected), describe_kind(kind));
}

static void assert_kinds(const char *const *types, enum arg_kind expected)
{
    for (; *types; types++)
        assert_kind(*types, expected);
}

static void strings_are_single_pointers_to_plain_char(void **state)
{
    (void)state;
    static const char *const types[] = {
        "char *",      "const char *", "char const *", "char *const",       "const char *const",
        "char*",       "char[16]",     "char[]",       "const char[2*(8)]", "volatile char *",
        "char [a[1]]", "string",       "const string", "char /* text */ *", NULL,
    };
    assert_kinds(types, ARG_KIND_STRING);
}

static void other_pointers_are_pointers(void **state)
{
    (void)state;
    static const char *const types[] = {
        "void *",
        "unsigned char *",
        "char unsigned *",
        "signed char *",
        "uint8_t *",
        "char **",
        "char *[]",
        "char[2][3]",
        "struct char *",
        "double *",
        "bool *",
        "string *",
        "Oid *",
        "int[4]",
        "enum e *",
        "int (*)(void)",
        "char *(*)(char)",
        "int (int)",
        "char (*)[]",
        "void *const",
        "const char *restrict *",
        NULL,
    };
    assert_kinds(types, ARG_KIND_POINTER);
}

static void floats_are_floats(void **state)
{
    (void)state;
    static const char *const types[] = {"float",        "double",       "long double",
                                        "const double", "double const", NULL};
    assert_kinds(types, ARG_KIND_FLOAT);
}

static void bools_are_bools(void **state)
{
    (void)state;
    static const char *const types[] = {"bool", "_Bool", "const bool", "_Bool volatile", NULL};
    assert_kinds(types, ARG_KIND_BOOL);
}

static void everything_else_is_an_integer(void **state)
{
    (void)state;
    static const char *const types[] = {
        "int",
        "unsigned",
        "unsigned long long int",
        "char",
        "signed char",
        "enum bool",
        "enum float",
        "size_t",
        "uintptr_t",
        "pid_t",
        "long const",
        "Oid",
        "struct s",
        "union double",
        "",
        "my_bool_t",
        "floats",
        "void",
        "__int128",
        "]",
        NULL,
    };
    assert_kinds(types, ARG_KIND_INTEGER);
}

/* Hostile text has a kind too; what counts is that reading ends where the text ends. */
static void what_is_no_type_has_some_kind(void **state)
{
    (void)state;
    assert_kind("/*", ARG_KIND_INTEGER);
    assert_kind("\"", ARG_KIND_INTEGER);
    assert_kind("char [", ARG_KIND_STRING);
    assert_kind("#", ARG_KIND_INTEGER);
    assert_kind("\x80\xff*", ARG_KIND_POINTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_single_pointers_to_plain_char),
        cmocka_unit_test(other_pointers_are_pointers),
        cmocka_unit_test(floats_are_floats),
        cmocka_unit_test(bools_are_bools),
        cmocka_unit_test(everything_else_is_an_integer),
        cmocka_unit_test(what_is_no_type_has_some_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
