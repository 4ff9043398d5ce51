/* Kernel probes (-k) in a trace. Their hits count for the same targets as those of static probes, or without
 * any for all processes. */
#include "cmd_trace.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

static bool is_noted(const struct trace *trace, const struct kernel_probe *kernel)
{
    for (size_t i = 0; i < trace->n_kernel; i++)
        if (trace->kernel[i].kernel == kernel)
            return true;
    return false;
}

static int unknown_name(const char *name, size_t len, struct diag *diag)
{
    _cleanup_buf_ struct buf known = {0};
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", kernel_probes[i].name);
    const char *names = buf_string(&known);
    return diag_set(diag, -EINVAL, "-k: there is no kernel probe '%.*s'; there are %s", (int)len, name,
                    names ? names : "");
}

static int add(struct trace *trace, const struct kernel_probe *kernel, struct diag *diag)
{
    struct trace_kernel added = {.kernel = kernel};
    struct diag why = {0};
    trace->n_selected++;
    int error = plan_add_kernel_probe(&trace->plan, kernel, &added.probe, &added.spec, &why);
    if (error == -ENOENT) {
        log_warning("kernel probe %s is left out by -w: %s", kernel->name, why.text);
        return 0;
    }
    if (!error)
        error = account_grow(&trace->account, &trace->plan);
    if (error)
        return diag_set(diag, error, "out of memory");
    trace->kernel[trace->n_kernel++] = added;
    return 0;
}

static int add_names(struct trace *trace, const char *names, struct diag *diag)
{
    for (const char *name = names, *end; name; name = *end ? end + 1 : NULL) {
        end = strchrnul(name, ',');
        size_t len = (size_t)(end - name);
        const struct kernel_probe *kernel = kernel_probe_find(name, len);
        if (!kernel)
            return unknown_name(name, len, diag);
        int error = is_noted(trace, kernel) ? 0 : add(trace, kernel, diag);
        if (error)
            return error;
    }
    return 0;
}

int trace_add_kernel_probes(struct trace *trace, struct diag *diag)
{
    const struct cli *cli = trace->cli;
    for (size_t i = 0; i < cli->kernels.count; i++) {
        int error = add_names(trace, cli->kernels.items[i], diag);
        if (error)
            return error;
    }
    if (cli->min_duration_ns && !is_noted(trace, &kernel_probes[WIRE_KERNEL_EXIT]))
        return diag_set(diag, -EINVAL, "--min-duration is about exits; add exit to -k");
    return 0;
}

/* A way that is asked for is meant for those that have several. */
static const char *method_for(const struct trace *trace, const struct kernel_probe *kernel)
{
    return kernel_probe_count_ways(kernel) > 1 ? trace->cli->kernel_method : NULL;
}

int trace_attach_kernel_probes(struct trace *trace, struct diag *diag)
{
    for (size_t i = 0; i < trace->n_kernel; i++) {
        struct trace_kernel *added = &trace->kernel[i];
        int error = trace_set_spec(trace, added->spec, diag);
        if (!error)
            error = session_attach_kernel(trace->session, added->kernel, added->spec,
                                          method_for(trace, added->kernel), &added->probe->method, diag);
        if (error)
            return error;
        log_detail("kernel probe %s attached through %s", added->kernel->name, added->probe->method);
    }
    return 0;
}
