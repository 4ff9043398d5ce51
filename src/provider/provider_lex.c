#include "provider/provider_lex.h"

#include <string.h>

#include "base/escape.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
}

/* Past the newline when a backslash at `at` continues the line, else `at`. */
static const char *skip_continuation(const char *at, const char *end)
{
    const char *next = at + 1;
    if (next < end && *next == '\r')
        next++;
    return *at == '\\' && next < end && *next == '\n' ? next + 1 : at;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end) {
        const char *next = *at == ' ' || (*at >= '\t' && *at <= '\r') ? at + 1 : skip_continuation(at, end);
        if (next == at)
            break;
        at = next;
    }
    return at;
}

static bool starts_with(const char *at, const char *end, const char *two_bytes)
{
    return end - at >= 2 && !memcmp(at, two_bytes, 2);
}

static const char *find_line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline : end;
}

static struct provider_token make_token(enum provider_token_kind kind, const char *from, const char *to)
{
    return (struct provider_token){.kind = kind, .text = from, .len = (size_t)(to - from)};
}

static struct provider_token scan_comment(const char *at, const char *end)
{
    if (at[1] == '/')
        return make_token(PROVIDER_TOKEN_COMMENT, at, find_line_end(at, end));
    const char *close = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
    if (!close)
        return make_token(PROVIDER_TOKEN_OPEN_COMMENT, at, end);
    return make_token(PROVIDER_TOKEN_COMMENT, at, close + 2);
}

/* As in C, a comment that begins on the line belongs to it, even when it ends on a later one. Quotes mean
 * nothing here: "#error don't" is a line like others. */
static struct provider_token scan_directive(const char *from, const char *end)
{
    const char *at = from;
    while (at < end && *at != '\n') {
        if (starts_with(at, end, "/*") || starts_with(at, end, "//")) {
            struct provider_token comment = scan_comment(at, end);
            if (comment.kind != PROVIDER_TOKEN_COMMENT)
                return comment;
            at = comment.text + comment.len;
            continue;
        }
        const char *next = skip_continuation(at, end);
        at = next == at ? at + 1 : next;
    }
    return make_token(PROVIDER_TOKEN_DIRECTIVE, from, at);
}

static struct provider_token scan_string(const char *from, const char *end)
{
    const char *at = from + 1;
    while (at < end && *at != *from && *at != '\n')
        at += *at == '\\' && end - at > 1 && at[1] != '\n' ? 2 : 1;
    if (at < end && *at == *from)
        return make_token(PROVIDER_TOKEN_STRING, from, at + 1);
    return make_token(PROVIDER_TOKEN_OPEN_STRING, from, at);
}

static struct provider_token scan_word(const char *from, const char *end)
{
    const char *at = from;
    while (at < end && is_word_byte(*at))
        at++;
    return make_token(is_digit(*from) ? PROVIDER_TOKEN_NUMBER : PROVIDER_TOKEN_WORD, from, at);
}

static struct provider_token scan(const char *at, const char *end)
{
    if (at == end)
        return make_token(PROVIDER_TOKEN_END, at, at);
    if (is_word_byte(*at))
        return scan_word(at, end);
    if (*at == '#')
        return scan_directive(at, end);
    if (starts_with(at, end, "/*") || starts_with(at, end, "//"))
        return scan_comment(at, end);
    if (*at == '"' || *at == '\'')
        return scan_string(at, end);
    if (*at > ' ' && *at <= '~')
        return make_token(PROVIDER_TOKEN_MARK, at, at + 1);
    size_t len = utf8_sequence(at, (size_t)(end - at));
    return make_token(PROVIDER_TOKEN_ALIEN, at, at + (len ? len : 1));
}

struct provider_token provider_lex_next(struct provider_lex *lex)
{
    struct provider_token token = scan(skip_blanks(lex->at, lex->end), lex->end);
    lex->at = token.text + token.len;
    return token;
}

bool provider_token_is_word(const struct provider_token *token, const char *word)
{
    return token->kind == PROVIDER_TOKEN_WORD && token->len == strlen(word) &&
           !memcmp(token->text, word, token->len);
}

bool provider_token_is_qualifier(const struct provider_token *token)
{
    static const char *const words[] = {"const", "volatile", "restrict", "__restrict", "_Atomic"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (provider_token_is_word(token, words[i]))
            return true;
    return false;
}

bool provider_token_is_mark(const struct provider_token *token, char mark)
{
    return token->kind == PROVIDER_TOKEN_MARK && *token->text == mark;
}
