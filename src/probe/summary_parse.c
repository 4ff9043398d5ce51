#include <errno.h>
#include <string.h>

#include "probe/summary.h"

/* What of a hit that is no argument can be named. */
static const struct builtin {
    const char *name;
    uint8_t subject;
    uint8_t n_words;
    struct value_layout value;
} builtins[] = {
    {"pid", WIRE_SUBJECT_PID, 1, {.kind = ARG_KIND_INTEGER, .size = 4}},
    {"tid", WIRE_SUBJECT_TID, 1, {.kind = ARG_KIND_INTEGER, .size = 4}},
    {"cpu", WIRE_SUBJECT_CPU, 1, {.kind = ARG_KIND_INTEGER, .size = 4}},
    {"comm", WIRE_SUBJECT_COMM, WIRE_COMM_WORDS, {.kind = ARG_KIND_STRING, .size = WIRE_COMM_LEN}},
};

static const struct builtin *find_builtin(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
        if (strlen(builtins[i].name) == len && !memcmp(builtins[i].name, name, len))
            return &builtins[i];
    return NULL;
}

static const char *skip_prefix(const char *name, size_t *len)
{
    static const char prefix[] = "args.";
    const size_t prefix_len = sizeof(prefix) - 1;
    if (*len <= prefix_len || memcmp(name, prefix, prefix_len))
        return name;
    *len -= prefix_len;
    return name + prefix_len;
}

static int no_memory(struct diag *diag)
{
    return diag_set(diag, -ENOMEM, "out of memory");
}

int summary_parse_count(struct summary *summary, struct diag *diag)
{
    (void)diag;
    summary->kind = SUMMARY_COUNT;
    return 0;
}

static bool parse_step(const char *digits, uint64_t *ret_step)
{
    uint64_t step = 0;
    for (const char *c = digits; *c; c++)
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(step, 10, &step) ||
            __builtin_add_overflow(step, (uint64_t)(*c - '0'), &step))
            return false;
    *ret_step = step;
    return step > 0;
}

int summary_parse_hist(struct summary *summary, const char *text, struct diag *diag)
{
    static const char linear[] = "linear/";
    const char *end = strchrnul(text, ':'), *buckets = *end ? end + 1 : "log2";
    size_t len = (size_t)(end - text);
    const char *name = skip_prefix(text, &len);
    summary->kind = SUMMARY_HIST;
    summary->step = 1;
    if (!len)
        return diag_set(diag, -EINVAL, "column 1: the name of an argument is missing");
    if (!strncmp(buckets, linear, sizeof(linear) - 1)) {
        const char *step = buckets + sizeof(linear) - 1;
        summary->buckets = WIRE_BUCKETS_LINEAR;
        if (!parse_step(step, &summary->step))
            return diag_set(diag, -EINVAL, "column %d: expected a whole number, 1 or more, after linear/",
                            diag_column(text, step));
    } else if (strcmp(buckets, "log2")) {
        return diag_set(diag, -EINVAL, "column %d: expected log2 or linear/STEP", diag_column(text, buckets));
    }
    summary->field = strndup(name, len);
    return summary->field ? 0 : no_memory(diag);
}

/* By thread, unless something else is named. */
int summary_parse_latency(struct summary *summary, const char *text, struct diag *diag)
{
    struct pair *pair = &summary->pair;
    summary->kind = SUMMARY_LATENCY;
    summary->buckets = WIRE_BUCKETS_SIXTEENTHS;
    summary->key = WIRE_SUBJECT_TID;
    int error = pair_parse(pair, text, diag);
    if (error || !pair->key)
        return error;
    const char *given = text + strlen(text) - strlen(pair->key);
    size_t len = strlen(pair->key);
    const struct builtin *builtin = find_builtin(pair->key, len);
    summary->key = builtin ? builtin->subject : SUMMARY_ARGUMENT;
    if (builtin && builtin->subject != WIRE_SUBJECT_PID && builtin->subject != WIRE_SUBJECT_TID)
        return diag_set(diag, -EINVAL, "column %d: '%s' doesn't tell which start an end belongs to",
                        diag_column(text, given), pair->key);
    const char *name = skip_prefix(pair->key, &len);
    memmove(pair->key, name, len + 1);
    return 0;
}

static int add_field(struct summary *summary, const char *text, const char *name, size_t len,
                     struct diag *diag)
{
    const struct builtin *builtin = find_builtin(name, len);
    if (!len)
        return diag_set(diag, -EINVAL, "column %d: a name is missing", diag_column(text, name));
    if (summary->n_fields == WIRE_MAX_FIELDS)
        return diag_set(diag, -EINVAL, "column %d: more than %d names", diag_column(text, name),
                        WIRE_MAX_FIELDS);
    struct summary_field *field = &summary->fields[summary->n_fields];
    *field = (struct summary_field){.subject = SUMMARY_ARGUMENT};
    const char *bare = skip_prefix(name, &len);
    if (builtin) {
        field->subject = builtin->subject;
        field->value = builtin->value;
        field->n_words = builtin->n_words;
        field->word = (uint8_t)summary->n_words;
        summary->n_words += builtin->n_words;
    }
    field->name = strndup(bare, len);
    if (!field->name)
        return no_memory(diag);
    summary->n_fields++;
    for (size_t i = 0; i + 1 < summary->n_fields; i++)
        if (!strcmp(summary->fields[i].name, field->name))
            return diag_set(diag, -EINVAL, "column %d: '%s' stands there twice", diag_column(text, name),
                            field->name);
    return 0;
}

int summary_parse_by(struct summary *summary, const char *text, struct diag *diag)
{
    int error = 0;
    for (const char *name = text, *end; name && !error; name = *end ? end + 1 : NULL) {
        end = strchrnul(name, ',');
        error = add_field(summary, text, name, (size_t)(end - name), diag);
    }
    return error;
}
