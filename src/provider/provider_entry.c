#include "provider/provider_entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/provider_arg.h"
#include "provider/provider_array.h"

void provider_entry_free_probe(struct provider_probe *probe)
{
    for (size_t i = 0; i < probe->n_args; i++)
        provider_arg_free(&probe->args[i]);
    for (size_t i = 0; i < probe->n_fields; i++)
        provider_arg_free(&probe->fields[i].arg);
    free(probe->args);
    free(probe->fields);
    free(probe->name);
    *probe = (struct provider_probe){0};
}

void provider_entries_free(struct provider_entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        provider_entry_free_probe(&entries->entries[i].probe);
    free(entries->entries);
    *entries = (struct provider_entries){0};
}

int provider_entries_add(struct provider_entries *entries, const struct provider_token *provider,
                         struct provider_probe probe)
{
    struct provider_entry *grown =
        provider_array_room(entries->entries, entries->count, sizeof(*entries->entries));
    if (!grown) {
        provider_entry_free_probe(&probe);
        return -ENOMEM;
    }
    entries->entries = grown;
    entries->entries[entries->count] = (struct provider_entry){*provider, probe, entries->count};
    entries->count++;
    return 0;
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_providers(const struct provider_token *a, const struct provider_token *b)
{
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order ? order : compare_numbers(a->len, b->len);
}

static int compare_entries(const void *left, const void *right)
{
    const struct provider_entry *a = left, *b = right;
    int order = compare_providers(&a->provider, &b->provider);
    if (!order)
        order = (a->probe.name != NULL) - (b->probe.name != NULL);
    if (!order && a->probe.name)
        order = strcmp(a->probe.name, b->probe.name);
    if (!order)
        order = compare_numbers(a->probe.n_args, b->probe.n_args);
    return order ? order : compare_numbers(a->order, b->order);
}

/* Makes a provider of sorted entries that all belong to it. */
static int collect_provider(struct provider_entry *entries, size_t count, struct provider *provider)
{
    provider->name = strndup(entries->provider.text, entries->provider.len);
    provider->probes = calloc(count, sizeof(*provider->probes));
    if (!provider->name || !provider->probes)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct provider_probe *probe = &entries[i].probe;
        struct provider_probe *last = provider->n_probes ? &provider->probes[provider->n_probes - 1] : NULL;
        if (!probe->name)
            continue;
        if (last && !strcmp(last->name, probe->name) && last->n_args == probe->n_args)
            provider_entry_free_probe(last);
        else
            last = &provider->probes[provider->n_probes++];
        *last = *probe;
        *probe = (struct provider_probe){0};
    }
    return 0;
}

/* How many entries at the start, of at least one, belong to one provider. */
static size_t count_same_provider(const struct provider_entry *entries, size_t count)
{
    size_t same = 1;
    while (same < count && !compare_providers(&entries[0].provider, &entries[same].provider))
        same++;
    return same;
}

int provider_entries_collect(struct provider_entries *entries, struct provider_set *set)
{
    if (!entries->count)
        return 0;
    qsort(entries->entries, entries->count, sizeof(*entries->entries), compare_entries);
    size_t n_providers = 0, at;
    for (at = 0; at < entries->count; n_providers++)
        at += count_same_provider(&entries->entries[at], entries->count - at);
    set->providers = calloc(n_providers, sizeof(*set->providers));
    if (!set->providers)
        return -ENOMEM;
    for (at = 0; at < entries->count;) {
        size_t same = count_same_provider(&entries->entries[at], entries->count - at);
        int error = collect_provider(&entries->entries[at], same, &set->providers[set->count++]);
        if (error)
            return error;
        at += same;
    }
    return 0;
}
