/* Tracing: stream until somebody says stop or nobody is left, account for all. */
#include "cmd_trace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd.h"
#include "target/child.h"

enum {
    BUSY_MS = 1,     /* between two looks at a ring that was not empty */
    IDLE_AFTER = 16, /* looks at an empty ring before we wait for the bell */
    IDLE_MS = 100,   /* but no longer: some things ring no bell, such as losses that leave no record, and a
                        reader of our output that goes */
    BELL_PART = 4,   /* while busy, ring when the buffer is filled to 1/4 */
};

enum verdict { GO_ON, STOP, LEAVE_COMMAND };

static int take_signals(struct run *run, struct diag *diag)
{
    sigset_t *ours = &run->signals;
    sigemptyset(ours);
    sigaddset(ours, SIGINT);
    sigaddset(ours, SIGTERM);
    sigaddset(ours, SIGUSR1);
    if (signal(SIGHUP, SIG_DFL) == SIG_IGN)
        signal(SIGHUP, SIG_IGN); /* nohup: a signal that we block would reach us all the same */
    else
        sigaddset(ours, SIGHUP);
    sigprocmask(SIG_BLOCK, ours, &run->old_mask);
    run->signal_fd = signalfd(-1, ours, SFD_CLOEXEC | SFD_NONBLOCK);
    return run->signal_fd < 0 ? diag_set(diag, -errno, "cannot wait for signals: %m") : 0;
}

static void log_ready(const struct trace *trace)
{
    size_t files = 0;
    for (size_t i = 0; i < trace->plan.n_files; i++)
        files += trace->plan.files[i]->n_sites > 0;
    size_t probes = trace->plan.n_probes - trace->n_kernel;
    char kernel[48] = "";
    if (trace->n_kernel)
        snprintf(kernel, sizeof(kernel), ", %zu kernel probe%s", trace->n_kernel,
                 trace->n_kernel == 1 ? "" : "s");
    log_notice("ready: %zu probe%s, %zu site%s, %zu file%s%s", probes, probes == 1 ? "" : "s",
               trace->sites_attached, trace->sites_attached == 1 ? "" : "s", files, files == 1 ? "" : "s",
               kernel);
    log_detail("attached through %s", session_attach_method(trace->session));
}

/* A signal sent to us alone is passed on to the command; one from the terminal has reached it already. */
static enum verdict handle_signal(struct run *run)
{
    struct signalfd_siginfo info;
    if (read(run->signal_fd, &info, sizeof(info)) != sizeof(info))
        return GO_ON;
    if (info.ssi_signo == SIGUSR1) {
        run->summary_wanted = cli_summarises(run->cli);
        return GO_ON;
    }
    run->last_signal = (int)info.ssi_signo;
    if (!run->child)
        return STOP;
    if (run->signals_seen++)
        return LEAVE_COMMAND;
    if (info.ssi_code <= 0)
        kill(child_pid(run->child), run->last_signal);
    return GO_ON;
}

/* A trace of all that map a file, or of the whole system, has no targets, and no end by itself. */
static enum verdict check_targets(struct run *run)
{
    return !trace_has_targets(&run->trace) || trace_follow(&run->trace) ? GO_ON : STOP;
}

static void wait_for_something(struct run *run, bool idle)
{
    int64_t deadline = run->deadline < run->summary_due ? run->deadline : run->summary_due;
    int64_t left =
        deadline == INT64_MAX ? INT64_MAX : (deadline - clock_now(CLOCK_MONOTONIC)) / NS_PER_MS + 1;
    int timeout = run->trace.unseen ? 0 : idle ? IDLE_MS : BUSY_MS;
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

/* While records come, we look again after a millisecond; a small ring may fill up faster, and then wakes us.
 * When none come we wait for the next one, with one more look after arming the bell: a program that got its
 * record's place before that may have found the bell unarmed. */
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
        if (trace_write_summary(run))
            return STOP;
        if (run->stream.full || clock_now(CLOCK_MONOTONIC) >= run->deadline || stream_flush(&run->stream))
            return STOP;
        bool idle = empty_looks >= IDLE_AFTER;
        if (idle) {
            session_arm_bell(session, 0);
            if (stream_records(&run->stream) || !session_is_drained(session)) {
                empty_looks = 0;
                continue;
            }
        } else {
            session_arm_bell(session, run->cli->buffer_size / BELL_PART);
        }
        wait_for_something(run, idle);
    }
}

/* The last summary comes anyway: who asks for one by now hurries nobody. */
static enum exit_status finish(struct run *run)
{
    sigdelset(&run->signals, SIGUSR1);
    signalfd(run->signal_fd, &run->signals, 0);
    int error = stream_end(&run->stream, run->signal_fd, run->last_signal != 0);
    int late = stream_close_output(&run->stream);
    if (!error)
        error = late;
    if (!error || error == -EPIPE)
        return run->stream.unread ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
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
    run->trace.plan.summary = cli_summarises(run->cli) ? &run->trace.files.summary : NULL;
    int error = trace_add_kernel_probes(&run->trace, &diag);
    if (error == -EINVAL) {
        log_error("%s", diag.text);
        return EXIT_STATUS_USAGE;
    }
    if (!error)
        error = take_signals(run, &diag);
    if (error)
        return trace_fail(error, &diag);
    status = run->cli->command ? trace_start_command(run) : trace_start_existing(run);
    if (status)
        return status;
    /* Not before the command was forked, which must not inherit it. */
    signal(SIGPIPE, SIG_IGN);
    if (run->cli->duration_ns)
        run->deadline = clock_now(CLOCK_MONOTONIC) + (int64_t)run->cli->duration_ns;
    if (run->trace.n_selected)
        cmd_files_warn_of_unmatched(&run->trace.files);
    trace_plan_summary(run);
    trace_warn_of_left_out(&run->trace);
    log_ready(&run->trace);
    trace_watch_existing(run);

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
        .summary_due = INT64_MAX,
    };
    return trace_targets(&run, ret_command_status);
}
