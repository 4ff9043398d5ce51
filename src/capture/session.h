/* A capture: the loaded BPF programs, what they are attached to, and the ring they write to.
 * src/capture is the only user of libbpf. */
#ifndef TRACER_CAPTURE_SESSION_H
#define TRACER_CAPTURE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "event_wire.h"
#include "probe/kernel_probe.h"
#include "probe/plan.h"
#include "probe/totals.h"

struct session;

/* What specs with a summary need. */
struct session_summary {
    uint32_t max_groups; /* 0: there is no summary */
    uint32_t n_words;    /* of a group */
    bool measures;       /* values, not only hits */
    bool pairs;
    enum wire_buckets buckets;
    uint64_t step;
};

struct session_config {
    size_t buffer_size;    /* bytes, a power of two, at least a page */
    uint32_t string_limit; /* bytes, at most WIRE_STRING_MAX */
    uint64_t
        pid_namespace_device; /* of the namespace that pids are told in, where it isn't the first; else 0 */
    uint64_t pid_namespace_inode;
    bool only_targets; /* trace only the processes of session_add_target() */
    pid_t only_target; /* when there is and will be just one: cheaper than to look it up; else 0 */
    uint32_t n_specs;  /* so many at least will be set; each further 128 take a grace period to add */
    bool plain;        /* load the program for sites that read only registers */
    bool memory;       /* load the program for sites that read user memory */
    bool filters;      /* session_set_filter() will be called */
    uint32_t
        sample_every; /* of the hits of a probe that pass its filter, emit each so-manieth; 0 or 1: all */
    uint64_t min_duration; /* ns: exits of processes that lasted less are filtered */
    struct session_summary summary;
    bool perf_events; /* attach through perf events even where the kernel has uprobe_multi */
};

/* Loads the programs. -EPERM: not permitted (the diag says which capability is missing); -ENOSYS: the kernel
 * has no BPF, or lacks something we need. */
int session_open(const struct session_config *config, struct session **ret_session, struct diag *diag);

/* Detaches whatever is attached; accepts NULL and half-opened sessions. */
void session_free(struct session *session);

/* Lets hits of this process count (session_config.only_targets). */
int session_add_target(struct session *session, pid_t pid, struct diag *diag);

/* No longer: its process has ended, and the number may go to another one. A target's child that has got it by
 * now stays. */
void session_remove_target(struct session *session, pid_t pid);

bool session_has_target(const struct session *session, pid_t pid);

/* The target after this one, in no certain order; after 0 or one that is none any more the first, after the
 * last 0. */
pid_t session_next_target(const struct session *session, pid_t pid);

/* Hands a filter to the programs, under its number (from 1). Must precede the specs that name it. */
int session_set_filter(struct session *session, uint32_t number, const struct wire_filter *filter,
                       struct diag *diag);

/* Hands a spec to the programs. Must precede attaching a site with this cookie. */
int session_set_spec(struct session *session, uint32_t number, const struct wire_spec *spec,
                     struct diag *diag);

/* A site that could not be attached. */
struct session_failure {
    const struct plan_site *site;
    int error;
};

/* What attaching the sites of one file came to: how many are, and which are not. */
struct session_attached {
    size_t sites;
    struct session_failure *failures;
    size_t n_failures;
};

void session_attached_free(struct session_attached *attached);

#define _cleanup_session_attached_ _cleanup_(session_attached_free)

/* Whether what is attached in one process has that one's hits until its end. Through perf events only until
 * the end of its first thread. */
bool session_limits_last(const struct session *session);

/* Attaches sites of the file that `path` opens (kept for none of our business afterwards: the kernel holds
 * the inode) in one process, or in all with pid 0. A site that can't be attached is left out and named;
 * the rest runs. -EPERM, -ENOMEM, -ESRCH (the process is gone) … when nothing can be. */
int session_attach(struct session *session, const char *path, pid_t pid, const struct plan_site *sites,
                   size_t n, struct session_attached *ret_attached, struct diag *diag);

/* Why that is, in words; a static string. */
const char *session_failure_reason(const struct session_failure *failure);

/* How sites are attached here: "uprobe_multi" or "perf events". */
const char *session_attach_method(const struct session *session);

/* Attaches a kernel probe whose hits are those of the spec, one of the first n_specs: in the way called
 * `method`, or with NULL in the best one that works, which goes to *ret_method. Must precede session_watch(),
 * whose programs leave the ends of targets to `exit` where that is attached. -EOPNOTSUPP: the diag says why
 * none works. After success it says why better ways don't, "through fexit: …; …", or nothing. */
int session_attach_kernel(struct session *session, const struct kernel_probe *kernel, uint32_t spec,
                          const char *method, const char **ret_method, struct diag *diag);

/* Whether a way to attach a kernel probe works here, without a session; nothing stays attached. -EPERM: not
 * permitted to find out; others: it doesn't; the diag says why. */
int session_try_kernel(const struct kernel_probe *kernel, const struct kernel_way *way, struct diag *why);

typedef int session_record_fn(void *context, const void *record, size_t len);

/* Calls `record` for each record in the ring, oldest first, until it is empty or `record` returns a negative
 * number. Returns how many there were, or that number. */
int session_consume(struct session *session, session_record_fn *record, void *context);

/* Whether the reader has seen all that has a place in the ring, also what is still being written there. */
bool session_is_drained(const struct session *session);

/* Polls readable after the bell has rung. The session's. */
int session_fd(const struct session *session);

/* Notices: what targets do besides hitting probes. They tell of dynamic loaders that session_watch_loader()
 * has been called for, and with `children` of forks and execs, whose children become targets by themselves.
 * Errors as of session_open(). */
int session_watch(struct session *session, bool children, struct diag *diag);

/* Has a dynamic loader tell when a target (`pid`, or with 0 any) has mapped more code with it. `offset` is
 * that of its _dl_debug_state in the file that `path` opens. */
int session_watch_loader(struct session *session, const char *path, uint64_t offset, pid_t pid,
                         struct diag *diag);

/* Called for each notice, as far as one batch goes; `pid` is 0 when notices were lost, and then any target
 * may have done anything. A thread that waits for an answer goes on when it returns. Returns whether there
 * are more notices. */
typedef void session_notice_fn(void *context, enum wire_notice_kind kind, pid_t pid);
bool session_read_notices(struct session *session, session_notice_fn *notice, void *context);

/* Polls readable when there are some; -1 without session_watch(). The session's. */
int session_notice_fd(const struct session *session);

/* Whether threads wait until their notice has been read. Not at first: whoever says yes reads them soon. */
void session_answer(struct session *session, bool answering);

/* Threads that have waited in vain, and went on before what they had mapped was attached to. */
uint32_t session_read_unanswered(const struct session *session);

/* Asks for one wake-up, when the ring holds `level` bytes or more and another record comes. With level 0: of
 * a record whose place session_is_drained() doesn't know of after this. */
void session_arm_bell(struct session *session, size_t level);

/* No hit counts from now on; those that are being handled still finish. */
void session_stop(struct session *session);

/* A spec's counts so far. They are read while programs add to them: hits is read last, so it is never less
 * than the others' sum at that moment. */
struct session_counts {
    uint64_t hits;
    uint64_t filtered;
    uint64_t taken;
    uint64_t lost;
};
struct session_counts session_read_counts(const struct session *session, uint32_t spec);

/* What summaries have added up so far. It is read while programs add to it; after session_stop(), and when
 * all hits have been answered, it is exact. */
int session_read_totals(struct session *session, struct totals *ret_totals, struct diag *diag);

/* Hits that the kernel skipped without running our programs (bpf_prog_info.recursion_misses), whose end it
 * did not show them, or whose beginning they had no memory to note. It skips none of a uprobe: since 6.0
 * neither __uprobe_perf_func() in kernel/trace/trace_uprobe.c nor uprobe_prog_run() in
 * kernel/trace/bpf_trace.c looks whether a program is running on that processor already, as trace_call_bpf()
 * does for kprobes; that is why the programs must bear being entered twice. */
uint64_t session_read_missed(const struct session *session);

/* Records lost so far, of all specs. */
uint32_t session_read_lost(const struct session *session);

DEFINE_CLEANUP(session, struct session *, session_free);
#define _cleanup_session_ _cleanup_(cleanup_session)

#endif
