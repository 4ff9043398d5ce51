/* Attaching a program to sites of a file, by uprobe_multi where the kernel has it (6.6), by perf events
 * elsewhere. Internal to src/capture. */
#ifndef TRACER_CAPTURE_ATTACH_H
#define TRACER_CAPTURE_ATTACH_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "capture/session.h"
#include "probe/plan.h"

/* Links in the order they were made. Start from {0}. */
struct attach_links {
    struct bpf_link **links;
    size_t count;
    size_t capacity;
    bool multi; /* each is all in one descriptor */
};

/* Whether the kernel has uprobe_multi links with a filter by process that works, found out by trying. */
bool attach_has_uprobe_multi(void);

/* Attaches `program` to the sites. Adds to *attached. */
int attach_sites(struct bpf_program *program, bool multi, const char *path, pid_t pid,
                 const struct plan_site *sites, size_t n, struct attach_links *links,
                 struct session_attached *attached);

/* Detaches all but the first `count`. */
void attach_links_cut(struct attach_links *links, size_t count);
void attach_links_free(struct attach_links *links);

#endif
