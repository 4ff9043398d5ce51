#include "provider/member_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct member_index_slot {
    const char *name; /* NULL: free */
    struct member_ref ref;
    uint32_t hash;
    bool tagged;
};

enum { FIRST_SLOTS = 1024 };

/* FNV-1a. Who forges a file of colliding names makes lookups slow, but not their number: probing ends after
 * MOST_PROBED slots, and then names are missing. */
enum { MOST_PROBED = 1024 };

static uint32_t hash_of(bool tagged, const char *name, size_t len)
{
    uint32_t hash = tagged ? 2166136261u : 2166136261u ^ 0x5bd1e995u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

static bool is_named(const struct member_index_slot *slot, uint32_t hash, bool tagged, const char *name,
                     size_t len)
{
    return slot->hash == hash && slot->tagged == tagged && !strncmp(slot->name, name, len) &&
           !slot->name[len];
}

/* The slot that has the name, or the free one where it would go; NULL when neither is near. */
static struct member_index_slot *find_slot(const struct member_index *index, uint32_t hash, bool tagged,
                                           const char *name, size_t len)
{
    for (size_t i = 0; i < MOST_PROBED && i < index->n_slots; i++) {
        struct member_index_slot *slot = &index->slots[(hash + i) & (index->n_slots - 1)];
        if (!slot->name || is_named(slot, hash, tagged, name, len))
            return slot;
    }
    return NULL;
}

static int grow(struct member_index *index)
{
    struct member_index bigger = {.n_slots = index->n_slots ? 2 * index->n_slots : FIRST_SLOTS};
    bigger.slots = calloc(bigger.n_slots, sizeof(*bigger.slots));
    if (!bigger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < index->n_slots; i++) {
        const struct member_index_slot *old = &index->slots[i];
        struct member_index_slot *slot =
            old->name ? find_slot(&bigger, old->hash, old->tagged, old->name, strlen(old->name)) : NULL;
        if (!slot)
            continue;
        *slot = *old;
        bigger.count++;
    }
    free(index->slots);
    *index = bigger;
    return 0;
}

int member_index_add(struct member_index *index, bool tagged, const char *name, const struct member_ref *ref)
{
    size_t len = strlen(name);
    uint32_t hash = hash_of(tagged, name, len);
    if (index->count >= index->n_slots / 2 && grow(index))
        return -ENOMEM;
    struct member_index_slot *slot = find_slot(index, hash, tagged, name, len);
    if (!slot || slot->name)
        return 0;
    *slot = (struct member_index_slot){.name = name, .ref = *ref, .hash = hash, .tagged = tagged};
    index->count++;
    return 0;
}

const struct member_ref *member_index_find(const struct member_index *index, bool tagged, const char *name,
                                           size_t len)
{
    const struct member_index_slot *slot = find_slot(index, hash_of(tagged, name, len), tagged, name, len);
    return slot && slot->name ? &slot->ref : NULL;
}

void member_index_free(struct member_index *index)
{
    free(index->slots);
    *index = (struct member_index){0};
}
