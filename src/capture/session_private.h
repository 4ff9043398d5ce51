/* Internal to src/capture: what session.c and follow.c share. */
#ifndef TRACER_CAPTURE_SESSION_PRIVATE_H
#define TRACER_CAPTURE_SESSION_PRIVATE_H

#include <bpf/libbpf.h>

#include "capture/attach.h"
#include "capture/session.h"
#include "capture/specs.h"
#include "follow.skel.h"
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

struct session {
    struct session_config config;
    struct usdt_bpf *skeleton;
    struct ring_buffer *ring;
    bool multi;
    struct attach_links links; /* of all programs */
    struct specs specs;
    session_record_fn *record;
    void *record_context;
    /* follow.c's; NULL until wanted */
    struct loader_bpf *loader;
    struct follow_bpf *follow;
    struct ring_buffer *notices;
    session_notice_fn *notice;
    void *notice_context;
    size_t notices_left; /* of a batch */
    uint64_t notices_lost_seen;
};

/* Frees what follow.c has made; the links are freed before. */
void follow_close(struct session *session);

#endif
