/* The parts of `cmd_trace`: how it starts (cmd_trace_start.c), what targets have mapped
 * (cmd_trace_mappings.c), how that is attached to (cmd_trace_attach.c) and what in the kernel
 * (cmd_trace_kernel.c), how targets are followed through forks, execs and libraries that they load
 * (cmd_trace_follow.c), how hits become lines (cmd_trace_stream.c), and when summaries are written
 * (cmd_trace_summary.c). */
#ifndef TRACER_CMD_TRACE_H
#define TRACER_CMD_TRACE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "capture/account.h"
#include "capture/session.h"
#include "cli.h"
#include "cmd_files.h"
#include "output/output.h"
#include "output/spans.h"
#include "output/writer.h"
#include "probe/plan.h"
#include "target/child.h"
#include "target/modules.h"
#include "target/ns_pid.h"
#include "target/watch.h"

/* A file with selected probes, as one target (or with pid 0 every process) has it mapped. */
struct trace_mapping {
    pid_t pid;
    char *open_path;
    int fd; /* what open_path goes through, when it is /proc/self/fd/N; else -1 */
    struct plan_file *file;
    bool attached;
    bool limited;  /* attached for its process alone */
    bool given_up; /* could not be attached, and won't be */
};

/* A dynamic loader that tells us when a target (pid 0: any) maps more code. */
struct trace_loader {
    pid_t pid;
    uint64_t device;
    uint64_t inode;
};

/* A kernel probe of -k. */
struct trace_kernel {
    const struct kernel_probe *kernel;
    struct probe *probe;
    uint32_t spec;
};

struct trace {
    const struct cli *cli;
    struct cmd_files files;
    struct plan plan;
    struct session *session;
    struct account account;
    struct ns_pids ns_pids;
    struct trace_kernel kernel[WIRE_KERNEL_PROBES];
    size_t n_kernel;
    struct diag kernel_left_out[WIRE_KERNEL_PROBES]; /* why others of -k are not among them */
    size_t n_kernel_left_out;
    struct trace_mapping *mappings;
    size_t n_mappings;
    struct trace_loader *loaders;
    size_t n_loaders;
    pid_t limited_to;              /* the only target: links are made for that alone; else 0 */
    int64_t first_thread_due;      /* when to look next for its first thread (CLOCK_MONOTONIC, ns) */
    unsigned looks_without_memory; /* in a row */
    struct watch targets;          /* of -p or the command; with --follow their children, too */
    size_t unseen;                 /* so many, the first ones, are to be looked at again */
    uint32_t unanswered;           /* session_read_unanswered(), as far as it was told */
    size_t files_read;             /* with or without probes */
    size_t n_selected;             /* probes that -t or -k selects, whether or not -w leaves them */
    size_t filters_set;
    size_t sites_attached;
};

/* The name by which an open file of ours can be opened again. */
enum { TRACE_FD_PATH = 32 };
void trace_fd_path(int fd, char ret_path[TRACE_FD_PATH]);

/* Notes the probes of -k. Must come before all else. -EINVAL: wrong usage. */
int trace_add_kernel_probes(struct trace *trace, struct diag *diag);

/* Of kernel probes that can't have a hit which is wanted; once it is known whether anything else has. */
void trace_warn_of_left_out(const struct trace *trace);

/* Attaches them. The session must know its targets by then, but not watch them yet. */
int trace_attach_kernel_probes(struct trace *trace, struct diag *diag);

/* Whether only certain processes are traced. */
static inline bool trace_has_targets(const struct trace *trace)
{
    return trace->cli->n_pids || trace->cli->command;
}

/* Reads all files that the process has mapped as code and notes those with selected probes; files that are
 * known already cost next to nothing. Watches its dynamic loader, if that is wanted by now
 * (trace_watch()). -ESRCH: the process has exited. */
int trace_add_process(struct trace *trace, pid_t pid, struct diag *diag);

/* Notes the file for every process that maps it, now or later. */
int trace_add_exe(struct trace *trace, const char *path, struct diag *diag);

/* Loads the programs. */
int trace_open_session(struct trace *trace, struct diag *diag);

/* Hands a spec to the programs, with its filter. */
int trace_set_spec(struct trace *trace, uint32_t number, struct diag *diag);

/* Attaches what has been noted since the last call. */
int trace_attach(struct trace *trace, struct diag *diag);

/* trace_add_process(), and attaches what that has noted. */
int trace_attach_process(struct trace *trace, pid_t pid, struct diag *diag);

void trace_close(struct trace *trace);

/* Makes a process a target: its hits count from now on, and its end is noticed. Takes over a pidfd as of
 * process_open(). */
int trace_add_target(struct trace *trace, pid_t pid, int pidfd, struct diag *diag);

/* Has the kernel tell of what targets do from now on: of code that they map, and with --follow of forks and
 * execs, whose children become targets. */
int trace_watch(struct trace *trace, struct diag *diag);

/* Watches the dynamic loader of one target, whose first thread may have ended. */
int trace_watch_loader(struct trace *trace, pid_t pid, bool first_thread_ended, const struct module *module,
                       struct diag *diag);

/* Makes targets of all that descend from the targets now. After trace_watch(): those born meanwhile are
 * targets already. */
int trace_add_descendants(struct trace *trace, struct diag *diag);

/* Has trace_follow() look once more at what each target has mapped, and attach to what is new. One target at
 * a time: hits go on, and are to be read in between. Who can't wait for that calls the second until it is
 * false. */
void trace_look_again(struct trace *trace);
bool trace_look_at_next(struct trace *trace);

/* Does what notices ask for, a batch of them, and looks at one target, if that is due. False: all targets
 * have ended, and no notice is left that could name another one. */
bool trace_follow(struct trace *trace);

/* A bit per probe id. */
struct probe_ids {
    uint64_t *words;
    size_t n_words;
};

/* The stream of lines. */
struct stream {
    struct trace *trace;
    const struct output_format *format;
    struct writer *writer;
    struct buf out;
    uint64_t seq;
    struct probe_ids announced;  /* their probe records are written */
    struct probe_ids lengthless; /* it was said that a length of theirs is none */
    struct spans spans;          /* --span */
    uint64_t snapshots;          /* of a summary, written */
    uint32_t lost_seen;          /* wire_record.lost of the last record */
    int64_t clock_offset;        /* CLOCK_REALTIME - CLOCK_MONOTONIC, ns */
    int64_t clock_read;          /* when that was, CLOCK_MONOTONIC */
    bool full;                   /* --max-events were written */
    bool stalled;                /* the output took no more before something else had to be done */
    bool unread;                 /* a summary could not be read, which has been logged */
    int error;                   /* the output failed */
};

/* Opens the output, with a start record to write. */
int stream_open(struct stream *stream, struct trace *trace, struct diag *diag);

/* Turns what is in the ring into lines, but no endless stream of them: the number of records, 0 when the ring
 * was empty. After a failure of the output records are counted as lost. */
size_t stream_records(struct stream *stream);

/* Writes out what lines there are. Waits for a slow reader, but only until `stop_fd` (-1: none) polls
 * readable or `deadline` (CLOCK_MONOTONIC, ns; INT64_MAX: none) is there: then the lines stay for the next
 * time and 0 is returned. -EPIPE: the reader has gone; others: the output failed; both stay in stream.error.
 */
void stream_set_patience(struct stream *stream, int stop_fd, int64_t deadline);
int stream_flush(struct stream *stream);

/* Puts the probe's record before its first event or summary. */
void stream_announce(struct stream *stream, const struct probe *probe);

/* Appends what the summary has come to by now. A failure has been logged, and is noted in stream.unread. */
int stream_summary(struct stream *stream);

/* Closes the probes, drains the ring, writes the summary, if there is one, and the end record. A slow reader
 * gets the time that it needs, until `signal_fd` polls readable; from then on, or at once when `hurried`, two
 * seconds a batch. */
int stream_end(struct stream *stream, int signal_fd, bool hurried);

/* Closes the output alone. Gives what the file system held back until now. */
int stream_close_output(struct stream *stream);

void stream_close(struct stream *stream);

/* One run of tracer. */
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
    sigset_t signals;    /* those that signal_fd takes */
    int64_t summary_due; /* the next one, CLOCK_MONOTONIC, ns; INT64_MAX: none */
    bool summary_wanted; /* by SIGUSR1, or due and not written yet */
};

/* From now on summaries are due every --interval; writes one when it is, or is wanted. A failure has been
 * logged. */
void trace_plan_summary(struct run *run);
int trace_write_summary(struct run *run);

struct session_summary trace_summary_config(const struct trace *trace);

/* -p and -x: attaches to what is there. The second is for afterwards: without --follow only what processes
 * load later is still to be noticed, which is missed only by those who need it. It begins in trace_follow().
 */
enum exit_status trace_start_existing(struct run *run);
void trace_watch_existing(struct run *run);

/* -- COMMAND: starts it with its probes attached. */
enum exit_status trace_start_command(struct run *run);

/* Says what went wrong; with which status we end then. */
enum exit_status trace_fail(int error, const struct diag *diag);

#endif
