#include "output/spans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Threads' numbers come one after the other, so that they spread well over the sets. */
enum { SETS = 16384, WAYS = 4 };

enum role { ROLE_UNKNOWN, ROLE_NONE, ROLE_START, ROLE_END };

static const uint64_t believed_ns = 1000000000;

int spans_open(struct spans *spans, const struct span *span, spans_began_fn *began)
{
    *spans = (struct spans){
        .span = span,
        .began = began,
        .entries = calloc((size_t)SETS * WAYS, sizeof(*spans->entries)),
    };
    return spans->entries ? 0 : -ENOMEM;
}

static enum role find_role(const struct spans *spans, const struct probe *probe)
{
    if (pair_starts(&spans->span->pair, probe))
        return ROLE_START;
    return pair_ends(&spans->span->pair, probe) ? ROLE_END : ROLE_NONE;
}

/* Patterns are not compared again for each event. */
static enum role role_of(struct spans *spans, const struct probe *probe)
{
    if (probe->id > spans->n_roles) {
        uint32_t n = probe->id * 2;
        uint8_t *roles = realloc(spans->roles, n);
        if (!roles)
            return find_role(spans, probe);
        memset(roles + spans->n_roles, ROLE_UNKNOWN, n - spans->n_roles);
        spans->roles = roles;
        spans->n_roles = n;
    }
    uint8_t *role = &spans->roles[probe->id - 1];
    if (*role == ROLE_UNKNOWN)
        *role = (uint8_t)find_role(spans, probe);
    return (enum role) * role;
}

static struct spans_entry *find_set(const struct spans *spans, uint32_t tid)
{
    return spans->entries + (size_t)(tid % SETS) * WAYS;
}

static bool is_open(const struct spans *spans, const struct spans_entry *entry)
{
    return entry->tid && entry->gaps == spans->gaps;
}

static bool is_same_thread(const struct spans *spans, struct spans_entry *entry, uint32_t pid, uint64_t ts)
{
    if (entry->pid != pid)
        return false;
    if (ts < entry->checked + believed_ns)
        return true;
    entry->checked = ts;
    return spans->began(pid, entry->tid, entry->ts);
}

/* The open span of the thread. */
static struct spans_entry *find(const struct spans *spans, const struct wire_record *record)
{
    struct spans_entry *set = find_set(spans, record->tid);
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].tid != record->tid || !is_open(spans, &set[i]))
            continue;
        if (is_same_thread(spans, &set[i], record->pid, record->ts))
            return &set[i];
        set[i].tid = 0;
    }
    return NULL;
}

/* Its own, an empty one, or the oldest. */
static struct spans_entry *find_place(struct spans *spans, const struct wire_record *record)
{
    struct spans_entry *set = find_set(spans, record->tid), *place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].tid == record->tid)
            return &set[i];
        if (is_open(spans, place) && (!is_open(spans, &set[i]) || set[i].ts < place->ts))
            place = &set[i];
    }
    spans->displaced += is_open(spans, place);
    return place;
}

static void name_by_argument(struct spans_entry *entry, const struct event *event,
                             const struct event_layout *layout, int key)
{
    event_args faults = ~(event_args)0, truncated;
    struct plain *name = &entry->name;
    size_t i = (size_t)key;
    event_marks(event, layout, &faults, &truncated);
    *name = (struct plain){.value = key >= 0 ? &layout->values[i] : NULL, .is_null = true};
    if (key < 0 || event_args_have(faults, i) || event_is_null(event, i))
        return;
    name->is_null = false;
    name->is_signed = layout->values[i].is_signed;
    name->quote_big_ints = event->quote_big_ints;
    name->bits = event->values[i];
    if (layout->values[i].kind != ARG_KIND_STRING)
        return;
    const char *text = event_string(event, i, &name->text_len);
    if (name->text_len > SPANS_TEXT_MAX)
        name->text_len = event_whole_characters(text, SPANS_TEXT_MAX);
    memcpy(entry->text, text, name->text_len);
    name->text = entry->text;
}

static const struct plain *begin(struct spans *spans, const struct event *event,
                                 const struct event_layout *layout)
{
    static const struct value_layout number = {.kind = ARG_KIND_INTEGER, .size = 8};
    const struct wire_record *record = event->record;
    struct spans_entry *entry = find_place(spans, record);
    entry->tid = record->tid;
    entry->pid = record->pid;
    entry->ts = entry->checked = record->ts;
    entry->gaps = spans->gaps;
    spans->begun++;
    if (spans->span->pair.key)
        name_by_argument(entry, event, layout, span_find_key(spans->span, layout->probe));
    else
        entry->name = (struct plain){.value = &number, .bits = spans->begun};
    return &entry->name;
}

static const struct plain *end(struct spans *spans, struct spans_entry *entry)
{
    spans->ended = *entry;
    if (entry->name.text)
        spans->ended.name.text = spans->ended.text;
    entry->tid = 0;
    return &spans->ended.name;
}

const struct plain *spans_take(struct spans *spans, const struct event *event,
                               const struct event_layout *layout)
{
    enum role role = role_of(spans, layout->probe);
    if (role == ROLE_START)
        return begin(spans, event, layout);
    struct spans_entry *entry = find(spans, event->record);
    if (!entry)
        return NULL;
    return role == ROLE_END ? end(spans, entry) : &entry->name;
}

void spans_gap(struct spans *spans)
{
    spans->gaps++;
}

void spans_free(struct spans *spans)
{
    free(spans->entries);
    free(spans->roles);
    *spans = (struct spans){0};
}
