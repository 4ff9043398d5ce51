#include "probe/probe_site.h"

#include <errno.h>
#include <stdlib.h>

static int make_room(struct probe_site *site, size_t count)
{
    struct arg_spec *args = reallocarray(site->args.args, count, sizeof(*args));
    if (args)
        site->args.args = args;
    int64_t *disp = reallocarray(site->symbol_disp, count, sizeof(*disp));
    if (disp)
        site->symbol_disp = disp;
    int *symbol_error = reallocarray(site->symbol_error, count, sizeof(*symbol_error));
    if (symbol_error)
        site->symbol_error = symbol_error;
    return args && disp && symbol_error ? 0 : -ENOMEM;
}

int probe_site_repeat(struct probe_site *site, const struct provider_probe *defined)
{
    size_t n_passed = site->args.count, room = ARG_SPEC_MOST - n_passed;
    size_t n = defined->n_fields < room ? defined->n_fields : room;
    if (!n || n_passed != defined->n_args)
        return 0;
    if (make_room(site, n_passed + n))
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        size_t of = defined->fields[i].of, to = n_passed + i;
        site->args.args[to] = site->args.args[of];
        site->symbol_disp[to] = site->symbol_disp[of];
        site->symbol_error[to] = site->symbol_error[of];
    }
    site->args.count = n_passed + n;
    return 0;
}
