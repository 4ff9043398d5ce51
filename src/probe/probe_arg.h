/* The arguments of a probe, described. Internal to src/probe. */
#ifndef TRACER_PROBE_PROBE_ARG_H
#define TRACER_PROBE_PROBE_ARG_H

#include "probe/probe.h"

/* Fills `args`, as many as the site with the most has. `provider` may be NULL. 0 or -ENOMEM; what there is so
 * far is then the probe's to free. */
int probe_describe_args(struct probe *probe, const struct provider *provider, unsigned pointer_size);

/* Makes the argument the member at the end of the chain, which it takes over: its type is that of the member,
 * and its kind what the annotation says, if the member can be that. 0 or -ENOMEM. */
int probe_arg_take_chain(struct probe_arg *arg, struct member_chain *chain, unsigned pointer_size);

/* The annotation isn't followed (any further). 0 or -ENOMEM. */
int probe_arg_pass_over(struct probe_arg *arg, const char *why);

/* Frees what it holds. */
void probe_arg_free(struct probe_arg *arg);

#endif
