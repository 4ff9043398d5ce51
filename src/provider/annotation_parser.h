/* What the parts of the annotation parser have in common. Private to annotation*.c. */
#ifndef TRACER_PROVIDER_ANNOTATION_PARSER_H
#define TRACER_PROVIDER_ANNOTATION_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/annotation.h"

struct annotation_parser {
    const struct provider_token *comment;
    struct provider_lex lex;
    struct provider_token token; /* the one to look at */
    struct annotation result;    /* the field that is being read */
    struct annotation *complete; /* those before it, the last one first */
    size_t n_complete;
    struct annotation_error error;
    bool is_meant; /* so much has been read that this can't be prose */
};

void annotation_advance(struct annotation_parser *parser);

/* Whether the token is that mark; then it goes on to the next. */
bool annotation_take_mark(struct annotation_parser *parser, char mark);

/* Puts down what is wrong with the token, or with another, and returns -EINVAL: this is prose unless it is
 * meant otherwise. */
int annotation_fail(struct annotation_parser *parser, const char *wrong);
int annotation_fail_at(struct annotation_parser *parser, const struct provider_token *token,
                       const char *wrong);

/* Whether the token is a number: decimal, or hexadecimal with 0x in front, of 64 bits. 010 could be either of
 * two numbers, and is neither. */
bool annotation_number(const struct provider_token *token, uint64_t *ret_number);

/* 0 or -ENOMEM. */
int annotation_copy(const struct provider_token *token, char **ret_text);

/* `.local.cid:u32` or `+0x18:u32`, and what its type leaves open, when all has been read. */
int annotation_parse_member(struct annotation_parser *parser);
int annotation_complete_member(struct annotation_parser *parser);

/* One word that says what to show, with what belongs to it: `hex[16]`. */
int annotation_parse_show(struct annotation_parser *parser);

#endif
