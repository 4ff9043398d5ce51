#include "provider/arg_kind.h"

#include <stdbool.h>
#include <string.h>

#include "provider/provider_lex.h"

/* The words that say more than "some integer". */
enum type_word {
    TYPE_WORD_OTHER = 0,
    TYPE_WORD_CHAR = 1 << 0,
    TYPE_WORD_SIGNED = 1 << 1, /* or unsigned: a byte then, not a character */
    TYPE_WORD_FLOAT = 1 << 2,
    TYPE_WORD_BOOL = 1 << 3,
    TYPE_WORD_STRING = 1 << 4, /* D's own type */
    TYPE_WORD_TAGGED = 1 << 5, /* the next word is a tag and says nothing */
};

static const struct {
    const char *word;
    enum type_word meaning;
} type_words[] = {
    {"char", TYPE_WORD_CHAR},    {"signed", TYPE_WORD_SIGNED}, {"unsigned", TYPE_WORD_SIGNED},
    {"float", TYPE_WORD_FLOAT},  {"double", TYPE_WORD_FLOAT},  {"bool", TYPE_WORD_BOOL},
    {"_Bool", TYPE_WORD_BOOL},   {"string", TYPE_WORD_STRING}, {"struct", TYPE_WORD_TAGGED},
    {"union", TYPE_WORD_TAGGED}, {"enum", TYPE_WORD_TAGGED},
};

static enum type_word meaning_of(const struct provider_token *token)
{
    for (size_t i = 0; i < sizeof(type_words) / sizeof(*type_words); i++)
        if (provider_token_is_word(token, type_words[i].word))
            return type_words[i].meaning;
    return TYPE_WORD_OTHER;
}

static enum arg_kind kind_of_value(unsigned words)
{
    if (words & TYPE_WORD_STRING)
        return ARG_KIND_STRING;
    if (words & TYPE_WORD_FLOAT)
        return ARG_KIND_FLOAT;
    return words & TYPE_WORD_BOOL ? ARG_KIND_BOOL : ARG_KIND_INTEGER;
}

enum arg_kind arg_kind_of_type(const char *type, size_t len)
{
    struct provider_lex lex = {.at = type, .end = type + len};
    unsigned words = 0, indirections = 0;
    size_t brackets = 0;
    bool tag = false;
    for (;;) {
        struct provider_token token = provider_lex_next(&lex);
        if (token.kind == PROVIDER_TOKEN_END)
            break;
        if (provider_token_is_mark(&token, ']') && brackets)
            brackets--;
        else if (provider_token_is_mark(&token, '['))
            indirections += !brackets++;
        if (brackets)
            continue; /* how long an array is does not matter */
        if (provider_token_is_mark(&token, '('))
            return ARG_KIND_POINTER; /* a function, or a pointer to one or to an array */
        if (provider_token_is_mark(&token, '*'))
            indirections++;
        enum type_word meaning = tag ? TYPE_WORD_OTHER : meaning_of(&token);
        tag = meaning == TYPE_WORD_TAGGED;
        words |= meaning;
    }
    if (!indirections)
        return kind_of_value(words);
    bool is_text = indirections == 1 && (words & (TYPE_WORD_CHAR | TYPE_WORD_SIGNED)) == TYPE_WORD_CHAR;
    return is_text ? ARG_KIND_STRING : ARG_KIND_POINTER;
}
