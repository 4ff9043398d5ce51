/* Tracing: find the targets, attach, stream until somebody says stop or nobody is left, account for all. */
#include "cmd_trace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd.h"
#include "target/child.h"
#include "target/process.h"

enum {
    BUSY_MS = 1,          /* between two looks at a ring that was not empty */
    IDLE_AFTER = 16,      /* looks at an empty ring before we wait for the bell */
    IDLE_MS = 100,        /* a record that came just as the bell was armed waits no longer */
    BELL_PART = 4,        /* while busy, ring when the buffer is filled to 1/4 */
    MANY_FILES = 1 << 20, /* the kernel's own limit, unless somebody has changed it */
};

enum verdict { GO_ON, STOP, LEAVE_COMMAND };

struct run {
    const struct cli *cli;
    struct trace trace;
    struct stream stream;
    struct child *child; /* NULL: no command */
    sigset_t old_mask;
    int signal_fd;
    int64_t deadline; /* CLOCK_MONOTONIC, ns; INT64_MAX: none */
    int signals_seen;
    int last_signal;
};

static int take_signals(struct run *run, struct diag *diag)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    if (signal(SIGHUP, SIG_DFL) == SIG_IGN)
        signal(SIGHUP, SIG_IGN); /* nohup: a signal that we block would reach us all the same */
    else
        sigaddset(&ours, SIGHUP);
    sigprocmask(SIG_BLOCK, &ours, &run->old_mask);
    run->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    return run->signal_fd < 0 ? diag_set(diag, -errno, "signalfd: %m") : 0;
}

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
    if (!trace->files_read) {
        log_error("the process is exiting");
        return EXIT_STATUS_FAILED;
    }
    if (trace->n_selected)
        log_error("-w is true of none of the %zu probes there; -v says why", trace->n_selected);
    else if (probes)
        log_error("none of the %zu probes there matches -t (case counts); `tracer -l` shows them", probes);
    else
        log_error("no probes in the %zu file%s looked at", trace->files_read,
                  trace->files_read == 1 ? "" : "s");
    return EXIT_STATUS_NOTHING_MATCHED;
}

static enum exit_status fail(int error, const struct diag *diag)
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
    return fail(error, diag);
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
    if (run->trace.n_selected && cmd_files_check_where(&run->trace.files, &diag)) {
        log_error("%s", diag.text);
        if (!run->cli->follow) /* what they load or execute later may have what -w asks for */
            return EXIT_STATUS_USAGE;
    }
    if (run->trace.n_mappings)
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

/* -p and -x. */
static enum exit_status attach_existing(struct run *run)
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
    if (!error && run->cli->follow)
        error = follow_existing(run, &diag);
    if (!error)
        error = trace_attach(&run->trace, &diag);
    if (!error)
        error = stream_open(&run->stream, &run->trace, &diag);
    if (!error && run->cli->follow)
        trace_look_again(&run->trace);
    return error ? fail_to_attach(run, error, &diag) : EXIT_STATUS_DONE;
}

/* Without --follow only what processes load later is still to be noticed. It can wait until everything else
 * runs, and is missed only by those who need it. */
static void watch_existing(struct run *run)
{
    struct diag diag = {0};
    if (!run->cli->n_pids || run->cli->follow)
        return;
    if (trace_watch(&run->trace, &diag)) {
        log_warning("what the processes load later won't be noticed: %s", diag.text);
        return;
    }
    trace_look_again(&run->trace);
    log_detail("from now on what they load is noticed");
}

struct mapped_context {
    struct run *run;
    struct diag diag;
};

/* The command is stopped and has mapped more code. From when it goes on by itself, its dynamic loader tells
 * us, and is answered; not before, when we wait for the command to stop and can't answer it. */
static int attach_mapped(void *context, pid_t pid, bool last)
{
    struct mapped_context *mapped = context;
    struct trace *trace = &mapped->run->trace;
    int error = last ? trace_watch(trace, &mapped->diag) : 0;
    if (!error)
        error = trace_add_process(trace, pid, &mapped->diag);
    if (!error)
        error = trace_attach(trace, &mapped->diag);
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
    if (!error && run->cli->follow)
        error = trace_watch(&run->trace, diag);
    return error;
}

static enum exit_status start_command(struct run *run)
{
    struct mapped_context context = {.run = run};
    struct diag diag = {0};
    bool exec_failed = false;
    int error = prepare_command(run, &diag);
    allow_many_files(); /* us, but not the command */
    if (!error)
        error = stream_open(&run->stream, &run->trace, &diag);
    if (error)
        return fail(error, &diag);
    error = child_start(run->child, attach_mapped, &context, &exec_failed, &diag);
    if (error && exec_failed) {
        log_error("%s", diag.text);
        return error == -ENOENT ? EXIT_STATUS_COMMAND_NOT_FOUND : EXIT_STATUS_COMMAND_NOT_EXECUTABLE;
    }
    if (error)
        return fail(error, *context.diag.text ? &context.diag : &diag);
    /* No reason to stop it: what it loads later may have what -w asks for. */
    if (run->trace.n_selected && cmd_files_check_where(&run->trace.files, &diag))
        log_error("%s", diag.text);
    if (!run->trace.n_mappings)
        log_warning("no probe of the command's files matches: waiting for what it loads or executes%s",
                    run->cli->follow ? "" : " (-f: its children, too)");
    return EXIT_STATUS_DONE;
}

static void log_ready(const struct trace *trace)
{
    size_t files = 0;
    for (size_t i = 0; i < trace->plan.n_files; i++)
        files += trace->plan.files[i]->n_sites > 0;
    log_notice("ready: %zu probe%s, %zu site%s, %zu file%s", trace->plan.n_probes,
               trace->plan.n_probes == 1 ? "" : "s", trace->sites_attached,
               trace->sites_attached == 1 ? "" : "s", files, files == 1 ? "" : "s");
    log_detail("attached through %s", session_attach_method(trace->session));
}

/* A signal sent to us alone is passed on to the command; one from the terminal has reached it already. */
static enum verdict handle_signal(struct run *run)
{
    struct signalfd_siginfo info;
    if (read(run->signal_fd, &info, sizeof(info)) != sizeof(info))
        return GO_ON;
    run->last_signal = (int)info.ssi_signo;
    if (!run->child)
        return STOP;
    if (run->signals_seen++)
        return LEAVE_COMMAND;
    if (info.ssi_code <= 0)
        kill(child_pid(run->child), run->last_signal);
    return GO_ON;
}

/* A trace of all that map a file has no targets, and no end by itself. */
static enum verdict check_targets(struct run *run)
{
    return run->cli->exes.count || trace_follow(&run->trace) ? GO_ON : STOP;
}

static void wait_for_something(struct run *run, bool idle)
{
    int64_t left =
        run->deadline == INT64_MAX ? INT64_MAX : (run->deadline - clock_now(CLOCK_MONOTONIC)) / NS_PER_MS + 1;
    int timeout = idle ? IDLE_MS : BUSY_MS;
    if (left < timeout)
        timeout = left > 0 ? (int)left : 0;
    struct pollfd fds[] = {
        {.fd = session_fd(run->trace.session), .events = POLLIN},
        {.fd = session_notice_fd(run->trace.session), .events = POLLIN},
        {.fd = watch_fd(&run->trace.targets), .events = POLLIN},
        {.fd = run->signal_fd, .events = POLLIN},
    };
    poll(fds, sizeof(fds) / sizeof(*fds), timeout);
}

/* While records come, we look again after a millisecond and ask to be woken only if the ring fills up faster.
 * When none come we wait for the next one, with one more look after arming the bell, since a record may have
 * slipped in between. */
static enum verdict follow(struct run *run)
{
    struct session *session = run->trace.session;
    unsigned empty_looks = 0;
    for (;;) {
        stream_set_patience(&run->stream, run->signal_fd, run->deadline);
        bool records = stream_records(&run->stream) > 0;
        empty_looks = records ? 0 : empty_looks + 1;
        enum verdict verdict = handle_signal(run);
        if (verdict == GO_ON)
            verdict = check_targets(run);
        if (verdict != GO_ON)
            return verdict;
        if (run->stream.full || clock_now(CLOCK_MONOTONIC) >= run->deadline || stream_flush(&run->stream))
            return STOP;
        bool idle = empty_looks >= IDLE_AFTER;
        if (idle) {
            session_arm_bell(session, 0);
            if (stream_records(&run->stream)) {
                empty_looks = 0;
                continue;
            }
        } else {
            session_arm_bell(session, run->cli->buffer_size / BELL_PART);
        }
        wait_for_something(run, idle);
    }
}

static enum exit_status finish(struct run *run)
{
    int error = stream_end(&run->stream, run->signal_fd, run->last_signal != 0);
    int late = stream_close_output(&run->stream);
    if (!error)
        error = late;
    if (!error || error == -EPIPE)
        return EXIT_STATUS_DONE;
    log_error("cannot write %s: %s", run->cli->output ? run->cli->output : "standard output",
              error == -ETIMEDOUT ? "whoever reads it has stopped reading" : strerror(-error));
    return EXIT_STATUS_FAILED;
}

/* The command goes on without us; its status will be ours. */
static int wait_for_command(struct run *run)
{
    struct pollfd fds[] = {
        {.fd = child_pidfd(run->child), .events = POLLIN},
        {.fd = run->signal_fd, .events = POLLIN},
    };
    while (!fds[0].revents)
        if (poll(fds, 2, -1) > 0 && fds[1].revents && handle_signal(run) == LEAVE_COMMAND)
            return 128 + run->last_signal;
    int status;
    return child_wait(run->child, &status) ? EXIT_STATUS_COMMAND_OUR_FAILURE : status;
}

static enum exit_status trace_targets(struct run *run, int *ret_command_status)
{
    struct diag diag = {0};
    enum exit_status status = cmd_files_open(&run->trace.files, run->cli);
    if (status)
        return status;
    run->trace.plan.where = run->trace.files.where;
    int error = take_signals(run, &diag);
    if (error)
        return fail(error, &diag);
    status = run->cli->command ? start_command(run) : attach_existing(run);
    if (status)
        return status;
    /* Not before the command was forked, which must not inherit it. */
    signal(SIGPIPE, SIG_IGN);
    if (run->cli->duration_ns)
        run->deadline = clock_now(CLOCK_MONOTONIC) + (int64_t)run->cli->duration_ns;
    log_ready(&run->trace);
    watch_existing(run);

    enum verdict verdict = follow(run);
    status = finish(run);
    if (!run->child)
        return status;
    trace_close(&run->trace);
    int command_status = verdict == LEAVE_COMMAND ? 128 + run->last_signal : wait_for_command(run);
    if (!status)
        *ret_command_status = command_status;
    return status;
}

static void close_run(struct run *run)
{
    stream_close(&run->stream);
    trace_close(&run->trace);
    child_free(run->child);
    if (run->signal_fd >= 0)
        close(run->signal_fd);
}

enum exit_status cmd_trace(const struct cli *cli, int *ret_command_status)
{
    _cleanup_(close_run) struct run run = {
        .cli = cli,
        .trace.cli = cli,
        .signal_fd = -1,
        .deadline = INT64_MAX,
    };
    return trace_targets(&run, ret_command_status);
}
