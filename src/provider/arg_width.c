#include "provider/arg_width.h"

#include <stdbool.h>

#include "provider/arg_kind.h"
#include "provider/provider_lex.h"

/* In the order in which they decide: "unsigned short int" is a short. What is called a bool is often passed
 * as the int that a comparison gives. */
static const struct {
    const char *word;
    unsigned char width;
} words[] = {
    {"struct", ARG_WIDTH_UNKNOWN},
    {"union", ARG_WIDTH_UNKNOWN},
    {"enum", ARG_WIDTH_UNKNOWN},
    {"float", 4},
    {"double", 8},
    {"bool", ARG_WIDTH_UNKNOWN},
    {"_Bool", ARG_WIDTH_UNKNOWN},
    {"char", 1},
    {"short", 2},
    {"long", ARG_WIDTH_POINTER},
    {"int", 4},
    {"unsigned", 4},
    {"signed", 4},
    {"int8_t", 1},
    {"uint8_t", 1},
    {"int16_t", 2},
    {"uint16_t", 2},
    {"int32_t", 4},
    {"uint32_t", 4},
    {"int64_t", 8},
    {"uint64_t", 8},
    {"size_t", ARG_WIDTH_POINTER},
    {"ssize_t", ARG_WIDTH_POINTER},
    {"intptr_t", ARG_WIDTH_POINTER},
    {"uintptr_t", ARG_WIDTH_POINTER},
    {"ptrdiff_t", ARG_WIDTH_POINTER},
    {"pid_t", 4},
};

enum { N_WORDS = sizeof(words) / sizeof(*words) };

static size_t find_word(const struct provider_token *token)
{
    size_t i = 0;
    while (i < N_WORDS && !provider_token_is_word(token, words[i].word))
        i++;
    return i;
}

unsigned char arg_width_of_type(const char *type, size_t len)
{
    enum arg_kind kind = arg_kind_of_type(type, len);
    if (kind == ARG_KIND_POINTER || kind == ARG_KIND_STRING)
        return ARG_WIDTH_POINTER;
    struct provider_lex lex = {type, type + len};
    size_t first = N_WORDS, longs = 0;
    for (struct provider_token token; (token = provider_lex_next(&lex)).kind != PROVIDER_TOKEN_END;) {
        size_t i = find_word(&token);
        first = i < first ? i : first;
        longs += provider_token_is_word(&token, "long");
    }
    if (longs && kind == ARG_KIND_FLOAT)
        return ARG_WIDTH_UNKNOWN;
    if (longs > 1)
        return 8;
    return first < N_WORDS ? words[first].width : ARG_WIDTH_UNKNOWN;
}
