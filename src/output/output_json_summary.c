#include "output/json.h"
#include "output/json_put.h"
#include "output/output_summary.h"

/* As exact as a double is. */
static void put_double(struct buf *out, const char *label, double value)
{
    bool is_finite;
    union {
        double value;
        uint64_t bits;
    } both = {.value = value};
    buf_puts(out, label);
    char *at = buf_reserve(out, JSON_ROOM);
    if (at)
        out->len = (size_t)(json_float(at, both.bits, sizeof(value), &is_finite) - out->data);
}

/* Names of fields about which there is something to say. */
struct remark {
    const char *label;
    unsigned fields; /* a bit for each */
};

static void put_remark(struct buf *out, const struct summary *summary, const struct remark *remark)
{
    const char *before = remark->label;
    for (size_t i = 0; i < summary->n_fields; i++) {
        if (!(remark->fields >> i & 1))
            continue;
        json_put_string(out, before, summary->fields[i].name);
        before = ",";
    }
    if (remark->fields)
        buf_putc(out, ']');
}

static void put_by(struct buf *out, const struct output_summary *of, size_t group)
{
    struct remark truncated = {",\"truncated\":[", 0}, invalid = {",\"invalid_utf8\":[", 0},
                  non_finite = {",\"non_finite\":[", 0};
    buf_puts(out, ",\"by\":{");
    for (size_t i = 0; i < of->summary->n_fields; i++) {
        const struct output_field value = output_field_of(of, group, i);
        json_put_string(out, i ? "," : "", of->summary->fields[i].name);
        buf_putc(out, ':');
        enum plain_remark remark = plain_put_json(out, &value.plain);
        invalid.fields |= (unsigned)(remark == PLAIN_INVALID_UTF8) << i;
        non_finite.fields |= (unsigned)(remark == PLAIN_NON_FINITE) << i;
        truncated.fields |= (unsigned)value.is_truncated << i;
    }
    buf_putc(out, '}');
    put_remark(out, of->summary, &truncated);
    put_remark(out, of->summary, &invalid);
    put_remark(out, of->summary, &non_finite);
}

static void put_head(struct buf *out, const struct output_summary *of, const char *kind)
{
    json_put_time(out, "{\"type\":\"summary\",\"time\":", of->time);
    json_put_uint(out, ",\"snapshot\":", of->snapshot);
    json_put_string(out, ",\"kind\":", kind);
}

static void put_pair(struct buf *out, const struct summary *summary)
{
    json_put_string(out, ",\"start\":", summary->pair.start_text);
    json_put_string(out, ",\"end\":", summary->pair.end_text);
}

static void put_probe(struct buf *out, const struct probe *probe)
{
    json_put_string(out, ",\"provider\":", probe->provider);
    json_put_string(out, ",\"probe\":", probe->name);
    json_put_uint(out, ",\"id\":", probe->id);
}

static void put_percentiles(struct buf *out, const struct summary *summary, const struct totals_group *group)
{
    static const struct {
        const char *label;
        unsigned per_10000;
    } rows[] = {{",\"p50\":", 5000}, {",\"p90\":", 9000}, {",\"p99\":", 9900}, {",\"p99_9\":", 9990}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        output_put_wide(out, rows[i].label,
                        totals_percentile(group, summary->buckets, summary->step, rows[i].per_10000));
}

static void put_statistics(struct buf *out, const struct summary *summary, const struct totals_group *group)
{
    output_put_wide(out, ",\"sum\":", totals_sum(group));
    if (!totals_count(group)) {
        buf_puts(out, ",\"min\":null,\"max\":null,\"mean\":null");
        return;
    }
    output_put_wide(out, ",\"min\":", totals_min(group));
    output_put_wide(out, ",\"max\":", totals_max(group));
    put_double(out, ",\"mean\":", totals_mean(group));
    if (summary->kind == SUMMARY_LATENCY)
        put_percentiles(out, summary, group);
}

static void put_buckets(struct buf *out, const struct summary *summary, const struct totals_group *group)
{
    buf_puts(out, ",\"buckets\":[");
    for (size_t i = 0; i < group->n_buckets; i++) {
        const struct wire_cell *cell = &group->buckets[i].cell;
        const struct bucket_range range =
            bucket_range(summary->buckets, summary->step, cell->bucket, cell->is_negative);
        output_put_wide(out, i ? ",{\"from\":" : "{\"from\":", range.low);
        output_put_wide(out, ",\"to\":", range.high);
        json_put_uint(out, ",\"count\":", group->buckets[i].count);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

void output_json_summary(struct buf *out, const struct output_summary *of, size_t group,
                         const struct probe *probe)
{
    static const char *const kinds[] = {
        [SUMMARY_COUNT] = "count", [SUMMARY_HIST] = "hist", [SUMMARY_LATENCY] = "latency"};
    const struct summary *summary = of->summary;
    const struct totals_group *totals = &of->totals->groups[group];
    put_head(out, of, kinds[summary->kind]);
    if (probe)
        put_probe(out, probe);
    if (summary->kind == SUMMARY_HIST)
        json_put_string(out, ",\"field\":", summary->field);
    if (summary->kind == SUMMARY_LATENCY)
        put_pair(out, summary);
    put_by(out, of, group);
    json_put_uint(out, ",\"count\":", totals_count(totals));
    if (summary->kind == SUMMARY_HIST)
        json_put_uint(out, ",\"nulls\":", totals->total.nulls);
    if (summary->kind != SUMMARY_COUNT) {
        put_statistics(out, summary, totals);
        put_buckets(out, summary, totals);
    }
    buf_puts(out, "}\n");
}

void output_json_pairs(struct buf *out, const struct output_summary *of)
{
    const struct wire_summary_counts *counts = &of->totals->counts;
    put_head(out, of, "pairs");
    put_pair(out, of->summary);
    json_put_uint(out, ",\"starts\":", counts->starts);
    json_put_uint(out, ",\"ends\":", counts->matched + counts->unstarted);
    json_put_uint(out, ",\"unended\":", counts->starts - counts->matched);
    json_put_uint(out, ",\"unstarted\":", counts->unstarted);
    json_put_uint(out, ",\"nulls\":", counts->nulls);
    buf_puts(out, "}\n");
}
