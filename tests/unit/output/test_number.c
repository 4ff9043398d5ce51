#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/number.h"

enum { RANDOM_VALUES = 1000000, RANDOM_SHORTEST = 20011 };

/* xorshift64: the same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint64_t bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* What a writer wrote, with guards around the room it has. */
struct room {
    char before;
    char text[NUMBER_ROOM];
    char after[2];
};

static const char *close_room(struct room *room, const char *end)
{
    assert_non_null(end);
    assert_true(end > room->text && end < room->text + NUMBER_ROOM);
    room->text[end - room->text] = '\0';
    assert_int_equal(room->before, '#');
    assert_memory_equal(room->after, "##", 2);
    return room->text;
}

static void bytes_have_two_digits_each(void **state)
{
    (void)state;
    unsigned char bytes[256];
    char text[514] = "", expected[514] = "";
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)i;
        snprintf(expected + 2 * i, 3, "%02x", (unsigned)i);
    }
    assert_ptr_equal(number_hex_bytes(text, bytes, sizeof(bytes)), text + 512);
    assert_string_equal(text, expected);
    assert_ptr_equal(number_hex_bytes(text, bytes, 0), text);
}

static void check_uint(uint64_t value)
{
    struct room room = {'#', {0}, "##"};
    char expected[32];
    snprintf(expected, sizeof(expected), "%" PRIu64, value);
    assert_string_equal(close_room(&room, number_uint(room.text, value)), expected);
}

static void check_int(int64_t value)
{
    struct room room = {'#', {0}, "##"};
    char expected[32];
    snprintf(expected, sizeof(expected), "%" PRId64, value);
    assert_string_equal(close_room(&room, number_int(room.text, value)), expected);
}

static void check_hex(uint64_t value)
{
    struct room room = {'#', {0}, "##"};
    char expected[32];
    snprintf(expected, sizeof(expected), "0x%" PRIx64, value);
    assert_string_equal(close_room(&room, number_hex(room.text, value)), expected);
}

static void check_integers(uint64_t value)
{
    check_uint(value);
    check_int((int64_t)value);
    check_hex(value);
}

static void integers_at_every_boundary(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift++)
        for (uint64_t step = 0; step < 3; step++)
            check_integers((UINT64_C(1) << shift) + step - 1);
    uint64_t power = 1;
    for (unsigned digits = 1; digits <= 20; digits++, power *= 10)
        for (uint64_t step = 0; step < 3; step++)
            check_integers(power + step - 1);
    check_integers(UINT64_MAX);
    check_int(INT64_MIN);
    check_int(INT64_MAX);
    check_int(-1);
}

static void integers_of_all_lengths(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252;
    for (uint64_t value = 0; value < 20011; value++)
        check_integers(value);
    for (int i = 0; i < RANDOM_VALUES / 4; i++)
        check_integers(next_random(&random) >> (i % 64));
}

static void padded_integers(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        unsigned digits;
        const char *expected;
    } cases[] = {
        {0, 1, "0"},
        {7, 2, "07"},
        {42, 2, "42"},
        {5, 4, "0005"},
        {123456, 6, "123456"},
        {1, 8, "00000001"},
        {99999999, 8, "99999999"},
        {1, 9, "000000001"},
        {999999999, 9, "999999999"},
        {0, 9, "000000000"},
        {123456789, 9, "123456789"},
        {100000000, 17, "00000000100000000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct room room = {'#', {0}, "##"};
        const char *text = close_room(&room, number_padded(room.text, cases[i].value, cases[i].digits));
        assert_string_equal(text, cases[i].expected);
    }
}

/* RFC 8259, section 6. */
static bool is_json_number(const char *text)
{
    text += *text == '-';
    if (*text == '0')
        text++;
    else if (isdigit((unsigned char)*text))
        text += strspn(text, "0123456789");
    else
        return false;
    if (*text == '.') {
        size_t digits = strspn(++text, "0123456789");
        if (!digits)
            return false;
        text += digits;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        size_t digits = strspn(text, "0123456789");
        if (!digits)
            return false;
        text += digits;
    }
    return !*text;
}

/* Significant digits: without the sign, zeros in front, zeros at the end, point and exponent. */
static int count_significant(const char *text)
{
    int digits = 0, zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (!isdigit((unsigned char)*text) || (*text == '0' && !digits))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        digits++;
    }
    return digits - zeros;
}

static double read_back(const char *text, unsigned size)
{
    char *end;
    double value = size == 4 ? (double)strtof(text, &end) : strtod(text, &end);
    assert_int_equal(*end, '\0');
    return value;
}

/* The fewest digits that printf needs. */
static int fewest_digits(double value, unsigned size)
{
    char text[64];
    for (int digits = 1;; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (read_back(text, size) == value)
            return digits;
    }
}

static void check_round_trip(uint64_t bits, unsigned size, bool shortest)
{
    struct room room = {'#', {0}, "##"};
    double value = number_double(bits, size);
    char *end = number_float(room.text, bits, size);
    if (!isfinite(value)) {
        assert_null(end);
        return;
    }
    const char *text = close_room(&room, end);
    assert_true(is_json_number(text));
    double back = read_back(text, size);
    assert_memory_equal(&back, &value, sizeof(back));
    if (shortest && value != 0)
        assert_int_equal(count_significant(text), fewest_digits(value, size));
}

static void floats_read_back_bit_by_bit(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int i = 0; i < RANDOM_VALUES / 2; i++) {
        uint64_t bits = next_random(&random);
        check_round_trip(bits, 8, false);
        check_round_trip(bits >> 32, 4, false);
    }
}

static void floats_have_the_fewest_digits(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (int i = 0; i < RANDOM_SHORTEST; i++) {
        uint64_t bits = next_random(&random);
        check_round_trip(bits, 8, true);
        check_round_trip(bits >> 32, 4, true);
        check_round_trip(bits >> 12, 8, true); /* below the normal range */
        check_round_trip(bits >> 41, 4, true); /* likewise */
        check_round_trip(bits_of((double)(bits >> 44) / 1000), 8, true);
        check_round_trip(bits_of((double)(int64_t)bits), 8, true);
        check_round_trip(bits_of_float((float)(bits >> 50) / 100), 4, true);
        check_round_trip(bits_of_float((float)(bits >> 36)), 4, true);
    }
}

static const struct {
    uint64_t bits;
    unsigned size;
    const char *expected;
} floats[] = {
    {0x0000000000000000, 8, "0"},
    {0x8000000000000000, 8, "-0.0"},
    {0x3ff0000000000000, 8, "1"},
    {0xc008000000000000, 8, "-3"},
    {0x3fb999999999999a, 8, "0.1"},
    {0x400dd38476f2a5a4, 8, "3.72828"}, /* of stap --benchmark-sdt */
    {0x7e37e43c8800759c, 8, "1e+300"},
    {0x3ff3c0ca2a5b1d5d, 8, "1.2345678"},
    {0x7fefffffffffffff, 8, "1.7976931348623157e+308"},
    {0xffefffffffffffff, 8, "-1.7976931348623157e+308"},
    {0x0010000000000000, 8, "2.2250738585072014e-308"},
    {0x0000000000000001, 8, "5e-324"},
    {0x433fffffffffffff, 8, "9007199254740991"},
    {0x4340000000000000, 8, "9007199254740992"},
    {0x43abc16d674ec800, 8, "1e+18"},
    {0x3fd5555555555555, 8, "0.3333333333333333"},
    {0x00000000, 4, "0"},
    {0x80000000, 4, "-0.0"},
    {0x405bca18, 4, "3.4342098"}, /* of stap --benchmark-sdt */
    {0x3dcccccd, 4, "0.1"},
    {0x40490fdb, 4, "3.1415927"},
    {0x7f7fffff, 4, "3.4028235e+38"},
    {0x00800000, 4, "1.1754944e-38"},
    {0x00000001, 4, "1e-45"},
    {0x4b7fffff, 4, "16777215"},
    {0x4b800000, 4, "16777216"},
    {0xffffffff3f800000, 4, "1"}, /* what stands above the four bytes doesn't matter */
};

static const uint64_t not_finite[][2] = {
    {0x7ff0000000000000, 8}, {0xfff0000000000000, 8}, {0x7ff8000000000000, 8}, {0x7ff0000000000001, 8},
    {0xffffffffffffffff, 8}, {0x7f800000, 4},         {0xff800000, 4},         {0x7fc00000, 4},
};

static void check_float_table(void)
{
    for (size_t i = 0; i < sizeof(floats) / sizeof(*floats); i++) {
        struct room room = {'#', {0}, "##"};
        char *end = number_float(room.text, floats[i].bits, floats[i].size);
        assert_string_equal(close_room(&room, end), floats[i].expected);
    }
}

static void floats_by_example(void **state)
{
    (void)state;
    check_float_table();
    for (size_t i = 0; i < sizeof(not_finite) / sizeof(*not_finite); i++) {
        char untouched[NUMBER_ROOM] = "as it was";
        assert_null(number_float(untouched, not_finite[i][0], (unsigned)not_finite[i][1]));
        assert_string_equal(untouched, "as it was");
    }
}

/* A locale of our own, made here, because a machine need not have one with a comma. */
static void floats_ignore_the_locale(void **state)
{
    (void)state;
    static const char source[] = "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \"\"\ngrouping -1\n"
                                 "END LC_NUMERIC\n";
    char directory[] = "/tmp/tracer-locale-XXXXXX", command[256];
    assert_non_null(mkdtemp(directory));
    snprintf(command, sizeof(command),
             "cd %s && printf '%s' >comma.src && "
             "localedef -c --no-archive -i comma.src -f ANSI_X3.4-1968 ./comma >log 2>&1",
             directory, source);
    /* It complains about all that our locale doesn't define. */
    (void)!system(command);
    setenv("LOCPATH", directory, 1);
    const char *locale = setlocale(LC_NUMERIC, "comma");
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
    assert_non_null(locale);
    char text[8];
    snprintf(text, sizeof(text), "%g", 1.5);
    assert_string_equal(text, "1,5");
    check_float_table();
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_two_digits_each),  cmocka_unit_test(integers_at_every_boundary),
        cmocka_unit_test(integers_of_all_lengths),     cmocka_unit_test(padded_integers),
        cmocka_unit_test(floats_read_back_bit_by_bit), cmocka_unit_test(floats_have_the_fewest_digits),
        cmocka_unit_test(floats_by_example),           cmocka_unit_test(floats_ignore_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
