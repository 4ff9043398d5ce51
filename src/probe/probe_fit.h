/* Whether a definition goes with what a file says of a probe. */
#ifndef TRACER_PROBE_PROBE_FIT_H
#define TRACER_PROBE_PROBE_FIT_H

#include "elf/arg_spec.h"
#include "provider/provider_d.h"

/* Says what the two disagree on: how many arguments there are, how wide they are. NULL when they agree. The
 * caller frees it. 0 or -ENOMEM. */
int probe_fit_explain(const struct provider_probe *defined, const struct arg_spec_list *args,
                      unsigned pointer_size, char **ret_misfit);

#endif
