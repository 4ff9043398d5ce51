/* Finds the annotations of a probe's arguments. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_ANNOTATE_H
#define TRACER_PROVIDER_PROVIDER_ANNOTATE_H

#include "provider/provider_cursor.h"
#include "provider/provider_d.h"

/* Reads the comments in the probe's list of arguments, which has been parsed: the text from its '(' on. What
 * is meant as an annotation and can't be used is remarked on, and the argument stays as its type has it. 0 or
 * -ENOMEM. */
int provider_annotate(struct provider_cursor *cursor, const char *list, const char *end,
                      struct provider_probe *probe);

#endif
