/* Kernel probes (-k) in a trace. Their hits count for the same targets as those of static probes, or without
 * any for all processes. */
#include "cmd_trace.h"

#include <errno.h>

#include "base/log.h"

static int add(struct trace *trace, const struct kernel_probe *kernel, struct diag *diag)
{
    struct trace_kernel added = {.kernel = kernel};
    struct diag why = {0};
    trace->n_selected++;
    int error = plan_add_kernel_probe(&trace->plan, kernel, &added.probe, &added.spec, &why);
    if (error == -ENOENT || error == -EDOM) {
        diag_set(&trace->kernel_left_out[trace->n_kernel_left_out++], 0,
                 "kernel probe %s is left out by %s: %s", kernel->name,
                 error == -ENOENT ? "-w" : cmd_files_summary_option(&trace->files), why.text);
        return 0;
    }
    if (!error)
        span_meet(&trace->files.span, added.probe);
    if (!error)
        error = account_grow(&trace->account, &trace->plan);
    if (error)
        return diag_set(diag, error, "out of memory");
    trace->kernel[trace->n_kernel++] = added;
    return 0;
}

int trace_add_kernel_probes(struct trace *trace, struct diag *diag)
{
    const struct cli *cli = trace->cli;
    struct kernel_selection selection = {0};
    int error = cmd_files_select_kernel(cli, &selection, diag);
    if (!error && cli->min_duration_ns && !kernel_selection_has(&selection, &kernel_probes[WIRE_KERNEL_EXIT]))
        error = diag_set(diag, -EINVAL, "--min-duration is about exits; add exit to -k");
    for (size_t i = 0; i < selection.count && !error; i++)
        error = add(trace, selection.probes[i], diag);
    return error;
}

void trace_warn_of_left_out(const struct trace *trace)
{
    for (size_t i = 0; i < trace->n_kernel_left_out; i++)
        log_warning("%s", trace->kernel_left_out[i].text);
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
        log_detail("kernel probe %s attached through %s%s%s", added->kernel->name, added->probe->method,
                   *diag->text ? "; " : "", diag->text);
        *diag = (struct diag){0};
    }
    return 0;
}
