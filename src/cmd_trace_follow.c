/* What becomes of targets while they are traced: they fork, execute other programs, load libraries, exit.
 *
 * The kernel tells of all that in notices (bpf/loader.bpf.c, bpf/follow.bpf.c). Whoever has mapped more code
 * waits until it was attached to, so this is to be quick and never ends the trace: what can't be attached to
 * is warned of and left alone. */
#include "cmd_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "elf/elf_file.h"
#include "target/process.h"

enum { FIRST_THREAD_MS = 100 }; /* between two looks whether it is there */

static int watch_target(struct trace *trace, pid_t pid, int pidfd, struct diag *diag)
{
    int error = watch_add(&trace->targets, pid, pidfd);
    if (!error)
        return 0;
    close(pidfd);
    return diag_set(diag, error, "cannot watch process %d: %s", (int)pid, strerror(-error));
}

int trace_add_target(struct trace *trace, pid_t pid, int pidfd, struct diag *diag)
{
    int error = watch_target(trace, pid, pidfd, diag);
    return error || !trace->session ? error : session_add_target(trace->session, pid, diag);
}

static void forget_target(void *context, pid_t pid)
{
    struct trace *trace = context;
    session_remove_target(trace->session, pid);
}

int trace_watch(struct trace *trace, struct diag *diag)
{
    bool does_already = session_notice_fd(trace->session) >= 0;
    return does_already ? 0 : session_watch(trace->session, trace->cli->follow, diag);
}

/* Where a dynamic loader reports to debuggers: see bpf/loader.bpf.c. */
static int find_report(int fd, uint64_t *ret_offset, struct diag *diag)
{
    static const char name[] = "_dl_debug_state";
    _cleanup_elf_file_ struct elf_file *file = NULL;
    uint64_t address = 0;
    int error = elf_file_open(fd, &file, diag);
    if (error)
        return error;
    error = elf_file_symbol(file, name, sizeof(name) - 1, &address);
    if (!error)
        error = elf_file_offset(file, address, true, ret_offset);
    return error ? diag_set(diag, error, "it has no function %s", name) : 0;
}

static int attach_loader(struct trace *trace, pid_t pid, const struct module *module, struct diag *diag)
{
    _cleanup_close_ int fd = -1;
    char open_path[TRACE_FD_PATH];
    uint64_t offset;
    int error = module_open(module, &fd, diag);
    if (!error)
        error = find_report(fd, &offset, diag);
    if (error)
        return error;
    trace_fd_path(fd, open_path);
    return session_watch_loader(trace->session, open_path, offset, pid, diag);
}

static bool is_watched(const struct trace *trace, pid_t pid, const struct module *module)
{
    for (size_t i = 0; i < trace->n_loaders; i++) {
        const struct trace_loader *known = &trace->loaders[i];
        if (known->device == module->device && known->inode == module->inode &&
            (!known->pid || known->pid == pid))
            return true;
    }
    return false;
}

/* Limited to the target, as long as the kernel can do that: through perf events before Linux 6.10 whoever
 * comes there waits while another one on the same processor does (uprobe_buffer_get() in
 * kernel/trace/trace_uprobe.c), be it for us or for a page. A limited link that is in place when the first
 * thread ends goes on, or, through perf events, doesn't. */
int trace_watch_loader(struct trace *trace, pid_t pid, bool first_thread_ended, const struct module *module,
                       struct diag *diag)
{
    pid_t limit = trace->cli->follow || first_thread_ended ? 0 : pid;
    if (!trace->session || session_notice_fd(trace->session) < 0 ||
        is_watched(trace, session_limits_last(trace->session) ? pid : limit, module))
        return 0;
    struct trace_loader *loaders = reallocarray(trace->loaders, trace->n_loaders + 1, sizeof(*loaders));
    if (!loaders)
        return diag_set(diag, -ENOMEM, "out of memory");
    trace->loaders = loaders;
    struct diag reason = {0};
    int error = attach_loader(trace, limit, module, &reason);
    if (error == -ENOENT || error == -ESRCH) /* the process has gone, or runs another program */
        return 0;
    if (error)
        log_warning("%s: libraries that are loaded later won't be noticed: %s", module->path, reason.text);
    loaders[trace->n_loaders++] =
        (struct trace_loader){.pid = limit, .device = module->device, .inode = module->inode};
    return 0;
}

/* Opens a process that is not watched yet; -1 for one that is, or that has gone. */
static int open_unwatched(const struct trace *trace, pid_t pid, int *ret_pidfd, struct diag *diag)
{
    *ret_pidfd = -1;
    if (watch_has(&trace->targets, pid))
        return 0;
    int error = process_open(&pid, ret_pidfd, diag);
    return error == -ESRCH ? 0 : error;
}

/* We ourselves may descend from a target, but would never see the end of our own trace. */
static int add_descendant(struct trace *trace, pid_t pid, struct diag *diag)
{
    int pidfd;
    if (pid == getpid())
        return 0;
    int error = open_unwatched(trace, pid, &pidfd, diag);
    return error || pidfd < 0 ? error : trace_add_target(trace, pid, pidfd, diag);
}

/* A new child is a target already. If it is none any more, it has ended, and the number may be somebody
 * else's. */
static int watch_child(struct trace *trace, pid_t pid, struct diag *diag)
{
    _cleanup_close_ int pidfd = -1;
    int error = open_unwatched(trace, pid, &pidfd, diag);
    if (error || pidfd < 0 || !session_has_target(trace->session, pid))
        return error;
    return watch_target(trace, pid, take_fd(&pidfd), diag);
}

/* Breadth first: the set grows by each process's children while we go through it. A process is a target
 * before we ask for its children, so a child born after that is one by itself. */
int trace_add_descendants(struct trace *trace, struct diag *diag)
{
    int error = 0;
    for (size_t i = 0; i < trace->targets.count && !error; i++) {
        _cleanup_free_ pid_t *children = NULL;
        size_t count = 0;
        error = process_list_children(trace->targets.processes[i].pid, &children, &count);
        for (size_t child = 0; child < count && !error; child++)
            error = add_descendant(trace, children[child], diag);
    }
    return error;
}

/* If its first thread ends meanwhile, a link for the process may have come too late, and a path below
 * /proc/PID. */
static void look_at(struct trace *trace, pid_t pid)
{
    struct diag diag = {0};
    bool had_memory = process_has_memory(pid);
    int error = trace_attach_process(trace, pid, &diag);
    if (had_memory && !process_has_memory(pid))
        error = trace_attach_process(trace, pid, &diag);
    if (error && error != -ESRCH)
        log_warning("what process %d has mapped meanwhile is not traced: %s", (int)pid, diag.text);
}

void trace_look_again(struct trace *trace)
{
    trace->unseen = trace->targets.count;
}

/* From the end, since the last target takes the place of one that ends. */
bool trace_look_at_next(struct trace *trace)
{
    if (trace->unseen > trace->targets.count)
        trace->unseen = trace->targets.count;
    if (trace->unseen)
        look_at(trace, trace->targets.processes[--trace->unseen].pid);
    return trace->unseen;
}

/* Of children that we haven't heard of: their parents may have ended, and nobody else knows them. */
static int watch_all_children(struct trace *trace, struct diag *diag)
{
    int error = 0;
    for (pid_t pid = 0; !error && (pid = session_next_target(trace->session, pid));)
        error = watch_child(trace, pid, diag);
    return error;
}

static void take_notice(void *context, enum wire_notice_kind kind, pid_t pid)
{
    struct trace *trace = context;
    struct diag diag = {0};
    if (!pid) {
        int error = watch_all_children(trace, &diag);
        if (!error)
            error = trace_add_descendants(trace, &diag);
        if (error)
            log_warning("not all children are followed: %s", diag.text);
        trace_look_again(trace);
    } else if (kind == WIRE_FORKED) {
        if (watch_child(trace, pid, &diag))
            log_warning("%s", diag.text);
    } else {
        look_at(trace, pid);
    }
}

static bool has_limited(const struct trace *trace)
{
    for (size_t i = 0; i < trace->n_mappings; i++)
        if (trace->mappings[i].limited)
            return true;
    return false;
}

/* Through perf events a limited link has hits until the first thread ends, of which nobody tells. A process
 * that ends altogether is without memory as well, but not for so long. */
static void look_at_first_thread(struct trace *trace)
{
    struct diag diag = {0};
    pid_t pid = trace->limited_to;
    if (!pid || session_limits_last(trace->session))
        return;
    int64_t now = clock_now(CLOCK_MONOTONIC);
    if (now < trace->first_thread_due)
        return;
    trace->first_thread_due = now + FIRST_THREAD_MS * NS_PER_MS;
    trace->looks_without_memory = process_has_memory(pid) ? 0 : trace->looks_without_memory + 1;
    if (trace->looks_without_memory < 2 || trace_attach_process(trace, pid, &diag))
        return;
    trace->limited_to = 0;
    if (has_limited(trace))
        log_warning("process %d: its first thread has ended; hits between then and now may be missing",
                    (int)pid);
}

/* Exits come first: a number that has ended may come again as a new child's. */
bool trace_follow(struct trace *trace)
{
    watch_update(&trace->targets, forget_target, trace);
    bool more = session_read_notices(trace->session, take_notice, trace);
    session_answer(trace->session, true);
    look_at_first_thread(trace);
    if (trace->unseen && !trace_look_at_next(trace))
        log_detail("from now on what they load is noticed");
    uint32_t unanswered = session_read_unanswered(trace->session);
    if (unanswered != trace->unanswered)
        log_warning(
            "a process went on before the probes of what it had loaded were attached (%u times so far): its "
            "first hits there may be missing",
            unanswered);
    trace->unanswered = unanswered;
    return trace->targets.count || more;
}
