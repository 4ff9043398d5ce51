/* A summary as people read it: counts as a table, values as histograms. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/histogram.h"
#include "output/number.h"
#include "output/output_summary.h"
#include "output/text_put.h"

enum { MOST_EMPTY_ROWS = 3 }; /* that are drawn, between two that aren't */

/* Nanoseconds, to three digits. */
static void format_time(char text[NUMBER_ROOM], double ns)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        double value = ns / units[i].unit;
        if (value < 0.9995)
            continue;
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        snprintf(text, NUMBER_ROOM, "%.*f%s", decimals, value, units[i].name);
        return;
    }
    snprintf(text, NUMBER_ROOM, "%.0fns", ns);
}

static void put_time(struct buf *out, const char *label, double ns)
{
    char text[NUMBER_ROOM];
    format_time(text, ns);
    buf_puts(out, label);
    buf_puts(out, text);
}

static void put_by(struct buf *out, const struct output_summary *of, size_t group)
{
    for (size_t i = 0; i < of->summary->n_fields; i++) {
        const struct output_field value = output_field_of(of, group, i);
        buf_puts(out, i ? " " : "  ");
        text_put_escaped(out, of->summary->fields[i].name);
        buf_putc(out, '=');
        plain_put_text(out, &value.plain);
        buf_puts(out, value.is_truncated ? "…" : "");
    }
    buf_putc(out, '\n');
}

static void put_title(struct buf *out, const struct output_summary *of, const struct probe *probe)
{
    const struct pair *pair = &of->summary->pair;
    if (probe) {
        text_put_name(out, probe);
        buf_putc(out, ' ');
        text_put_escaped(out, of->summary->field);
        return;
    }
    text_put_escaped(out, pair->start_text);
    buf_puts(out, " to ");
    text_put_escaped(out, pair->end_text);
}

static void put_values(struct buf *out, const struct totals_group *group)
{
    text_put_uint(out, "  count ", totals_count(group));
    if (group->total.nulls)
        text_put_uint(out, "  null ", group->total.nulls);
    if (totals_count(group)) {
        output_put_wide(out, "  sum ", totals_sum(group));
        output_put_wide(out, "  min ", totals_min(group));
        buf_printf(out, "  mean %.2f", totals_mean(group));
        output_put_wide(out, "  max ", totals_max(group));
    }
    buf_putc(out, '\n');
}

static void put_times(struct buf *out, const struct summary *summary, const struct totals_group *group)
{
    static const struct {
        const char *label;
        unsigned per_10000;
    } rows[] = {{"  p50 ", 5000}, {"  p90 ", 9000}, {"  p99 ", 9900}, {"  p99.9 ", 9990}};
    text_put_uint(out, "  count ", totals_count(group));
    put_time(out, "  min ", (double)totals_min(group));
    put_time(out, "  mean ", totals_mean(group));
    put_time(out, "  max ", (double)totals_max(group));
    buf_putc(out, '\n');
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        put_time(out, rows[i].label,
                 (double)totals_percentile(group, summary->buckets, summary->step, rows[i].per_10000));
    buf_putc(out, '\n');
}

/* A bucket by its place in the row of all. */
static wide place_of(const struct wire_cell *cell)
{
    return cell->is_negative ? -(wide)cell->bucket : (wide)cell->bucket;
}

static struct wire_cell cell_at(wide place)
{
    return (struct wire_cell){.is_negative = place < 0, .bucket = (uint64_t)(place < 0 ? -place : place)};
}

/* What is drawn: buckets as they are, or of times one for each highest bit. */
struct drawing {
    enum wire_buckets buckets;
    uint64_t step;
    bool is_time;
    struct histogram_row *rows;
    size_t n;
};

static void add_row(struct drawing *drawing, wide place, uint64_t count, bool after_gap)
{
    struct histogram_row *row = &drawing->rows[drawing->n++];
    const struct wire_cell cell = cell_at(place);
    const struct bucket_range range =
        bucket_range(drawing->buckets, drawing->step, cell.bucket, cell.is_negative);
    *row = (struct histogram_row){.count = count, .after_gap = after_gap};
    if (drawing->is_time) {
        format_time(row->low, (double)range.low);
        format_time(row->high, (double)range.high);
    } else {
        *output_wide(row->low, range.low) = '\0';
        *output_wide(row->high, range.high) = '\0';
    }
    if (!strcmp(row->low, row->high))
        *row->low = '\0';
}

static wide find_place(const struct summary *summary, const struct wire_cell *cell)
{
    if (summary->kind != SUMMARY_LATENCY)
        return place_of(cell);
    const struct bucket_range range = bucket_range(summary->buckets, 1, cell->bucket, false);
    return wire_bit_length((uint64_t)range.low);
}

static void draw(struct buf *out, const struct output_summary *of, const struct totals_group *group)
{
    const struct summary *summary = of->summary;
    bool is_time = summary->kind == SUMMARY_LATENCY;
    struct drawing drawing = {
        .buckets = is_time ? WIRE_BUCKETS_LOG2 : summary->buckets,
        .step = summary->step,
        .is_time = is_time,
        .rows = calloc(group->n_buckets + 1, (1 + MOST_EMPTY_ROWS) * sizeof(*drawing.rows)),
    };
    wide last = 0;
    for (size_t i = 0; i < group->n_buckets && drawing.rows; i++) {
        wide place = find_place(summary, &group->buckets[i].cell);
        if (drawing.n && place == last) {
            drawing.rows[drawing.n - 1].count += group->buckets[i].count;
            continue;
        }
        wide gap = drawing.n ? place - last - 1 : 0;
        for (wide empty = 0; empty < gap && gap <= MOST_EMPTY_ROWS; empty++)
            add_row(&drawing, last + 1 + empty, 0, false);
        add_row(&drawing, place, group->buckets[i].count, gap > MOST_EMPTY_ROWS);
        last = place;
    }
    if (drawing.rows)
        histogram_draw(out, drawing.rows, drawing.n, of->width);
    else
        out->failed = true;
    free(drawing.rows);
}

/* The first group has the most. */
static void put_count(struct buf *out, const struct output_summary *of, size_t group,
                      const struct probe *probe)
{
    const struct totals_group *groups = of->totals->groups;
    int width = snprintf(NULL, 0, "%" PRIu64, totals_count(&groups[0]));
    buf_printf(out, "  %*" PRIu64 "  ", width, totals_count(&groups[group]));
    text_put_name(out, probe);
    put_by(out, of, group);
}

void output_text_summary(struct buf *out, const struct output_summary *of, size_t group,
                         const struct probe *probe)
{
    const struct totals_group *totals = &of->totals->groups[group];
    if (!group) {
        text_put_clock(out, of->time);
        text_put_uint(out, "summary ", of->snapshot);
        buf_putc(out, '\n');
    }
    if (of->summary->kind == SUMMARY_COUNT) {
        put_count(out, of, group, probe);
        return;
    }
    put_title(out, of, probe);
    put_by(out, of, group);
    if (of->summary->kind == SUMMARY_LATENCY)
        put_times(out, of->summary, totals);
    else
        put_values(out, totals);
    draw(out, of, totals);
}

void output_text_pairs(struct buf *out, const struct output_summary *of)
{
    const struct wire_summary_counts *counts = &of->totals->counts;
    text_put_uint(out, "  ", counts->starts);
    text_put_uint(out, " starts, of which ", counts->starts - counts->matched);
    text_put_uint(out, " have not ended; ", counts->unstarted);
    buf_puts(out, " ends without a start");
    if (counts->nulls)
        text_put_uint(out, "; null ", counts->nulls);
    buf_putc(out, '\n');
}
