#include "probe/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void free_plan_file(struct plan_file *file)
{
    probe_file_free(file->file);
    free(file->sites);
    free(file);
}

/* Appends to a growing array of pointers. The arrays grow by doubling at powers of two. */
static int append_pointer(void *array, size_t *count, void *item)
{
    void **items;
    memcpy(&items, array, sizeof(items));
    if (!(*count & (*count - 1))) {
        items = reallocarray(items, *count ? *count * 2 : 1, sizeof(*items));
        if (!items)
            return -ENOMEM;
        memcpy(array, &items, sizeof(items));
    }
    items[(*count)++] = item;
    return 0;
}

bool plan_sites_read_memory(const struct plan_site *sites, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sites[i].reads_memory)
            return true;
    return false;
}

/* The last one is the one that has the number now. */
struct plan_file *plan_find_file(const struct plan *plan, const struct plan_file_id *id)
{
    for (size_t i = plan->n_files; i-- > 0;) {
        struct plan_file *file = plan->files[i];
        if (file->id.device == id->device && file->id.inode == id->inode)
            return file->n_sites || file->id.version == id->version ? file : NULL;
    }
    return NULL;
}

/* Number of the filter for a spec; specs share it where they read what it compares in the same way. */
static int add_filter(struct plan *plan, const struct event_layout *layout, uint32_t *ret_number)
{
    _cleanup_free_ struct wire_filter *filter = calloc(1, sizeof(*filter));
    if (!filter)
        return -ENOMEM;
    where_compile(plan->where, layout, filter);
    for (size_t i = 0; i < plan->n_filters; i++) {
        if (memcmp(plan->filters[i], filter, sizeof(*filter)))
            continue;
        *ret_number = (uint32_t)i + 1;
        return 0;
    }
    if (plan->n_filters + 1 == WIRE_MAX_FILTERS)
        return -E2BIG;
    int error = append_pointer(&plan->filters, &plan->n_filters, filter);
    if (error)
        return error;
    filter = NULL;
    *ret_number = (uint32_t)plan->n_filters;
    return 0;
}

static int add_spec(struct plan *plan, const struct probe *probe, const struct probe_site *site,
                    uint32_t *ret_number)
{
    _cleanup_free_ struct plan_spec *spec = calloc(1, sizeof(*spec));
    if (!spec)
        return -ENOMEM;
    attach_spec_compile(probe, site, &spec->wire, &spec->layout);
    int error = plan->where ? add_filter(plan, &spec->layout, &spec->wire.filter) : 0;
    if (error)
        return error;
    if (plan->summary)
        summary_compile(plan->summary, &spec->layout, &spec->wire.summary);
    spec->wire.quick = attach_spec_is_quick(&spec->wire);
    *ret_number = (uint32_t)plan->n_specs;
    error = append_pointer(&plan->specs, &plan->n_specs, spec);
    if (!error)
        spec = NULL;
    return error;
}

/* Real probes have few sites; a file made to have many would have us compare each with each. */
enum { ALIKE_WINDOW = 64 };

/* Sites with the same argument string are read in the same way, except where an operand is relative to the
 * site itself. */
static const struct plan_site *find_alike(const struct probe *probe, const struct plan_site *planned,
                                          size_t i)
{
    const struct probe_site *sites = probe->sites;
    for (size_t other = i > ALIKE_WINDOW ? i - ALIKE_WINDOW : 0; other < i; other++) {
        size_t n = sites[i].args.count;
        if (!strcmp(sites[other].spec, sites[i].spec) &&
            !memcmp(sites[other].symbol_disp, sites[i].symbol_disp, n * sizeof(*sites->symbol_disp)))
            return &planned[other];
    }
    return NULL;
}

static int add_probe(struct plan *plan, struct plan_file *planned, struct probe *probe)
{
    struct plan_site *sites = &planned->sites[planned->n_sites];
    int error = append_pointer(&plan->probes, &plan->n_probes, probe);
    if (error)
        return error;
    probe->id = (uint32_t)plan->n_probes;
    for (size_t i = 0; i < probe->n_sites; i++) {
        const struct plan_site *alike = find_alike(probe, sites, i);
        sites[i] = (struct plan_site){
            .offset = probe->sites[i].offset,
            .semaphore_offset = probe->sites[i].semaphore_offset,
            .spec = alike ? alike->spec : 0,
            .probe = probe,
        };
        if (!alike)
            error = add_spec(plan, probe, &probe->sites[i], &sites[i].spec);
        if (error)
            return error;
        plan->specs[sites[i].spec]->wire.sampler = sites[0].spec;
        sites[i].reads_memory = attach_spec_reads_memory(&plan->specs[sites[i].spec]->wire);
        planned->n_sites++;
    }
    return 0;
}

static int add_probes(struct plan *plan, struct plan_file *planned, const struct select *select)
{
    struct probe_file *file = planned->file;
    size_t n_sites = 0;
    for (size_t i = 0; i < file->n_probes; i++)
        n_sites += file->probes[i].n_sites;
    planned->sites = calloc(n_sites + 1, sizeof(*planned->sites));
    if (!planned->sites)
        return -ENOMEM;
    for (size_t i = 0; i < file->n_probes; i++) {
        struct probe *probe = &file->probes[i];
        struct diag why;
        if (!select_matches(select, probe->provider, probe->name) ||
            (plan->where && !where_applies(plan->where, probe, &why)) ||
            (plan->summary && !summary_applies(plan->summary, probe, &why)))
            continue;
        int error = add_probe(plan, planned, probe);
        if (error)
            return error;
    }
    return 0;
}

int plan_add_kernel_probe(struct plan *plan, const struct kernel_probe *kernel, struct probe **ret_probe,
                          uint32_t *ret_spec, struct diag *ret_why)
{
    _cleanup_free_ struct plan_spec *spec = calloc(1, sizeof(*spec));
    _cleanup_free_ struct probe *probe = spec ? kernel_probe_make(kernel, &spec->wire, &spec->layout) : NULL;
    if (!probe)
        return -ENOMEM;
    if (plan->where && !where_applies_to(plan->where, &spec->layout, ret_why))
        return -ENOENT;
    if (plan->summary && !summary_applies(plan->summary, probe, ret_why))
        return -EDOM;
    if (plan->summary)
        summary_compile(plan->summary, &spec->layout, &spec->wire.summary);
    int error = plan->where ? add_filter(plan, &spec->layout, &spec->wire.filter) : 0;
    if (!error)
        error = append_pointer(&plan->probes, &plan->n_probes, probe);
    if (error)
        return error;
    spec->wire.sampler = (uint32_t)plan->n_specs;
    *ret_probe = take_pointer(probe);
    (*ret_probe)->id = (uint32_t)plan->n_probes;
    error = append_pointer(&plan->specs, &plan->n_specs, spec);
    if (error)
        return error;
    *ret_spec = take_pointer(spec)->wire.sampler;
    return 0;
}

int plan_add_file(struct plan *plan, const struct plan_file_id *id, struct probe_file *file,
                  const struct select *select, struct plan_file **ret_file)
{
    struct plan_file *planned = calloc(1, sizeof(*planned));
    if (!planned) {
        probe_file_free(file);
        return -ENOMEM;
    }
    *planned = (struct plan_file){.id = *id, .file = file};
    int error = append_pointer(&plan->files, &plan->n_files, planned);
    if (error) {
        free_plan_file(planned);
        return error;
    }
    if (file)
        error = add_probes(plan, planned, select);
    if (!error)
        *ret_file = planned;
    return error;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_probes; i++)
        if (probe_is_kernel(plan->probes[i]))
            free(plan->probes[i]);
    for (size_t i = 0; i < plan->n_files; i++)
        free_plan_file(plan->files[i]);
    for (size_t i = 0; i < plan->n_specs; i++)
        free(plan->specs[i]);
    for (size_t i = 0; i < plan->n_filters; i++)
        free(plan->filters[i]);
    free(plan->filters);
    free(plan->files);
    free(plan->specs);
    free(plan->probes);
    *plan = (struct plan){0};
}
