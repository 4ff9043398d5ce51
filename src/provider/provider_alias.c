#include "provider/provider_alias.h"

#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "provider/arg_kind.h"
#include "provider/provider_lex.h"

enum {
    EXPAND_DEPTH = 16,  /* aliases of aliases; also what ends a cycle */
    EXPAND_BYTES = 256, /* of meanings read for one type, blanks too: A may be "B B", B "C C" … */
};

struct alias {
    const char *name;
    size_t name_len;
    const char *body;
    size_t body_len;
};

static int compare_aliases(const void *left, const void *right)
{
    const struct alias *a = left, *b = right;
    if (a->name_len != b->name_len)
        return a->name_len < b->name_len ? -1 : 1;
    return memcmp(a->name, b->name, a->name_len);
}

int provider_alias_add(struct provider_aliases *aliases, const struct provider_token *name, const char *body,
                       size_t body_len)
{
    struct alias alias = {name->text, name->len, body, body_len};
    struct alias **known = tfind(&alias, &aliases->tree, compare_aliases);
    if (known) {
        **known = alias;
        return 0;
    }
    struct alias *copy = malloc(sizeof(*copy));
    if (!copy)
        return -ENOMEM;
    *copy = alias;
    if (tsearch(copy, &aliases->tree, compare_aliases))
        return 0;
    free(copy);
    return -ENOMEM;
}

int provider_alias_define(struct provider_aliases *aliases, const struct provider_token *directive)
{
    struct provider_lex lex = {.at = directive->text + 1, .end = directive->text + directive->len};
    struct provider_token define = provider_lex_next(&lex);
    if (!provider_token_is_word(&define, "define"))
        return 0;
    struct provider_token name = provider_lex_next(&lex);
    if (name.kind != PROVIDER_TOKEN_WORD || (lex.at < lex.end && *lex.at == '('))
        return 0; /* no name, or a macro with parameters */
    int error = provider_alias_add(aliases, &name, lex.at, (size_t)(lex.end - lex.at));
    return error ? error : 1;
}

/* A word that says what it is by itself (bool, float, string) stays, whatever the file makes of it: that is
 * `unsigned char` for bool in PostgreSQL's, since D has no bool. */
static const struct alias *find_alias(const struct provider_aliases *aliases,
                                      const struct provider_token *token)
{
    struct alias wanted = {.name = token->text, .name_len = token->len};
    struct alias **found = tfind(&wanted, &aliases->tree, compare_aliases);
    return found && arg_kind_of_type(token->text, token->len) == ARG_KIND_INTEGER ? *found : NULL;
}

static void expand(const struct provider_aliases *aliases, const char *text, size_t len, unsigned depth,
                   size_t *bytes_left, struct buf *out)
{
    struct provider_lex lex = {.at = text, .end = text + len};
    for (;;) {
        struct provider_token token = provider_lex_next(&lex);
        if (token.kind == PROVIDER_TOKEN_END)
            return;
        if (token.kind == PROVIDER_TOKEN_COMMENT || token.kind == PROVIDER_TOKEN_DIRECTIVE)
            continue;
        const struct alias *alias = depth < EXPAND_DEPTH ? find_alias(aliases, &token) : NULL;
        if (alias && alias->body_len <= *bytes_left) {
            *bytes_left -= alias->body_len;
            expand(aliases, alias->body, alias->body_len, depth + 1, bytes_left, out);
            continue;
        }
        buf_putc(out, ' ');
        buf_append(out, token.text, token.len);
    }
}

void provider_alias_expand(const struct provider_aliases *aliases, const char *type, size_t len,
                           struct buf *out)
{
    size_t bytes_left = EXPAND_BYTES;
    expand(aliases, type, len, 0, &bytes_left, out);
}

void provider_alias_free(struct provider_aliases *aliases)
{
    tdestroy(aliases->tree, free);
    *aliases = (struct provider_aliases){0};
}
