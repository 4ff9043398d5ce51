#include "cmd_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/log.h"
#include "output/event.h"
#include "target/thread.h"

enum {
    BATCH = 8192,                       /* records between two looks at signals and deadlines */
    CLOCK_VALID_NS = NS_PER_SECOND / 2, /* a stepped clock is followed within this */
    SETTLE_NS = NS_PER_SECOND,          /* hits in flight at the end get so long to finish */
    LAST_WORDS_NS = 2000000000,         /* a reader may hold up each batch of the rest for so long */
};

/* The kernel stamps hits with the monotonic clock; people want the time of day. Taken between two readings
 * of the one clock, and again when those lie far apart because we were interrupted. */
static void read_clock_offset(struct stream *stream)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 4; i++) {
        int64_t before = clock_now(CLOCK_MONOTONIC), real = clock_now(CLOCK_REALTIME);
        int64_t after = clock_now(CLOCK_MONOTONIC);
        if (after - before >= best)
            continue;
        best = after - before;
        stream->clock_offset = real - before - best / 2;
        stream->clock_read = after;
    }
}

static void write_start(struct stream *stream)
{
    struct utsname name;
    uname(&name);
    const struct output_start start = {
        .time = clock_now(CLOCK_REALTIME),
        .version = TRACER_VERSION,
        .host = name.nodename,
        .kernel = name.release,
    };
    stream->format->start(&stream->out, &start);
}

int stream_open(struct stream *stream, struct trace *trace, struct diag *diag)
{
    *stream = (struct stream){.trace = trace, .format = output_format_find(trace->cli->format)};
    read_clock_offset(stream);
    int error = writer_open(trace->cli->output, &stream->writer, diag);
    if (!error && trace->cli->span && spans_open(&stream->spans, &trace->files.span, thread_had_begun))
        error = diag_set(diag, -ENOMEM, "out of memory");
    if (!error)
        write_start(stream);
    return error;
}

/* Whether the probe wasn't among them yet. */
static bool probe_ids_add(struct probe_ids *ids, const struct probe *probe, int *ret_error)
{
    size_t word = probe->id / 64;
    uint64_t bit = UINT64_C(1) << probe->id % 64;
    if (word >= ids->n_words) {
        uint64_t *words = reallocarray(ids->words, word + 1, sizeof(*words));
        if (!words) {
            *ret_error = -ENOMEM;
            return false;
        }
        memset(words + ids->n_words, 0, (word + 1 - ids->n_words) * sizeof(*words));
        ids->words = words;
        ids->n_words = word + 1;
    }
    bool is_new = !(ids->words[word] & bit);
    ids->words[word] |= bit;
    return is_new;
}

void stream_announce(struct stream *stream, const struct probe *probe)
{
    if (probe_ids_add(&stream->announced, probe, &stream->error))
        stream->format->probe(&stream->out, probe);
}

static void write_lost(void *context, const struct probe *probe, uint64_t count)
{
    struct stream *stream = context;
    stream_announce(stream, probe);
    stream->format->lost(&stream->out, probe, count, clock_now(CLOCK_REALTIME));
}

/* The gap is where a record says that more has been lost than those before it: it is as wide as the step.
 * Records of two processors may stand in the other order than they looked at the number. */
static void tell_lost(struct stream *stream, uint32_t lost)
{
    struct trace *trace = stream->trace;
    int32_t step = (int32_t)(lost - stream->lost_seen);
    if (step <= 0 || stream->error)
        return;
    stream->lost_seen = lost;
    spans_gap(&stream->spans);
    account_tell_lost(&trace->account, trace->session, &trace->plan, (uint64_t)step, write_lost, stream);
}

/* Once for a probe: a program that does it at all may do it with each hit. */
static void tell_no_length(struct stream *stream, const struct event *event,
                           const struct event_layout *layout)
{
    const struct probe *probe = layout->probe;
    size_t i = 0;
    while (i < layout->n_values && !event_is_address(event, layout, i))
        i++;
    if (i < layout->n_values && probe_ids_add(&stream->lengthless, probe, &stream->error))
        log_warning("%s:%s: the length of %s is negative or beyond 2^63 - 1, its address is shown",
                    probe->provider, probe->name, probe->args[i].name);
}

static void write_event(struct stream *stream, struct event *event)
{
    struct trace *trace = stream->trace;
    const struct event_layout *layout = &trace->plan.specs[event->record->spec]->layout;
    struct account_probe *counts = &trace->account.probes[layout->probe->id - 1];
    if (stream->error) {
        counts->unwritten++;
        return;
    }
    if (stream->full) {
        counts->passed_over++;
        return;
    }
    tell_lost(stream, event->record->lost);
    stream_announce(stream, layout->probe);
    int64_t time = (int64_t)event->record->ts + stream->clock_offset;
    event->quote_big_ints = trace->cli->quote_big_ints;
    event->ns_pid = ns_pids_find(&trace->ns_pids, event->record->pid, event->record->ts);
    tell_no_length(stream, event, layout);
    if (stream->spans.span)
        event->span = spans_take(&stream->spans, event, layout);
    stream->format->event(&stream->out, event, layout, ++stream->seq, time);
    counts->emitted++;
    stream->full = stream->seq == trace->cli->max_events;
    if (stream->out.len >= WRITER_BATCH)
        stream_flush(stream);
}

struct batch {
    struct stream *stream;
    size_t left;
};

static int take_record(void *context, const void *bytes, size_t len)
{
    struct batch *batch = context;
    struct event event;
    int error = event_decode(bytes, len, &event);
    if (error || event.record->spec >= batch->stream->trace->account.n_specs)
        return -EBADMSG;
    batch->stream->trace->account.specs[event.record->spec].received++;
    write_event(batch->stream, &event);
    return --batch->left ? 0 : -EAGAIN;
}

size_t stream_records(struct stream *stream)
{
    struct batch batch = {.stream = stream, .left = BATCH};
    if (clock_now(CLOCK_MONOTONIC) - stream->clock_read > CLOCK_VALID_NS)
        read_clock_offset(stream);
    /* Losses so far lie before the end of what is in the ring now, but perhaps behind a record that is being
     * written, where the reader stops. */
    uint32_t lost = session_read_lost(stream->trace->session);
    int result = session_consume(stream->trace->session, take_record, &batch);
    if (result < 0 && result != -EAGAIN && !stream->error) {
        log_error("the buffer holds a record that makes no sense; this is a defect of tracer");
        stream->error = result;
    }
    if (session_is_drained(stream->trace->session))
        tell_lost(stream, lost);
    return BATCH - batch.left;
}

void stream_set_patience(struct stream *stream, int stop_fd, int64_t deadline)
{
    int timeout_ms = -1;
    if (deadline != INT64_MAX) {
        int64_t left_ms = (deadline - clock_now(CLOCK_MONOTONIC)) / NS_PER_MS + 1;
        timeout_ms = left_ms < 0 ? 0 : left_ms > INT_MAX ? INT_MAX : (int)left_ms;
    }
    writer_set_patience(stream->writer, stop_fd, timeout_ms);
    stream->stalled = false;
}

int stream_flush(struct stream *stream)
{
    if (stream->error || stream->stalled)
        return stream->error;
    int error = writer_write(stream->writer, &stream->out);
    if (!error && !writer_has_reader(stream->writer))
        error = -EPIPE;
    stream->stalled = error == -ECANCELED || error == -ETIMEDOUT;
    if (!stream->stalled)
        stream->error = error;
    return stream->error;
}

/* What was taken in stands in the summary, and what was not is said. */
static void write_summary(struct stream *stream)
{
    struct trace *trace = stream->trace;
    uint64_t lost = 0;
    if (trace->files.summary.kind == SUMMARY_NONE)
        return;
    stream_summary(stream);
    for (size_t i = 0; i < trace->account.n_probes; i++)
        lost += trace->account.probes[i].closed.lost;
    if (lost)
        log_warning("%" PRIu64 " hit%s missing from the summary: there was no room for more than %" PRIu32
                    " groups%s (--max-groups) or 8 buckets for each, or they were not finished at the end",
                    lost, lost == 1 ? " is" : "s are", trace->cli->max_groups,
                    trace->files.summary.kind == SUMMARY_LATENCY ? " or open starts" : "");
}

static void say_displaced(const struct stream *stream)
{
    uint64_t displaced = stream->spans.displaced;
    if (displaced)
        log_warning("%" PRIu64 " span%s displaced, as more threads have one than there is room for: "
                    "events are without it",
                    displaced, displaced == 1 ? " was" : "s were");
}

static void write_end(struct stream *stream)
{
    struct trace *trace = stream->trace;
    size_t n = trace->account.n_probes;
    _cleanup_free_ struct output_counts *counts = calloc(n + 1, sizeof(*counts));
    if (!counts) {
        stream->error = -ENOMEM;
        return;
    }
    struct output_end end = {
        .time = clock_now(CLOCK_REALTIME),
        .missed = session_read_missed(trace->session),
        .probes = (const struct probe *const *)trace->plan.probes,
        .counts = counts,
        .n_probes = n,
    };
    for (size_t i = 0; i < n; i++) {
        const struct account_counts *closed = &trace->account.probes[i].closed;
        counts[i] = (struct output_counts){
            .hits = closed->hits,
            .emitted = closed->emitted,
            .filtered = closed->filtered,
            .lost = closed->lost,
        };
        end.total.hits += closed->hits;
        end.total.emitted += closed->emitted;
        end.total.filtered += closed->filtered;
        end.total.lost += closed->lost;
    }
    stream->format->end(&stream->out, &end);
}

struct ending {
    struct stream *stream;
    bool hurried;
};

static void hurry(struct ending *ending)
{
    ending->hurried = true;
    stream_set_patience(ending->stream, -1, clock_now(CLOCK_MONOTONIC) + LAST_WORDS_NS);
}

/* Writes, and when that was interrupted, once more in a hurry. Who still doesn't read then gets nothing more.
 */
static void flush_in_the_end(struct ending *ending)
{
    struct stream *stream = ending->stream;
    stream_flush(stream);
    if (stream->stalled && !ending->hurried) {
        hurry(ending);
        stream_flush(stream);
    }
    if (stream->stalled)
        stream->error = -ETIMEDOUT;
}

int stream_end(struct stream *stream, int signal_fd, bool hurried)
{
    struct trace *trace = stream->trace;
    struct ending ending = {.stream = stream};
    session_stop(trace->session);
    if (hurried)
        hurry(&ending);
    else
        stream_set_patience(stream, signal_fd, INT64_MAX);
    for (int64_t deadline = clock_now(CLOCK_MONOTONIC) + SETTLE_NS;;) {
        while (stream_records(stream))
            flush_in_the_end(&ending);
        if (account_is_settled(&trace->account, trace->session) || clock_now(CLOCK_MONOTONIC) > deadline)
            break;
        poll(NULL, 0, 1);
    }
    account_close(&trace->account, trace->session, &trace->plan);
    if (stream->error)
        return stream->error;
    account_tell_lost(&trace->account, trace->session, &trace->plan, UINT64_MAX, write_lost, stream);
    write_summary(stream);
    say_displaced(stream);
    write_end(stream);
    flush_in_the_end(&ending);
    return stream->error;
}

int stream_close_output(struct stream *stream)
{
    return writer_close(take_pointer(stream->writer));
}

void stream_close(struct stream *stream)
{
    stream_close_output(stream);
    buf_free(&stream->out);
    free(stream->announced.words);
    free(stream->lengthless.words);
    spans_free(&stream->spans);
    *stream = (struct stream){0};
}
