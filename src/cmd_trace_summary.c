/* When summaries are written, and how wide they may be. */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd_trace.h"

enum { USUAL_WIDTH = 80, LEAST_WIDTH = 20, MOST_WIDTH = 1000 };

/* Of the terminal, or as the shell that started us says. */
static unsigned find_width(const struct cli *cli)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (!cli->output && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
        width = size.ws_col;
    return width >= LEAST_WIDTH && width <= MOST_WIDTH ? (unsigned)width : USUAL_WIDTH;
}

/* Groups of no probe are those of --latency. */
static const struct probe *find_probe(const struct trace *trace, const struct totals_group *group)
{
    if (trace->files.summary.kind == SUMMARY_LATENCY || group->key.probe >= trace->plan.n_specs)
        return NULL;
    return trace->plan.specs[group->key.probe]->layout.probe;
}

int stream_summary(struct stream *stream)
{
    struct trace *trace = stream->trace;
    _cleanup_totals_ struct totals totals = {0};
    struct diag diag = {0};
    int error = session_read_totals(trace->session, &totals, &diag);
    if (error) {
        if (!stream->unread)
            log_error("%s", diag.text);
        stream->unread = true;
        return error;
    }
    const struct output_summary of = {
        .time = clock_now(CLOCK_REALTIME),
        .snapshot = ++stream->snapshots,
        .summary = &trace->files.summary,
        .totals = &totals,
        .width = find_width(trace->cli),
    };
    for (size_t i = 0; i < totals.n_groups; i++) {
        const struct probe *probe = find_probe(trace, &totals.groups[i]);
        if (probe)
            stream_announce(stream, probe);
        stream->format->summary(&stream->out, &of, i, probe);
        if (stream->out.len >= WRITER_BATCH)
            stream_flush(stream);
    }
    if (trace->files.summary.kind == SUMMARY_LATENCY)
        stream->format->pairs(&stream->out, &of);
    return 0;
}

void trace_plan_summary(struct run *run)
{
    uint64_t interval = run->cli->interval_ns;
    run->summary_due = interval ? clock_now(CLOCK_MONOTONIC) + (int64_t)interval : INT64_MAX;
}

/* Not behind a reader who has not taken the last one yet. */
int trace_write_summary(struct run *run)
{
    int64_t now = clock_now(CLOCK_MONOTONIC);
    if (now >= run->summary_due) {
        run->summary_wanted = true;
        while (run->summary_due <= now)
            run->summary_due += (int64_t)run->cli->interval_ns;
    }
    if (!run->summary_wanted || run->stream.out.len >= WRITER_BATCH)
        return 0;
    run->summary_wanted = false;
    return stream_summary(&run->stream);
}

struct session_summary trace_summary_config(const struct trace *trace)
{
    const struct summary *summary = &trace->files.summary;
    if (summary->kind == SUMMARY_NONE)
        return (struct session_summary){0};
    return (struct session_summary){
        .max_groups = trace->cli->max_groups,
        /* Files that come later may have what the fields name. */
        .n_words = summary_can_grow(summary) ? WIRE_GROUP_WORDS : (uint32_t)summary->n_words,
        .measures = summary->kind != SUMMARY_COUNT,
        .pairs = summary->kind == SUMMARY_LATENCY,
        .buckets = summary->buckets,
        .step = summary->step,
    };
}
