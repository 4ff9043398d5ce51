/* Where every hit went. For each probe, always:
 *
 *     hits = emitted + filtered + lost
 *
 * The BPF programs count hits, filtered, lost and those that a summary took in, which are emitted, by spec
 * (session_read_counts); the reader adds here what it
 * received and what became of it. At the end account_close() makes the sum final: a hit whose record never
 * came is lost. */
#ifndef TRACER_CAPTURE_ACCOUNT_H
#define TRACER_CAPTURE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"
#include "probe/plan.h"

struct account_counts {
    uint64_t hits;
    uint64_t emitted;
    uint64_t filtered;
    uint64_t lost;
};

struct account_probe {
    uint64_t emitted;     /* written */
    uint64_t passed_over; /* received after the last event that was wanted */
    uint64_t unwritten;   /* received, but the output had failed */
    uint64_t lost_told;   /* in lost records so far */
    struct account_counts closed;
};

struct account_spec {
    uint64_t received;
    uint64_t lost_told;
};

/* Start from {0}. */
struct account {
    struct account_spec *specs; /* by number */
    size_t n_specs;
    struct account_probe *probes; /* by probe id - 1 */
    size_t n_probes;
    bool is_closed;
};

/* Makes room for what the plan has now. 0 or -ENOMEM. */
int account_grow(struct account *account, const struct plan *plan);

/* Whether every hit so far has been answered: by a record that was received, a summary that took
 * it in, a filter, or a loss. */
bool account_is_settled(const struct account *account, const struct session *session);

/* Final counts for every probe, read once. Call after session_stop(). */
void account_close(struct account *account, const struct session *session, const struct plan *plan);

/* Calls `tell` for probes with losses that have not been told yet, `most` of them together, which are told
 * then. In which of several gaps a probe lost its records can't be known: only how many each gap is wide. */
typedef void account_lost_fn(void *context, const struct probe *probe, uint64_t count);
void account_tell_lost(struct account *account, const struct session *session, const struct plan *plan,
                       uint64_t most, account_lost_fn *tell, void *context);

void account_free(struct account *account);

#endif
