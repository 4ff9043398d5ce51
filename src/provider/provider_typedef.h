/* The name that a typedef gives a type. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_TYPEDEF_H
#define TRACER_PROVIDER_PROVIDER_TYPEDEF_H

#include "provider/provider_alias.h"

/* Makes an alias of what stands between `typedef` and its ';', as far as an argument's kind can be had from
 * it. 0 or -ENOMEM. */
int provider_typedef_add(struct provider_aliases *aliases, const char *text, const char *end);

#endif
