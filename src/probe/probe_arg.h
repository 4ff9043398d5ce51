/* The arguments of a probe, described. Internal to src/probe. */
#ifndef TRACER_PROBE_PROBE_ARG_H
#define TRACER_PROBE_PROBE_ARG_H

#include "probe/probe.h"

/* Fills `args`, as many as the site with the most has. `provider` may be NULL. 0 or -ENOMEM; what there is so
 * far is then the probe's to free. */
int probe_describe_args(struct probe *probe, const struct provider *provider, unsigned pointer_size);

/* Frees what it holds. */
void probe_arg_free(struct probe_arg *arg);

#endif
