#include "probe/probe_member.h"

#include <errno.h>

#include "event_wire.h"
#include "probe/probe_arg.h"

/* Further arguments can't be read, and there may be many of them. */
static size_t readable_args(const struct probe *probe)
{
    return probe->n_args < WIRE_MAX_ARGS ? probe->n_args : WIRE_MAX_ARGS;
}

bool probe_members_need_types(const struct probe_file *file, const struct select *select)
{
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        for (size_t k = 0; k < readable_args(probe); k++)
            if (!member_is_offset(&probe->args[k].note) &&
                select_matches(select, probe->provider, probe->name))
                return true;
    }
    return false;
}

static int resolve_arg(struct probe_arg *arg, struct member_types *types, unsigned pointer_size)
{
    struct member_chain *chain;
    struct diag why = {0};
    int error = member_resolve(types, arg->type, &arg->note, &chain, &why);
    if (!error)
        return probe_arg_take_chain(arg, chain, pointer_size);
    if (error == -ENOMEM)
        return error;
    arg->why_passed_over = error == -ENODATA ? 0 : error;
    return probe_arg_pass_over(arg, why.text);
}

int probe_members_resolve(struct probe_file *file, const struct select *select, struct member_types *types)
{
    for (size_t i = 0; i < file->n_probes; i++) {
        struct probe *probe = &file->probes[i];
        for (size_t k = 0; k < readable_args(probe); k++) {
            struct probe_arg *arg = &probe->args[k];
            if (!arg->note.member || arg->chain || !select_matches(select, probe->provider, probe->name))
                continue;
            int error = resolve_arg(arg, types, file->pointer_size);
            if (error)
                return error;
        }
    }
    return 0;
}
