#include "provider/member_declared.h"

#include <string.h>

#include "provider/provider_lex.h"

static bool is_one_of(const struct provider_token *token, const char *const *words)
{
    for (; *words; words++)
        if (provider_token_is_word(token, *words))
            return true;
    return false;
}

struct member_declared member_declared_parse(const char *type)
{
    static const char *const tags[] = {"struct", "union", "class", "enum", NULL};
    static const char *const basic[] = {"void",   "char",   "short",    "int",   "long", "float",
                                        "double", "signed", "unsigned", "_Bool", "bool", NULL};
    struct member_declared declared = {0};
    struct provider_lex lex = {.at = type, .end = type + strlen(type)};
    bool is_basic = false;
    size_t words = 0;
    for (;;) {
        struct provider_token token = provider_lex_next(&lex);
        if (token.kind == PROVIDER_TOKEN_END)
            break;
        if (provider_token_is_mark(&token, '*') || provider_token_is_mark(&token, '['))
            declared.pointers++;
        if (token.kind != PROVIDER_TOKEN_WORD || provider_token_is_qualifier(&token))
            continue;
        if (is_one_of(&token, tags)) {
            declared.tagged = true;
            continue;
        }
        is_basic |= is_one_of(&token, basic);
        declared.name = token.text;
        declared.len = token.len;
        words++;
    }
    if (words != 1 || is_basic)
        declared.name = NULL;
    return declared;
}
