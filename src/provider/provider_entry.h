/* What a `.d` file declares, one by one as it is read, and the set that this makes. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_ENTRY_H
#define TRACER_PROVIDER_PROVIDER_ENTRY_H

#include <stddef.h>

#include "provider/provider_d.h"
#include "provider/provider_lex.h"

/* A probe, or that a provider exists (probe.name is NULL). */
struct provider_entry {
    struct provider_token provider;
    struct provider_probe probe;
    size_t order; /* in the file */
};

/* Start from {0}. */
struct provider_entries {
    struct provider_entry *entries;
    size_t count;
};

/* The probe is the entries' from here on, also on failure. 0 or -ENOMEM. */
int provider_entries_add(struct provider_entries *entries, const struct provider_token *provider,
                         struct provider_probe probe);

/* Moves all probes into providers: one per name, with the probes of all its blocks; of two probes with one
 * name and one number of arguments the later one. The set is empty before; on -ENOMEM it holds a part. */
int provider_entries_collect(struct provider_entries *entries, struct provider_set *set);

void provider_entries_free(struct provider_entries *entries);

void provider_entry_free_probe(struct provider_probe *probe);

#endif
