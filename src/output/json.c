#include "output/json.h"

#include <string.h>

#include "base/escape.h"
#include "output/number.h"
#include "output/timestamp.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "read_word() puts the first byte lowest");

static const uint64_t EACH_BYTE = 0x0101010101010101;

/* All 8 bytes are printable ASCII that stands for itself. A byte that isn't leaves its top bit set in one of
 * the terms: as it is, by a borrow for what is below a blank or equal to `"` or `\`, by a carry for DEL. What
 * borrows and carries do to the bytes above doesn't matter then. */
static bool is_plain(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE * '"', backslash = word ^ EACH_BYTE * '\\';
    uint64_t suspects =
        word | (word - EACH_BYTE * ' ') | (word + EACH_BYTE) | (quote - EACH_BYTE) | (backslash - EACH_BYTE);
    return !(suspects & EACH_BYTE * 0x80);
}

/* The next `len` bytes, at most 8, with blanks behind them. */
static uint64_t read_word(const char *text, size_t len)
{
    uint64_t word = 0;
    uint32_t four;
    uint16_t two;
    if (len == sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        return word;
    }
    if (len & 1)
        word = (unsigned char)text[len - 1];
    if (len & 2) {
        memcpy(&two, text + (len & 4), sizeof(two));
        word = word << 16 | two;
    }
    if (len & 4) {
        memcpy(&four, text, sizeof(four));
        word = word << 32 | four;
    }
    return word | EACH_BYTE * ' ' << 8 * len;
}

/* What the byte is escaped to after the backslash, 'u' for \u00XX, 0 for nothing. */
static char short_escape(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return byte < 0x20 || byte == 0x7f ? 'u' : 0;
    }
}

static char *write_unicode_escape(char *at, unsigned char code)
{
    static const char hex[] = "0123456789abcdef";
    memcpy(at, "\\u00", 4);
    at[4] = hex[code >> 4];
    at[5] = hex[code & 15];
    return at + 6;
}

static char *write_ascii(char *at, unsigned char byte)
{
    char escape = short_escape(byte);
    if (!escape) {
        *at = (char)byte;
        return at + 1;
    }
    if (escape == 'u')
        return write_unicode_escape(at, byte);
    at[0] = '\\';
    at[1] = escape;
    return at + 2;
}

/* `len` is 0 for a byte that starts no UTF-8 sequence. */
static char *write_sequence(char *at, const char *sequence, size_t len)
{
    static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
    unsigned char second = len == 2 ? (unsigned char)sequence[1] : 0xff;
    if (len == 2 && (unsigned char)sequence[0] == 0xc2 && second < 0xa0)
        return write_unicode_escape(at, second); /* C1: U+0080 to U+009F */
    if (!len) {
        sequence = replacement;
        len = sizeof(replacement) - 1;
    }
    memcpy(at, sequence, len);
    return at + len;
}

char *json_string(char *at, const char *text, size_t len, bool *repaired)
{
    *at++ = '"';
    for (size_t i = 0; i < len;) {
        size_t run = len - i < sizeof(uint64_t) ? len - i : sizeof(uint64_t);
        uint64_t word = read_word(text + i, run);
        if (is_plain(word)) {
            memcpy(at, &word, sizeof(word));
            at += run;
            i += run;
            continue;
        }
        if ((unsigned char)text[i] < 0x80) {
            at = write_ascii(at, (unsigned char)text[i++]);
            continue;
        }
        size_t sequence = utf8_sequence(text + i, len - i);
        at = write_sequence(at, text + i, sequence);
        i += sequence ? sequence : 1;
        if (!sequence)
            *repaired = true;
    }
    *at++ = '"';
    return at;
}

char *json_hex(char *at, uint64_t value)
{
    *at = '"';
    at = number_hex(at + 1, value);
    *at = '"';
    return at + 1;
}

char *json_hex_bytes(char *at, const void *bytes, size_t len)
{
    *at = '"';
    at = number_hex_bytes(at + 1, bytes, len);
    *at = '"';
    return at + 1;
}

char *json_float(char *at, uint64_t bits, unsigned size, bool *ret_finite)
{
    char *end = number_float(at, bits, size);
    *ret_finite = end != NULL;
    if (end)
        return end;
    memcpy(at, "null", 4);
    return at + 4;
}

char *json_time(char *at, int64_t ns)
{
    at[0] = '"';
    timestamp_write(at + 1, ns);
    at[TIMESTAMP_LEN + 1] = '"';
    return at + TIMESTAMP_LEN + 2;
}
