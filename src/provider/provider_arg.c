/* A C parameter declaration without knowing the program's types.
 *
 * C needs to know which words name types in order to tell `Oid` (an unnamed Oid) from a name, and so do we.
 * Words are therefore taken in order: qualifiers and C's own type words belong to the type, so does the word
 * behind struct, union or enum, and so does the first other word when there was no type yet; the next other
 * word is the argument's name. Behind `*` and `(` it stands deeper: `int (*const name)(void)`. What follows
 * the name, array bounds and parameter lists, is type again, and `: other_t *q` is the type that D's
 * consumers would see translated: passed over.
 *
 * The type is kept as written, without the name, and with blanks as if a tidy person had written it, so
 * `const   char*const x` has the type "const char *const". */
#include "provider/provider_arg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/arg_width.h"

enum { MAX_NESTING = 64 };

struct declaration {
    struct provider_cursor *cursor;
    struct buf type;
    struct provider_token before; /* the last one in `type` */
    struct provider_token name;
    uint64_t brackets; /* which of the open groups are [ ]; the innermost is bit 0 */
    unsigned nesting;
};

static bool is_any_of(const struct provider_token *token, const char *const *words)
{
    for (; *words; words++)
        if (provider_token_is_word(token, *words))
            return true;
    return false;
}

static bool is_basic_type(const struct provider_token *token)
{
    static const char *const words[] = {"void",     "char",  "short",  "int",   "long", "signed",
                                        "unsigned", "float", "double", "_Bool", NULL};
    return is_any_of(token, words);
}

static bool is_tag_keyword(const struct provider_token *token)
{
    static const char *const words[] = {"struct", "union", "enum", NULL};
    return is_any_of(token, words);
}

static bool is_other_word(const struct provider_token *token)
{
    return token->kind == PROVIDER_TOKEN_WORD && !provider_token_is_qualifier(token) &&
           !is_basic_type(token) && !is_tag_keyword(token);
}

static bool is_wordlike(const struct provider_token *token)
{
    return token->kind == PROVIDER_TOKEN_WORD || token->kind == PROVIDER_TOKEN_NUMBER;
}

static bool wants_blank(const struct provider_token *before, const struct provider_token *token)
{
    if (!before->len)
        return false;
    if (provider_token_is_mark(before, ',') || provider_token_is_mark(before, '/'))
        return true; /* and no comment comes to be */
    return is_wordlike(before) &&
           (is_wordlike(token) || provider_token_is_mark(token, '*') || provider_token_is_mark(token, '('));
}

/* Keeps count of the groups that are open. The token is none of those that end a declaration. */
static int track_nesting(struct declaration *decl)
{
    const struct provider_token *token = &decl->cursor->token;
    bool opens_bracket = provider_token_is_mark(token, '[');
    bool closes_bracket = provider_token_is_mark(token, ']');
    if (opens_bracket || provider_token_is_mark(token, '(')) {
        if (decl->nesting == MAX_NESTING)
            return provider_cursor_error(decl->cursor, "nested too deep");
        decl->brackets = decl->brackets << 1 | opens_bracket;
        decl->nesting++;
    } else if (closes_bracket || provider_token_is_mark(token, ')')) {
        bool is_bracket = decl->brackets & 1;
        if (closes_bracket != is_bracket)
            return provider_cursor_error(decl->cursor, is_bracket ? "expected ']'" : "expected ')'");
        decl->brackets >>= 1;
        decl->nesting--;
    }
    return 0;
}

/* Makes the token part of the type and goes on to the next. */
static int take(struct declaration *decl)
{
    const struct provider_token *token = &decl->cursor->token;
    int error = track_nesting(decl);
    if (error)
        return error;
    if (wants_blank(&decl->before, token))
        buf_putc(&decl->type, ' ');
    buf_append(&decl->type, token->text, token->len);
    decl->before = *token;
    return provider_cursor_advance(decl->cursor);
}

static int take_name(struct declaration *decl)
{
    decl->name = decl->cursor->token;
    return provider_cursor_advance(decl->cursor);
}

/* `const unsigned int`, `struct sockaddr`, `Oid`. */
static int parse_specifiers(struct declaration *decl)
{
    const struct provider_token *token = &decl->cursor->token;
    bool has_type = false;
    int error = 0;
    while (!error && token->kind == PROVIDER_TOKEN_WORD && !(has_type && is_other_word(token))) {
        bool is_tagged = is_tag_keyword(token);
        has_type = has_type || !provider_token_is_qualifier(token);
        error = take(decl);
        if (error || !is_tagged)
            continue;
        if (!is_other_word(token))
            return provider_cursor_error(decl->cursor, "expected the tag of a struct, union or enum");
        error = take(decl);
    }
    if (!error && !has_type)
        return provider_cursor_error(decl->cursor, "expected the type of an argument");
    return error;
}

/* `*const name`, `(*name`. A word behind a parenthesis without a star is a parameter's type, not a name. */
static int parse_declarator(struct declaration *decl)
{
    const struct provider_token *token = &decl->cursor->token;
    bool may_be_name = true;
    for (;;) {
        if (provider_token_is_mark(token, '('))
            may_be_name = false;
        else if (provider_token_is_mark(token, '*'))
            may_be_name = true;
        else if (!provider_token_is_qualifier(token))
            break;
        int error = take(decl);
        if (error)
            return error;
    }
    return may_be_name && is_other_word(token) ? take_name(decl) : 0;
}

static bool ends_group(const struct provider_token *token)
{
    return token->kind == PROVIDER_TOKEN_END || provider_token_is_mark(token, ';') ||
           provider_token_is_mark(token, '{') || provider_token_is_mark(token, '}');
}

/* The inside of whatever groups are open, and `[16]` and `(int, char *)` behind the name. */
static int parse_suffixes(struct declaration *decl)
{
    const struct provider_token *token = &decl->cursor->token;
    int error = 0;
    while (!error) {
        if (!decl->nesting && !provider_token_is_mark(token, '[') && !provider_token_is_mark(token, '('))
            return 0;
        if (ends_group(token))
            return provider_cursor_error(decl->cursor, decl->brackets & 1 ? "expected ']'" : "expected ')'");
        error = take(decl);
    }
    return error;
}

static int parse_declaration(struct declaration *decl)
{
    int error = parse_specifiers(decl);
    if (!error)
        error = parse_declarator(decl);
    if (!error)
        error = parse_suffixes(decl);
    return error;
}

static void free_declaration(struct declaration *decl)
{
    buf_free(&decl->type);
}

/* `: other_t *q`: a declaration like the first, of no interest. */
static int skip_translation(struct provider_cursor *cursor)
{
    if (!provider_token_is_mark(&cursor->token, ':'))
        return 0;
    _cleanup_(free_declaration) struct declaration other = {.cursor = cursor};
    int error = provider_cursor_advance(cursor);
    return error ? error : parse_declaration(&other);
}

static int make_arg(struct declaration *decl, struct provider_arg *ret_arg)
{
    _cleanup_buf_ struct buf meaning = {0};
    provider_alias_expand(&decl->cursor->aliases, decl->type.data, decl->type.len, &meaning);
    _cleanup_free_ char *type = strndup(decl->type.data, decl->type.len);
    _cleanup_free_ char *name = decl->name.len ? strndup(decl->name.text, decl->name.len) : NULL;
    if (buf_error(&meaning) || !type || (decl->name.len && !name))
        return -ENOMEM;
    const char *what = meaning.len ? meaning.data : "";
    enum arg_kind kind = arg_kind_of_type(what, meaning.len);
    *ret_arg = (struct provider_arg){
        .name = take_pointer(name),
        .type = take_pointer(type),
        .kind = kind,
        .plain_kind = kind,
        .width = arg_width_of_type(what, meaning.len),
    };
    return 0;
}

int provider_arg_parse(struct provider_cursor *cursor, struct provider_arg *ret_arg)
{
    _cleanup_(free_declaration) struct declaration decl = {.cursor = cursor};
    int error = parse_declaration(&decl);
    if (!error)
        error = skip_translation(cursor);
    if (error)
        return error;
    const struct provider_token *token = &cursor->token;
    if (!provider_token_is_mark(token, ',') && !provider_token_is_mark(token, ')'))
        return provider_cursor_error(cursor, "expected ',' or ')'");
    if (buf_error(&decl.type))
        return -ENOMEM;
    return make_arg(&decl, ret_arg);
}

void provider_arg_free(struct provider_arg *arg)
{
    free(arg->name);
    free(arg->type);
    arg_note_free(&arg->note);
}

bool provider_arg_is_called(const struct provider_arg *arg, size_t i, const char *name)
{
    char number[32];
    if (!arg->name)
        snprintf(number, sizeof(number), "arg%zu", i);
    return !strcmp(arg->name ? arg->name : number, name);
}
