#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/json.h"

enum { TEXT_MAX = 64, RANDOM_TEXTS = 200003 };

/* What json_string() must give, put together slowly, one character at a time, from the table of well-formed
 * byte sequences in the Unicode standard (table 3-7). */
struct expected {
    char text[6 * TEXT_MAX + 3];
    size_t len;
    bool repaired;
};

static bool is_in(const unsigned char *text, size_t i, size_t len, unsigned first, unsigned last)
{
    return i < len && text[i] >= first && text[i] <= last;
}

static size_t well_formed(const unsigned char *text, size_t len)
{
    static const unsigned char rows[][9] = {
        {1, 0x00, 0x7f},
        {2, 0xc2, 0xdf, 0x80, 0xbf},
        {3, 0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf},
        {3, 0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf},
        {3, 0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf},
        {3, 0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf},
        {4, 0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
        {4, 0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
        {4, 0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf},
    };
    for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
        size_t i = 0;
        while (i < rows[row][0] && is_in(text, i, len, rows[row][1 + 2 * i], rows[row][2 + 2 * i]))
            i++;
        if (i == rows[row][0])
            return i;
    }
    return 0;
}

static void expect_character(struct expected *expected, const unsigned char *text, size_t len)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    unsigned code = len == 2 ? (text[0] & 0x1fU) << 6 | (text[1] & 0x3fU) : text[0];
    char *end = expected->text + expected->len;
    for (const char *pair = shorts; len == 1 && *pair; pair += 2) {
        if ((unsigned char)*pair != code)
            continue;
        expected->len += (size_t)sprintf(end, "\\%c", pair[1]);
        return;
    }
    if (!len) {
        expected->len += (size_t)sprintf(end, "\xef\xbf\xbd");
        expected->repaired = true;
    } else if (len <= 2 && (code < 0x20 || (code >= 0x7f && code < 0xa0))) {
        expected->len += (size_t)sprintf(end, "\\u%04x", code);
    } else {
        memcpy(end, text, len);
        expected->len += len;
    }
}

static struct expected expect(const unsigned char *text, size_t len)
{
    struct expected expected = {.text = "\"", .len = 1};
    for (size_t i = 0; i < len;) {
        size_t sequence = well_formed(text + i, len - i);
        expect_character(&expected, text + i, sequence);
        i += sequence ? sequence : 1;
    }
    expected.text[expected.len++] = '"';
    return expected;
}

/* The text stands at the very end of its memory and the result in just the room that was promised, so that
 * the address sanitizer sees a byte too many. */
static void check(const void *bytes, size_t len)
{
    char *text = malloc(len ? len : 1);
    char *room = malloc(json_string_room(len));
    bool repaired = false, again = true;
    struct expected expected = expect(bytes, len);
    memcpy(text, bytes, len);
    size_t got = (size_t)(json_string(room, text, len, &repaired) - room);
    assert_int_equal(got, expected.len);
    assert_memory_equal(room, expected.text, got);
    assert_int_equal(repaired, expected.repaired);
    json_string(room, text, len, &again);
    assert_true(again);
    free(room);
    free(text);
}

static void strings_by_example(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
        bool repaired;
    } cases[] = {
        {"", "\"\"", false},
        {"h2o", "\"h2o\"", false},
        {"SELECT \"a\\b\";\n", "\"SELECT \\\"a\\\\b\\\";\\n\"", false},
        {"\b\f\r\t\x01\x1b\x7f", "\"\\b\\f\\r\\t\\u0001\\u001b\\u007f\"", false},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98", "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98\"", false},
        {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\"\\u0080\\u009b\\u009f\xc2\xa0\"", false},
        {"a\xff"
         "b",
         "\"a\xef\xbf\xbd"
         "b\"",
         true},
        {"cut \xe2\x82", "\"cut \xef\xbf\xbd\xef\xbf\xbd\"", true},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", true},
        {"\xef\xbf\xbd", "\"\xef\xbf\xbd\"", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char room[256] = {0};
        bool repaired = false;
        char *end = json_string(room, cases[i].text, strlen(cases[i].text), &repaired);
        *end = '\0';
        assert_string_equal(room, cases[i].expected);
        assert_int_equal(repaired, cases[i].repaired);
        check(cases[i].text, strlen(cases[i].text));
    }
}

/* Each byte at each place of texts of all lengths around the 8 bytes that are looked at together. */
static void every_byte_at_every_place(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t len = 1; len <= 19; len++) {
            for (size_t place = 0; place < len; place++) {
                unsigned char text[TEXT_MAX];
                memcpy(text, "tracer(1) is for US", len);
                text[place] = (unsigned char)byte;
                check(text, len);
            }
        }
    }
}

static void every_pair_of_bytes(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        const unsigned char text[] = {'a', (unsigned char)(pair >> 8), (unsigned char)pair, 'z'};
        check(text + 1, 2);
        check(text, sizeof(text));
    }
}

/* Every first byte with the second, third and fourth bytes at both sides of every boundary. */
static void longer_sequences_at_their_boundaries(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    const size_t n = sizeof(edges);
    for (unsigned first = 0xc0; first < 256; first++) {
        for (size_t i = 0; i < n * n * n; i++) {
            const unsigned char text[] = {(unsigned char)first, edges[i / n / n], edges[i / n % n],
                                          edges[i % n]};
            for (size_t len = 1; len <= sizeof(text); len++)
                check(text, len);
        }
    }
}

static void random_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "plain",
        "12345678",
        "longer than one word",
        "\"",
        "\\",
        "\n",
        "\x7f",
        "\x1f",
        " ",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\x90\x98",
        "\xc2\x85",
        "\x80",
        "\xff",
        "\xe2\x82",
        "~",
        "!",
        "#",
        "[",
        "]",
    };
    unsigned random = 1;
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        char text[TEXT_MAX];
        size_t len = 0;
        for (;;) {
            random = random * 1103515245 + 12345;
            const char *piece = pieces[(random >> 16) % (sizeof(pieces) / sizeof(*pieces))];
            if (len + strlen(piece) > sizeof(text) || (random >> 8) % 16 == 0)
                break;
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        check(text, len);
    }
}

static void other_values(void **state)
{
    (void)state;
    char room[JSON_ROOM + 1];
    bool finite = false;
    *json_hex(room, 0) = '\0';
    assert_string_equal(room, "\"0x0\"");
    *json_hex(room, UINT64_MAX) = '\0';
    assert_string_equal(room, "\"0xffffffffffffffff\"");
    *json_time(room, INT64_C(1795180502123456789)) = '\0';
    assert_string_equal(room, "\"2026-11-20T13:15:02.123456789Z\"");
    *json_float(room, 0xffefffffffffffff, 8, &finite) = '\0';
    assert_string_equal(room, "-1.7976931348623157e+308");
    assert_true(finite);
    *json_float(room, 0x7fc00000, 4, &finite) = '\0';
    assert_string_equal(room, "null");
    assert_false(finite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_by_example),  cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(every_pair_of_bytes), cmocka_unit_test(longer_sequences_at_their_boundaries),
        cmocka_unit_test(random_texts),        cmocka_unit_test(other_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
