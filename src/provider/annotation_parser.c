#include "provider/annotation_parser.h"

#include <errno.h>
#include <string.h>

void annotation_advance(struct annotation_parser *parser)
{
    parser->token = provider_lex_next(&parser->lex);
}

bool annotation_take_mark(struct annotation_parser *parser, char mark)
{
    bool is_there = provider_token_is_mark(&parser->token, mark);
    if (is_there)
        annotation_advance(parser);
    return is_there;
}

/* Where something is missing at the end, it is missing in the whole comment. */
int annotation_fail_at(struct annotation_parser *parser, const struct provider_token *token,
                       const char *wrong)
{
    parser->error =
        (struct annotation_error){wrong, token->kind == PROVIDER_TOKEN_END ? *parser->comment : *token};
    return -EINVAL;
}

int annotation_fail(struct annotation_parser *parser, const char *wrong)
{
    return annotation_fail_at(parser, &parser->token, wrong);
}

bool annotation_number(const struct provider_token *token, uint64_t *ret_number)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = token->text, *end = at + token->len;
    bool is_hex = token->len > 2 && at[0] == '0' && (at[1] | 0x20) == 'x';
    unsigned base = is_hex ? 16 : 10;
    uint64_t number = 0;
    if (token->kind != PROVIDER_TOKEN_NUMBER || (!is_hex && *at == '0' && token->len > 1))
        return false;
    for (at += is_hex ? 2 : 0; at < end; at++) {
        const char *digit = memchr(digits, *at >= 'A' && *at <= 'F' ? *at | 0x20 : *at, base);
        if (!digit || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, (uint64_t)(digit - digits), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

int annotation_copy(const struct provider_token *token, char **ret_text)
{
    *ret_text = strndup(token->text, token->len);
    return *ret_text ? 0 : -ENOMEM;
}
