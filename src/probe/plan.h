/* The plan of a trace: the selected probes of all files, numbered, and for every site the spec by which it
 * is read. Grows while a trace runs, as targets map more files. Pure data: who attaches it is src/capture's
 * business. */
#ifndef TRACER_PROBE_PLAN_H
#define TRACER_PROBE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "probe/attach_spec.h"
#include "probe/kernel_probe.h"
#include "probe/probe.h"
#include "probe/select.h"
#include "probe/summary.h"
#include "probe/where.h"

struct plan_site {
    uint64_t offset;           /* in the file */
    uint64_t semaphore_offset; /* 0: none */
    uint32_t spec;             /* number in plan.specs, and attach cookie */
    bool reads_memory;         /* needs the sleepable program */
    const struct probe *probe;
};

/* Tells files apart. A number may go to another file once nobody has the first one open: then the version
 * differs. As long as something is attached to a file, its number stays its own. */
struct plan_file_id {
    uint64_t device;
    uint64_t inode;
    uint64_t version;
};

struct plan_file {
    struct plan_file_id id;
    struct probe_file *file; /* NULL: one that can't have probes */
    struct plan_site *sites; /* of the selected probes only */
    size_t n_sites;
};

/* Sites of one probe with the same argument string share a spec. */
struct plan_spec {
    struct wire_spec wire;
    struct event_layout layout;
};

/* Start from {0}, and set `where` and `summary` if there are any. What it points to stays where it is while
 * the plan grows. */
struct plan {
    struct where *where;     /* not the plan's; NULL: every hit is wanted */
    struct summary *summary; /* likewise; NULL: each hit becomes an event */
    struct plan_file **files;
    size_t n_files;
    struct plan_spec **specs;
    size_t n_specs;
    struct probe **probes; /* by id - 1 */
    size_t n_probes;
    struct wire_filter **filters; /* the different ones, by number - 1 */
    size_t n_filters;
};

/* Whether one of the sites needs the sleepable program, by which then the whole file is attached. */
bool plan_sites_read_memory(const struct plan_site *sites, size_t n);

/* The file with that identity, or NULL when the plan hasn't it yet. */
struct plan_file *plan_find_file(const struct plan *plan, const struct plan_file_id *id);

/* Adds the file with its probes that `select` matches and plan.where and plan.summary apply to, which may be
 * none (the file is then remembered all the same, as is one whose `file` is NULL). The plan takes `file`
 * over, also when it fails. 0, -ENOMEM, or -E2BIG: more than WIRE_MAX_FILTERS different filters. */
int plan_add_file(struct plan *plan, const struct plan_file_id *id, struct probe_file *file,
                  const struct select *select, struct plan_file **ret_file);

/* Adds a kernel probe; the number of its spec goes to *ret_spec. 0, -ENOMEM, -E2BIG as above, or
 * -ENOENT: plan.where does not apply, -EDOM: plan.summary doesn't; then *ret_why says why. */
int plan_add_kernel_probe(struct plan *plan, const struct kernel_probe *kernel, struct probe **ret_probe,
                          uint32_t *ret_spec, struct diag *ret_why);

void plan_free(struct plan *plan);

#define _cleanup_plan_ _cleanup_(plan_free)

#endif
