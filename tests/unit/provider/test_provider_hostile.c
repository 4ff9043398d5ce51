/* Texts that nobody writes by accident: each is read or refused, in time and memory that grow with its
 * length. */
#include "describe.h"

#include <errno.h>
#include <unistd.h>

enum { MEBIBYTE = 1024 * 1024, MANY = 100000, MAX_NESTING = 64 };

/* Far more than a run takes, far less than one takes that looks at everything twice for each byte. */
enum { SECONDS = 120 };

static int limit_time(void **state)
{
    (void)state;
    alarm(SECONDS);
    return 0;
}

static void repeat(struct buf *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_puts(out, text);
}

/* Fills up to the largest size that is read. */
static void repeat_to_limit(struct buf *out, const char *text)
{
    repeat(out, text, (MEBIBYTE - out->len) / strlen(text));
}

static void assert_refused(const struct buf *text, const char *expected)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    assert_int_equal(parse_exactly(&set, text->data, text->len, &diag), -EINVAL);
    assert_string_equal(diag.text, expected);
    assert_int_equal(set.count, 0);
}

static void assert_accepted(struct provider_set *set, const struct buf *text)
{
    struct diag diag = {0};
    int result = parse_exactly(set, text->data, text->len, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(result, 0);
}

static void parentheses_nest_sixty_four_deep(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0}, deeper = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "provider p { probe x(int ");
    repeat(&text, "(*", MAX_NESTING);
    buf_puts(&text, "name");
    repeat(&text, ")", MAX_NESTING);
    buf_puts(&text, "); };");
    assert_accepted(&set, &text);
    assert_string_equal(set.providers[0].probes[0].args[0].name, "name");

    buf_puts(&deeper, "provider p { probe x(int ");
    repeat(&deeper, "(", MAX_NESTING + 1);
    assert_refused(&deeper, "file.d:1:90: nested too deep: (");
    repeat(&deeper, "(", MANY);
    assert_refused(&deeper, "file.d:1:90: nested too deep: (");
}

static void brackets_nest_no_deeper(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    buf_puts(&text, "provider p { probe x(int a");
    repeat(&text, "[", MANY);
    assert_refused(&text, "file.d:1:91: nested too deep: [");
}

static void braces_of_passed_over_types_are_only_counted(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "struct a ");
    repeat(&text, "{", MANY);
    assert_refused(&text, "file.d:1:1: a declaration without its ';': struct");
    repeat(&text, "}", MANY);
    buf_puts(&text, "; provider p { };");
    assert_accepted(&set, &text);
    assert_set(&set, "p:\n");
}

static void one_token_may_fill_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *start, *unit, *expected;
    } cases[] = {
        {"/*", "*", "file.d:1:1: a comment without its end: /***************************************…"},
        {"enum{'", "'", NULL},
        {"enum{\"", "\\", NULL},
        {"enum{\"", "x",
         "file.d:1:6: a string without its closing quote: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"},
        {"", "a", "file.d:1:1: expected 'provider': aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"},
        {"", "(", "file.d:1:1: expected 'provider': ("},
        {"#", "/**/", NULL},
        {"#", "\\\n", NULL},
        {"", "\\\n", NULL},
        {"", "//\n", NULL},
        {"provider p { probe x(int", " const", NULL},
        {"provider p { probe x(int ", "*", NULL},
        {"provider p { probe x(int ", "(*", "file.d:1:154: nested too deep: ("},
        {"provider p { probe x(int a:int a:int a", ":", "file.d:1:33: expected ',' or ')': :"},
        {"provider p { probe ", "a-", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        _cleanup_buf_ struct buf text = {0};
        _cleanup_provider_set_ struct provider_set set = {0};
        struct diag diag = {0};
        buf_printf(&text, "%s", cases[i].start);
        repeat_to_limit(&text, cases[i].unit);
        int result = parse_exactly(&set, text.data, text.len, &diag);
        assert_true(result == 0 || result == -EINVAL);
        assert_int_equal(set.count, 0);
        if (cases[i].expected)
            assert_string_equal(diag.text, cases[i].expected);
    }
}

static void a_mebibyte_of_nul_bytes(void **state)
{
    (void)state;
    _cleanup_free_ char *text = calloc(1, MEBIBYTE);
    assert_non_null(text);
    struct buf nul = {.data = text, .len = MEBIBYTE};
    assert_refused(&nul, "file.d:1:1: not a character of the D language: \\x00");
}

static void many_arguments(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "provider p { probe x(a");
    repeat(&text, ",b", MANY - 1);
    buf_puts(&text, "); };");
    assert_accepted(&set, &text);
    assert_int_equal(set.providers[0].probes[0].n_args, MANY);
    assert_string_equal(set.providers[0].probes[0].args[MANY - 1].type, "b");
}

static void many_probes_of_one_name(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "provider p {");
    repeat(&text, "probe a()", MANY);
    buf_puts(&text, "probe a(int last) probe a() }");
    assert_accepted(&set, &text);
    assert_set(&set, "p: a()\np: a(int|last|integer)\n");
}

static void many_providers(void **state)
{
    (void)state;
    enum { COUNT = 60000 };
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    for (unsigned i = 0; i < COUNT; i++)
        buf_printf(&text, "provider a%x{}", i * 7919 % COUNT);
    assert_true(text.len <= MEBIBYTE);
    assert_accepted(&set, &text);
    assert_int_equal(set.count, COUNT);
    assert_accepted(&set, &text);
    assert_int_equal(set.count, COUNT);
}

static void many_aliases(void **state)
{
    (void)state;
    enum { COUNT = 30000 };
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    for (unsigned i = 0; i < COUNT; i++)
        buf_printf(&text, "#define a%x double\n", i);
    buf_puts(&text, "provider p { probe x(int");
    for (unsigned i = 0; i < COUNT; i++)
        buf_printf(&text, ", a%x", i);
    buf_puts(&text, "); };");
    assert_true(text.len <= MEBIBYTE);
    assert_accepted(&set, &text);
    const struct provider_probe *probe = &set.providers[0].probes[0];
    assert_int_equal(probe->n_args, COUNT + 1);
    for (size_t i = 1; i <= COUNT; i++)
        assert_int_equal(probe->args[i].kind, ARG_KIND_FLOAT);
}

/* Written out, a00 is two to the power of sixty-four words. */
static void aliases_that_explode(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    for (unsigned i = 0; i < 64; i++)
        buf_printf(&text, "#define a%02u a%02u a%02u\n", i, i + 1, i + 1);
    buf_puts(&text, "provider p { probe x(a00");
    repeat(&text, ",a00", MANY - 1);
    buf_puts(&text, ", char *name); };");
    assert_accepted(&set, &text);
    const struct provider_probe *probe = &set.providers[0].probes[0];
    assert_int_equal(probe->n_args, MANY + 1);
    assert_int_equal(probe->args[MANY - 1].kind, ARG_KIND_INTEGER);
    assert_int_equal(probe->args[MANY].kind, ARG_KIND_STRING);
}

/* A length is looked for among the first arguments only. */
static void many_annotations(void **state)
{
    (void)state;
    enum { COUNT = 40000 };
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "provider p { probe x(int n");
    for (unsigned i = 0; i < COUNT; i++)
        buf_printf(&text, ",T*%c/*hex[%c]*/", i == COUNT - 1 ? 'z' : ' ', i % 2 ? 'z' : 'n');
    buf_puts(&text, "); };");
    assert_true(text.len <= MEBIBYTE);
    assert_accepted(&set, &text);
    const struct provider_probe *probe = &set.providers[0].probes[0];
    assert_int_equal(probe->n_args, COUNT + 1);
    assert_int_equal(probe->args[COUNT - 1].kind, ARG_KIND_HEX);
    assert_int_equal(probe->args[COUNT].kind, ARG_KIND_POINTER);
    assert_int_equal(set.remarks.count, 16);
}

static void one_annotation_may_fill_the_file(void **state)
{
    (void)state;
    static const char *const units[] = {"enum{", "hex[", ".a", "+1", "1=A ", "*", "'\"", "#"};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        _cleanup_buf_ struct buf text = {0};
        _cleanup_provider_set_ struct provider_set set = {0};
        buf_printf(&text, "provider p { probe x(T *a /*%s", i == 4 ? "enum{" : "");
        while (text.len < MEBIBYTE - 20)
            buf_puts(&text, units[i]);
        buf_puts(&text, " */); };");
        assert_accepted(&set, &text);
        assert_int_equal(set.providers[0].probes[0].n_args, 1);
    }
}

/* Reading it for each of its uses would take hours. */
static void assert_long_alias_is_none(const char *unit)
{
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "#define A char * ");
    repeat(&text, unit, MANY);
    buf_puts(&text, "\nprovider p { probe x(A");
    repeat(&text, ",A", MANY);
    buf_puts(&text, "); };");
    assert_accepted(&set, &text);
    assert_int_equal(set.providers[0].probes[0].n_args, MANY + 1);
    assert_int_equal(set.providers[0].probes[0].args[MANY].kind, ARG_KIND_INTEGER);
}

static void aliases_that_are_too_long(void **state)
{
    (void)state;
    assert_long_alias_is_none("const ");
    assert_long_alias_is_none("const");
    assert_long_alias_is_none("/**/");
    assert_long_alias_is_none("\\\n");
}

/* What the whole text has in it, so that cutting and damaging it goes through all of the grammar. */
static const char everything[] =
    "/* c */ // c\n#pragma D x\n#define T const \\\n char * /* c */\n#define U T\n"
    "typedef struct s { char c[2]; } t; typedef U V; enum e { A = 'a', B = \"\\\"\" };\n"
    "provider p_1 {\n"
    "    probe a-b__c();\n"
    "    probe d(void) : (int, t *t);\n"
    "    probe n(t *n /* .a.b:ptr hex[l] */, int l, // enum{1=A,-2=B}\n void * /*+8+1 text[4]*/, long "
    "/*ms*/);\n"
    "    probe e(T, const unsigned long x : T, struct s *const s, V v, int (*f[2])(int, ...), bool);\n"
    "};\nprovider q { probe e(int) probe e(int, int) }\n";

static void every_prefix_is_read_or_refused(void **state)
{
    (void)state;
    size_t accepted = 0;
    for (size_t len = 0; len <= strlen(everything); len++) {
        _cleanup_provider_set_ struct provider_set set = {0};
        struct diag diag = {0};
        int result = parse_exactly(&set, everything, len, &diag);
        assert_int_equal(result, *diag.text ? -EINVAL : 0);
        accepted += !result;
    }
    assert_true(accepted > 10);
}

static void every_damaged_byte_is_read_or_refused(void **state)
{
    (void)state;
    static const char damage[] = "\0\n\"'#/*\\(){}[];,:-a0 \x80\xc3";
    for (size_t at = 0; at < strlen(everything); at++) {
        for (size_t i = 0; i < sizeof(damage) - 1; i++) {
            _cleanup_provider_set_ struct provider_set set = {0};
            struct diag diag = {0};
            char text[sizeof(everything)];
            memcpy(text, everything, sizeof(text));
            text[at] = damage[i];
            int result = parse_exactly(&set, text, strlen(everything), &diag);
            assert_int_equal(result, *diag.text ? -EINVAL : 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parentheses_nest_sixty_four_deep),
        cmocka_unit_test(brackets_nest_no_deeper),
        cmocka_unit_test(braces_of_passed_over_types_are_only_counted),
        cmocka_unit_test(one_token_may_fill_the_file),
        cmocka_unit_test(a_mebibyte_of_nul_bytes),
        cmocka_unit_test(many_arguments),
        cmocka_unit_test(many_probes_of_one_name),
        cmocka_unit_test(many_providers),
        cmocka_unit_test(many_aliases),
        cmocka_unit_test(aliases_that_explode),
        cmocka_unit_test(many_annotations),
        cmocka_unit_test(one_annotation_may_fill_the_file),
        cmocka_unit_test(aliases_that_are_too_long),
        cmocka_unit_test(every_prefix_is_read_or_refused),
        cmocka_unit_test(every_damaged_byte_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, limit_time, NULL);
}
