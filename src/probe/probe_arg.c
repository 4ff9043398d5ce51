/* What a probe's arguments are called and mean. Names, types and annotations come from the definition; the
 * note is the truth about what is there, so a meaning that its operand can't have is passed over. */
#include "probe/probe_arg.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "event_wire.h"
#include "probe/probe_fit.h"
#include "probe/probe_site.h"

void probe_arg_free(struct probe_arg *arg)
{
    free(arg->name);
    free(arg->type);
    free(arg->annotation);
    free(arg->passed_over);
    free(arg->unreadable);
    arg_note_free(&arg->note);
    member_chain_free(arg->chain);
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
 * definition can be another's. */
static char *name_argument(const struct probe *probe, size_t i, const struct provider_arg *definition)
{
    _cleanup_buf_ struct buf name = {0};
    if (definition && definition->name)
        buf_puts(&name, definition->name);
    else
        buf_printf(&name, "arg%zu", i);
    size_t stem = name.len;
    for (size_t number = 2, other = 0; other < i; other++) {
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

/* What to show of it, that is; the way to a member that was found is followed. */
int probe_arg_pass_over(struct probe_arg *arg, const char *why)
{
    char *member = arg->chain ? take_pointer(arg->note.member) : NULL;
    char *member_type = arg->chain ? take_pointer(arg->note.member_type) : NULL;
    free(arg->passed_over);
    arg->passed_over = strdup(why);
    arg_note_free(&arg->note);
    arg->note.member = member;
    arg->note.member_type = member_type;
    return arg->passed_over ? 0 : -ENOMEM;
}

/* What is to be given a meaning: the operand, or the member at the end of the chain. */
struct plain {
    enum arg_kind kind;
    bool can_point;
};

static struct plain plain_operand(const struct arg_spec *spec, unsigned pointer_size)
{
    return (struct plain){
        .kind = spec->is_float ? ARG_KIND_FLOAT : ARG_KIND_INTEGER,
        .can_point = !spec->is_float && (spec->size == pointer_size || spec->where == ARG_CONSTANT),
    };
}

static struct plain plain_member(const struct member_chain *chain, unsigned pointer_size)
{
    bool can_point = chain->is_address || chain->size == pointer_size;
    return (struct plain){.kind = chain->kind, .can_point = can_point && chain->kind != ARG_KIND_FLOAT};
}

static const char no_pointer[] = "what is there is no pointer";

/* A meaning for what is there, if it can have it. */
static const char *find_fault(enum arg_kind wanted, const struct plain *plain)
{
    if (arg_kind_is_fetched(wanted) && !plain->can_point)
        return no_pointer;
    if (wanted == ARG_KIND_ENUM && plain->kind == ARG_KIND_FLOAT)
        return "what is there is a floating point number";
    return NULL;
}

static enum arg_kind fit(enum arg_kind wanted, const struct plain *plain)
{
    return find_fault(wanted, plain) || plain->kind == ARG_KIND_FLOAT ? plain->kind : wanted;
}

static int settle_kind(struct probe_arg *arg, const struct provider_arg *definition,
                       const struct arg_spec *spec, unsigned pointer_size)
{
    struct plain plain = plain_operand(spec, pointer_size);
    enum arg_kind wanted = plain.kind;
    if (definition)
        wanted = arg->note.member ? definition->plain_kind : definition->kind;
    const char *fault = definition && definition->has_kind ? find_fault(wanted, &plain) : NULL;
    if (arg->note.member) {
        arg->member_has_kind = definition->has_kind;
        arg->member_kind = definition->kind;
        fault = plain.can_point ? NULL : no_pointer;
    }
    arg->kind = fit(wanted, &plain);
    return fault ? probe_arg_pass_over(arg, fault) : 0;
}

int probe_arg_take_chain(struct probe_arg *arg, struct member_chain *chain, unsigned pointer_size)
{
    struct plain plain = plain_member(chain, pointer_size);
    enum arg_kind wanted = arg->member_has_kind ? arg->member_kind : plain.kind;
    const char *fault = arg->member_has_kind ? find_fault(wanted, &plain) : NULL;
    char *type = strdup(chain->type);
    if (!type) {
        member_chain_free(chain);
        return -ENOMEM;
    }
    free(arg->type);
    arg->type = type;
    arg->chain = chain;
    arg->kind = fit(wanted, &plain);
    return fault ? probe_arg_pass_over(arg, fault) : 0;
}

/* Finds the argument that says how long this one is, when all have their kinds. */
static int settle_length(const struct probe *probe, struct probe_arg *arg,
                         const struct provider_probe *defined)
{
    const char *name = arg->note.length_arg;
    size_t i = 0, n = name ? defined->n_args : 0;
    arg->length_arg = PROBE_NO_ARG;
    if (!name)
        return 0;
    while (i < n && !provider_arg_is_called(&defined->args[i], i, name))
        i++;
    if (i < n && i < probe->n_args && i < WIRE_MAX_ARGS &&
        (probe->args[i].kind == ARG_KIND_INTEGER || probe->args[i].kind == ARG_KIND_ENUM)) {
        arg->length_arg = i;
        return 0;
    }
    arg->kind = ARG_KIND_POINTER;
    _cleanup_buf_ struct buf why = {0};
    buf_printf(&why, "'%s' is no integer that the probe passes", name);
    return buf_string(&why) ? probe_arg_pass_over(arg, why.data) : -ENOMEM;
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

static int take_note(struct probe_arg *arg, const struct provider_arg *definition)
{
    _cleanup_buf_ struct buf text = {0};
    arg_note_print(&definition->note, definition->has_kind, definition->kind, &text);
    int error = buf_error(&text);
    if (!error && text.len)
        arg->annotation = buf_steal(&text);
    return error ? error : arg_note_copy(&definition->note, &arg->note);
}

static int describe_argument(struct probe *probe, size_t i, const struct arg_spec *spec,
                             const struct provider_arg *definition, unsigned pointer_size)
{
    struct probe_arg *arg = &probe->args[i];
    arg->name = name_argument(probe, i, definition);
    probe->n_args = i + 1;
    arg->type = strdup(definition ? definition->type : type_of_spec(spec));
    if (!arg->name || !arg->type || (definition && take_note(arg, definition)))
        return -ENOMEM;
    int error = settle_kind(arg, definition, spec, pointer_size);
    return error ? error : explain_unreadable(probe, arg, i);
}

static const struct probe_site *find_longest(const struct probe *probe)
{
    const struct probe_site *longest = &probe->sites[0];
    for (size_t i = 1; i < probe->n_sites; i++)
        if (probe->sites[i].args.count > longest->args.count)
            longest = &probe->sites[i];
    return longest;
}

/* Gives the sites the further fields, whose arguments they must be known to pass. */
static int repeat_args(struct probe *probe, const struct provider_probe *defined)
{
    int error = 0;
    for (size_t i = 0; i < probe->n_sites && !error; i++)
        error = probe_site_repeat(&probe->sites[i], defined);
    return error;
}

/* Of an argument that is passed, or of a further field, which stands behind them. */
static const struct provider_arg *find_definition(const struct provider_probe *defined, bool has_fields,
                                                  size_t i)
{
    if (i < defined->n_args)
        return &defined->args[i];
    return has_fields ? &defined->fields[i - defined->n_args].arg : NULL;
}

int probe_describe_args(struct probe *probe, const struct provider *provider, unsigned pointer_size)
{
    const struct probe_site *longest = find_longest(probe);
    size_t n_passed = longest->args.count;
    const struct provider_probe *defined =
        provider ? provider_find_probe_for(provider, probe->name, n_passed) : NULL;
    bool has_fields = defined && defined->n_args == n_passed;
    int error = defined ? probe_fit_explain(defined, &longest->args, pointer_size, &probe->misfit) : 0;
    if (!error && has_fields)
        error = repeat_args(probe, defined);
    probe->args = calloc(longest->args.count + 1, sizeof(*probe->args));
    if (!probe->args || error)
        return -ENOMEM;
    for (size_t i = 0; i < longest->args.count && !error; i++) {
        const struct provider_arg *definition = defined ? find_definition(defined, has_fields, i) : NULL;
        error = describe_argument(probe, i, &longest->args.args[i], definition, pointer_size);
    }
    for (size_t i = 0; i < probe->n_args && !error; i++)
        error = settle_length(probe, &probe->args[i], defined);
    return error;
}
