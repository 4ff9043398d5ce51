/* The names that a `.d` file makes up for types, by `#define` or `typedef`. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_ALIAS_H
#define TRACER_PROVIDER_PROVIDER_ALIAS_H

#include <stddef.h>

#include "base/buf.h"
#include "provider/provider_lex.h"

/* Names and what they stand for, as spans of the file's text, which has to live as long. Start from {0}. */
struct provider_aliases {
    void *tree;
};

/* From here on `name` means `body`. 0 or -ENOMEM. */
int provider_alias_add(struct provider_aliases *aliases, const struct provider_token *name, const char *body,
                       size_t body_len);

/* The same for a `#` line: 1 for `#define NAME …`, 0 for anything else, which changes nothing, or -ENOMEM. */
int provider_alias_define(struct provider_aliases *aliases, const struct provider_token *directive);

/* Appends `type` with its aliases replaced, and those that their meanings hold. Where that leads in a circle
 * or to more than a type could need, the alias stays as it is. */
void provider_alias_expand(const struct provider_aliases *aliases, const char *type, size_t len,
                           struct buf *out);

void provider_alias_free(struct provider_aliases *aliases);

#endif
