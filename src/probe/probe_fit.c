#include "probe/probe_fit.h"

#include <errno.h>
#include <stdbool.h>

#include "base/buf.h"
#include "event_wire.h"
#include "provider/arg_width.h"

static void compare_counts(const struct provider_probe *defined, const struct arg_spec_list *args,
                           struct buf *misfit)
{
    if (defined->n_args != args->count)
        buf_printf(misfit, "%zu argument%s, where the definition has %zu", args->count,
                   args->count == 1 ? "" : "s", defined->n_args);
}

/* A literal is as wide as it was written: 0 for a long is an int. */
static void compare_widths(const struct provider_arg *arg, size_t i, const struct arg_spec *spec,
                           unsigned pointer_size, struct buf *misfit)
{
    unsigned expected = arg->width == ARG_WIDTH_POINTER ? pointer_size : arg->width;
    unsigned width = spec->size;
    bool is_known = expected != ARG_WIDTH_UNKNOWN && spec->where != ARG_UNKNOWN;
    if (!is_known || spec->where == ARG_CONSTANT || width == expected)
        return;
    if (misfit->len)
        buf_puts(misfit, ", ");
    if (arg->name)
        buf_puts(misfit, arg->name);
    else
        buf_printf(misfit, "arg%zu", i);
    buf_printf(misfit, " has %u byte%s, not the %u of %s", width, width == 1 ? "" : "s", expected, arg->type);
}

int probe_fit_explain(const struct provider_probe *defined, const struct arg_spec_list *args,
                      unsigned pointer_size, char **ret_misfit)
{
    _cleanup_buf_ struct buf misfit = {0};
    compare_counts(defined, args, &misfit);
    for (size_t i = 0; i < defined->n_args && i < args->count && i < WIRE_MAX_ARGS; i++)
        compare_widths(&defined->args[i], i, &args->args[i], pointer_size, &misfit);
    *ret_misfit = NULL;
    if (!misfit.len && !misfit.failed)
        return 0;
    *ret_misfit = buf_steal(&misfit);
    return *ret_misfit ? 0 : -ENOMEM;
}
