/* Walks the tokens of a `.d` file for the parser: comments are passed over, `#define`s remembered, other `#`
 * lines remarked on where they should have had a meaning, and what is wrong is said with its place. Private
 * to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_CURSOR_H
#define TRACER_PROVIDER_PROVIDER_CURSOR_H

#include <stddef.h>

#include "base/diag.h"
#include "provider/provider_alias.h"
#include "provider/provider_lex.h"
#include "provider/provider_remark.h"

struct provider_cursor {
    const char *file; /* for messages */
    const char *text;
    size_t len;
    struct diag *diag;
    struct provider_lex lex;
    struct provider_token token; /* the one to look at; never a comment or a directive */
    struct provider_aliases aliases;
    struct provider_remarks remarks;
};

/* Makes the next token the one to look at. 0, -EINVAL with the diag set, or -ENOMEM. */
int provider_cursor_advance(struct provider_cursor *cursor);

/* The same, if the token is this mark; `expected` is the complaint otherwise. */
int provider_cursor_expect(struct provider_cursor *cursor, char mark, const char *expected);

/* Says "file:line:column: wrong: the token" and returns -EINVAL. Lines and columns count from 1; a column is
 * a character, and a tab is one. */
int provider_cursor_error(struct provider_cursor *cursor, const char *wrong);
int provider_cursor_error_at(struct provider_cursor *cursor, const struct provider_token *token,
                             const char *wrong);

/* Remarks the same instead, and returns 0 or -ENOMEM. */
int provider_cursor_remark(struct provider_cursor *cursor, const struct provider_token *token,
                           bool is_warning, const char *remark);

#endif
