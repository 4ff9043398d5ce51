/* What is wrong with a -w expression: each message with its column, names that no probe has, and hostile
 * input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/where.h"

static int add(const char *text, size_t len, struct diag *diag)
{
    _cleanup_where_ struct where *where = NULL;
    int error = where_add(&where, text, len, diag);
    assert_true(!error == (where != NULL));
    return error;
}

static void every_error_says_where_and_what(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "column 1: the expression ends where a name is missing"},
        {"  ", "column 3: the expression ends where a name is missing"},
        {"a ==", "column 5: the expression ends where a number or a \"string\" is missing"},
        {"a ^= ", "column 6: the expression ends where a \"string\" is missing"},
        {"a == 1 &&", "column 10: the expression ends where a name is missing"},
        {"a == 1 ||", "column 10: the expression ends where a name is missing"},
        {"a &", "column 4: the expression ends where a whole number is missing"},
        {"!", "column 2: the expression ends where a name is missing"},
        {"(", "column 2: the expression ends where a name is missing"},
        {"(a == 1", "column 1: this '(' is never closed"},
        {"b || (a == 1", "column 6: this '(' is never closed"},
        {"(a == 1 b", "column 9: 'b' where &&, || or ')' is expected"},
        {"a == 1)", "column 7: ')' where &&, || or the end is expected"},
        {"a b", "column 3: 'b' where &&, || or the end is expected"},
        {"a == b", "column 6: 'b' where a number or a \"string\" is expected"},
        {"a == 1 == 2", "column 8: '==' where &&, || or the end is expected"},
        {"(a == 1) == 2", "column 10: '==' where &&, || or the end is expected"},
        {"(a && b) == 2", "column 10: '==' where &&, || or the end is expected"},
        {"(a && b) & 2", "column 10: '&' where &&, || or the end is expected"},
        {"a & 1 & 2", "column 7: '&' where &&, || or the end is expected"},
        {"a & b", "column 5: 'b' where a whole number is expected"},
        {"a & 1.5", "column 5: '1.5' where a whole number is expected"},
        {"a & \"x\"", "column 5: '\"x\"' where a whole number is expected"},
        {"a & true", "column 5: 'true' where a whole number is expected"},
        {"&& a", "column 1: '&&' where a name is expected"},
        {"()", "column 2: ')' where a name is expected"},
        {"5 == a", "column 1: '5' where a name is expected"},
        {"\"a\" == a", "column 1: '\"a\"' where a name is expected"},
        {"true", "column 1: 'true' where a name is expected"},
        {"!a == 1", "column 4: '!' needs parentheses around a comparison: !(…)"},
        {"!(a) == 1", "column 6: '!' needs parentheses around a comparison: !(…)"},
        {"!a & 1", "column 4: '!' needs parentheses around a comparison: !(…)"},
        {"(!a) == 1", "column 6: '==' where &&, || or the end is expected"},
        {"((!a)) < 1 && b", "column 8: '<' where &&, || or the end is expected"},
        {"(!(a & 4)) == 0", "column 12: '==' where &&, || or the end is expected"},
        {"(!a) & 4", "column 6: '&' where &&, || or the end is expected"},
        {"a = 1", "column 3: '=' alone: == compares"},
        {"a | b", "column 3: '|' alone: || is or"},
        {"a ^ 1", "column 3: '^' alone: ^= means begins with"},
        {"a == 'x'", "column 6: texts stand in double quotes: \"…\""},
        {"a === 1", "column 5: '=' alone: == compares"},
        {"a @ 1", "column 3: unexpected '@'"},
        {"a == é", "column 6: unexpected 'é'"},
        {"a == \"é😀\" é", "column 11: unexpected 'é'"},
        {"a == \xff", "column 6: unexpected byte \\xff"},
        {"a == \x01", "column 6: unexpected '\\x01'"},
        {"a - 1", "column 3: unexpected '-'"},
        {"a == - 1", "column 6: unexpected '-'"},
        {"a == .5", "column 6: unexpected '.'"},
        {"a == 12x", "column 6: '12x' is not a number"},
        {"a == 0x", "column 6: '0x' is not a number"},
        {"a == 0xfg", "column 6: '0xfg' is not a number"},
        {"a == 1.", "column 6: '1.' is not a number"},
        {"a == 1.2.3", "column 6: '1.2.3' is not a number"},
        {"a == 1e", "column 6: '1e' is not a number"},
        {"a == 1e+", "column 6: '1e' is not a number"},
        {"a == 0x1.8", "column 6: '0x1.8' is not a number"},
        {"a == 010", "column 6: a number that begins with 0: write 0x in front of a hex one"},
        {"a == 18446744073709551616", "column 6: '18446744073709551616' does not fit 64 bits"},
        {"a == -9223372036854775809", "column 6: '-9223372036854775809' does not fit 64 bits"},
        {"a == 0x10000000000000000", "column 6: '0x10000000000000000' does not fit 64 bits"},
        {"a == 1e309", "column 6: '1e309' is beyond what a double can hold"},
        {"a == 0.00000000000000000000000000000000000000000000000000000000000000001",
         "column 6: a number of 67 characters, 64 is most"},
        {"a == \"x", "column 6: the text that begins here has no closing '\"'"},
        {"a == \"x\\\"", "column 6: the text that begins here has no closing '\"'"},
        {"a == \"x\\q\"", "column 8: an unknown escape: \\\\ \\\" \\n \\t and \\xHH are known"},
        {"a == \"\\x4\"", "column 7: an unknown escape: \\\\ \\\" \\n \\t and \\xHH are known"},
        {"a == \"\\", "column 7: an unknown escape: \\\\ \\\" \\n \\t and \\xHH are known"},
        {"a == \"ab\\x00\"", "column 9: a NUL in a text, which ends before it"},
        {"a == \"01234567890123456789012345678901234567890123456789012345678901234\"",
         "column 6: a text of more than 64 bytes"},
        {"a < \"x\"", "column 3: < compares numbers, not texts"},
        {"a >= \"x\"", "column 3: >= compares numbers, not texts"},
        {"a ^= 1", "column 3: ^= compares with a \"string\""},
        {"a ^= true", "column 3: ^= compares with a \"string\""},
        {"a < true", "column 3: < compares numbers, not true and false"},
        {"comm == 1", "column 1: 'comm' is text: compare it with == != ^= and a \"string\""},
        {"a && comm", "column 6: 'comm' is text: compare it with == != ^= and a \"string\""},
        {"comm & 1 == 1", "column 1: 'comm' is text: compare it with == != ^= and a \"string\""},
        {"comm ^= \"0123456789abcdef\"", "column 9: comm has at most 15 bytes"},
        {"pid == \"1\"", "column 1: 'pid' is an integer: compare it with a whole number"},
        {"tid == 1.5", "column 8: 'tid' is an integer: compare it with a whole number"},
        {"pid == true", "column 1: 'pid' is an integer: compare it with a whole number"},
        {"pid == -1", "column 8: 'pid' is always from 0 to 4294967295"},
        {"pid & 0x100000000", "column 7: 'pid' has only 32 bits"},
        {"a||a||a||a||a||a||a||a||a||a||a||a||a||a||a||a||a", "column 49: more than 16 comparisons"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diag diag = {0};
        if (add(rows[i].text, strlen(rows[i].text), &diag) != -EINVAL)
            fail_msg("'%s' was taken", rows[i].text);
        if (strcmp(diag.text, rows[i].message))
            fail_msg("'%s': '%s'", rows[i].text, diag.text);
    }
}

static void expect_hostile(const char *text, size_t len, const char *message)
{
    struct diag diag = {0};
    assert_int_equal(add(text, len, &diag), -EINVAL);
    assert_string_equal(diag.text, message);
}

/* A megabyte of `unit`. */
static struct buf repeat(const char *unit)
{
    struct buf text = {0};
    while (text.len < 1 << 20)
        buf_puts(&text, unit);
    return text;
}

static void hostile_input_is_refused_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *message;
    } rows[] = {
        {"(", "column 65: more than 64 parentheses within each other"},
        {"!(", "column 130: more than 64 parentheses within each other"},
        {"a&&", "column 49: more than 16 comparisons"},
        {"a||(", "column 65: more than 16 comparisons"},
        {"9", "column 1: a number of 1048576 characters, 64 is most"},
        {"\"", "column 1: '\"\"' where a name is expected"},
        {"\xc3\xa9", "column 1: unexpected 'é'"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_buf_ struct buf text = repeat(rows[i].unit);
        expect_hostile(text.data, text.len, rows[i].message);
    }
    _cleanup_buf_ struct buf nots = repeat("!"), blanks = repeat(" ");
    expect_hostile(nots.data, nots.len, "column 1048577: the expression ends where a name is missing");
    expect_hostile(blanks.data, blanks.len, "column 1048577: the expression ends where a name is missing");
    expect_hostile("a == 1\0 && b", 12, "column 7: unexpected byte \\x00");
    expect_hostile("a == \"x\0y\"", 10, "column 8: a NUL in a text, which ends before it");
    expect_hostile("\0", 1, "column 1: unexpected byte \\x00");
    _cleanup_buf_ struct buf name = repeat("name");
    struct diag diag = {0};
    assert_int_equal(add(name.data, name.len, &diag), 0);
}

static void as_deep_as_it_may_be(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    struct diag diag = {0};
    for (int i = 0; i < 64; i++)
        buf_puts(&text, "!(");
    buf_puts(&text, "a");
    for (int i = 0; i < 64; i++)
        buf_puts(&text, ")");
    assert_int_equal(add(text.data, text.len, &diag), 0);
}

/* A probe with one site, whose arguments are in registers of that width. */
static struct probe make_probe(const struct probe_file *file, const char *spec, struct probe_arg *args,
                               struct probe_site *site)
{
    *site = (struct probe_site){.spec = (char *)(uintptr_t)spec};
    assert_int_equal(arg_spec_list_parse(EM_X86_64, spec, &site->args), 0);
    site->symbol_disp = calloc(site->args.count + 1, sizeof(*site->symbol_disp));
    site->symbol_error = calloc(site->args.count + 1, sizeof(*site->symbol_error));
    return (struct probe){
        .file = file, .args = args, .n_args = site->args.count, .sites = site, .n_sites = 1};
}

static void free_site(struct probe_site *site)
{
    arg_spec_list_free(&site->args);
    free(site->symbol_disp);
    free(site->symbol_error);
}

/* Two probes: (int status, const char *path, uint8_t flags, uint64_t bytes), (bool status, double load). */
struct probes {
    struct probe_file file;
    struct probe_arg first_args[4], second_args[2];
    struct probe_site first_site, second_site;
    struct probe first, second;
};

static void make_probes(struct probes *probes)
{
    static char status[] = "status", path[] = "path", flags[] = "flags", bytes[] = "bytes", load[] = "load";
    *probes = (struct probes){
        .file = {.machine = EM_X86_64},
        .first_args = {{.name = status},
                       {.name = path, .kind = ARG_KIND_STRING},
                       {.name = flags},
                       {.name = bytes}},
        .second_args = {{.name = status, .kind = ARG_KIND_BOOL}, {.name = load, .kind = ARG_KIND_FLOAT}},
    };
    probes->first =
        make_probe(&probes->file, "-4@%eax 8@%rdx 1@%cl 8@%rbx", probes->first_args, &probes->first_site);
    probes->second = make_probe(&probes->file, "1@%al 8f@%rdx", probes->second_args, &probes->second_site);
}

static void free_probes(struct probes *probes)
{
    free_site(&probes->first_site);
    free_site(&probes->second_site);
}

static void what_fits_no_probe_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool first, second;  /* applies */
        const char *message; /* NULL: fits */
        const char *why;     /* the second probe is left out; NULL: it is not */
    } rows[] = {
        {"status == 1", true, true, NULL, NULL},
        {"status == true", false, true, NULL, NULL},
        {"status == 500", true, false, NULL, "column 11: 'status' is always from 0 to 255"},
        {"status == 3 && path ^= \"/\"", true, false, NULL, "it has no argument 'path'"},
        {"status == 3 || path ^= \"/\"", true, true, NULL, NULL},
        {"load > 1 || flags & 3", true, true, NULL, NULL},
        {"load > 1 && flags & 3", false, false, NULL, "it has no argument 'flags'"},
        {"pid == 1", true, true, NULL, NULL},
        {"statuss == 3", false, false,
         "column 1: no selected probe has an argument 'statuss'; the nearest: 'status'",
         "it has no argument 'statuss'"},
        {"status && byts > 3", false, false,
         "column 11: no selected probe has an argument 'byts'; the nearest: 'bytes'",
         "it has no argument 'byts'"},
        {"x == 1 || pid == 3", true, true,
         "column 1: no selected probe has an argument 'x'; the nearest: 'path', 'load' and 'flags'", NULL},
        {"args.pid == 3", false, false,
         "column 1: no selected probe has an argument 'pid'; the nearest: 'path', 'load' and 'flags'",
         "it has no argument 'pid'"},
        {"path > 3", false, false, "column 1: 'path' is text: compare it with == != ^= and a \"string\"",
         "it has no argument 'path'"},
        {"path", false, false, "column 1: 'path' is text: compare it with == != ^= and a \"string\"",
         "it has no argument 'path'"},
        {"flags == \"a\"", false, false, "column 1: 'flags' is an integer: compare it with a whole number",
         "it has no argument 'flags'"},
        {"flags == 256", false, false, "column 10: 'flags' is always from 0 to 255",
         "it has no argument 'flags'"},
        {"flags < 256", true, false, "column 9: 'flags' is always from 0 to 255",
         "it has no argument 'flags'"},
        {"flags & 256", true, false, "column 9: 'flags' has only 8 bits", "it has no argument 'flags'"},
        {"flags == 2.5", false, false, "column 10: 'flags' is an integer: compare it with a whole number",
         "it has no argument 'flags'"},
        {"flags == 2.0", true, false, NULL, "it has no argument 'flags'"},
        {"load & 1", false, false, "column 1: 'load' is a floating point number: compare it with a number",
         "column 1: 'load' is a floating point number: compare it with a number"},
        {"load == \"1\"", false, false,
         "column 1: 'load' is a floating point number: compare it with a number",
         "column 1: 'load' is a floating point number: compare it with a number"},
        {"load == true", false, false,
         "column 1: 'load' is a floating point number: compare it with a number",
         "column 1: 'load' is a floating point number: compare it with a number"},
        {"status == \"on\"", false, false, "column 1: 'status' is an integer: compare it with a whole number",
         "column 1: 'status' is a boolean: compare it with true or false"},
    };
    struct probes probes;
    make_probes(&probes);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = NULL;
        struct diag diag = {0}, why = {0};
        assert_int_equal(where_add(&where, rows[i].text, strlen(rows[i].text), &diag), 0);
        if (where_applies(where, &probes.first, &why) != rows[i].first ||
            where_applies(where, &probes.second, &why) != rows[i].second)
            fail_msg("'%s' applies to others", rows[i].text);
        if (rows[i].why)
            assert_string_equal(why.text, rows[i].why);
        assert_int_equal(where_check(where, &diag), rows[i].message ? -EINVAL : 0);
        assert_string_equal(diag.text, rows[i].message ? rows[i].message : "");
    }
    free_probes(&probes);
}

static void what_annotated_values_are_compared_with(void **state)
{
    (void)state;
    static const char digits[] =
        "column 1: 'cid' is bytes: compare it with == != ^= and a \"string\" of pairs of hexadecimal digits";
    static const char names[] =
        "column 1: 'flag' is one of a few values: compare it with == != and one of its "
        "names, or with a whole number";
    static const struct {
        const char *text, *message; /* NULL: fits */
    } rows[] = {
        {"cid == \"c0ff\"", NULL},
        {"cid ^= \"\"", NULL},
        {"cid == \"c0f\"", digits},
        {"cid == \"0xc0\"", digits},
        {"cid == 1", digits},
        {"cid", digits},
        {"text == \"a\"", NULL},
        {"text > 1", "column 1: 'text' is text: compare it with == != ^= and a \"string\""},
        {"flag == \"SYN\"", NULL},
        {"flag == 2 && flag & 1", NULL},
        {"flag == \"SYM\"", names},
        {"flag ^= \"SYN\"", names},
        {"flag == true", names},
        {"flag == 256", "column 9: 'flag' is always from 0 to 255"},
        {"peer == \"127.0.0.1:80\"", "column 1: 'peer' is an address: it can't be compared"},
        {"peer != 0", "column 1: 'peer' is an address: it can't be compared"},
    };
    static struct arg_enum enums[] = {{1, (char *)"SYN"}};
    struct probe_file file = {.machine = EM_X86_64};
    struct probe_arg args[] = {
        {.name = (char *)"cid", .kind = ARG_KIND_HEX, .length_arg = PROBE_NO_ARG},
        {.name = (char *)"text", .kind = ARG_KIND_TEXT, .length_arg = PROBE_NO_ARG},
        {.name = (char *)"flag", .kind = ARG_KIND_ENUM, .note = {.enums = enums, .n_enums = 1}},
        {.name = (char *)"peer", .kind = ARG_KIND_SOCKADDR},
    };
    struct probe_site site;
    struct probe probe = make_probe(&file, "8@%rax 8@%rdx 1@%cl 8@%rbx", args, &site);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_where_ struct where *where = NULL;
        struct diag diag = {0}, why = {0};
        assert_int_equal(where_add(&where, rows[i].text, strlen(rows[i].text), &diag), 0);
        where_applies(where, &probe, &why);
        assert_int_equal(where_check(where, &diag), rows[i].message ? -EINVAL : 0);
        assert_string_equal(diag.text, rows[i].message ? rows[i].message : "");
    }
    free_site(&site);
}

static void the_second_expression_is_named(void **state)
{
    (void)state;
    _cleanup_where_ struct where *where = NULL;
    struct probes probes;
    struct diag diag = {0};
    make_probes(&probes);
    assert_int_equal(where_add(&where, "status", 6, &diag), 0);
    assert_int_equal(where_add(&where, " pathh ^= \"/\"", 13, &diag), 0);
    assert_false(where_applies(where, &probes.first, &diag));
    assert_int_equal(where_check(where, &diag), -EINVAL);
    assert_string_equal(
        diag.text, "expression 2: column 2: no selected probe has an argument 'pathh'; the nearest: 'path'");
    assert_int_equal(where_add(&where, "a b", 3, &diag), -EINVAL);
    assert_string_equal(diag.text, "expression 3: column 3: 'b' where &&, || or the end is expected");
    free_probes(&probes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_says_where_and_what),
        cmocka_unit_test(hostile_input_is_refused_at_once),
        cmocka_unit_test(as_deep_as_it_may_be),
        cmocka_unit_test(what_fits_no_probe_is_an_error),
        cmocka_unit_test(what_annotated_values_are_compared_with),
        cmocka_unit_test(the_second_expression_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
