/* Arguments whose definition means a member of what they point to: finds the way there, once the file is
 * read and it is known which of its probes are wanted. */
#ifndef TRACER_PROBE_PROBE_MEMBER_H
#define TRACER_PROBE_PROBE_MEMBER_H

#include "probe/probe.h"
#include "probe/select.h"

/* Whether a selected probe has a member by name, so that the file's types are needed. */
bool probe_members_need_types(const struct probe_file *file, const struct select *select);

/* Gives each of them in the selected probes its chain. Where there is none, the argument stays what it is,
 * and probe_arg.passed_over says why. `types` may be NULL: nothing is known of the file's types. 0 or
 * -ENOMEM. */
int probe_members_resolve(struct probe_file *file, const struct select *select, struct member_types *types);

#endif
