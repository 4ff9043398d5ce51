#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/escape.h"

static void buf_grows_and_steals(void **state)
{
    (void)state;
    struct buf buf = {0};
    for (int i = 0; i < 1009; i++)
        buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.len, 2018);
    assert_int_equal(buf_error(&buf), 0);
    assert_memory_equal(buf.data, "0,1,2,3,4,5,6,7,8,9,0,", 22);
    char *text = buf_steal(&buf);
    assert_int_equal(strlen(text), 2018);
    assert_null(buf.data);
    free(text);
}

static void buf_remembers_failure(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_puts(&buf, "kept");
    assert_null(buf_reserve(&buf, SIZE_MAX / 2));
    buf_puts(&buf, "ignored");
    assert_int_equal(buf_error(&buf), -ENOMEM);
    assert_int_equal(buf.len, 4);
    buf_free(&buf);
    assert_int_equal(buf_error(&buf), 0);
}

static void utf8_sequences(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len, expected;
    } cases[] = {
        {"a", 1, 1},
        {"\x7f", 1, 1},
        {"\x80", 1, 0},
        {"\xc1\xbf", 2, 0},
        {"\xc2\x80", 2, 2},
        {"\xc2", 1, 0},
        {"\xdf\xbf", 2, 2},
        {"\xe0\x9f\xbf", 3, 0},
        {"\xe0\xa0\x80", 3, 3},
        {"\xed\x9f\xbf", 3, 3},
        {"\xed\xa0\x80", 3, 0},
        {"\xef\xbf\xbf", 3, 3},
        {"\xf0\x8f\xbf\xbf", 4, 0},
        {"\xf0\x90\x80\x80", 4, 4},
        {"\xf4\x8f\xbf\xbf", 4, 4},
        {"\xf4\x90\x80\x80", 4, 0},
        {"\xf5\x80\x80\x80", 4, 0},
        {"\xe2\x82", 2, 0},
        {"\xe2\x28\xa1", 3, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(utf8_sequence(cases[i].bytes, cases[i].len), cases[i].expected);
}

static void escapes_control_and_broken_bytes(void **state)
{
    (void)state;
    struct buf out = {0};
    const char text[] = "a\\b\n\t\r\x01\x1b\x7f\0é\xc2\x85\xff€";
    escape_append(&out, text, sizeof(text) - 1);
    assert_string_equal(buf_string(&out), "a\\b\\n\\t\\r\\x01\\x1b\\x7f\\x00é\\xc2\\x85\\xff€");
    buf_free(&out);
}

static void diag_escapes_and_prefixes(void **state)
{
    (void)state;
    struct diag diag = {0};
    assert_int_equal(diag_set(&diag, -EINVAL, "bad name: %s", "x\ny"), -EINVAL);
    assert_string_equal(diag.text, "bad name: x\\ny");
    diag_prefix(&diag, "%s", "file\x1b[0m");
    assert_string_equal(diag.text, "file\\x1b[0m: bad name: x\\ny");
    assert_int_equal(diag_set(NULL, -EPERM, "nobody listens"), -EPERM);
}

static void diag_cuts_at_a_whole_character(void **state)
{
    (void)state;
    struct diag diag = {0};
    struct buf text = {0};
    for (int i = 0; i < 1009; i++)
        buf_puts(&text, "é");
    diag_set(&diag, -1, "%s", buf_string(&text));
    size_t len = strlen(diag.text);
    assert_true(len < sizeof(diag.text) && len > sizeof(diag.text) - 8);
    assert_string_equal(diag.text + len - 5, "é…");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_grows_and_steals),
        cmocka_unit_test(buf_remembers_failure),
        cmocka_unit_test(utf8_sequences),
        cmocka_unit_test(escapes_control_and_broken_bytes),
        cmocka_unit_test(diag_escapes_and_prefixes),
        cmocka_unit_test(diag_cuts_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
