/* Which hits the user wants: -w EXPR, compiled for each way to read a probe into the table that the BPF
 * programs walk.
 *
 *     expression  either ("||" either)...
 *     either      each ("&&" each)...
 *     each        "!" NAME | "!" "(" expression ")" | "(" expression ")" | comparison
 *     comparison  value [("==" | "!=" | "<" | "<=" | ">" | ">=" | "^=") constant]
 *     value       NAME ["&" NUMBER] | "(" value ")"
 *
 * NAME is an argument's name, or `pid`, `tid` or `comm` (`args.pid` is an argument of that name). A value by
 * itself means: it is not 0. Texts are compared with == != and ^= (begins with) and a "string".
 *
 * Numbers are compared as numbers: a constant beyond an argument's width is larger than each of its values. A
 * comparison with something that a probe doesn't have, or that can't be read, is never true, and with "!" in
 * front neither: "!" turns the comparison around, not its result. */
#ifndef TRACER_PROBE_WHERE_H
#define TRACER_PROBE_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "probe/attach_spec.h"
#include "probe/probe.h"

struct where;

/* Adds an expression (any bytes, no NUL needed), which must hold besides those there are; with *where NULL it
 * makes one. -EINVAL: the diag says "column N: what is wrong" (columns count characters, from 1; of a second
 * expression "expression 2: column N: …"), and *where is as it was; -ENOMEM. */
int where_add(struct where **where, const char *text, size_t len, struct diag *diag);

/* Whether a hit of the probe can be wanted. If not, the diag says why. Remembers for where_check() which
 * names fit. */
bool where_applies(struct where *where, const struct probe *probe, struct diag *ret_why);

/* The same for a probe whose hits are all read in the one way of this layout. */
bool where_applies_to(struct where *where, const struct event_layout *layout, struct diag *ret_why);

/* After these have seen all selected probes: 0, or -EINVAL when a comparison fits none of them,
 * because none has an argument of that name, or it is of another type. */
int where_check(const struct where *where, struct diag *diag);

/* The filter for hits of one way to read a probe. One that nothing passes rejects in its first term. */
void where_compile(const struct where *where, const struct event_layout *layout,
                   struct wire_filter *ret_filter);

void where_free(struct where *where);

DEFINE_CLEANUP(where, struct where *, where_free);
#define _cleanup_where_ _cleanup_(cleanup_where)

#endif
