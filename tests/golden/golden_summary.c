/* Summaries: each kind, groups of every kind of value, values at the ends of what there is. */
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "output/output.h"

static const int64_t TIME = 1795180502123456789;

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct probe read_probe = {.id = 3, .provider = (char *)"app", .name = (char *)"read"};
static const struct probe odd_probe = {.id = 4, .provider = (char *)"a\"b", .name = (char *)"\x1b[31m\xff"};

static struct arg_enum phases[] = {{1, (char *)"PARSE"}, {2, (char *)"SEND"}};
static const struct arg_note phase_note = {.enums = phases, .n_enums = COUNT(phases)};

static void write_groups(struct golden *golden, const struct output_summary *of, const struct probe *probe)
{
    for (size_t i = 0; i < of->totals->n_groups; i++) {
        output_json.summary(&golden->json, of, i, probe);
        output_text.summary(&golden->text, of, i, probe);
    }
}

/* A field by its name, of so many words behind those there are. */
static void add_field(struct summary *summary, const char *name, uint8_t n_words, struct value_layout value,
                      bool is_signed)
{
    struct summary_field *field = &summary->fields[summary->n_fields++];
    *field = (struct summary_field){
        .name = strdup(name),
        .word = (uint8_t)summary->n_words,
        .n_words = n_words,
        .is_signed = is_signed,
        .value = value,
    };
    summary->n_words += n_words;
}

static void put_text(struct wire_group *key, const struct summary_field *field, const char *text)
{
    memcpy(&key->words[field->word], text, strlen(text));
}

static void counts(struct golden *golden)
{
    struct totals_group groups[] = {
        {.key = {.words = {4242}}, .total.sides[0].count = 1009},
        {.key = {.words = {7}}, .total.sides[0].count = 23},
    };
    _cleanup_summary_ struct summary summary = {.kind = SUMMARY_COUNT};
    const struct totals totals = {.groups = groups, .n_groups = COUNT(groups)};
    const struct output_summary of = {
        .time = TIME, .snapshot = 1, .summary = &summary, .totals = &totals, .width = 80};
    add_field(&summary, "pid", 1, (struct value_layout){.kind = ARG_KIND_INTEGER, .size = 4}, false);
    write_groups(golden, &of, &read_probe);
}

static void every_kind_of_field(struct golden *golden)
{
    struct totals_group groups[3] = {0};
    _cleanup_summary_ struct summary numbers = {.kind = SUMMARY_COUNT}, others = {.kind = SUMMARY_COUNT};
    struct totals totals = {.groups = groups, .n_groups = COUNT(groups)};
    struct output_summary of = {.time = -1, .snapshot = UINT64_MAX, .totals = &totals, .width = 80};
    for (size_t i = 0; i < COUNT(groups); i++)
        groups[i].total.sides[0].count = UINT64_MAX - i;

    of.summary = &numbers;
    add_field(&numbers, "i", 1, (struct value_layout){.kind = ARG_KIND_INTEGER, .size = 8}, true);
    add_field(&numbers, "u", 1, (struct value_layout){.kind = ARG_KIND_INTEGER, .size = 8}, false);
    add_field(&numbers, "path", 8, (struct value_layout){.kind = ARG_KIND_STRING, .size = 8}, false);
    add_field(&numbers, "comm", 2, (struct value_layout){.kind = ARG_KIND_STRING, .size = 16}, false);
    groups[0].key = (struct wire_group){.words = {(uint64_t)INT64_MIN, UINT64_MAX}};
    put_text(&groups[0].key, &numbers.fields[2],
             "/all/of/the/sixty-two/bytes/that/there/is/room/for/in/a/group\xc3" /* a half of é */);
    groups[0].key.truncated = 1 << 2;
    numbers.fields[3].subject = WIRE_SUBJECT_COMM;
    put_text(&groups[0].key, &numbers.fields[3], "fifteen bytes \xc3" /* what the kernel keeps of an é */);
    groups[1].key = (struct wire_group){.absent = 15, .truncated = 4, .words = {1, 2, 3}};
    groups[2].key = (struct wire_group){.words = {1}};
    put_text(&groups[2].key, &numbers.fields[2], "\"\\\n\x1b[2J\xff");
    write_groups(golden, &of, &odd_probe);

    of.summary = &others;
    add_field(&others, "yes", 1, (struct value_layout){.kind = ARG_KIND_BOOL, .size = 1}, false);
    add_field(&others, "at", 1, (struct value_layout){.kind = ARG_KIND_POINTER, .size = 4}, false);
    add_field(&others, "ratio", 1, (struct value_layout){.kind = ARG_KIND_FLOAT, .size = 8}, false);
    add_field(&others, "phase", 1,
              (struct value_layout){.kind = ARG_KIND_ENUM, .size = 4, .note = &phase_note}, true);
    groups[0].key = (struct wire_group){.words = {1, UINT64_MAX, 0x3ff8000000000000, 2}};
    groups[1].key = (struct wire_group){.words = {0, 0, 0x7ff8000000000000, 9}};
    groups[2].key = (struct wire_group){.absent = 8};
    write_groups(golden, &of, &read_probe);
}

static struct totals_bucket bucket(uint64_t number, bool is_negative, uint64_t count)
{
    return (struct totals_bucket){.cell = {.is_negative = is_negative, .bucket = number}, .count = count};
}

static void histograms(struct golden *golden)
{
    const struct totals_bucket peaks[] = {bucket(5, false, 1000), bucket(8, false, 1000),
                                          bucket(12, false, 1000)};
    const struct totals_bucket extremes[] = {bucket(64, true, 1), bucket(1, true, 2), bucket(0, false, 3),
                                             bucket(64, false, 40)};
    struct totals_group groups[] = {
        {.total = {.sides = {{3000, 2192000, 0, 16, 2048}, {.min = UINT64_MAX}}},
         .buckets = peaks,
         .n_buckets = COUNT(peaks)},
        {.total = {.nulls = 17,
                   .sides = {{43, UINT64_MAX - 39, 39, 0, UINT64_MAX},
                             {3, (UINT64_C(1) << 63) + 2, 0, 1, UINT64_C(1) << 63}}},
         .buckets = extremes,
         .n_buckets = COUNT(extremes)},
        {.total = {.nulls = 5, .sides = {{.min = UINT64_MAX}, {.min = UINT64_MAX}}}},
    };
    char field[] = "bytes";
    const struct summary summary = {.kind = SUMMARY_HIST, .step = 1, .field = field};
    const struct totals totals = {.groups = groups, .n_groups = COUNT(groups)};
    struct output_summary of = {
        .time = TIME, .snapshot = 2, .summary = &summary, .totals = &totals, .width = 80};
    write_groups(golden, &of, &read_probe);

    const struct totals_bucket steps[] = {bucket(2, true, 1), bucket(1, true, 5), bucket(0, false, 10),
                                          bucket(7, false, 1)};
    struct totals_group linear_groups[] = {
        {.total = {.sides = {{11, 1234, 0, 3, 799}, {6, 310, 0, 1, 110}}},
         .buckets = steps,
         .n_buckets = COUNT(steps)},
    };
    const struct summary linear = {
        .kind = SUMMARY_HIST, .buckets = WIRE_BUCKETS_LINEAR, .step = 100, .field = field};
    const struct totals linear_totals = {.groups = linear_groups, .n_groups = COUNT(linear_groups)};
    of = (struct output_summary){
        .time = TIME, .snapshot = 3, .summary = &linear, .totals = &linear_totals, .width = 40};
    write_groups(golden, &of, &odd_probe);
}

static void latencies(struct golden *golden)
{
    /* 1000, 2000, 2100 and 1000000 ns */
    const struct totals_bucket times[] = {bucket(111, false, 1), bucket(127, false, 1), bucket(128, false, 1),
                                          bucket(270, false, 1)};
    struct totals_group groups[] = {
        {.total = {.sides = {{4, 1005100, 0, 1000, 1000000}, {.min = UINT64_MAX}}},
         .buckets = times,
         .n_buckets = COUNT(times)},
    };
    const struct totals totals = {.groups = groups,
                                  .n_groups = COUNT(groups),
                                  .counts = {.starts = 7, .matched = 4, .unstarted = 2, .nulls = 1}};
    _cleanup_summary_ struct summary summary = {0};
    const struct output_summary of = {
        .time = TIME, .snapshot = 1, .summary = &summary, .totals = &totals, .width = 80};
    summary_parse_latency(&summary, "request__start:response__done:id", NULL);
    write_groups(golden, &of, NULL);
    output_json.pairs(&golden->json, &of);
    output_text.pairs(&golden->text, &of);
}

void golden_summary(struct golden *golden)
{
    counts(golden);
    every_kind_of_field(golden);
    histograms(golden);
    latencies(golden);
}
