/* The start of a trace: the targets, be they there already or a command to start; what they match; attaching.
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd.h"
#include "cmd_trace.h"
#include "target/child.h"
#include "target/process.h"

/* The kernel's own limit, unless somebody has changed it. */
enum { MANY_FILES = 1 << 20 };

static int warn_of_children(pid_t pid)
{
    _cleanup_free_ pid_t *children = NULL;
    size_t count = 0;
    int error = process_list_children(pid, &children, &count);
    if (count)
        log_warning("process %d has %zu child%s, which %s not traced: -f follows children", (int)pid, count,
                    count == 1 ? "" : "ren", count == 1 ? "is" : "are");
    return error;
}

static int add_processes(struct run *run, struct diag *diag)
{
    for (size_t i = 0; i < run->cli->n_pids; i++) {
        pid_t pid = run->cli->pids[i];
        _cleanup_close_ int pidfd = -1;
        int error = process_open(&pid, &pidfd, diag);
        if (!error)
            error = process_check_namespace(pid, diag);
        if (!error)
            error = trace_add_target(&run->trace, pid, take_fd(&pidfd), diag);
        if (!error)
            error = trace_add_process(&run->trace, pid, diag);
        if (error)
            return error;
        if (!run->cli->follow && warn_of_children(pid))
            return diag_set(diag, -ENOMEM, "out of memory");
    }
    return 0;
}

static int add_targets_to_session(struct run *run, struct diag *diag)
{
    const struct watch *targets = &run->trace.targets;
    for (size_t i = 0; i < targets->count; i++) {
        int error = session_add_target(run->trace.session, targets->processes[i].pid, diag);
        if (error)
            return error;
    }
    return 0;
}

static enum exit_status nothing_matched(const struct trace *trace)
{
    size_t probes = 0;
    for (size_t i = 0; i < trace->plan.n_files; i++)
        if (trace->plan.files[i]->file)
            probes += trace->plan.files[i]->file->n_probes;
    if (!trace->files_read && trace_has_targets(trace)) {
        log_error("the process is exiting");
        return EXIT_STATUS_FAILED;
    }
    trace_warn_of_left_out(trace);
    if (trace->n_selected)
        log_error("-w is true of none of the %zu probes there%s", trace->n_selected,
                  trace->n_selected > trace->n_kernel_left_out ? "; -v says why" : "");
    else if (probes)
        log_error("none of the %zu probes there matches -t (case counts); `tracer -l` shows them", probes);
    else
        log_error("no probes in the %zu file%s looked at", trace->files_read,
                  trace->files_read == 1 ? "" : "s");
    return EXIT_STATUS_NOTHING_MATCHED;
}

enum exit_status trace_fail(int error, const struct diag *diag)
{
    log_error("%s", diag->text);
    return cmd_status_of(error);
}

/* When a process goes away under our hands, whatever fails then fails because of that. */
static enum exit_status fail_to_attach(struct run *run, int error, struct diag *diag)
{
    watch_update(&run->trace.targets, NULL, NULL);
    if (run->trace.targets.last_exited && (error == -ESRCH || !run->cli->follow))
        error = diag_set(diag, -ESRCH, "process %d exited before its probes were attached",
                         (int)run->trace.targets.last_exited);
    return trace_fail(error, diag);
}

/* A process takes a pidfd, a file two links, and without uprobe_multi each site two descriptors. Only some
 * may raise the hard limit. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    struct rlimit raised = {.rlim_cur = MANY_FILES, .rlim_max = MANY_FILES};
    if (limit.rlim_max < MANY_FILES && !setrlimit(RLIMIT_NOFILE, &raised))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Where there is nothing to attach to, and nothing can come: an error, which says why. */
static enum exit_status check_matches(struct run *run)
{
    struct diag diag = {0};
    if (run->trace.n_selected && cmd_files_check(&run->trace.files, &diag)) {
        log_error("%s", diag.text);
        if (!run->cli->follow) /* what they load or execute later may have what -w asks for */
            return EXIT_STATUS_USAGE;
    }
    if (run->trace.n_mappings || run->trace.n_kernel)
        return EXIT_STATUS_DONE;
    watch_update(&run->trace.targets, NULL, NULL);
    if (run->trace.targets.last_exited)
        return fail_to_attach(run, -ESRCH, &diag);
    if (!run->cli->follow || !run->trace.files_read)
        return nothing_matched(&run->trace);
    log_warning("no probe there matches yet: waiting for what the processes load or execute");
    return EXIT_STATUS_DONE;
}

/* Children are followed from before anything is attached, and looked for after that. */
static int follow_existing(struct run *run, struct diag *diag)
{
    int error = trace_watch(&run->trace, diag);
    if (!error)
        error = trace_add_descendants(&run->trace, diag);
    return error;
}

/* Hits come by now. Who loads more code once we say that we are ready waits for us. */
static void look_again(struct run *run)
{
    stream_set_patience(&run->stream, run->signal_fd, run->deadline);
    trace_look_again(&run->trace);
    while (trace_look_at_next(&run->trace))
        stream_records(&run->stream);
    session_answer(run->trace.session, true);
}

/* -p and -x. */
enum exit_status trace_start_existing(struct run *run)
{
    struct diag diag = {0};
    allow_many_files();
    int error = add_processes(run, &diag);
    for (size_t i = 0; i < run->cli->exes.count && !error; i++)
        error = trace_add_exe(&run->trace, run->cli->exes.items[i], &diag);
    if (error)
        return fail_to_attach(run, error, &diag);
    enum exit_status status = check_matches(run);
    if (status)
        return status;
    error = trace_open_session(&run->trace, &diag);
    if (!error)
        error = add_targets_to_session(run, &diag);
    if (!error)
        error = trace_attach_kernel_probes(&run->trace, &diag);
    if (!error && run->cli->follow)
        error = follow_existing(run, &diag);
    if (!error)
        error = trace_attach(&run->trace, &diag);
    if (!error)
        error = stream_open(&run->stream, &run->trace, &diag);
    if (!error && run->cli->follow)
        look_again(run);
    return error ? fail_to_attach(run, error, &diag) : EXIT_STATUS_DONE;
}

void trace_watch_existing(struct run *run)
{
    struct diag diag = {0};
    if (!run->cli->n_pids || run->cli->follow)
        return;
    if (trace_watch(&run->trace, &diag)) {
        log_warning("what the processes load later won't be noticed: %s", diag.text);
        return;
    }
    trace_look_again(&run->trace);
}

struct mapped_context {
    struct run *run;
    struct diag *diag; /* child_start()'s, too: what failed last is why it failed */
};

/* The command is stopped and has mapped more code. From when it goes on by itself, its dynamic loader tells
 * us, and is answered; not before, when we wait for the command to stop and can't answer it. */
static int attach_mapped(void *context, pid_t pid, bool last)
{
    struct mapped_context *mapped = context;
    struct trace *trace = &mapped->run->trace;
    int error = last ? trace_watch(trace, mapped->diag) : 0;
    if (!error)
        error = trace_attach_process(trace, pid, mapped->diag);
    if (last)
        session_answer(trace->session, true);
    return error;
}

/* The command is a target from before it executes. */
static int prepare_command(struct run *run, struct diag *diag)
{
    int error = child_create(run->cli->command, &run->old_mask, &run->child, diag);
    if (error)
        return error;
    int pidfd = dup(child_pidfd(run->child));
    if (pidfd < 0)
        return diag_set(diag, -errno, "cannot watch the command: %m");
    error = trace_add_target(&run->trace, child_pid(run->child), pidfd, diag);
    if (!error)
        error = trace_open_session(&run->trace, diag);
    if (!error)
        error = add_targets_to_session(run, diag);
    if (!error)
        error = trace_attach_kernel_probes(&run->trace, diag);
    if (!error && run->cli->follow)
        error = trace_watch(&run->trace, diag);
    return error;
}

enum exit_status trace_start_command(struct run *run)
{
    struct diag diag = {0};
    struct mapped_context context = {.run = run, .diag = &diag};
    bool exec_failed = false;
    int error = prepare_command(run, &diag);
    allow_many_files(); /* us, but not the command */
    if (!error)
        error = stream_open(&run->stream, &run->trace, &diag);
    if (error)
        return trace_fail(error, &diag);
    error = child_start(run->child, attach_mapped, &context, &exec_failed, &diag);
    if (error && exec_failed) {
        log_error("%s", diag.text);
        return error == -ENOENT ? EXIT_STATUS_COMMAND_NOT_FOUND : EXIT_STATUS_COMMAND_NOT_EXECUTABLE;
    }
    if (error)
        return trace_fail(error, &diag);
    /* No reason to stop it: what it loads later may have what -w asks for. */
    if (run->trace.n_selected && cmd_files_check(&run->trace.files, &diag))
        log_error("%s", diag.text);
    if (!run->trace.n_mappings && !run->trace.n_kernel)
        log_warning("no probe of the command's files matches: waiting for what it loads or executes%s",
                    run->cli->follow ? "" : " (-f: its children, too)");
    return EXIT_STATUS_DONE;
}
