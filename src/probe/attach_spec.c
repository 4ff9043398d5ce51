#include "probe/attach_spec.h"

#include <elf.h>

#include "elf/arg_spec.h"

static enum wire_where where_of(const struct probe *probe, const struct probe_site *site, size_t i)
{
    static const enum wire_where table[] = {
        [ARG_UNKNOWN] = WIRE_NOWHERE,
        [ARG_CONSTANT] = WIRE_CONSTANT,
        [ARG_REGISTER] = WIRE_REGISTER,
        [ARG_MEMORY] = WIRE_MEMORY,
    };
    const struct arg_spec *arg = &site->args.args[i];
    return probe_site_can_read(probe->file, site, i) ? table[arg->where] : WIRE_NOWHERE;
}

_Static_assert((int)MEMBER_MOST_LOADS == (int)WIRE_MAX_LOADS, "a chain fits the wire");

static enum wire_fetch fetch_of(enum arg_kind kind)
{
    static const enum wire_fetch table[] = {
        [ARG_KIND_STRING] = WIRE_FETCH_STRING, [ARG_KIND_HEX] = WIRE_FETCH_BYTES,
        [ARG_KIND_TEXT] = WIRE_FETCH_BYTES,    [ARG_KIND_SOCKADDR] = WIRE_FETCH_SOCKADDR,
        [ARG_KIND_ENUM] = WIRE_FETCH_NOTHING,
    };
    return table[kind];
}

/* Bytes whose number this site doesn't pass can't be read. */
static bool lacks_length(const struct probe *probe, const struct probe_site *site, size_t i)
{
    size_t length_arg = probe->args[i].length_arg;
    return fetch_of(probe->args[i].kind) == WIRE_FETCH_BYTES && length_arg != PROBE_NO_ARG &&
           !probe_site_can_read(probe->file, site, length_arg);
}

static struct wire_arg compile_arg(const struct probe *probe, const struct probe_site *site, size_t i,
                                   enum wire_fetch fetch)
{
    const struct arg_spec *arg = &site->args.args[i];
    enum wire_where where = lacks_length(probe, site, i) ? WIRE_NOWHERE : where_of(probe, site, i);
    return (struct wire_arg){
        .disp = (int64_t)((uint64_t)arg->disp + (uint64_t)site->symbol_disp[i]),
        .where = (uint8_t)where,
        .reg = arg->reg == ARG_NO_REGISTER ? WIRE_NO_REGISTER : arg->reg,
        .index = arg->index == ARG_NO_REGISTER ? WIRE_NO_REGISTER : arg->index,
        .scale = arg->scale,
        .size = arg->size,
        .is_signed = arg->is_signed,
        .shift = arg->shift,
        .fetch = (uint8_t)(where == WIRE_NOWHERE ? WIRE_FETCH_NOTHING : fetch),
    };
}

static struct wire_behind compile_behind(const struct probe_arg *arg)
{
    static const struct member_chain none = {0};
    const struct member_chain *chain = arg->chain ? arg->chain : &none;
    uint64_t length = arg->note.length ? arg->note.length : chain->length;
    struct wire_behind behind = {
        .n_loads = (uint8_t)chain->n_loads,
        .size = chain->is_address ? 0 : chain->size,
        .is_signed = chain->is_signed,
        .length_arg = arg->length_arg < WIRE_MAX_ARGS ? (uint8_t)arg->length_arg : WIRE_NO_ARG,
        .length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX,
    };
    for (size_t i = 0; i < chain->n_loads; i++)
        behind.offsets[i] = chain->offsets[i];
    return behind;
}

/* Sites of one probe may differ: a literal handed to a float or double parameter arrives as the integer it
 * was written as. */
static struct value_layout lay_out_operand(const struct probe_arg *arg, const struct arg_spec *spec)
{
    enum arg_kind kind = arg->kind == ARG_KIND_FLOAT ? ARG_KIND_INTEGER : arg->kind;
    return (struct value_layout){
        .kind = spec->is_float ? ARG_KIND_FLOAT : kind,
        .size = spec->size,
        .is_signed = spec->is_signed,
    };
}

static struct value_layout lay_out_member(const struct probe_arg *arg)
{
    return (struct value_layout){
        .kind = arg->kind,
        .size = arg->chain->is_address ? sizeof(uint64_t) : arg->chain->size,
        .is_signed = arg->chain->is_signed,
    };
}

static struct value_layout lay_out(const struct probe_arg *arg, const struct arg_spec *spec,
                                   const struct wire_behind *behind)
{
    struct value_layout layout = arg->chain ? lay_out_member(arg) : lay_out_operand(arg, spec);
    layout.length_arg = behind->length_arg;
    layout.length = behind->length;
    layout.note = &arg->note;
    return layout;
}

void attach_spec_compile(const struct probe *probe, const struct probe_site *site, struct wire_spec *ret_spec,
                         struct event_layout *ret_layout)
{
    size_t n = site->args.count < WIRE_MAX_ARGS ? site->args.count : WIRE_MAX_ARGS;
    *ret_spec = (struct wire_spec){.n_args = (uint16_t)n};
    *ret_layout = (struct event_layout){.probe = probe, .n_values = n};
    for (size_t i = 0; i < n; i++) {
        struct wire_arg *arg = &ret_spec->args[i];
        struct wire_behind *behind = &ret_spec->behind[i];
        struct value_layout *value = &ret_layout->values[i];
        *behind = compile_behind(&probe->args[i]);
        *value = lay_out(&probe->args[i], &site->args.args[i], behind);
        *arg = compile_arg(probe, site, i, fetch_of(value->kind));
        if (arg->fetch != WIRE_FETCH_NOTHING)
            ret_spec->n_fetches++;
        ret_spec->n_members += behind->n_loads > 0;
    }
}

bool attach_spec_is_quick(const struct wire_spec *spec)
{
    bool quick = spec->n_args <= WIRE_QUICK_VALUES && spec->n_fetches <= 1 && !spec->n_members &&
                 !spec->filter && !spec->summary.role;
    for (size_t i = 0; i < spec->n_args; i++)
        quick &= (spec->args[i].where == WIRE_REGISTER || spec->args[i].where == WIRE_CONSTANT) &&
                 (spec->args[i].fetch == WIRE_FETCH_NOTHING || spec->args[i].fetch == WIRE_FETCH_STRING);
    return quick;
}

bool attach_spec_reads_memory(const struct wire_spec *spec)
{
    bool reads = spec->n_fetches || spec->n_members;
    for (size_t i = 0; i < spec->n_args; i++)
        reads |= spec->args[i].where == WIRE_MEMORY;
    return reads;
}
