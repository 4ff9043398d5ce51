#include "provider/provider_cursor.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"

enum { MAX_OFFENDING_TEXT = 40 };

/* `#define NAME type` is an alias. Of the others only the C preprocessor knows what they come to here;
 * `#pragma`s and lines such as `# 12 "file.h"` change no argument. */
static int take_directive(struct provider_cursor *cursor, const struct provider_token *directive)
{
    static const struct {
        const char *word, *remark;
    } passed_over[] = {
        {"include", "not read"},
        {"define", "no type, passed over"},
        {"undef", "passed over, the name keeps its meaning"},
        {"if", "not evaluated, all of its branches are read"},
        {"ifdef", "not evaluated, all of its branches are read"},
        {"ifndef", "not evaluated, all of its branches are read"},
    };
    int result = provider_alias_define(&cursor->aliases, directive);
    if (result)
        return result < 0 ? result : 0;
    struct provider_lex lex = {directive->text + 1, directive->text + directive->len};
    struct provider_token word = provider_lex_next(&lex);
    for (size_t i = 0; i < sizeof(passed_over) / sizeof(*passed_over); i++)
        if (provider_token_is_word(&word, passed_over[i].word))
            return provider_cursor_remark(cursor, directive, false, passed_over[i].remark);
    return 0;
}

int provider_cursor_advance(struct provider_cursor *cursor)
{
    static const char *const unreadable[] = {
        [PROVIDER_TOKEN_OPEN_COMMENT] = "a comment without its end",
        [PROVIDER_TOKEN_OPEN_STRING] = "a string without its closing quote",
        [PROVIDER_TOKEN_ALIEN] = "not a character of the D language",
    };
    for (;;) {
        struct provider_token token = provider_lex_next(&cursor->lex);
        cursor->token = token;
        if (token.kind == PROVIDER_TOKEN_DIRECTIVE) {
            int error = take_directive(cursor, &token);
            if (error)
                return error;
        } else if (token.kind >= PROVIDER_TOKEN_OPEN_COMMENT) {
            return provider_cursor_error(cursor, unreadable[token.kind]);
        } else if (token.kind != PROVIDER_TOKEN_COMMENT) {
            return 0;
        }
    }
}

int provider_cursor_expect(struct provider_cursor *cursor, char mark, const char *expected)
{
    if (!provider_token_is_mark(&cursor->token, mark))
        return provider_cursor_error(cursor, expected);
    return provider_cursor_advance(cursor);
}

static void find_place(const struct provider_cursor *cursor, const char *at, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (const char *byte = cursor->text; byte < at; byte++) {
        if (*byte == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*byte & 0xc0) != 0x80) { /* not the rest of a character begun before */
            ++*column;
        }
    }
}

static void append_offending(struct buf *out, const struct provider_token *token)
{
    size_t len = token->len;
    if (token->kind == PROVIDER_TOKEN_END) {
        buf_puts(out, "end of file");
        return;
    }
    if (len > MAX_OFFENDING_TEXT) {
        len = MAX_OFFENDING_TEXT;
        while (len && ((unsigned char)token->text[len] & 0xc0) == 0x80)
            len--;
    }
    /* Here already, because a NUL byte would end the message. */
    escape_append(out, token->text, len);
    if (len < token->len)
        buf_puts(out, "…");
}

static void describe(const struct provider_cursor *cursor, const struct provider_token *token,
                     const char *wrong, struct diag *diag)
{
    _cleanup_buf_ struct buf offending = {0};
    size_t line, column;
    find_place(cursor, token->text, &line, &column);
    append_offending(&offending, token);
    const char *text = buf_string(&offending);
    diag_set(diag, 0, "%s:%zu:%zu: %s: %s", cursor->file, line, column, wrong, text ? text : "");
}

int provider_cursor_error_at(struct provider_cursor *cursor, const struct provider_token *token,
                             const char *wrong)
{
    describe(cursor, token, wrong, cursor->diag);
    return -EINVAL;
}

int provider_cursor_remark(struct provider_cursor *cursor, const struct provider_token *token,
                           bool is_warning, const char *remark)
{
    struct diag diag;
    if (provider_remarks_are_full(&cursor->remarks, is_warning))
        return 0;
    describe(cursor, token, remark, &diag);
    return provider_remarks_add(&cursor->remarks, is_warning, diag.text);
}

int provider_cursor_error(struct provider_cursor *cursor, const char *wrong)
{
    return provider_cursor_error_at(cursor, &cursor->token, wrong);
}
