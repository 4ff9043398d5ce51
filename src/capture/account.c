#include "capture/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Grows an array of `size`-byte items from `have` to `want`, the new ones zero. */
static int grow(void *array, size_t size, size_t *have, size_t want)
{
    char *items;
    memcpy(&items, array, sizeof(items));
    if (want <= *have)
        return 0;
    items = reallocarray(items, want, size);
    if (!items)
        return -ENOMEM;
    memset(items + *have * size, 0, (want - *have) * size);
    memcpy(array, &items, sizeof(items));
    *have = want;
    return 0;
}

int account_grow(struct account *account, const struct plan *plan)
{
    int error = grow(&account->specs, sizeof(*account->specs), &account->n_specs, plan->n_specs);
    return error ? error
                 : grow(&account->probes, sizeof(*account->probes), &account->n_probes, plan->n_probes);
}

bool account_is_settled(const struct account *account, const struct session *session)
{
    for (uint32_t spec = 0; spec < account->n_specs; spec++) {
        struct session_counts counts = session_read_counts(session, spec);
        if (counts.hits != account->specs[spec].received + counts.taken + counts.filtered + counts.lost)
            return false;
    }
    return true;
}

void account_close(struct account *account, const struct session *session, const struct plan *plan)
{
    for (size_t i = 0; i < account->n_probes; i++) {
        const struct account_probe *probe = &account->probes[i];
        account->probes[i].closed = (struct account_counts){
            .emitted = probe->emitted,
            .filtered = probe->passed_over,
            .lost = probe->unwritten,
        };
    }
    for (uint32_t spec = 0; spec < account->n_specs; spec++) {
        struct session_counts counts = session_read_counts(session, spec);
        struct account_counts *closed = &account->probes[plan->specs[spec]->layout.probe->id - 1].closed;
        uint64_t answered = account->specs[spec].received + counts.taken + counts.filtered + counts.lost;
        closed->emitted += counts.taken;
        closed->filtered += counts.filtered;
        closed->lost += counts.lost + (counts.hits > answered ? counts.hits - answered : 0);
        closed->hits += counts.hits;
    }
    account->is_closed = true;
}

static void tell(struct account_probe *counts, const struct probe *probe, uint64_t lost, account_lost_fn *fn,
                 void *context)
{
    if (!lost)
        return;
    counts->lost_told += lost;
    fn(context, probe, lost);
}

void account_tell_lost(struct account *account, const struct session *session, const struct plan *plan,
                       uint64_t most, account_lost_fn *fn, void *context)
{
    if (account->is_closed) {
        for (size_t i = 0; i < account->n_probes; i++) {
            struct account_probe *counts = &account->probes[i];
            tell(counts, plan->probes[i], counts->closed.lost - counts->lost_told, fn, context);
        }
        return;
    }
    /* The specs of one probe stand together. */
    for (uint32_t spec = 0; spec < account->n_specs && most;) {
        const struct probe *probe = plan->specs[spec]->layout.probe;
        uint64_t lost = 0;
        for (; spec < account->n_specs && plan->specs[spec]->layout.probe == probe; spec++) {
            uint64_t untold = session_read_counts(session, spec).lost - account->specs[spec].lost_told;
            if (untold > most)
                untold = most;
            account->specs[spec].lost_told += untold;
            lost += untold;
            most -= untold;
        }
        tell(&account->probes[probe->id - 1], probe, lost, fn, context);
    }
}

void account_free(struct account *account)
{
    free(account->specs);
    free(account->probes);
    *account = (struct account){0};
}
