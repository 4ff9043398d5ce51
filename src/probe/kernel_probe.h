/* The kernel's own probes that -k knows: a table with a row for each. What attaches them is the programs of
 * bpf/kernel.bpf.c; each is a function there. */
#ifndef TRACER_PROBE_KERNEL_PROBE_H
#define TRACER_PROBE_KERNEL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_wire.h"
#include "probe/attach_spec.h"
#include "probe/probe.h"

enum { KERNEL_PROBE_WAYS = 3, KERNEL_PROBE_PROGRAMS = 2 };

struct kernel_field {
    const char *name;
    const char *type; /* C type */
    enum arg_kind kind;
    uint8_t size; /* bytes */
    bool is_signed;
    const char *meaning;
};

/* A way to be there when it happens. */
struct kernel_way {
    const char *method;
    const char *programs[KERNEL_PROBE_PROGRAMS]; /* in the order to attach them; NULL: no more */
    bool loses_returns;                          /* the kernel follows just so many calls at a time */
};

struct kernel_probe {
    const char *name;
    const char *meaning;
    struct kernel_field fields[WIRE_MAX_ARGS]; /* by number of the value; one without a name ends them */
    struct kernel_way ways[KERNEL_PROBE_WAYS]; /* the best one first; one without a method ends them */
};

/* By enum wire_kernel_probe. */
extern const struct kernel_probe kernel_probes[WIRE_KERNEL_PROBES];

/* Those that were asked for, each once, in the order given. Start from {0}. */
struct kernel_selection {
    const struct kernel_probe *probes[WIRE_KERNEL_PROBES];
    size_t count;
};

/* Adds the probes that are named, with commas between them. -EINVAL: the diag says which name is none. */
int kernel_selection_add(struct kernel_selection *selection, const char *names, struct diag *diag);
bool kernel_selection_has(const struct kernel_selection *selection, const struct kernel_probe *kernel);

size_t kernel_probe_count_fields(const struct kernel_probe *kernel);
size_t kernel_probe_count_ways(const struct kernel_probe *kernel);

/* As a probe like others, of provider "kernel" and without a file, to be freed with free(); and how its
 * records are to be read. NULL: not enough memory. */
struct probe *kernel_probe_make(const struct kernel_probe *kernel, struct wire_spec *ret_spec,
                                struct event_layout *ret_layout);

#endif
