#include "probe/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/elf_note.h"
#include "event_wire.h"
#include "probe/probe_arg.h"

static void free_site(struct probe_site *site)
{
    free(site->spec);
    arg_spec_list_free(&site->args);
    free(site->symbol_disp);
    free(site->symbol_error);
}

static void free_probe(struct probe *probe)
{
    for (size_t i = 0; i < probe->n_args; i++)
        probe_arg_free(&probe->args[i]);
    for (size_t i = 0; i < probe->n_sites; i++)
        free_site(&probe->sites[i]);
    free(probe->args);
    free(probe->sites);
    free(probe->misfit);
    free(probe->provider);
    free(probe->name);
}

void probe_file_free(struct probe_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->n_probes; i++)
        free_probe(&file->probes[i]);
    free(file->probes);
    free(file->path);
    free(file->build_id);
    free(file);
}

/* By provider, probe, address: sites of one probe stand together. */
static int compare_notes(const void *left, const void *right)
{
    const struct elf_note *a = left, *b = right;
    int order = strcmp(a->provider, b->provider);
    if (!order)
        order = strcmp(a->name, b->name);
    return order ? order : (a->address > b->address) - (a->address < b->address);
}

static bool same_probe(const struct elf_note *a, const struct elf_note *b)
{
    return !strcmp(a->provider, b->provider) && !strcmp(a->name, b->name);
}

/* An operand such as 44+CheckpointStats(%rip) is a displacement from the instruction pointer, whatever the
 * load address: symbol - site is the same in the file and in memory. */
static int resolve_symbol(struct elf_file *elf, const struct probe_site *site, const struct arg_spec *arg,
                          int64_t *ret_disp)
{
    uint64_t address;
    int error = elf_file_symbol(elf, arg->symbol, arg->symbol_len, &address);
    if (error)
        return error;
    if (arg->absolute && !elf_file_is_fixed(elf))
        return -EADDRNOTAVAIL;
    *ret_disp = (int64_t)(arg->absolute ? address : address - site->address);
    return 0;
}

static int resolve_symbols(struct elf_file *elf, struct probe_site *site)
{
    site->symbol_disp = calloc(site->args.count + 1, sizeof(*site->symbol_disp));
    site->symbol_error = calloc(site->args.count + 1, sizeof(*site->symbol_error));
    if (!site->symbol_disp || !site->symbol_error)
        return -ENOMEM;
    for (size_t i = 0; i < site->args.count; i++)
        if (site->args.args[i].symbol)
            site->symbol_error[i] = resolve_symbol(elf, site, &site->args.args[i], &site->symbol_disp[i]);
    return 0;
}

static int make_site(struct elf_file *elf, struct elf_note *note, struct probe_site *site)
{
    *site = (struct probe_site){
        .address = note->address,
        .offset = note->offset,
        .semaphore = note->semaphore,
        .semaphore_offset = note->semaphore_offset,
        .spec = take_pointer(note->args),
    };
    int error = arg_spec_list_parse(elf_file_machine(elf), site->spec, &site->args);
    return error ? error : resolve_symbols(elf, site);
}

bool probe_site_can_read(const struct probe_file *file, const struct probe_site *site, size_t i)
{
    return i < site->args.count && i < WIRE_MAX_ARGS && !site->symbol_error[i] &&
           !arg_spec_unreadable(file->machine, &site->args.args[i]);
}

static const struct provider *find_provider(struct provider_set *set, const char *directory, const char *name,
                                            struct diag *ret_warning)
{
    struct diag why = {0};
    if (!provider_set_find(set, name) && directory &&
        provider_set_load_installed(set, directory, name, &why) < 0 && ret_warning && !*ret_warning->text)
        *ret_warning = why;
    return provider_set_find(set, name);
}

/* One probe from `count` notes of the same name; takes their strings. */
static int make_probe(struct probe_file *file, struct elf_file *elf, struct elf_note *notes, size_t count,
                      const struct provider *provider)
{
    struct probe *probe = &file->probes[file->n_probes++];
    *probe = (struct probe){
        .file = file,
        .provider = take_pointer(notes->provider),
        .name = take_pointer(notes->name),
        .sites = calloc(count, sizeof(*probe->sites)),
    };
    if (!probe->sites)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        probe->n_sites = i + 1;
        int error = make_site(elf, &notes[i], &probe->sites[i]);
        if (error)
            return error;
        file->args_left_out += probe->sites[i].args.left_out;
    }
    return probe_describe_args(probe, provider, elf_file_pointer_size(elf));
}

static struct probe_file *new_file(const char *path, const struct elf_file *elf,
                                   const struct elf_note_list *list)
{
    _cleanup_probe_file_ struct probe_file *file = calloc(1, sizeof(*file));
    const char *build_id = elf_file_build_id(elf);
    if (!file)
        return NULL;
    file->machine = elf_file_machine(elf);
    file->pointer_size = elf_file_pointer_size(elf);
    file->path = strdup(path);
    file->build_id = build_id ? strdup(build_id) : NULL;
    file->malformed = list->malformed;
    file->first_malformed = list->first_malformed;
    file->probes = calloc(list->count + 1, sizeof(*file->probes));
    if (!file->path || !file->probes || (build_id && !file->build_id))
        return NULL;
    return take_pointer(file);
}

int probe_file_read(int fd, const char *path, struct provider_set *set, const char *directory,
                    struct probe_file **ret_file, struct diag *ret_warning, struct diag *diag)
{
    _cleanup_elf_file_ struct elf_file *elf = NULL;
    _cleanup_elf_note_list_ struct elf_note_list list = {0};
    int error = elf_file_open(fd, &elf, diag);
    if (!error)
        error = elf_note_list_read(elf, &list, diag);
    if (error)
        return error;
    _cleanup_probe_file_ struct probe_file *file = new_file(path, elf, &list);
    if (!file)
        return diag_set(diag, -ENOMEM, "out of memory");

    if (list.count)
        qsort(list.notes, list.count, sizeof(*list.notes), compare_notes);
    const struct provider *provider = NULL;
    for (size_t first = 0, end; first < list.count; first = end) {
        for (end = first + 1; end < list.count && same_probe(&list.notes[first], &list.notes[end]);)
            end++;
        if (!first || strcmp(list.notes[first].provider, file->probes[file->n_probes - 1].provider))
            provider = find_provider(set, directory, list.notes[first].provider, ret_warning);
        error = make_probe(file, elf, &list.notes[first], end - first, provider);
        if (error)
            return diag_set(diag, error, "out of memory");
    }
    *ret_file = take_pointer(file);
    return 0;
}
