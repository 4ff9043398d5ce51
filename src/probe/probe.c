#include "probe/probe.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "elf/elf_note.h"
#include "event_wire.h"

static void free_site(struct probe_site *site)
{
    free(site->spec);
    arg_spec_list_free(&site->args);
    free(site->symbol_disp);
    free(site->symbol_error);
}

static void free_probe(struct probe *probe)
{
    for (size_t i = 0; i < probe->n_args; i++) {
        free(probe->args[i].name);
        free(probe->args[i].type);
        free(probe->args[i].unreadable);
        member_chain_free(probe->args[i].chain);
    }
    for (size_t i = 0; i < probe->n_sites; i++)
        free_site(&probe->sites[i]);
    free(probe->args);
    free(probe->sites);
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

static const char *type_of_spec(const struct arg_spec *spec)
{
    static const char *const types[2][9] = {
        {[1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t"},
        {[1] = "int8_t", [2] = "int16_t", [4] = "int32_t", [8] = "int64_t"},
    };
    if (spec->is_float)
        return spec->size == 4 ? "float" : "double";
    const char *type = spec->size < 9 ? types[spec->is_signed][spec->size] : NULL;
    return type ? type : "uint64_t";
}

/* The definition's name, or argN, with _2, _3 … when another argument has it already. Only a name from the
 * definition can be another's. Arguments far beyond those that can be read (WIRE_MAX_ARGS) need no name. */
enum { MOST_NAMED = 64 };

static char *name_argument(const struct probe *probe, size_t i, const struct provider_probe *defined)
{
    _cleanup_buf_ struct buf name = {0};
    size_t n_defined = defined && i < MOST_NAMED ? defined->n_args : 0;
    if (i < n_defined && defined->args[i].name)
        buf_puts(&name, defined->args[i].name);
    else
        buf_printf(&name, "arg%zu", i);
    size_t stem = name.len;
    for (size_t number = 2, other = 0; other < i && other < n_defined; other++) {
        const char *text = buf_string(&name);
        if (!text)
            return NULL;
        if (strcmp(text, probe->args[other].name))
            continue;
        name.len = stem;
        buf_printf(&name, "_%zu", number++);
        other = (size_t)-1; /* the new name may be taken as well */
    }
    return buf_steal(&name);
}

/* The note is the truth about what is there: a definition's string or float needs an operand that can hold
 * one. */
static enum arg_kind kind_of(const struct provider_arg *defined, const struct arg_spec *spec,
                             unsigned pointer_size)
{
    if (!defined)
        return spec->is_float ? ARG_KIND_FLOAT : ARG_KIND_INTEGER;
    enum arg_kind kind = defined->note.member ? defined->plain_kind : defined->kind;
    if (kind == ARG_KIND_STRING && spec->size != pointer_size && spec->where != ARG_CONSTANT)
        return ARG_KIND_INTEGER;
    if (spec->is_float)
        return ARG_KIND_FLOAT;
    return kind;
}

/* Puts down why that argument can't be read at that site; nothing when it can. */
static void explain_site(const struct probe_file *file, const struct probe_site *site, size_t i,
                         struct buf *why)
{
    static const struct {
        int error;
        const char *before, *after;
    } symbols[] = {
        {-ENOENT, "no symbol ", " in the file"},
        {-ENOTUNIQ, "more than one symbol ", " in the file"},
        {-EADDRNOTAVAIL, "the symbol ", " with two registers, in a file that is loaded anywhere"},
    };
    if (i >= WIRE_MAX_ARGS) {
        buf_printf(why, "behind the first %d arguments", WIRE_MAX_ARGS);
        return;
    }
    if (i >= site->args.count) {
        buf_puts(why, "not passed");
        return;
    }
    const struct arg_spec *arg = &site->args.args[i];
    const char *reason = arg_spec_unreadable(file->machine, arg);
    if (reason)
        buf_puts(why, reason);
    for (size_t row = 0; !reason && row < sizeof(symbols) / sizeof(*symbols); row++)
        if (site->symbol_error[i] == symbols[row].error)
            buf_printf(why, "%s%.*s%s", symbols[row].before,
                       (int)(arg->symbol_len < 200 ? arg->symbol_len : 200), arg->symbol, symbols[row].after);
}

bool probe_site_can_read(const struct probe_file *file, const struct probe_site *site, size_t i)
{
    return i < site->args.count && i < WIRE_MAX_ARGS && !site->symbol_error[i] &&
           !arg_spec_unreadable(file->machine, &site->args.args[i]);
}

/* "WHY" when no site can read it, "at 1 of 3 sites, first at 0x1f40: WHY" when others can. */
static int explain_unreadable(const struct probe *probe, struct probe_arg *arg, size_t i)
{
    const struct probe_site *first = &probe->sites[0];
    size_t count = i < WIRE_MAX_ARGS ? 0 : probe->n_sites; /* a file can have many arguments and sites */
    for (size_t s = 0; s < probe->n_sites && i < WIRE_MAX_ARGS; s++)
        if (!probe_site_can_read(probe->file, &probe->sites[s], i) && !count++)
            first = &probe->sites[s];
    if (!count)
        return 0;
    _cleanup_buf_ struct buf why = {0};
    if (count < probe->n_sites)
        buf_printf(&why, "at %zu of %zu sites, first at 0x%" PRIx64 ": ", count, probe->n_sites,
                   first->address);
    explain_site(probe->file, first, i, &why);
    arg->unreadable = buf_steal(&why);
    return arg->unreadable ? 0 : -ENOMEM;
}

/* Names and types of the arguments, as many as the site with the most has. */
static int describe_arguments(struct probe *probe, const struct provider *provider, unsigned pointer_size)
{
    const struct probe_site *longest = &probe->sites[0];
    for (size_t i = 1; i < probe->n_sites; i++)
        if (probe->sites[i].args.count > longest->args.count)
            longest = &probe->sites[i];
    probe->args = calloc(longest->args.count + 1, sizeof(*probe->args));
    if (!probe->args)
        return -ENOMEM;
    const struct provider_probe *defined =
        provider ? provider_find_probe_for(provider, probe->name, longest->args.count) : NULL;
    for (size_t i = 0; i < longest->args.count; i++) {
        const struct arg_spec *spec = &longest->args.args[i];
        const struct provider_arg *definition = defined && i < defined->n_args ? &defined->args[i] : NULL;
        struct probe_arg *arg = &probe->args[i];
        arg->name = name_argument(probe, i, defined);
        probe->n_args = i + 1;
        arg->type = strdup(definition ? definition->type : type_of_spec(spec));
        arg->kind = kind_of(definition, spec, pointer_size);
        if (!arg->name || !arg->type || explain_unreadable(probe, arg, i))
            return -ENOMEM;
    }
    return 0;
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
    }
    return describe_arguments(probe, provider, elf_file_pointer_size(elf));
}

static struct probe_file *new_file(const char *path, const struct elf_file *elf,
                                   const struct elf_note_list *list)
{
    _cleanup_probe_file_ struct probe_file *file = calloc(1, sizeof(*file));
    const char *build_id = elf_file_build_id(elf);
    if (!file)
        return NULL;
    file->machine = elf_file_machine(elf);
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
