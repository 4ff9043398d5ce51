#include "probe/where_lex.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"

enum { NUMBER_MAX = 64 };

int where_lex_error(struct diag *diag, size_t column, const char *format, ...)
{
    _cleanup_buf_ struct buf text = {0};
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(&text, format, arguments);
    va_end(arguments);
    const char *string = buf_string(&text);
    return diag_set(diag, -EINVAL, "column %zu: %s", column, string ? string : "out of memory");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* The byte at `offset` from where we are, or NUL behind the end. */
static char peek(const struct where_lex *lex, size_t offset)
{
    return offset < (size_t)(lex->end - lex->at) ? lex->at[offset] : '\0';
}

/* Columns count characters: bytes that don't continue a UTF-8 sequence. */
static void advance(struct where_lex *lex, size_t len)
{
    for (; len; len--)
        lex->column += ((unsigned char)*lex->at++ & 0xc0) != 0x80;
}

static void skip_blanks(struct where_lex *lex)
{
    while (peek(lex, 0) == ' ' || (peek(lex, 0) >= '\t' && peek(lex, 0) <= '\r'))
        advance(lex, 1);
}

static size_t name_len(const struct where_lex *lex, size_t from)
{
    size_t len = 0;
    while (is_name_byte(peek(lex, from + len)))
        len++;
    return len;
}

static bool is_word(const struct where_lex *lex, size_t len, const char *word)
{
    return len == strlen(word) && !memcmp(lex->at, word, len);
}

static int take_name(struct where_lex *lex, struct where_token *token)
{
    size_t len = name_len(lex, 0);
    token->kind = WHERE_TOKEN_NAME;
    if (is_word(lex, len, "true") || is_word(lex, len, "false")) {
        token->kind = WHERE_TOKEN_CONSTANT;
        token->constant = (struct where_constant){.kind = WHERE_TRUTH, .magnitude = *lex->at == 't'};
    } else if (is_word(lex, len, "args") && peek(lex, len) == '.' && name_len(lex, len + 1)) {
        token->is_argument = true;
        advance(lex, len + 1);
        len = name_len(lex, 0);
    }
    token->text = lex->at;
    token->len = len;
    advance(lex, len);
    return 0;
}

/* Digits of the base up to `len`; false when the number is beyond 64 bits. */
static bool read_integer(const char *digits, size_t len, unsigned base, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        char c = digits[i];
        unsigned digit = (unsigned)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

static size_t digits_len(const struct where_lex *lex, size_t from, bool hex)
{
    size_t len = 0;
    for (;; len++) {
        char c = peek(lex, from + len), lower = (char)(c | 0x20);
        if (!is_digit(c) && !(hex && lower >= 'a' && lower <= 'f'))
            return len;
    }
}

/* Digits, a point with digits, an exponent with digits. */
static size_t decimal_len(const struct where_lex *lex, size_t from, bool *ret_is_fraction)
{
    size_t len = digits_len(lex, from, false), more;
    *ret_is_fraction = false;
    if (peek(lex, from + len) == '.' && (more = digits_len(lex, from + len + 1, false))) {
        len += 1 + more;
        *ret_is_fraction = true;
    }
    if ((peek(lex, from + len) | 0x20) == 'e') {
        size_t sign = peek(lex, from + len + 1) == '-' || peek(lex, from + len + 1) == '+';
        if ((more = digits_len(lex, from + len + 1 + sign, false))) {
            len += 1 + sign + more;
            *ret_is_fraction = true;
        }
    }
    return len;
}

static void round_number(struct where_constant *constant, const char *text, size_t len)
{
    char copy[NUMBER_MAX + 1];
    memcpy(copy, text, len);
    copy[len] = '\0';
    constant->as_double = strtod(copy, NULL);
    constant->as_single = strtof(copy, NULL);
}

static int take_number(struct where_lex *lex, struct where_token *token, struct diag *diag)
{
    struct where_constant *constant = &token->constant;
    size_t sign = peek(lex, 0) == '-', len;
    bool is_hex = peek(lex, sign) == '0' && (peek(lex, sign + 1) | 0x20) == 'x', is_fraction = false;
    size_t digits = sign + (is_hex ? 2 : 0);
    len = is_hex ? digits_len(lex, digits, true) : decimal_len(lex, digits, &is_fraction);
    size_t total = digits + len;
    token->kind = WHERE_TOKEN_CONSTANT;
    token->len = total;
    if (!len || is_name_byte(peek(lex, total)) || peek(lex, total) == '.') {
        while (is_name_byte(peek(lex, total)) || peek(lex, total) == '.')
            total++;
        return where_lex_error(diag, lex->column, "'%.*s' is not a number",
                               (int)(total < WHERE_SHOWN_MAX ? total : WHERE_SHOWN_MAX), lex->at);
    }
    if (!is_hex && !is_fraction && len > 1 && lex->at[digits] == '0')
        return where_lex_error(diag, lex->column,
                               "a number that begins with 0: write 0x in front of a hex one");
    *constant =
        (struct where_constant){.kind = is_fraction ? WHERE_FRACTION : WHERE_INTEGER, .is_negative = sign};
    if (total > NUMBER_MAX)
        return where_lex_error(diag, lex->column, "a number of %zu characters, %d is most", total,
                               NUMBER_MAX);
    if (!is_fraction && (!read_integer(lex->at + digits, len, is_hex ? 16 : 10, &constant->magnitude) ||
                         (sign && constant->magnitude > UINT64_C(1) << 63)))
        return where_lex_error(diag, lex->column, "'%.*s' does not fit 64 bits", (int)total, lex->at);
    round_number(constant, lex->at, total);
    if (isinf(constant->as_double))
        return where_lex_error(diag, lex->column, "'%.*s' is beyond what a double can hold", (int)total,
                               lex->at);
    advance(lex, total);
    return 0;
}

/* What the escape at `at` (behind its backslash) stands for, and its length. 0: none. */
static size_t unescape(const struct where_lex *lex, size_t at, char *ret_byte)
{
    static const char letters[] = "\\\"nt", bytes[] = "\\\"\n\t";
    char c = peek(lex, at);
    const char *letter = c ? strchr(letters, c) : NULL;
    uint64_t value = 0;
    if (letter) {
        *ret_byte = bytes[letter - letters];
        return 1;
    }
    if (c != 'x' || digits_len(lex, at + 1, true) < 2)
        return 0;
    read_integer(lex->at + at + 1, 2, 16, &value);
    *ret_byte = (char)value;
    return 3;
}

static int take_text(struct where_lex *lex, struct where_token *token, struct diag *diag)
{
    struct where_constant *constant = &token->constant;
    size_t column = lex->column;
    token->kind = WHERE_TOKEN_CONSTANT;
    *constant = (struct where_constant){.kind = WHERE_TEXT};
    for (advance(lex, 1); lex->at < lex->end && *lex->at != '"';) {
        char byte = *lex->at;
        size_t len = 1;
        if (byte == '\\') {
            size_t escape = unescape(lex, 1, &byte);
            if (!escape)
                return where_lex_error(diag, lex->column,
                                       "an unknown escape: \\\\ \\\" \\n \\t and \\xHH are known");
            len += escape;
        }
        if (!byte)
            return where_lex_error(diag, lex->column, "a NUL in a text, which ends before it");
        if (constant->text_len == WIRE_TEXT_MAX)
            return where_lex_error(diag, column, "a text of more than %d bytes", WIRE_TEXT_MAX);
        constant->text[constant->text_len++] = byte;
        advance(lex, len);
    }
    if (lex->at == lex->end)
        return where_lex_error(diag, column, "the text that begins here has no closing '\"'");
    advance(lex, 1);
    return 0;
}

static const struct {
    char spelling[3];
    enum where_token_kind kind;
    uint8_t relations;
    bool is_prefix;
} signs[] = {
    {"==", WHERE_TOKEN_RELATION, WIRE_EQUAL, false},
    {"!=", WHERE_TOKEN_RELATION, WIRE_LESS | WIRE_GREATER, false},
    {"<=", WHERE_TOKEN_RELATION, WIRE_LESS | WIRE_EQUAL, false},
    {">=", WHERE_TOKEN_RELATION, WIRE_GREATER | WIRE_EQUAL, false},
    {"^=", WHERE_TOKEN_RELATION, WIRE_EQUAL, true},
    {"&&", WHERE_TOKEN_AND, 0, false},
    {"||", WHERE_TOKEN_OR, 0, false},
    {"<", WHERE_TOKEN_RELATION, WIRE_LESS, false},
    {">", WHERE_TOKEN_RELATION, WIRE_GREATER, false},
    {"(", WHERE_TOKEN_MARK, 0, false},
    {")", WHERE_TOKEN_MARK, 0, false},
    {"!", WHERE_TOKEN_MARK, 0, false},
    {"&", WHERE_TOKEN_MARK, 0, false},
};

static int take_sign(struct where_lex *lex, struct where_token *token, struct diag *diag)
{
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        size_t len = strlen(signs[i].spelling);
        if (len > (size_t)(lex->end - lex->at) || memcmp(signs[i].spelling, lex->at, len))
            continue;
        token->kind = signs[i].kind;
        token->relations = signs[i].relations;
        token->is_prefix = signs[i].is_prefix;
        token->len = len;
        advance(lex, len);
        return 0;
    }
    static const struct {
        char c;
        const char *remedy;
    } remedies[] = {
        {'=', "'=' alone: == compares"},
        {'|', "'|' alone: || is or"},
        {'^', "'^' alone: ^= means begins with"},
        {'\'', "texts stand in double quotes: \"…\""},
    };
    for (size_t i = 0; i < sizeof(remedies) / sizeof(*remedies); i++)
        if (*lex->at == remedies[i].c)
            return where_lex_error(diag, lex->column, "%s", remedies[i].remedy);
    size_t len = utf8_sequence(lex->at, (size_t)(lex->end - lex->at));
    if (!*lex->at || !len)
        return where_lex_error(diag, lex->column, "unexpected byte \\x%02x", (unsigned char)*lex->at);
    return where_lex_error(diag, lex->column, "unexpected '%.*s'", (int)len, lex->at);
}

int where_lex_next(struct where_lex *lex, struct where_token *ret_token, struct diag *diag)
{
    skip_blanks(lex);
    struct where_token token = {.kind = WHERE_TOKEN_END, .column = lex->column, .text = lex->at};
    int error = 0;
    char c = peek(lex, 0);
    if (lex->at == lex->end)
        ;
    else if (is_digit(c) || (c == '-' && is_digit(peek(lex, 1))))
        error = take_number(lex, &token, diag);
    else if (is_name_byte(c))
        error = take_name(lex, &token);
    else if (c == '"')
        error = take_text(lex, &token, diag);
    else
        error = take_sign(lex, &token, diag);
    if (error)
        return error;
    token.constant.column = token.column;
    token.len = token.kind == WHERE_TOKEN_NAME ? token.len : (size_t)(lex->at - token.text);
    *ret_token = token;
    return 0;
}

bool where_token_is_mark(const struct where_token *token, char mark)
{
    return token->kind == WHERE_TOKEN_MARK && *token->text == mark;
}
