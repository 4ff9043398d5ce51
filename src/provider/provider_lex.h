/* Cuts the text of a `.d` file into tokens. Private to this layer.
 *
 * Tokens point into the text and own nothing. Comments and `#` lines come out as tokens like everything else:
 * who reads decides what they mean. Every byte ends up in a token or is a blank, so reading always ends. */
#ifndef TRACER_PROVIDER_PROVIDER_LEX_H
#define TRACER_PROVIDER_PROVIDER_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum provider_token_kind {
    PROVIDER_TOKEN_END, /* of the text; empty */
    PROVIDER_TOKEN_WORD,
    PROVIDER_TOKEN_NUMBER,
    PROVIDER_TOKEN_STRING, /* "…" or '…' on one line */
    PROVIDER_TOKEN_MARK,   /* one character of punctuation */
    PROVIDER_TOKEN_COMMENT,
    PROVIDER_TOKEN_DIRECTIVE, /* from '#' to the end of its line */
    /* What can't be read. */
    PROVIDER_TOKEN_OPEN_COMMENT,
    PROVIDER_TOKEN_OPEN_STRING,
    PROVIDER_TOKEN_ALIEN, /* a control byte, or anything beyond ASCII */
};

struct provider_token {
    enum provider_token_kind kind;
    const char *text;
    size_t len;
};

struct provider_lex {
    const char *at;
    const char *end;
};

struct provider_token provider_lex_next(struct provider_lex *lex);

bool provider_token_is_word(const struct provider_token *token, const char *word);
/* const and the like: it belongs to a type and says nothing about its values. */
bool provider_token_is_qualifier(const struct provider_token *token);
bool provider_token_is_mark(const struct provider_token *token, char mark);

#endif
