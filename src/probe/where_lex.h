/* The tokens of a -w expression. Internal to src/probe. */
#ifndef TRACER_PROBE_WHERE_LEX_H
#define TRACER_PROBE_WHERE_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "event_wire.h"

enum where_token_kind {
    WHERE_TOKEN_END,
    WHERE_TOKEN_NAME,
    WHERE_TOKEN_CONSTANT,
    WHERE_TOKEN_RELATION, /* == != < <= > >= ^= */
    WHERE_TOKEN_MARK,     /* ( ) ! & */
    WHERE_TOKEN_AND,
    WHERE_TOKEN_OR,
};

enum where_constant_kind {
    WHERE_INTEGER,
    WHERE_FRACTION, /* a number with a point or an exponent */
    WHERE_TRUTH,    /* true or false: the magnitude is 1 or 0 */
    WHERE_TEXT,
};

struct where_constant {
    enum where_constant_kind kind;
    size_t column;
    bool is_negative;
    uint64_t magnitude;
    double as_double; /* of numbers, rounded to nearest */
    float as_single;
    char text[WIRE_TEXT_MAX + 1]; /* of a text; holds no NUL but the last */
    size_t text_len;
};

struct where_token {
    enum where_token_kind kind;
    size_t column;
    const char *text; /* as it stands there */
    size_t len;
    bool is_argument;  /* NAME: "args." stood in front */
    uint8_t relations; /* RELATION: bits of enum wire_relation */
    bool is_prefix;    /* RELATION: ^= */
    struct where_constant constant;
};

/* A message shows so much of a name or a token. */
enum { WHERE_SHOWN_MAX = 40 };

/* Start from {.at = text, .end = text + len, .column = 1}. */
struct where_lex {
    const char *at;
    const char *end;
    size_t column; /* of `at` */
};

/* The next token. -EINVAL: "column N: …". */
int where_lex_next(struct where_lex *lex, struct where_token *ret_token, struct diag *diag);

bool where_token_is_mark(const struct where_token *token, char mark);

/* Fills the diag with "column N: …" and returns -EINVAL. */
int where_lex_error(struct diag *diag, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
