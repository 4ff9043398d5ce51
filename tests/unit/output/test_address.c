/* Socket addresses: each family, every length, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "output/address.h"

static const struct row {
    const char *bytes;
    size_t len;
    const char *text; /* NULL: it is none */
} rows[] = {
    {"", 0, NULL},
    {"\2", 1, NULL},
    {"\2\0\0\0\0\0\0\0", 8, "0.0.0.0:0"},
    {"\2\0\xff\xff\xff\xff\xff\xff", 8, "255.255.255.255:65535"},
    {"\2\0\0\x50\x0a\x00\x09\x64", 8, "10.0.9.100:80"},
    {"\2\0\0\x50\x0a\x00\x09", 7, NULL},
    {"\2\0\0\x50\x0a\x00\x09\x64\0", 9, NULL},
    {"\x0a\0\1\xbb\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0", 28, "[::1]:443"},
    {"\x0a\0\1\xbb\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4\0\0\0\0", 28, "[::ffff:1.2.3.4]:443"},
    {"\x0a\0\1\xbb\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
     28, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:443"},
    {"\x0a\0\1\xbb\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4\0\0\0", 27, NULL},
    {"\1\0", 2, "unix:"},
    {"\1\0/", 3, "unix:/"},
    {"\1\0\0", 3, "unix:@"},
    {"\1\0\0a\xff", 5, "unix:@a\xff"},
    {"\0\0", 2, "family 0"},
    {"\xff\xff", 2, "family 65535"},
    {"\x10\0x", 3, NULL},
};

static void addresses_are_written_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[ADDRESS_ROOM + 1] = "";
        assert_int_equal(address_is_whole(rows[i].bytes, rows[i].len), rows[i].text != NULL);
        if (!rows[i].text)
            continue;
        *address_write(text, rows[i].bytes, rows[i].len) = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

/* As long as the kernel has it, and no longer. */
static void the_longest_path_fits(void **state)
{
    (void)state;
    char bytes[2 + 109] = {1, 0}, text[ADDRESS_ROOM], expected[] = "unix:";
    memset(bytes + 2, 'x', 109);
    assert_true(address_is_whole(bytes, 2 + 108));
    assert_false(address_is_whole(bytes, 2 + 109));
    char *end = address_write(text, bytes, 2 + 108);
    assert_int_equal(end - text, 5 + 108);
    assert_memory_equal(text, expected, 5);
    assert_memory_equal(text + 5, bytes + 2, 108);
    bytes[2] = '\0';
    end = address_write(text, bytes, 2 + 108);
    assert_int_equal(end - text, 5 + 108);
    assert_memory_equal(text, "unix:@xx", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_written_or_refused),
        cmocka_unit_test(the_longest_path_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
