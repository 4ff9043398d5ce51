#include "cmd_trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "target/modules.h"
#include "target/process.h"

enum { NAMED_FAILURES = 10 }; /* of one file, without -v */

/* For -v, which says how long it took. */
static double ms_since(int64_t start)
{
    return (double)(clock_now(CLOCK_MONOTONIC) - start) / (double)NS_PER_MS;
}

/* Room for specs costs next to nothing beforehand, but time once programs run. */
enum { FEW_SPECS = 1024 };

/* What targets of -p and commands load later may need either program. */
int trace_open_session(struct trace *trace, struct diag *diag)
{
    bool all_programs = trace_has_targets(trace);
    struct session_config config = {
        .buffer_size = trace->cli->buffer_size,
        .string_limit = trace->cli->string_limit,
        .only_targets = trace_has_targets(trace),
        .only_target = trace->targets.count == 1 && !trace->cli->follow ? trace->targets.processes[0].pid : 0,
        .n_specs = (uint32_t)(trace->plan.n_specs > FEW_SPECS ? trace->plan.n_specs : FEW_SPECS),
        .plain = all_programs,
        .memory = all_programs,
        .filters = trace->files.where != NULL,
        .sample_every = trace->cli->sample_every,
        .min_duration = trace->cli->min_duration_ns,
        .summary = trace_summary_config(trace),
        /* For tests of the way that older kernels take; see CONTRIBUTING.md. */
        .perf_events = getenv("TRACER_PERF_EVENTS") != NULL,
    };
    process_own_pid_namespace(&config.pid_namespace_device, &config.pid_namespace_inode);
    for (size_t i = 0; i < trace->plan.n_files; i++) {
        const struct plan_file *file = trace->plan.files[i];
        bool memory = plan_sites_read_memory(file->sites, file->n_sites);
        config.memory |= memory;
        config.plain |= !memory && file->n_sites;
    }
    int64_t start = clock_now(CLOCK_MONOTONIC);
    int error = session_open(&config, &trace->session, diag);
    if (error)
        return error;
    log_detail("BPF program%s loaded in %.1f ms", config.plain && config.memory ? "s" : "", ms_since(start));
    trace->limited_to = config.only_target;
    return 0;
}

static int set_filters(struct trace *trace, struct diag *diag)
{
    for (size_t i = trace->filters_set; i < trace->plan.n_filters; i++) {
        int error = session_set_filter(trace->session, (uint32_t)i + 1, trace->plan.filters[i], diag);
        if (error)
            return error;
        trace->filters_set = i + 1;
    }
    return 0;
}

int trace_set_spec(struct trace *trace, uint32_t number, struct diag *diag)
{
    int error = set_filters(trace, diag);
    return error ? error : session_set_spec(trace->session, number, &trace->plan.specs[number]->wire, diag);
}

/* Specs of a file are handed over just before it is attached for the first time; from then on they count. */
static int set_specs(struct trace *trace, const struct plan_file *file, struct diag *diag)
{
    int error = 0;
    for (size_t i = 0; i < file->n_sites && !error; i++)
        error = trace_set_spec(trace, file->sites[i].spec, diag);
    return error;
}

/* For whom a file is attached so far. */
struct coverage {
    bool target;
    bool all;
};

static struct coverage cover(const struct trace *trace, const struct plan_file *file)
{
    struct coverage coverage = {0};
    for (size_t i = 0; i < trace->n_mappings; i++) {
        const struct trace_mapping *mapping = &trace->mappings[i];
        if (mapping->file != file || !mapping->attached)
            continue;
        coverage.target |= mapping->limited;
        coverage.all |= !mapping->limited;
    }
    return coverage;
}

/* One line for each probe with sites that could not be attached, but only with -v an endless list. */
static void log_failures(const char *path, const struct session_attached *attached)
{
    const struct session_failure *all = attached->failures;
    size_t lines = 0, unnamed = 0, next;
    for (size_t i = 0; i < attached->n_failures; i = next) {
        for (next = i + 1; next < attached->n_failures; next++)
            if (all[next].site->probe != all[i].site->probe || all[next].error != all[i].error)
                break;
        bool named = lines++ < NAMED_FAILURES;
        if (!named)
            unnamed += next - i;
        (named ? log_warning : log_detail)("%s: %zu site%s of %s:%s left out: %s", path, next - i,
                                           next - i == 1 ? "" : "s", all[i].site->probe->provider,
                                           all[i].site->probe->name, session_failure_reason(&all[i]));
    }
    if (unnamed && log_get_level() < LOG_LEVEL_VERBOSE)
        log_warning("%s: %zu more sites left out; -v names them", path, unnamed);
}

static void log_attached(const struct trace_mapping *mapping, const struct session_attached *attached,
                         double took_ms)
{
    log_detail("attached: %zu site%s in %s, in %.1f ms", attached->sites, attached->sites == 1 ? "" : "s",
               mapping->file->file->path, took_ms);
    log_failures(mapping->file->file->path, attached);
}

/* The file that was read and no other: at the mapping's address there may be another one by now, in which
 * the places of the first one are anywhere. */
static int open_mapping(const struct trace_mapping *mapping, int *ret_fd, struct diag *diag)
{
    const struct plan_file *file = mapping->file;
    const struct module module = {
        .path = file->file->path,
        .open_path = mapping->open_path,
        .device = file->id.device,
        .inode = file->id.inode,
    };
    return module_open(&module, ret_fd, diag);
}

/* Attaches so that nobody wants the hits: with cookies that name no spec. */
static int attach_unwanted(struct trace *trace, const char *open_path, const struct plan_file *file,
                           struct session_attached *ret_attached, struct diag *diag)
{
    _cleanup_free_ struct plan_site *sites = calloc(file->n_sites, sizeof(*sites));
    if (!sites)
        return diag_set(diag, -ENOMEM, "out of memory");
    for (size_t i = 0; i < file->n_sites; i++) {
        sites[i] = file->sites[i];
        sites[i].spec = WIRE_NO_SPEC;
    }
    return session_attach(trace->session, open_path, 0, sites, file->n_sites, ret_attached, diag);
}

static int attach_wanted(struct trace *trace, const char *open_path, struct trace_mapping *mapping,
                         bool is_first, struct session_attached *ret_attached, struct diag *diag)
{
    const struct plan_file *file = mapping->file;
    int error = is_first ? set_specs(trace, file, diag) : 0;
    if (!error)
        error = session_attach(trace->session, open_path, mapping->limited ? mapping->pid : 0, file->sites,
                               file->n_sites, ret_attached, diag);
    if (!error && is_first)
        trace->sites_attached += ret_attached->sites;
    return error;
}

/* One link a file. Where there is one target, limited to that, so that others don't pay for their hits.
 *
 * When that one's first thread ends while others go on, a limited uprobe_multi link still has the hits where
 * it is in place, but gets no further when the file is mapped anew. A second link for all then does, and the
 * first one goes on having the hits: with two that count, each hit would count twice. A limited link through
 * perf events has no more hits then, so the second one has them. */
static int attach_mapping(struct trace *trace, struct trace_mapping *mapping, struct diag *diag)
{
    const struct coverage coverage = cover(trace, mapping->file);
    _cleanup_session_attached_ struct session_attached attached = {0};
    if (coverage.all)
        return 0;
    _cleanup_close_ int fd = -1;
    char open_path[TRACE_FD_PATH];
    int error = open_mapping(mapping, &fd, diag);
    if (error)
        return error;
    trace_fd_path(fd, open_path);
    int64_t start = clock_now(CLOCK_MONOTONIC);
    mapping->limited = mapping->pid && mapping->pid == trace->limited_to;
    if (coverage.target && session_limits_last(trace->session))
        error = attach_unwanted(trace, open_path, mapping->file, &attached, diag);
    else
        error = attach_wanted(trace, open_path, mapping, !coverage.target, &attached, diag);
    if (!error)
        log_attached(mapping, &attached, ms_since(start));
    return error;
}

static void free_mapping(struct trace_mapping *mapping)
{
    free(mapping->open_path);
    cleanup_close(&mapping->fd);
}

/* A mapping that has gone is dropped, which is no error unless its process has gone with it. One that can't
 * be attached to is given up, or it would fail again at every call. */
int trace_attach(struct trace *trace, struct diag *diag)
{
    int result = 0;
    for (size_t i = 0; i < trace->n_mappings; i++) {
        struct trace_mapping *mapping = &trace->mappings[i];
        struct diag reason = {0};
        if (mapping->attached || mapping->given_up)
            continue;
        int error = attach_mapping(trace, mapping, &reason);
        mapping->attached = !error;
        mapping->given_up = error;
        if (error == -ENOENT || error == -ESRCH) {
            free_mapping(mapping);
            *mapping = trace->mappings[--trace->n_mappings];
            i--;
        }
        if (error && error != -ENOENT && !result) {
            result = error;
            diag_set(diag, error, "%s", reason.text);
        }
    }
    return result;
}

int trace_attach_process(struct trace *trace, pid_t pid, struct diag *diag)
{
    int error = trace_add_process(trace, pid, diag);
    return error ? error : trace_attach(trace, diag);
}

void trace_close(struct trace *trace)
{
    session_free(trace->session);
    for (size_t i = 0; i < trace->n_mappings; i++)
        free_mapping(&trace->mappings[i]);
    free(trace->mappings);
    free(trace->loaders);
    watch_free(&trace->targets);
    account_free(&trace->account);
    ns_pids_free(&trace->ns_pids);
    plan_free(&trace->plan);
    cmd_files_close(&trace->files);
    *trace = (struct trace){0};
}
