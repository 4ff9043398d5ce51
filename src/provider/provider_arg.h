/* One argument of a probe's declaration. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_ARG_H
#define TRACER_PROVIDER_PROVIDER_ARG_H

#include "provider/provider_cursor.h"
#include "provider/provider_d.h"

/* Reads a declaration such as `const char *const name`, from the cursor's token up to the ',' or ')' behind
 * it. On failure nothing is stored. */
int provider_arg_parse(struct provider_cursor *cursor, struct provider_arg *ret_arg);

void provider_arg_free(struct provider_arg *arg);

#endif
