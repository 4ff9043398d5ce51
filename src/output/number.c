#include "output/number.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static unsigned count_digits(uint64_t value)
{
    static const uint64_t powers[] = {
        0,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
        10000000000000000000U,
    };
    /* 1233 / 4096 is a little less than log10(2): the guess is right or one too high. */
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    unsigned guess = bits * 1233 >> 12;
    return guess + 1 - (value < powers[guess]);
}

/* Eight digits in two halves that don't wait for each other. */
static char *write_eight(char *at, unsigned value)
{
    unsigned high = value / 10000, low = value % 10000;
    memcpy(at, PAIRS + high / 100 * 2, 2);
    memcpy(at + 2, PAIRS + high % 100 * 2, 2);
    memcpy(at + 4, PAIRS + low / 100 * 2, 2);
    memcpy(at + 6, PAIRS + low % 100 * 2, 2);
    return at + 8;
}

char *number_padded(char *at, uint64_t value, unsigned digits)
{
    if (digits > 8)
        return write_eight(number_padded(at, value / 100000000, digits - 8), (unsigned)(value % 100000000));
    unsigned left = (unsigned)value, i = digits;
    for (; i >= 2; left /= 100) {
        i -= 2;
        memcpy(at + i, PAIRS + left % 100 * 2, 2);
    }
    if (i)
        *at = (char)('0' + left);
    return at + digits;
}

char *number_uint(char *at, uint64_t value)
{
    return number_padded(at, value, count_digits(value));
}

char *number_int(char *at, int64_t value)
{
    if (value >= 0)
        return number_uint(at, (uint64_t)value);
    *at = '-';
    return number_uint(at + 1, -(uint64_t)value);
}

char *number_hex(char *at, uint64_t value)
{
    unsigned digits = (67 - (unsigned)__builtin_clzll(value | 1)) / 4;
    memcpy(at, "0x", 2);
    at += 2;
    for (unsigned i = digits; i-- > 0; value >>= 4)
        at[i] = "0123456789abcdef"[value & 15];
    return at + digits;
}

#define HEX_ROW(h) \
    h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
static const char HEX_PAIRS[] = HEX_ROW("0") HEX_ROW("1") HEX_ROW("2") HEX_ROW("3") HEX_ROW("4") HEX_ROW("5")
    HEX_ROW("6") HEX_ROW("7") HEX_ROW("8") HEX_ROW("9") HEX_ROW("a") HEX_ROW("b") HEX_ROW("c") HEX_ROW("d")
        HEX_ROW("e") HEX_ROW("f");

char *number_hex_bytes(char *at, const void *bytes, size_t len)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < len; i++, at += 2)
        memcpy(at, HEX_PAIRS + byte[i] * 2, 2);
    return at;
}

/* printf and strtod use the locale's decimal point, which may be a comma or several bytes. */
static char *replace_decimal_point(char *at)
{
    size_t number = strspn(at, "0123456789-");
    size_t point = strcspn(at + number, "0123456789e");
    char *rest = at + number + point;
    if (point) {
        at[number] = '.';
        memmove(at + number + 1, rest, strlen(rest) + 1);
    }
    return at + strlen(at);
}

/* Up to so many digits every decimal survives the way through the binary format and back, so the first try
 * finds the shortest of them; below the normal range there are fewer. */
static char *write_shortest(char *at, double value, bool is_float)
{
    int digits = is_float ? FLT_DIG : DBL_DIG;
    if (fabs(value) < (is_float ? (double)FLT_MIN : DBL_MIN))
        digits = 1;
    for (;; digits++) {
        snprintf(at, NUMBER_ROOM, "%.*g", digits, value);
        double back = is_float ? (double)strtof(at, NULL) : strtod(at, NULL);
        if (back == value || digits == DBL_DECIMAL_DIG)
            return replace_decimal_point(at);
    }
}

double number_double(uint64_t bits, unsigned size)
{
    double value;
    float narrow;
    uint32_t low = (uint32_t)bits;
    memcpy(&value, &bits, sizeof(value));
    memcpy(&narrow, &low, sizeof(narrow));
    return size == sizeof(narrow) ? (double)narrow : value;
}

char *number_float(char *at, uint64_t bits, unsigned size)
{
    const bool is_float = size == sizeof(float);
    double value = number_double(bits, size);
    if (!isfinite(value))
        return NULL;
    /* Whole numbers that the format holds without gaps are quicker as integers. */
    if (fabs(value) < (is_float ? 0x1p24 : 0x1p53) && (double)(int64_t)value == value) {
        if (value != 0 || !signbit(value))
            return number_int(at, (int64_t)value);
        memcpy(at, "-0.0", 4);
        return at + 4;
    }
    return write_shortest(at, value, is_float);
}
