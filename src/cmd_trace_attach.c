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

static int add_mapping(struct trace *trace, pid_t pid, const char *open_path, struct plan_file *file)
{
    for (size_t i = 0; i < trace->n_mappings; i++)
        if (trace->mappings[i].pid == pid && trace->mappings[i].file == file)
            return 0;
    struct trace_mapping *mappings = reallocarray(trace->mappings, trace->n_mappings + 1, sizeof(*mappings));
    if (!mappings)
        return -ENOMEM;
    trace->mappings = mappings;
    char *path = strdup(open_path);
    if (!path)
        return -ENOMEM;
    mappings[trace->n_mappings++] =
        (struct trace_mapping){.pid = pid, .open_path = path, .fd = -1, .file = file};
    return 0;
}

/* Says with -v which of them -w leaves out. */
static void count_selected(struct trace *trace, const struct probe_file *file)
{
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        trace->n_selected += select_matches(&trace->files.select, probe->provider, probe->name);
        cmd_files_wants(&trace->files, probe);
    }
}

static int add_file(struct trace *trace, const struct plan_file_id *id, struct probe_file *file,
                    struct plan_file **ret_file, struct diag *diag)
{
    trace->files_read += file != NULL;
    if (file)
        count_selected(trace, file);
    int error = plan_add_file(&trace->plan, id, file, &trace->files.select, ret_file);
    if (error == -E2BIG)
        return diag_set(diag, error, "-w makes more than %d different filters; select fewer probes with -t",
                        WIRE_MAX_FILTERS - 1);
    if (!error)
        error = account_grow(&trace->account, &trace->plan);
    return error ? diag_set(diag, error, "out of memory") : 0;
}

/* A file without an ELF header (code that a just-in-time compiler wrote, say) has no probes and is no reason
 * to stop. It is remembered, and not read again. */
static int add_module(struct trace *trace, pid_t pid, const struct module *module, struct diag *diag)
{
    const struct plan_file_id id = {module->device, module->inode, module->version};
    struct plan_file *planned = plan_find_file(&trace->plan, &id);
    int error = 0;
    if (!planned) {
        struct probe_file *file = NULL;
        error = cmd_files_read_module(&trace->files, module, &file, diag);
        if (error == -EPERM || error == -EACCES || error == -ENOMEM)
            return error;
        if (error == -ENOENT) /* unmapped meanwhile; whoever has it mapped next time will be looked at */
            return 0;
        if (error)
            log_detail("passed over: %s", diag->text);
        if (error && error != -ENOEXEC && error != -EBADMSG)
            return 0;
        error = add_file(trace, &id, file, &planned, diag);
        if (error)
            return error;
    }
    error = planned->n_sites ? add_mapping(trace, pid, module->open_path, planned) : 0;
    return error ? diag_set(diag, error, "out of memory") : 0;
}

static bool is_linked(const struct trace *trace, pid_t pid)
{
    for (size_t i = 0; i < trace->n_mappings; i++)
        if (trace->mappings[i].pid == pid && trace->mappings[i].attached)
            return true;
    return false;
}

int trace_add_process(struct trace *trace, pid_t pid, struct diag *diag)
{
    _cleanup_module_list_ struct module_list list = {0};
    int error = module_list_read(pid, &list, diag);
    ns_pids_find(&trace->ns_pids, (uint32_t)pid, 0); /* it may have gone when its hits are read */
    /* The kernel finds a process's memory through its first thread. Where that has ended, and where children
     * are to be seen from their first hit on, attach to the file for all processes; the programs look at the
     * process id themselves. But never in both ways: each hit would count twice. */
    bool for_all = trace->cli->follow || (list.first_thread_ended && !is_linked(trace, pid));
    pid_t attach_pid = for_all ? 0 : pid;
    for (size_t i = 0; i < list.count && !error; i++) {
        error = add_module(trace, attach_pid, &list.modules[i], diag);
        if (!error && list.modules[i].is_loader)
            error = trace_watch_loader(trace, attach_pid, &list.modules[i], diag);
    }
    return error;
}

void trace_fd_path(int fd, char ret_path[TRACE_FD_PATH])
{
    snprintf(ret_path, TRACE_FD_PATH, "/proc/self/fd/%d", fd);
}

/* Not by its path: who replaces the file now would have the places of one file attached in another, and
 * libbpf looks for some names elsewhere (in PATH, in archives). */
static int add_open_file(struct trace *trace, struct plan_file *planned, int *fd)
{
    char open_path[TRACE_FD_PATH];
    trace_fd_path(*fd, open_path);
    int error = add_mapping(trace, 0, open_path, planned);
    if (!error)
        trace->mappings[trace->n_mappings - 1].fd = take_fd(fd);
    return error;
}

int trace_add_exe(struct trace *trace, const char *path, struct diag *diag)
{
    struct probe_file *file = NULL;
    struct plan_file_id id = {0};
    _cleanup_close_ int fd = -1;
    int error = cmd_files_read_path(&trace->files, path, &file, &id.device, &id.inode, &fd, diag);
    if (error)
        return error;
    struct plan_file *planned = plan_find_file(&trace->plan, &id);
    if (planned) {
        probe_file_free(file);
        return 0;
    }
    error = add_file(trace, &id, file, &planned, diag);
    if (error)
        return error;
    if (planned->n_sites)
        error = add_open_file(trace, planned, &fd);
    return error ? diag_set(diag, error, "out of memory") : 0;
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
    if (!error)
        log_detail("BPF program%s loaded in %.1f ms", config.plain && config.memory ? "s" : "",
                   ms_since(start));
    return error;
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

/* Specs of a file are handed over just before its first mapping is attached. */
static int set_specs(struct trace *trace, const struct plan_file *file, struct diag *diag)
{
    int error = 0;
    for (size_t i = 0; i < file->n_sites && !error; i++)
        error = trace_set_spec(trace, file->sites[i].spec, diag);
    return error;
}

/* How a file's mappings are attached so far, and how many are still to be. */
struct coverage {
    bool any;
    bool all_processes;
    size_t pending;
};

static struct coverage cover(const struct trace *trace, const struct plan_file *file)
{
    struct coverage coverage = {0};
    for (size_t i = 0; i < trace->n_mappings; i++) {
        const struct trace_mapping *mapping = &trace->mappings[i];
        if (mapping->file != file || mapping->given_up)
            continue;
        coverage.any |= mapping->attached;
        coverage.all_processes |= mapping->attached && !mapping->pid;
        coverage.pending += !mapping->attached;
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

/* One link a file, as far as that can be: limited to the one process that maps it, so that others don't pay
 * for their hits; for all when there are several, since each link costs at every hit. */
static int attach_mapping(struct trace *trace, struct trace_mapping *mapping, struct diag *diag)
{
    struct plan_file *file = mapping->file;
    const struct coverage coverage = cover(trace, file);
    _cleanup_session_attached_ struct session_attached attached = {0};
    if (coverage.all_processes)
        return 0;
    if (!coverage.any && coverage.pending > 1)
        mapping->pid = 0;
    _cleanup_close_ int fd = -1;
    char open_path[TRACE_FD_PATH];
    int error = open_mapping(mapping, &fd, diag);
    if (error)
        return error;
    trace_fd_path(fd, open_path);
    int64_t start = clock_now(CLOCK_MONOTONIC);
    error = coverage.any ? 0 : set_specs(trace, file, diag);
    if (!error)
        error = session_attach(trace->session, open_path, mapping->pid, file->sites, file->n_sites, &attached,
                               diag);
    if (error)
        return error;
    trace->sites_attached += attached.sites;
    log_attached(mapping, &attached, ms_since(start));
    return 0;
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
