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

/* A string is fetched where the operand can be a pointer. */
static enum wire_fetch fetch_of(enum arg_kind kind, enum wire_where where)
{
    return kind == ARG_KIND_STRING && where != WIRE_NOWHERE ? WIRE_FETCH_STRING : WIRE_FETCH_NOTHING;
}

static struct wire_arg compile_arg(const struct probe *probe, const struct probe_site *site, size_t i)
{
    const struct arg_spec *arg = &site->args.args[i];
    enum wire_where where = where_of(probe, site, i);
    return (struct wire_arg){
        .disp = (int64_t)((uint64_t)arg->disp + (uint64_t)site->symbol_disp[i]),
        .where = (uint8_t)where,
        .reg = arg->reg == ARG_NO_REGISTER ? WIRE_NO_REGISTER : arg->reg,
        .index = arg->index == ARG_NO_REGISTER ? WIRE_NO_REGISTER : arg->index,
        .scale = arg->scale,
        .size = arg->size,
        .is_signed = arg->is_signed,
        .shift = arg->shift,
        .fetch = (uint8_t)fetch_of(probe->args[i].kind, where),
    };
}

/* Sites of one probe may differ: a literal handed to a float or double parameter arrives as the integer it
 * was written as. */
static enum arg_kind shown_kind(enum arg_kind kind, const struct arg_spec *arg)
{
    if (arg->is_float)
        return ARG_KIND_FLOAT;
    return kind == ARG_KIND_FLOAT ? ARG_KIND_INTEGER : kind;
}

void attach_spec_compile(const struct probe *probe, const struct probe_site *site, struct wire_spec *ret_spec,
                         struct event_layout *ret_layout)
{
    size_t n = site->args.count < WIRE_MAX_ARGS ? site->args.count : WIRE_MAX_ARGS;
    *ret_spec = (struct wire_spec){.n_args = (uint32_t)n};
    *ret_layout = (struct event_layout){.probe = probe, .n_values = n};
    for (size_t i = 0; i < n; i++) {
        const struct arg_spec *arg = &site->args.args[i];
        ret_spec->args[i] = compile_arg(probe, site, i);
        ret_spec->n_strings += ret_spec->args[i].fetch != WIRE_FETCH_NOTHING;
        ret_layout->values[i] = (struct value_layout){
            .kind = shown_kind(probe->args[i].kind, arg),
            .size = arg->size,
            .is_signed = arg->is_signed,
        };
    }
}

bool attach_spec_reads_memory(const struct wire_spec *spec)
{
    bool reads = spec->n_strings > 0;
    for (size_t i = 0; i < spec->n_args; i++)
        reads |= spec->args[i].where == WIRE_MEMORY;
    return reads;
}
