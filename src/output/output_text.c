/* Text for people: a listing as tplist prints it, and a line for each hit. Times are UTC. */
#include <string.h>

#include "base/escape.h"
#include "output/number.h"
#include "output/output.h"
#include "output/plain.h"
#include "output/text_put.h"
#include "output/value.h"

/* A stream of text has neither a start record nor probe records: each line says what it is about. */
static void write_start(struct buf *out, const struct output_start *start)
{
    (void)out;
    (void)start;
}

static void write_probe(struct buf *out, const struct probe *probe)
{
    (void)out;
    (void)probe;
}

static void put_hex_bytes(struct buf *out, const char *bytes, size_t len)
{
    char *at = buf_reserve(out, 2 * len);
    if (at)
        out->len = (size_t)(number_hex_bytes(at, bytes, len) - out->data);
}

/* ["one", "two"] */
static void put_strings(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    buf_putc(out, '[');
    for (const char *string = text; string < end;) {
        size_t string_len = strnlen(string, (size_t)(end - string));
        buf_puts(out, string > text ? ", " : "");
        text_put_quoted(out, string, string_len);
        string += string_len + 1;
    }
    buf_putc(out, ']');
}

static void put_value(struct buf *out, const struct event *event, const struct event_layout *layout, size_t i)
{
    const struct value_layout *value = &layout->values[i];
    char scratch[VALUE_SCRATCH];
    size_t len = 0;
    const char *text = event_is_null(event, i) ? NULL : value_text(event, layout, i, scratch, &len);
    if (event_is_null(event, i))
        buf_puts(out, "NULL");
    else if (event_is_address(event, layout, i))
        text_put_hex(out, "", event->values[i]);
    else if (value->kind == ARG_KIND_HEX)
        put_hex_bytes(out, text, len);
    else if (value->kind == ARG_KIND_ENUM)
        escape_append(out, text, len);
    else if (value->kind == ARG_KIND_STRINGS)
        put_strings(out, text, len);
    else if (text)
        text_put_quoted(out, text, len);
    else if (value->kind == ARG_KIND_BOOL)
        buf_puts(out, event->values[i] ? "true" : "false");
    else if (value->kind == ARG_KIND_FLOAT)
        text_put_float(out, event->values[i], value->size);
    else if (value->kind == ARG_KIND_POINTER)
        text_put_hex(out, "", event_unsigned(event, layout, i));
    else if (value->is_signed)
        text_put_int(out, (int64_t)event->values[i]);
    else
        text_put_uint(out, "", event->values[i]);
}

static void write_event(struct buf *out, const struct event *event, const struct event_layout *layout,
                        uint64_t seq, int64_t time)
{
    (void)seq;
    const struct wire_record *record = event->record;
    const struct probe *probe = layout->probe;
    event_args faults, truncated;
    size_t comm_len;
    const char *comm = event_comm(event, &comm_len);
    event_marks(event, layout, &faults, &truncated);

    text_put_clock(out, time);
    escape_append(out, comm, comm_len);
    text_put_uint(out, "[", record->pid);
    if (record->tid != record->pid)
        text_put_uint(out, "/", record->tid);
    buf_puts(out, "] ");
    text_put_name(out, probe);
    for (size_t i = 0; i < probe->n_args; i++) {
        buf_putc(out, ' ');
        text_put_escaped(out, probe->args[i].name);
        buf_putc(out, '=');
        if (event_args_have(faults, i))
            buf_putc(out, '?');
        else
            put_value(out, event, layout, i);
        if (event_args_have(truncated, i))
            buf_puts(out, "…");
    }
    if (event->span) {
        buf_puts(out, " span=");
        plain_put_text(out, event->span);
    }
    buf_putc(out, '\n');
}

static void write_lost(struct buf *out, const struct probe *probe, uint64_t count, int64_t time)
{
    text_put_clock(out, time);
    text_put_uint(out, "… ", count);
    buf_puts(out, count == 1 ? " event of " : " events of ");
    text_put_name(out, probe);
    buf_puts(out, " lost\n");
}

static void write_end(struct buf *out, const struct output_end *end)
{
    const struct output_counts *total = &end->total;
    text_put_clock(out, end->time);
    text_put_uint(out, "", total->hits);
    text_put_uint(out, total->hits == 1 ? " hit: " : " hits: ", total->emitted);
    text_put_uint(out, " emitted, ", total->filtered);
    text_put_uint(out, " filtered, ", total->lost);
    text_put_uint(out, " lost; ", end->missed);
    buf_puts(out, " missed\n");
}

static void put_site(struct buf *out, const struct probe_site *site)
{
    text_put_hex(out, "    site ", site->address);
    if (site->semaphore)
        text_put_hex(out, " semaphore ", site->semaphore);
    buf_puts(out, " args ");
    text_put_quoted(out, site->spec, strlen(site->spec));
    buf_putc(out, '\n');
}

static void put_arg(struct buf *out, const struct probe_arg *arg)
{
    buf_puts(out, "    arg ");
    text_put_escaped(out, arg->name);
    buf_puts(out, ": ");
    text_put_escaped(out, arg->type);
    if (arg->annotation) {
        buf_puts(out, ", ");
        text_put_escaped(out, arg->annotation);
    }
    if (arg->passed_over) {
        buf_puts(out, ", passed over: ");
        text_put_escaped(out, arg->passed_over);
    }
    if (arg->unreadable) {
        buf_puts(out, ", can't be read: ");
        text_put_escaped(out, arg->unreadable);
    }
    buf_putc(out, '\n');
}

static void write_list(struct buf *out, const struct probe *probe, bool verbose)
{
    text_put_escaped(out, probe->file->path);
    buf_putc(out, ' ');
    text_put_name(out, probe);
    buf_putc(out, '\n');
    for (size_t i = 0; i < probe->n_sites && verbose; i++)
        put_site(out, &probe->sites[i]);
    for (size_t i = 0; i < probe->n_args && verbose; i++)
        put_arg(out, &probe->args[i]);
}

static void write_list_kernel(struct buf *out, const struct kernel_probe *kernel,
                              const struct output_kernel_way *ways)
{
    static const char *const states[] = {
        [OUTPUT_WORKS] = "works",
        [OUTPUT_FAILS] = "does not work: ",
        [OUTPUT_UNKNOWN] = "unknown: ",
    };
    buf_printf(out, "kernel:%s: %s\n", kernel->name, kernel->meaning);
    for (size_t i = 0; i < kernel_probe_count_fields(kernel); i++)
        buf_printf(out, "    arg %s: %s, %s\n", kernel->fields[i].name, kernel->fields[i].type,
                   kernel->fields[i].meaning);
    for (size_t i = 0; i < kernel_probe_count_ways(kernel); i++)
        buf_printf(out, "    through %s: %s%s\n", kernel->ways[i].method, states[ways[i].state],
                   ways[i].why ? ways[i].why : "");
}

const struct output_format output_text = {
    .name = "text",
    .start = write_start,
    .probe = write_probe,
    .event = write_event,
    .lost = write_lost,
    .end = write_end,
    .summary = output_text_summary,
    .pairs = output_text_pairs,
    .list = write_list,
    .list_kernel = write_list_kernel,
};
