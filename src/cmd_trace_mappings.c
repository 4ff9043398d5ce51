/* Which files with probes the targets have mapped. What is noted here, cmd_trace_attach.c attaches to. */
#include "cmd_trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "target/modules.h"

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

int trace_add_process(struct trace *trace, pid_t pid, struct diag *diag)
{
    _cleanup_module_list_ struct module_list list = {0};
    int error = module_list_read(pid, &list, diag);
    ns_pids_find(&trace->ns_pids, (uint32_t)pid, 0); /* it may have gone when its hits are read */
    /* The kernel finds a process's memory through its first thread. Where that has ended, a link for this
     * process would find none of what is mapped from now on. */
    pid_t attach_pid = trace->cli->follow || list.first_thread_ended ? 0 : pid;
    for (size_t i = 0; i < list.count && !error; i++) {
        error = add_module(trace, attach_pid, &list.modules[i], diag);
        if (!error && list.modules[i].is_loader)
            error = trace_watch_loader(trace, pid, list.first_thread_ended, &list.modules[i], diag);
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
