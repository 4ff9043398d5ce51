#include "target/ns_pid.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "target/process.h"

enum {
    CAPACITY_MIN = 64,
    CAPACITY_MAX = 1 << 17, /* with half of the places taken everything is forgotten: 3 MB are enough */
};

static const uint64_t BELIEVED_NS = NS_PER_SECOND;

/* Where the process stands, or the empty place where it would. Numbers come one after the other, so the
 * number itself spreads well. */
static struct ns_pid *find_place(const struct ns_pids *pids, uint32_t pid)
{
    size_t i = pid & (pids->capacity - 1);
    while (pids->places[i].pid && pids->places[i].pid != pid)
        i = (i + 1) & (pids->capacity - 1);
    return &pids->places[i];
}

/* At least half of the places are empty, always. */
static bool make_room(struct ns_pids *pids)
{
    if (pids->count < pids->capacity / 2)
        return true;
    struct ns_pids grown = {.capacity = pids->capacity ? pids->capacity * 2 : CAPACITY_MIN};
    bool forget = grown.capacity > CAPACITY_MAX;
    if (forget)
        grown.capacity = CAPACITY_MIN;
    grown.places = calloc(grown.capacity, sizeof(*grown.places));
    if (!grown.places)
        return false;
    for (size_t i = 0; i < pids->capacity && !forget; i++)
        if (pids->places[i].pid)
            *find_place(&grown, pids->places[i].pid) = pids->places[i];
    grown.count = forget ? 0 : pids->count;
    ns_pids_free(pids);
    *pids = grown;
    return true;
}

static bool is_believed(const struct ns_pid *place, uint64_t ts)
{
    return ts < place->read_at + BELIEVED_NS;
}

static void look_up(struct ns_pid *place)
{
    uint32_t own;
    if (!process_own_number((pid_t)place->pid, &own))
        place->own = own == place->pid ? 0 : own;
    place->read_at = (uint64_t)clock_now(CLOCK_MONOTONIC);
}

static struct ns_pid *add(struct ns_pids *pids, uint32_t pid)
{
    if (!make_room(pids))
        return NULL;
    struct ns_pid *place = find_place(pids, pid);
    *place = (struct ns_pid){.pid = pid};
    pids->count++;
    look_up(place);
    return place;
}

uint32_t ns_pids_find(struct ns_pids *pids, uint32_t pid, uint64_t ts)
{
    struct ns_pid *place = pids->last;
    if (place && place->pid == pid && is_believed(place, ts))
        return place->own;
    if (!pid)
        return 0; /* it lives outside our namespace */
    place = pids->capacity ? find_place(pids, pid) : NULL;
    if (!place || !place->pid)
        place = add(pids, pid);
    else if (!is_believed(place, ts))
        look_up(place);
    pids->last = place;
    return place ? place->own : 0;
}

void ns_pids_free(struct ns_pids *pids)
{
    free(pids->places);
    *pids = (struct ns_pids){0};
}
