/* The grammar of `.d` provider files. Private to this layer; provider_d.h is its face. */
#ifndef TRACER_PROVIDER_PROVIDER_PARSER_H
#define TRACER_PROVIDER_PROVIDER_PARSER_H

#include <stddef.h>

#include "base/diag.h"
#include "provider/provider_d.h"

/* Reads a whole file's text into an empty set. 0; -EINVAL with "file:line:column: …" in the diag, or -ENOMEM;
 * the set stays empty then. */
int provider_parser_run(const char *file, const char *text, size_t len, struct provider_set *ret_set,
                        struct diag *diag);

#endif
