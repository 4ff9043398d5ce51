/* Three shapes of typedef tell what sort of argument their name is:
 *
 *     typedef const char *path_t;                  the last word is a name for what stands in front of it
 *     typedef struct timer { ... } *timer_t;       likewise, but nobody looks into the braces: what counts is
 *                                                  the star behind them
 *     typedef void (*callback_t)(void *);          a pointer, as functions and arrays become when they are
 * passed
 *
 * A name for a structure itself is none for an argument, which is at most a pointer to it. */
#include "provider/provider_typedef.h"

#include <string.h>

static const char pointer[] = "void *";

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
            continue;
        }
        last = reader.token;
        advance(&reader);
    }
    bool is_decayed = reader.token.kind != PROVIDER_TOKEN_END;
    if (is_mark(&reader, '('))
        find_function_name(&reader, &last);
    if (last.kind != PROVIDER_TOKEN_WORD || (!is_decayed && last.text == body))
        return 0;
    if (is_decayed)
        return provider_alias_add(aliases, &last, pointer, strlen(pointer));
    return provider_alias_add(aliases, &last, body, (size_t)(last.text - body));
}
