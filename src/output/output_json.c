/* JSON lines. Fields, their order and their types are described in tracer-events(5); the golden files in
 * tests/golden show each of them. */
#include <string.h>

#include "output/json_put.h"
#include "output/output.h"
#include "output/output_json_event.h"

static void write_start(struct buf *out, const struct output_start *start)
{
    json_put_string(out, "{\"type\":\"start\",\"schema\":1,\"tracer\":", start->version);
    json_put_time(out, ",\"time\":", start->time);
    json_put_string(out, ",\"host\":", start->host);
    json_put_string(out, ",\"kernel\":", start->kernel);
    buf_puts(out, "}\n");
}

/* Names, types and reasons come from the site that has all arguments; so do the operands. */
static void put_args(struct buf *out, const char *label, const struct probe *probe)
{
    const struct probe_site *site = probe->sites;
    while (site->args.count < probe->n_args)
        site++;
    buf_puts(out, label);
    for (size_t i = 0; i < probe->n_args; i++) {
        const struct probe_arg *arg = &probe->args[i];
        const struct arg_spec *spec = &site->args.args[i];
        json_put_string(out, i ? ",{\"name\":" : "{\"name\":", arg->name);
        json_put_string(out, ",\"type\":", arg->type);
        if (arg->annotation)
            json_put_string(out, ",\"annotation\":", arg->annotation);
        if (arg->passed_over)
            json_put_string(out, ",\"passed_over\":", arg->passed_over);
        if (arg->note.unit)
            json_put_string(out, ",\"unit\":", arg->note.unit);
        json_put_text(out, ",\"spec\":", spec->text, spec->text_len);
        buf_puts(out, arg->unreadable ? ",\"readable\":false" : ",\"readable\":true");
        if (arg->unreadable)
            json_put_string(out, ",\"why\":", arg->unreadable);
        buf_puts(out, "}");
    }
    buf_puts(out, "]");
}

/* Of a kernel probe there is no more to say. */
static void put_fields(struct buf *out, const char *label, const struct probe *probe)
{
    buf_puts(out, label);
    for (size_t i = 0; i < probe->n_args; i++) {
        json_put_string(out, i ? ",{\"name\":" : "{\"name\":", probe->args[i].name);
        json_put_string(out, ",\"type\":", probe->args[i].type);
        buf_puts(out, "}");
    }
    buf_puts(out, "]");
}

static void put_names(struct buf *out, const struct probe *probe)
{
    json_put_string(out, ",\"provider\":", probe->provider);
    json_put_string(out, ",\"probe\":", probe->name);
}

/* What a probe record and a listing have in common. In a stream `args` is an object of values, and a name has
 * one JSON type, so a probe record calls the description of the arguments something else. */
static void put_probe(struct buf *out, const struct probe *probe, const char *args_label)
{
    json_put_string(out, "\"path\":", probe->file->path);
    if (probe->file->build_id)
        json_put_string(out, ",\"build_id\":", probe->file->build_id);
    else
        json_put_null(out, ",\"build_id\":");
    put_names(out, probe);
    put_args(out, args_label, probe);
}

static void write_probe(struct buf *out, const struct probe *probe)
{
    json_put_uint(out, "{\"type\":\"probe\",\"id\":", probe->id);
    if (probe_is_kernel(probe)) {
        put_names(out, probe);
        json_put_string(out, ",\"method\":", probe->method);
        put_fields(out, ",\"arguments\":[", probe);
    } else {
        buf_puts(out, ",");
        put_probe(out, probe, ",\"arguments\":[");
    }
    buf_puts(out, "}\n");
}

static void write_lost(struct buf *out, const struct probe *probe, uint64_t count, int64_t time)
{
    json_put_time(out, "{\"type\":\"lost\",\"time\":", time);
    put_names(out, probe);
    json_put_uint(out, ",\"id\":", probe->id);
    json_put_uint(out, ",\"count\":", count);
    buf_puts(out, "}\n");
}

static void put_counts(struct buf *out, const struct output_counts *counts)
{
    json_put_uint(out, ",\"hits\":", counts->hits);
    json_put_uint(out, ",\"emitted\":", counts->emitted);
    json_put_uint(out, ",\"filtered\":", counts->filtered);
    json_put_uint(out, ",\"lost\":", counts->lost);
}

static void write_end(struct buf *out, const struct output_end *end)
{
    json_put_time(out, "{\"type\":\"end\",\"time\":", end->time);
    put_counts(out, &end->total);
    json_put_uint(out, ",\"missed\":", end->missed);
    buf_puts(out, ",\"probes\":[");
    for (size_t i = 0; i < end->n_probes; i++) {
        json_put_uint(out, i ? ",{\"id\":" : "{\"id\":", end->probes[i]->id);
        put_names(out, end->probes[i]);
        put_counts(out, &end->counts[i]);
        buf_puts(out, "}");
    }
    buf_puts(out, "]}\n");
}

static void put_site(struct buf *out, const struct probe_site *site)
{
    json_put_hex(out, "{\"address\":", site->address);
    json_put_hex(out, ",\"offset\":", site->offset);
    if (site->semaphore)
        json_put_hex(out, ",\"semaphore\":", site->semaphore);
    else
        json_put_null(out, ",\"semaphore\":");
    json_put_string(out, ",\"spec\":", site->spec);
    buf_puts(out, "}");
}

/* A listing in JSON has everything; `verbose` is for people. */
static void write_list(struct buf *out, const struct probe *probe, bool verbose)
{
    (void)verbose;
    buf_puts(out, "{");
    put_probe(out, probe, ",\"args\":[");
    buf_puts(out, ",\"sites\":[");
    for (size_t i = 0; i < probe->n_sites; i++) {
        if (i)
            buf_puts(out, ",");
        put_site(out, &probe->sites[i]);
    }
    buf_puts(out, "]}\n");
}

static void put_state(struct buf *out, const struct output_kernel_way *way)
{
    static const char *const states[] = {
        [OUTPUT_WORKS] = "true",
        [OUTPUT_FAILS] = "false",
        [OUTPUT_UNKNOWN] = "null",
    };
    buf_puts(out, ",\"supported\":");
    buf_puts(out, states[way->state]);
    if (way->why)
        json_put_string(out, ",\"why\":", way->why);
}

static void write_list_kernel(struct buf *out, const struct kernel_probe *kernel,
                              const struct output_kernel_way *ways)
{
    json_put_string(out, "{\"provider\":\"kernel\",\"probe\":", kernel->name);
    json_put_string(out, ",\"meaning\":", kernel->meaning);
    buf_puts(out, ",\"args\":[");
    for (size_t i = 0; i < kernel_probe_count_fields(kernel); i++) {
        const struct kernel_field *field = &kernel->fields[i];
        json_put_string(out, i ? ",{\"name\":" : "{\"name\":", field->name);
        json_put_string(out, ",\"type\":", field->type);
        json_put_string(out, ",\"meaning\":", field->meaning);
        buf_puts(out, "}");
    }
    size_t best = 0, n_ways = kernel_probe_count_ways(kernel);
    while (best < n_ways && ways[best].state != OUTPUT_WORKS)
        best++;
    if (best < n_ways)
        json_put_string(out, "],\"method\":", kernel->ways[best].method);
    else
        json_put_null(out, "],\"method\":");
    buf_puts(out, ",\"ways\":[");
    for (size_t i = 0; i < n_ways; i++) {
        json_put_string(out, i ? ",{\"method\":" : "{\"method\":", kernel->ways[i].method);
        put_state(out, &ways[i]);
        buf_puts(out, "}");
    }
    buf_puts(out, "]}\n");
}

const struct output_format output_json = {
    .name = "json",
    .start = write_start,
    .probe = write_probe,
    .event = output_json_event,
    .lost = write_lost,
    .end = write_end,
    .summary = output_json_summary,
    .pairs = output_json_pairs,
    .list = write_list,
    .list_kernel = write_list_kernel,
};
