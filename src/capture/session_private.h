/* Internal to src/capture: what session.c, follow.c, kernel.c and summary.c share. */
#ifndef TRACER_CAPTURE_SESSION_PRIVATE_H
#define TRACER_CAPTURE_SESSION_PRIVATE_H

#include <bpf/libbpf.h>

#include "capture/attach.h"
#include "capture/ring.h"
#include "capture/session.h"
#include "capture/specs.h"
#include "follow.skel.h"
#include "kernel.skel.h"
#include "loader.skel.h"
#include "usdt.skel.h"

/* Tells the programs of a skeleton which processes are meant, and how they are numbered (bpf/target.bpf.h).
 */
#define SET_TARGETS(read_only, config)                                      \
    do {                                                                    \
        (read_only)->only_targets = (config)->only_targets;                 \
        (read_only)->only_target = (__u32)(config)->only_target;            \
        (read_only)->pid_namespace_device = (config)->pid_namespace_device; \
        (read_only)->pid_namespace_inode = (config)->pid_namespace_inode;   \
    } while (0)

/* And how those that send records, or take hits in, do that. */
#define SET_SENDING(read_only, config)                                                  \
    do {                                                                                \
        (read_only)->n_first_specs = (config)->n_specs;                                 \
        (read_only)->filters_exist = (config)->filters;                                 \
        (read_only)->sample_every = (config)->sample_every;                             \
        (read_only)->string_limit = (config)->string_limit;                             \
        (read_only)->ring_size = (config)->buffer_size;                                 \
        (read_only)->ring_chunk_shift = ring_layout((config)->buffer_size).chunk_shift; \
        (read_only)->slot_mask = session_slot_count() - 1;                              \
        (read_only)->summarises = (config)->summary.max_groups > 0;                     \
        (read_only)->summary_buckets = (config)->summary.buckets;                       \
        (read_only)->summary_step = (config)->summary.step;                             \
    } while (0)

/* A kernel probe: see kernel.c. */
struct kernel_attached {
    enum wire_kernel_probe probe;
    const struct kernel_way *way;
    struct kernel_bpf *skeleton;
    struct bpf_link *links[KERNEL_PROBE_PROGRAMS];
};

struct session {
    struct session_config config;
    struct usdt_bpf *skeleton;
    struct ring ring;
    struct ring_buffer *bell;
    bool multi;
    struct attach_links links; /* of all programs */
    struct specs specs;
    struct kernel_attached kernel[WIRE_KERNEL_PROBES];
    size_t n_kernel;
    /* follow.c's; NULL until wanted */
    struct loader_bpf *loader;
    struct follow_bpf *follow;
    struct ring_buffer *notices;
    session_notice_fn *notice;
    void *notice_context;
    size_t notices_left; /* of a batch */
    uint64_t notices_lost_seen;
};

/* Slots for building records with strings: more than can be in use at once on few processors, since a thread
 * that has one may be preempted. A power of two. */
unsigned session_slot_count(void);

/* Hits that the kernel skipped without running this program. */
uint64_t session_missed_by(const struct bpf_program *program);

/* The same of all that kernel.c has attached, whether it has attached one, and its end. */
uint64_t kernel_read_missed(const struct session *session);
bool kernel_has(const struct session *session, enum wire_kernel_probe probe);
void kernel_close(struct session *session);
/* Sizes the maps of summaries (summary.c); before load. */
int summary_configure(struct usdt_bpf *skeleton, const struct session_summary *summary);

/* Why the load failed, where one of these maps is the reason; else 0. Returns the error. */
int summary_explain(struct diag *diag, int error);

/* Frees what follow.c has made; the links are freed before. */
void follow_close(struct session *session);

#endif
