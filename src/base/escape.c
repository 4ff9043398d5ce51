#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t utf8_sequence(const char *bytes, size_t len)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t need = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
    if (need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    /* The second byte rules out overlong forms, surrogates and what lies above U+10FFFF. */
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf0 && b[1] < 0x90) ||
        (b[0] == 0xf4 && b[1] > 0x8f))
        return 0;
    return need;
}

static bool is_control(const char *sequence, size_t len)
{
    unsigned char first = (unsigned char)sequence[0];
    if (len == 1)
        return first < 0x20 || first == 0x7f;
    return first == 0xc2 && (unsigned char)sequence[1] < 0xa0; /* C1: U+0080 to U+009F */
}

static void append_escaped_byte(struct buf *out, char byte)
{
    switch (byte) {
    case '\n':
        buf_puts(out, "\\n");
        break;
    case '\t':
        buf_puts(out, "\\t");
        break;
    case '\r':
        buf_puts(out, "\\r");
        break;
    default:
        buf_printf(out, "\\x%02x", (unsigned char)byte);
    }
}

void escape_append(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t sequence = utf8_sequence(text + i, len - i);
        if (sequence && !is_control(text + i, sequence)) {
            buf_append(out, text + i, sequence);
            i += sequence;
            continue;
        }
        for (size_t end = i + (sequence ? sequence : 1); i < end; i++)
            append_escaped_byte(out, text[i]);
    }
}
