#include "probe/summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What can be done with which kind of value; with others nothing. */
static const struct ability {
    bool is_number;
    uint8_t n_words; /* in a group */
} abilities[] = {
    [ARG_KIND_INTEGER] = {true, 1}, [ARG_KIND_BOOL] = {true, 1},
    [ARG_KIND_ENUM] = {true, 1},    [ARG_KIND_POINTER] = {true, 1},
    [ARG_KIND_FLOAT] = {false, 1},  [ARG_KIND_STRING] = {false, WIRE_FIELD_TEXT_WORDS},
};

static struct ability ability_of(enum arg_kind kind)
{
    return kind < sizeof(abilities) / sizeof(*abilities) ? abilities[kind] : (struct ability){0};
}

static const struct probe_arg *find_arg(const struct probe *probe, const char *name)
{
    for (size_t i = 0; i < probe->n_args; i++)
        if (!strcmp(probe->args[i].name, name))
            return &probe->args[i];
    return NULL;
}

/* The argument that is measured, or by which starts and ends belong together. */
static bool has_number(struct summary *summary, const struct probe *probe, const char *name,
                       struct diag *ret_why)
{
    const struct probe_arg *arg = find_arg(probe, name);
    if (!arg) {
        diag_set(ret_why, -EINVAL, "it has no argument '%s'", name);
        return false;
    }
    if (ability_of(arg->kind).is_number)
        return true;
    diag_set(ret_why, -EINVAL, "'%s' of %s:%s is no integer", name, probe->provider, probe->name);
    if (!*summary->misfit.text)
        summary->misfit = *ret_why;
    return false;
}

static bool applies_to_pair(struct summary *summary, const struct probe *probe, struct diag *ret_why)
{
    const struct pair *pair = &summary->pair;
    bool starts = pair_starts(pair, probe), ends = pair_ends(pair, probe);
    if (!starts && !ends) {
        diag_set(ret_why, -EINVAL, "it is neither %s nor %s", pair->start_text, pair->end_text);
        return false;
    }
    if (summary->key == SUMMARY_ARGUMENT && !has_number(summary, probe, pair->key, ret_why))
        return false;
    if (starts && ends && !summary->both)
        summary->both = probe;
    summary->starts |= starts;
    summary->ends |= ends;
    return true;
}

bool summary_applies(struct summary *summary, const struct probe *probe, struct diag *ret_why)
{
    if (summary->kind == SUMMARY_LATENCY)
        return applies_to_pair(summary, probe, ret_why);
    if (summary->kind != SUMMARY_HIST)
        return true;
    bool has = has_number(summary, probe, summary->field, ret_why);
    summary->has_field |= has;
    return has;
}

/* Number of the argument with that name, if records have it and its kind is good for what is wanted. */
static uint8_t find_number(const struct event_layout *layout, const char *name, bool *ret_is_signed)
{
    for (size_t i = 0; i < layout->n_values; i++) {
        if (strcmp(layout->probe->args[i].name, name) || !ability_of(layout->values[i].kind).is_number)
            continue;
        *ret_is_signed = layout->values[i].is_signed;
        return (uint8_t)i;
    }
    return WIRE_NO_SUBJECT;
}

static void compile_pair(const struct summary *summary, const struct event_layout *layout,
                         struct wire_summary *wire)
{
    const struct pair *pair = &summary->pair;
    bool is_signed;
    wire->role = pair_starts(pair, layout->probe) ? WIRE_ROLE_START : WIRE_ROLE_END;
    wire->subject =
        summary->key == SUMMARY_ARGUMENT ? find_number(layout, pair->key, &is_signed) : summary->key;
}

static bool is_same_kind(const struct value_layout *a, const struct value_layout *b)
{
    return a->kind == b->kind && (a->kind != ARG_KIND_FLOAT || a->size == b->size);
}

/* Number of the argument that has a field's value, which gets its place in groups with the first one. */
static uint8_t find_field(struct summary *summary, struct summary_field *field,
                          const struct event_layout *layout)
{
    if (field->subject != SUMMARY_ARGUMENT)
        return field->subject;
    for (size_t i = 0; i < layout->n_values; i++) {
        const struct value_layout *value = &layout->values[i];
        uint8_t n_words = ability_of(value->kind).n_words;
        if (strcmp(layout->probe->args[i].name, field->name) || !n_words)
            continue;
        if (!field->n_words && summary->n_words + n_words > WIRE_GROUP_WORDS) {
            summary->no_room = field;
            continue;
        }
        if (!field->n_words) {
            field->value = *value;
            field->is_signed = true;
            field->n_words = n_words;
            field->word = (uint8_t)summary->n_words;
            summary->n_words += n_words;
        }
        if (!is_same_kind(&field->value, value))
            continue;
        /* Sites may pass it differently; all but the large ones are the same in either way. */
        field->is_signed &= value->is_signed || value->size < sizeof(uint64_t);
        return (uint8_t)i;
    }
    return WIRE_NO_SUBJECT;
}

static uint8_t form_of(const struct summary_field *field)
{
    if (field->n_words == WIRE_FIELD_TEXT_WORDS)
        return WIRE_FORM_TEXT;
    if (field->value.kind == ARG_KIND_FLOAT)
        return field->value.size == sizeof(float) ? WIRE_FORM_FLOAT4 : WIRE_FORM_FLOAT8;
    return field->value.kind == ARG_KIND_BOOL ? WIRE_FORM_BOOL : WIRE_FORM_BITS;
}

void summary_compile(struct summary *summary, const struct event_layout *layout,
                     struct wire_summary *ret_wire)
{
    struct wire_summary wire = {.n_fields = (uint8_t)summary->n_fields};
    bool is_signed = false;
    if (summary->kind == SUMMARY_LATENCY) {
        compile_pair(summary, layout, &wire);
    } else if (summary->kind == SUMMARY_HIST) {
        wire.role = WIRE_ROLE_MEASURE;
        wire.subject = find_number(layout, summary->field, &is_signed);
        wire.is_signed = is_signed;
    } else {
        wire.role = WIRE_ROLE_COUNT;
    }
    for (size_t i = 0; i < summary->n_fields; i++) {
        struct summary_field *field = &summary->fields[i];
        uint8_t subject = find_field(summary, field, layout);
        uint32_t length = subject < layout->n_values ? layout->values[subject].length : 0;
        wire.fields[i] = (struct wire_field){
            .subject = subject,
            .word = field->word,
            .form = form_of(field),
            .length = (uint8_t)(length <= WIRE_FIELD_TEXT_MAX ? length : 0),
        };
    }
    *ret_wire = wire;
}

static int check_pair(const struct summary *summary, struct diag *diag)
{
    const struct pair *pair = &summary->pair;
    if (summary->both)
        return diag_set(diag, -EINVAL, "%s:%s would be both START and END; name another one for each",
                        summary->both->provider, summary->both->name);
    if (summary->starts && summary->ends)
        return 0;
    if (*summary->misfit.text)
        return diag_set(diag, -EINVAL, "%s", summary->misfit.text);
    const char *missing = summary->starts ? pair->end_text : pair->start_text;
    if (summary->key == SUMMARY_ARGUMENT)
        return diag_set(diag, -EINVAL, "no probe that -t and -w leave matches '%s' and has an argument '%s'",
                        missing, pair->key);
    return diag_set(diag, -EINVAL, "no probe that -t and -w leave matches '%s'", missing);
}

int summary_check(const struct summary *summary, struct diag *diag)
{
    if (summary->kind == SUMMARY_LATENCY) {
        int error = check_pair(summary, diag);
        if (error) {
            diag_prefix(diag, "--latency");
            return error;
        }
    }
    if (summary->kind == SUMMARY_HIST && !summary->has_field) {
        if (*summary->misfit.text)
            return diag_set(diag, -EINVAL, "--hist: %s", summary->misfit.text);
        return diag_set(diag, -EINVAL, "--hist: none of the selected probes has an argument '%s'",
                        summary->field);
    }
    if (summary->no_room)
        return diag_set(diag, -EINVAL,
                        "--by: no room for '%s': there can be at most two texts beside numbers",
                        summary->no_room->name);
    for (size_t i = 0; i < summary->n_fields; i++)
        if (!summary->fields[i].n_words)
            return diag_set(diag, -EINVAL,
                            "--by: none of the selected probes has an argument '%s' that can tell hits apart",
                            summary->fields[i].name);
    return 0;
}

bool summary_can_grow(const struct summary *summary)
{
    for (size_t i = 0; i < summary->n_fields; i++)
        if (!summary->fields[i].n_words)
            return true;
    return false;
}

void summary_free(struct summary *summary)
{
    for (size_t i = 0; i < summary->n_fields; i++)
        free(summary->fields[i].name);
    free(summary->field);
    pair_free(&summary->pair);
    *summary = (struct summary){0};
}
