#include "describe.h"

#include "provider/arg_width.h"

static void assert_width(const char *type, unsigned expected)
{
    size_t len = strlen(type);
    _cleanup_free_ char *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, type, len);
    unsigned width = arg_width_of_type(exact, len);
    if (width != expected)
        fail_msg("%s: %u bytes, not %u", type, width, expected);
}

static void types_of_c(void **state)
{
    (void)state;
    assert_width("char", 1);
    assert_width("unsigned char const", 1);
    assert_width("short", 2);
    assert_width("int short unsigned", 2);
    assert_width("int", 4);
    assert_width("const unsigned", 4);
    assert_width("signed", 4);
    assert_width("float", 4);
    assert_width("double", 8);
    assert_width("long long", 8);
    assert_width("long unsigned long int", 8);
    assert_width("uint8_t", 1);
    assert_width("const int16_t", 2);
    assert_width("uint32_t", 4);
    assert_width("int64_t volatile", 8);
}

static void as_wide_as_a_pointer(void **state)
{
    (void)state;
    static const char *const types[] = {
        "long",   "unsigned long int", "size_t",       "ssize_t",  "uintptr_t", "char *",
        "void *", "struct s *",        "int (*)(int)", "char[16]", "string",    "float *"};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        assert_width(types[i], ARG_WIDTH_POINTER);
}

static void not_known(void **state)
{
    (void)state;
    static const char *const types[] = {"Oid",         "off_t", "struct int",  "union u", "enum long",
                                        "long double", "bool",  "const _Bool", "",        "integer"};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        assert_width(types[i], ARG_WIDTH_UNKNOWN);
}

/* The definition's aliases count, as they do for the kind. */
static void aliases_have_their_meaning(void **state)
{
    (void)state;
    static const char text[] = "#define Oid unsigned int\n"
                               "typedef struct conn *conn_ref;\n"
                               "provider p { probe x(Oid, conn_ref, relation); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(parse_exactly(&set, text, strlen(text), NULL), 0);
    const struct provider_arg *args = set.providers[0].probes[0].args;
    assert_int_equal(args[0].width, 4);
    assert_int_equal(args[1].width, ARG_WIDTH_POINTER);
    assert_int_equal(args[2].width, ARG_WIDTH_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_c),
        cmocka_unit_test(as_wide_as_a_pointer),
        cmocka_unit_test(not_known),
        cmocka_unit_test(aliases_have_their_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
