/* -w expressions: what is one, what is wrong with what is none, and to what they compile. The compiled tables
 * are walked here as the BPF programs walk them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "where_walk.h"

/* One value of each kind and width. */
static const struct walk_value values[] = {
    {"i8", ARG_KIND_INTEGER, 1, true, .number = -8},
    {"u8", ARG_KIND_INTEGER, 1, false, .number = 200},
    {"i32", ARG_KIND_INTEGER, 4, true, .number = -42},
    {"u32", ARG_KIND_INTEGER, 4, false, .number = UINT32_MAX},
    {"i64", ARG_KIND_INTEGER, 8, true, .number = INT64_MIN},
    {"u64", ARG_KIND_INTEGER, 8, false, .number = -1},
    {"yes", ARG_KIND_BOOL, 1, false, .number = 1},
    {"pointer", ARG_KIND_POINTER, 8, false, .number = 0x7fff0000},
    {"pi", ARG_KIND_FLOAT, 8, false, .real = 3.25},
    {"single", ARG_KIND_FLOAT, 4, false, .real = -0.5},
    {"path", ARG_KIND_STRING, 8, false, .text = "/api/x"},
    {"pid", ARG_KIND_INTEGER, 4, false, .number = 7},
};

enum { N_VALUES = sizeof(values) / sizeof(*values) };

static struct where *parse(const char *text)
{
    struct where *where = NULL;
    struct diag diag = {0};
    if (where_add(&where, text, strlen(text), &diag))
        fail_msg("'%s' was refused: %s", text, diag.text);
    return where;
}

static void expect_truth(const char *text, bool expected)
{
    _cleanup_where_ struct where *where = parse(text);
    if (walk(where, values, N_VALUES, 0) != expected)
        fail_msg("'%s' should be %s", text, expected ? "true" : "false");
}

static void everything_is_compared_as_what_it_is(void **state)
{
    (void)state;
    static const char *const truths[] = {
        "i8 == -8",
        "i8 != 8",
        "i8 < 0",
        "i8 <= -8",
        "i8 > -9",
        "i8 >= -8",
        "i8 == -0x8",
        "u8 == 200",
        "u8 > 127",
        "u8 < 201",
        "i32 == -42",
        "i32 < -41",
        "i32 > -2147483648",
        "u32 == 4294967295",
        "u32 > 0x7fffffff",
        "i64 == -9223372036854775808",
        "i64 < -9223372036854775807",
        "u64 == 18446744073709551615",
        "u64 > 9223372036854775807",
        "u64 == 0xffffffffffffffff",
        "yes",
        "yes == true",
        "yes != false",
        "yes == 1",
        "yes > 0",
        "pointer == 0x7fff0000",
        "pointer & 0xffff0000",
        "pi == 3.25",
        "pi > 3",
        "pi < 3.5e0",
        "pi >= 325e-2",
        "pi != -3.25",
        "pi > -1e300",
        "pi",
        "single == -0.5",
        "single < 0",
        "single > -0.75",
        "single <= -5e-1",
        "path == \"/api/x\"",
        "path ^= \"/api\"",
        "path ^= \"\"",
        "path != \"/api\"",
        "path != \"\"",
        "pid == 4242",
        "args.pid == 7",
        "tid == 4243",
        "comm == \"walker\"",
        "comm ^= \"walk\"",
        "comm != \"walk\"",
        /* bits */
        "i8 & 8",
        "i8 & 0x80",
        "(i8 & 0xff) == 0xf8",
        "i8 & -8 == 0xf8",
        "(i8 & 7) == 0",
        "u8 & 0x48 == 0x48",
        "(((u8) & 64)) >= 64",
        "i64 & 0x8000000000000000",
        "u64 & 1",
        "(i32 & 0x80000000) == 0x80000000",
        /* whole numbers are compared with fractions as numbers */
        "i8 < -7.5",
        "i8 > -8.5",
        "i8 >= -8.5",
        "i8 <= -7.5",
        "i8 == -8.0",
        "i8 != -7.5",
        "u8 > 199.5",
    };
    for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++) {
        char negated[128];
        snprintf(negated, sizeof(negated), "!(%s)", truths[i]);
        expect_truth(truths[i], true);
        expect_truth(negated, false);
    }
}

/* Whether the site passes them with a sign or without one. */
static void pointers_are_compared_as_they_are_shown(void **state)
{
    (void)state;
    static const struct walk_value pointers[] = {
        {"kernel", ARG_KIND_POINTER, 8, true, .number = -0x7f000000},
        {"narrow", ARG_KIND_POINTER, 4, true, .number = -16},
    };
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {
        {"kernel == 0xffffffff81000000", true},
        {"kernel > 0x7fffffffffffffff", true},
        {"kernel < 0", false},
        {"kernel == -2130706432", false},
        {"narrow == 0xfffffff0 && narrow > 0xffffffef && narrow < 0xfffffff1", true},
        {"narrow & 0x10", true},
        {"narrow & 0xf", false},
        {"narrow == -16 || !narrow", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = parse(rows[i].text);
        if (walk(where, pointers, sizeof(pointers) / sizeof(*pointers), 0) != rows[i].expected)
            fail_msg("'%s' should be %s", rows[i].text, rows[i].expected ? "true" : "false");
    }
}

static void annotated_values_are_compared_as_they_are_shown(void **state)
{
    (void)state;
    static struct arg_enum enums[] = {{-1, (char *)"FAILED"},
                                      {1, (char *)"SYN"},
                                      {2, (char *)"ACK"},
                                      {4294967294, (char *)"BEFORE"}},
                           narrow[] = {{-129, (char *)"LOW"},
                                       {-128, (char *)"LEAST"},
                                       {44, (char *)"SMALL"},
                                       {255, (char *)"MOST"},
                                       {300, (char *)"BIG"}};
    static const struct arg_note note = {.enums = enums, .n_enums = 4},
                                 narrow_note = {.enums = narrow, .n_enums = 5};
    static const struct walk_value annotated[] = {
        {"cid", ARG_KIND_HEX, 8, false, .text = "\xc0\xff\0\x0a", .length = 4},
        {"text", ARG_KIND_TEXT, 8, false, .text = "ab\0cd", .length = 5},
        {"empty", ARG_KIND_TEXT, 8, false, .text = "", .length = 0},
        {"null", ARG_KIND_HEX, 8, false, .text = NULL, .length = 4},
        {"state", ARG_KIND_ENUM, 4, true, .number = 2, .note = &note},
        {"code", ARG_KIND_ENUM, 4, true, .number = -1, .note = &note},
        {"odd", ARG_KIND_ENUM, 4, true, .number = -2, .note = &note},
        {"wide", ARG_KIND_ENUM, 8, false, .number = -1, .note = &note},
        {"byte", ARG_KIND_ENUM, 1, false, .number = 44, .note = &narrow_note},
        {"least", ARG_KIND_ENUM, 1, false, .number = 128, .note = &narrow_note},
        {"most", ARG_KIND_ENUM, 1, true, .number = -1, .note = &narrow_note},
        {"peer", ARG_KIND_SOCKADDR, 8, false, .text = "127.0.0.1:80", .length = 12},
    };
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {
        {"cid == \"c0ff000a\"", true},
        {"cid == \"C0FF000A\"", true},
        {"cid != \"c0ff000a\"", false},
        {"cid == \"c0ff\"", false},
        {"cid != \"c0ff\"", true},
        {"cid == \"c0ff000a00\"", false},
        {"cid ^= \"c0\"", true},
        {"cid ^= \"c0ff00\"", true},
        {"cid ^= \"c0ff000a00\"", false},
        {"cid ^= \"\"", true},
        {"cid == \"\"", false},
        {"cid != \"c0f\"", false}, /* no such bytes */
        {"cid != \"c0xx\"", false},
        {"text == \"ab\"", false},
        {"text ^= \"ab\"", true},
        {"text != \"ab\"", true},
        {"!(text ^= \"abc\")", true},
        {"empty == \"\"", true},
        {"empty ^= \"\"", true},
        {"empty != \"a\"", true},
        {"null == \"\"", false},
        {"null != \"00\"", false},
        {"state == \"ACK\"", true},
        {"state != \"ACK\"", false},
        {"state == \"SYN\"", false},
        {"state == \"RST\" || state != \"RST\"", false},
        {"state ^= \"A\"", false},
        {"state == 2 && state > 1 && state & 2", true},
        {"code == \"FAILED\" && code == -1", true},
        {"code == \"BEFORE\"", false},
        {"odd == \"BEFORE\"", true}, /* the site passes it with a sign */
        {"wide == \"FAILED\"", true},
        {"byte == \"SMALL\" && least == \"LEAST\" && most == \"MOST\"", true},
        {"byte == \"BIG\" || byte != \"BIG\" || byte != \"LOW\"", false}, /* it can't be */
        {"peer == \"127.0.0.1:80\" || peer != \"127.0.0.1:80\"", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = parse(rows[i].text);
        if (walk(where, annotated, sizeof(annotated) / sizeof(*annotated), 0) != rows[i].expected)
            fail_msg("'%s' should be %s", rows[i].text, rows[i].expected ? "true" : "false");
    }
}

static void signs_bind_as_in_c(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {
        {"u8 == 200 || u8 == 1 && u8 == 2", true}, /* (true) || (false && false) */
        {"(u8 == 200 || u8 == 1) && u8 == 2", false},
        {"u8 == 1 && u8 == 2 || u8 == 200", true},
        {"u8 == 1 || u8 == 2 || u8 == 200", true},
        {"u8 == 200 && i8 == -8 && yes", true},
        {"u8 == 200 && i8 == -7 && yes", false},
        {"!(u8 == 200) || yes", true},
        {"!(u8 == 200 || yes)", false},
        {"!(u8 == 1 || !yes)", true},
        {"!(u8 == 200 && !yes)", true},
        {"!!yes", true},
        {"!!!yes", false},
        {"!!(u8 == 1)", false},
        {"!(u8 & 1)", true},
        {"((((yes))))", true},
        {"yes&&u8==200||!yes", true},
        {"\t yes\n&& u8\r==200 ", true},
        {"!((u8 == 1 || yes) && (i8 == -8 || u8 == 3))", false},
        {"(u8 == 1 || yes) && !(i8 == 8 && u8 == 200) && (path ^= \"/\" || yes == false)", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        expect_truth(rows[i].text, rows[i].expected);
}

static void several_expressions_must_all_be_true(void **state)
{
    (void)state;
    _cleanup_where_ struct where *where = parse("u8 == 200 || yes == false");
    struct diag diag = {0};
    assert_true(walk(where, values, N_VALUES, 0));
    assert_int_equal(where_add(&where, "i8 < 0", 6, &diag), 0);
    assert_true(walk(where, values, N_VALUES, 0));
    /* A bad one changes nothing. */
    assert_int_equal(where_add(&where, "i8 > 0 && (", 11, &diag), -EINVAL);
    assert_string_equal(diag.text, "expression 3: column 12: the expression ends where a name is missing");
    assert_true(walk(where, values, N_VALUES, 0));
    assert_int_equal(where_add(&where, "i8 > 0", 6, &diag), 0);
    assert_false(walk(where, values, N_VALUES, 0));
}

/* Bit per value that can't be read. */
static void what_cannot_be_read_is_neither_true_nor_false(void **state)
{
    (void)state;
    static const char *const texts[] = {"u8 == 200", "u8 != 200",  "!(u8 == 200)",
                                        "u8",        "!u8",        "u8 >= 0",
                                        "u8 & 8",    "u8 < 300.5", "!(u8 == 200 || yes)"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        _cleanup_where_ struct where *where = parse(texts[i]);
        assert_false(walk(where, values, N_VALUES, 1 << 1));
    }
    _cleanup_where_ struct where *other = parse("u8 == 200 || !(u8 == 1 && yes == false)");
    assert_true(walk(other, values, N_VALUES, 1 << 1));
    static const struct walk_value odd[] = {
        {"nan", ARG_KIND_FLOAT, 8, false, .real = __builtin_nan("")},
        {"infinity", ARG_KIND_FLOAT, 8, false, .real = __builtin_inf()},
        {"minus_zero", ARG_KIND_FLOAT, 4, false, .real = -0.0},
        {"null", ARG_KIND_STRING, 8, false, .text = NULL},
    };
    static const char *const falsehoods[] = {
        "nan == 0",     "nan != 0",           "!(nan == 0)",     "nan < 1",        "nan > 1",
        "nan",          "infinity < 1.7e308", "minus_zero",      "minus_zero < 0", "null == \"\"",
        "null != \"\"", "null ^= \"\"",       "!(null ^= \"x\")"};
    for (size_t i = 0; i < sizeof(falsehoods) / sizeof(*falsehoods); i++) {
        _cleanup_where_ struct where *where = parse(falsehoods[i]);
        if (walk(where, odd, 4, 0))
            fail_msg("'%s' should be false", falsehoods[i]);
    }
    _cleanup_where_ struct where *zero = parse("minus_zero == 0 && infinity > 1.7e308");
    assert_true(walk(zero, odd, 4, 0));
}

static void beyond_an_argument_s_width_is_beyond_all_its_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {
        {"u8 < 256", true},
        {"u8 != 256", true},
        {"u8 == 256", false},
        {"u8 > 300", false},
        {"u8 >= -1", true},
        {"u8 == -56", false},
        {"i8 > -129", true},
        {"i8 < 128", true},
        {"i8 == 248", false},
        {"i64 < 9223372036854775808", true},
        {"i64 == 9223372036854775808", false},
        {"u64 > -1", true},
        {"u8 < 1e300", true},
        {"u8 > -1e300", true},
        {"u8 > 1e300", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        expect_truth(rows[i].text, rows[i].expected);
}

static void what_a_layout_lacks_is_left_out_of_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool applies;
        unsigned terms;
    } rows[] = {
        {"u8 == 1", true, 1},
        {"none == 1", false, 0},
        {"!(none == 1)", false, 0},
        {"none == 1 && u8 == 1", false, 0},
        {"none == 1 || u8 == 1", true, 1},
        {"u8 == 1 && (none == 1 || i8 == 2)", true, 2},
        {"(u8 == 1 && none == 1) || i8 == 2 || yes", true, 2},
        {"!(u8 == 1 || none == 1)", false, 0},
        {"!(u8 == 1 && none == 1)", true, 1},
        {"path == 3 || yes", true, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = parse(rows[i].text);
        struct wire_filter filter;
        walk_compile(where, values, N_VALUES, &filter);
        unsigned terms = 0;
        while (terms < WIRE_MAX_TERMS && filter.terms[terms].relations)
            terms++;
        assert_int_equal(terms, rows[i].terms);
        assert_int_equal(filter.terms[0].when_true != WIRE_FILTER_REJECT, rows[i].applies);
    }
}

static void terms_only_jump_forward(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "!(u8 == 1 || (yes && (u8 == 2 || !(u8 == 3 && yes)))) || ((yes || u8) && (i8 || !(yes && i32)))",
        "u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8||u8",
        "u8&&(u8||(u8&&(u8||(u8&&(u8||(u8&&(u8||(u8&&(u8||(u8&&(u8||(u8&&(u8||(u8&&u8))))))))))))))",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        _cleanup_where_ struct where *where = parse(texts[i]);
        struct wire_filter filter;
        walk_compile(where, values, N_VALUES, &filter);
        for (unsigned term = 0; term < WIRE_MAX_TERMS && filter.terms[term].relations; term++) {
            assert_in_range(filter.terms[term].when_true, term + 1, WIRE_FILTER_REJECT);
            assert_in_range(filter.terms[term].when_false, term + 1, WIRE_FILTER_REJECT);
        }
    }
}

static void texts_are_zero_padded_with_the_bytes_to_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
        unsigned size, relations;
    } rows[] = {
        {"path == \"\"", "", 2, WIRE_EQUAL},
        {"path ^= \"\"", "", 1, WIRE_EQUAL},
        {"path == \"a\\\\b\\\"c\\n\\t\\x7f\\xE9\"", "a\\b\"c\n\t\x7f\xe9", 11, WIRE_EQUAL},
        {"path != \"é\"", "é", 4, WIRE_LESS | WIRE_GREATER},
        {"!(path ^= \"ab\")", "ab", 3, WIRE_LESS | WIRE_GREATER},
        {"path == \"0123456789012345678901234567890123456789012345678901234567890123\"",
         "0123456789012345678901234567890123456789012345678901234567890123", 66, WIRE_EQUAL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = parse(rows[i].text);
        struct wire_filter filter;
        char expected[WIRE_TEXT_WORDS * 8] = {0};
        walk_compile(where, values, N_VALUES, &filter);
        strcpy(expected, rows[i].bytes);
        assert_int_equal(filter.terms[0].comparison, WIRE_COMPARE_TEXT);
        assert_memory_equal(filter.terms[0].text, expected, sizeof(expected));
        assert_int_equal(filter.terms[0].text_size, rows[i].size);
        assert_int_equal(filter.terms[0].relations, rows[i].relations);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_compared_as_what_it_is),
        cmocka_unit_test(pointers_are_compared_as_they_are_shown),
        cmocka_unit_test(annotated_values_are_compared_as_they_are_shown),
        cmocka_unit_test(signs_bind_as_in_c),
        cmocka_unit_test(several_expressions_must_all_be_true),
        cmocka_unit_test(what_cannot_be_read_is_neither_true_nor_false),
        cmocka_unit_test(beyond_an_argument_s_width_is_beyond_all_its_values),
        cmocka_unit_test(what_a_layout_lacks_is_left_out_of_the_table),
        cmocka_unit_test(terms_only_jump_forward),
        cmocka_unit_test(texts_are_zero_padded_with_the_bytes_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
