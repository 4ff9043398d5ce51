/* Three shapes of typedef tell what sort of argument their name is:
 *
 *     typedef const char *path_t;                  the last word is a name for what stands in front of it
 *     typedef struct timer { ... } *timer_t;       likewise, but nobody looks into the braces: what counts is
 *                                                  the star behind them
 *     typedef void (*callback_t)(void *);          a pointer, as functions and arrays become when they are
 *     typedef char path_t[16];                     passed: to text where it is an array of characters
 *
 * A name for a structure itself is none for an argument, which is at most a pointer to it. */
#include "provider/provider_typedef.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/arg_kind.h"

static const char pointer[] = "void *", text_pointer[] = "char *";

struct reader {
    struct provider_lex lex;
    struct provider_token token; /* the one to look at */
};

static void advance(struct reader *reader)
{
    do
        reader->token = provider_lex_next(&reader->lex);
    while (reader->token.kind == PROVIDER_TOKEN_COMMENT || reader->token.kind == PROVIDER_TOKEN_DIRECTIVE);
}

static bool is_mark(const struct reader *reader, char mark)
{
    return provider_token_is_mark(&reader->token, mark);
}

/* From a '{' to behind its '}'. */
static void skip_braces(struct reader *reader)
{
    for (size_t depth = 0; reader->token.kind != PROVIDER_TOKEN_END;) {
        depth += is_mark(reader, '{');
        depth -= is_mark(reader, '}');
        advance(reader);
        if (!depth)
            return;
    }
}

/* `(*name`, with whatever stands between; else `name(`. */
static void find_function_name(struct reader *reader, struct provider_token *name)
{
    advance(reader);
    if (!is_mark(reader, '*'))
        return;
    while (reader->token.kind != PROVIDER_TOKEN_END && !is_mark(reader, ')')) {
        *name = reader->token;
        advance(reader);
    }
}

/* From the '[' at `bounds`; `element` is what stands in front of the name. 0 or -ENOMEM. */
static int find_array_meaning(const struct provider_aliases *aliases, const char *element, size_t len,
                              const char *bounds, const char *end, const char **ret_meaning)
{
    _cleanup_buf_ struct buf type = {0};
    provider_alias_expand(aliases, element, len, &type);
    buf_append(&type, bounds, (size_t)(end - bounds));
    if (buf_error(&type))
        return -ENOMEM;
    *ret_meaning = arg_kind_of_type(type.data, type.len) == ARG_KIND_STRING ? text_pointer : pointer;
    return 0;
}

int provider_typedef_add(struct provider_aliases *aliases, const char *text, const char *end)
{
    struct reader reader = {.lex = {text, end}};
    struct provider_token last = {0};
    const char *body = text;
    advance(&reader);
    while (reader.token.kind != PROVIDER_TOKEN_END && !is_mark(&reader, '(') && !is_mark(&reader, '[')) {
        if (is_mark(&reader, '{')) {
            skip_braces(&reader);
            body = reader.token.text;
            last = (struct provider_token){0};
            continue;
        }
        last = reader.token;
        advance(&reader);
    }
    bool is_decayed = reader.token.kind != PROVIDER_TOKEN_END;
    const char *meaning = pointer;
    if (is_mark(&reader, '[') && last.kind == PROVIDER_TOKEN_WORD &&
        find_array_meaning(aliases, body, (size_t)(last.text - body), reader.token.text, end, &meaning))
        return -ENOMEM;
    if (is_mark(&reader, '('))
        find_function_name(&reader, &last);
    if (last.kind != PROVIDER_TOKEN_WORD || (!is_decayed && last.text == body))
        return 0;
    if (is_decayed)
        return provider_alias_add(aliases, &last, meaning, strlen(meaning));
    return provider_alias_add(aliases, &last, body, (size_t)(last.text - body));
}
