/* Any bytes as what a summary is of, and behind a newline what it is by. What is taken must be in order, and
 * compile, for probes that have the arguments that it names and for such that have none, to places that lie
 * in a group; what is refused says where. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_error(int error, const struct diag *diag, const char *text)
{
    int column = 0;
    require(!error == !*diag->text);
    require(!error || (sscanf(diag->text, "column %d: ", &column) == 1 && column > 0));
    require(column <= (int)strlen(text) + 1);
}

static void check_pair(const struct pair *pair, const char *text)
{
    size_t start_len = strlen(pair->start_text), end_len = strlen(pair->end_text), len = strlen(text);
    const char *rest = text + start_len + 1 + end_len;
    require(start_len && end_len && start_len + 1 + end_len <= len);
    require(!memcmp(text, pair->start_text, start_len) && text[start_len] == ':');
    require(!memcmp(text + start_len + 1, pair->end_text, end_len));
    require(*rest == (pair->key ? ':' : '\0'));
    require(!pair->key || (*pair->key && !strcmp(text + len - strlen(pair->key), pair->key)));
}

static void check_fields(const struct summary *summary)
{
    require(summary->n_fields <= WIRE_MAX_FIELDS && summary->n_words <= WIRE_GROUP_WORDS);
    for (size_t i = 0; i < summary->n_fields; i++)
        for (size_t k = 0; k <= i; k++)
            require(*summary->fields[k].name &&
                    (k == i || strcmp(summary->fields[i].name, summary->fields[k].name)));
}

static void check_wire(const struct wire_summary *wire, const struct summary *summary, size_t n_args)
{
    require(wire->role > WIRE_ROLE_NONE && wire->role <= WIRE_ROLE_END);
    require(wire->n_fields == summary->n_fields);
    require(wire->subject < n_args || wire->subject >= WIRE_SUBJECT_PID || wire->role == WIRE_ROLE_COUNT);
    for (size_t i = 0; i < wire->n_fields; i++) {
        const struct wire_field *field = &wire->fields[i];
        size_t n_words = summary->fields[i].n_words;
        if (field->subject == WIRE_NO_SUBJECT)
            continue;
        require(field->subject < n_args || field->subject >= WIRE_SUBJECT_PID);
        require(n_words && field->word + n_words <= WIRE_GROUP_WORDS);
        require((field->form == WIRE_FORM_TEXT) == (n_words == WIRE_FIELD_TEXT_WORDS));
        require(field->form <= WIRE_FORM_FLOAT8 && field->length <= WIRE_FIELD_TEXT_MAX);
    }
}

/* The arguments a, b, c … of these kinds; half of them are narrow. */
static const enum arg_kind kinds[WIRE_MAX_ARGS] = {
    ARG_KIND_INTEGER, ARG_KIND_BOOL,  ARG_KIND_FLOAT, ARG_KIND_STRING, ARG_KIND_POINTER,  ARG_KIND_ENUM,
    ARG_KIND_STRING,  ARG_KIND_FLOAT, ARG_KIND_HEX,   ARG_KIND_STRING, ARG_KIND_SOCKADDR, ARG_KIND_INTEGER,
};

static void compile(struct summary *summary, const char *name, size_t n_args)
{
    static char names[WIRE_MAX_ARGS][2];
    static struct probe_arg args[WIRE_MAX_ARGS];
    static struct probe probes[WIRE_MAX_ARGS + 1]; /* the summary remembers one */
    struct probe *probe = &probes[n_args];
    struct event_layout layout = {.probe = probe, .n_values = n_args};
    struct diag why = {0};
    struct wire_summary wire;
    *probe = (struct probe){.provider = (char *)"app", .name = (char *)name, .args = args, .n_args = n_args};
    for (size_t i = 0; i < n_args; i++) {
        names[i][0] = (char)('a' + i);
        args[i] = (struct probe_arg){.name = names[i], .kind = kinds[i]};
        layout.values[i] = (struct value_layout){.kind = kinds[i], .size = i < WIRE_MAX_ARGS / 2 ? 4 : 8};
    }
    bool applies = summary_applies(summary, probe, &why);
    require(applies == !*why.text);
    if (!applies)
        return;
    summary_compile(summary, &layout, &wire);
    check_wire(&wire, summary, n_args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const parsers[])(struct summary *, const char *, struct diag *) = {
        summary_parse_hist, summary_parse_latency, summary_parse_by};
    const char *newline = size ? memchr(data, '\n', size) : NULL;
    size_t len = newline ? (size_t)(newline - (const char *)data) : size;
    _cleanup_free_ char *of = strndup((const char *)data, len);
    _cleanup_free_ char *by = strndup(newline ? newline + 1 : "pid", newline ? size - len - 1 : 3);
    for (size_t i = 0; i < sizeof(parsers) / sizeof(*parsers); i++) {
        _cleanup_summary_ struct summary summary = {.kind = SUMMARY_COUNT};
        struct diag diag = {0}, diag_by = {0};
        int error = parsers[i](&summary, of, &diag);
        check_error(error, &diag, of);
        if (error)
            continue;
        require(summary.kind != SUMMARY_HIST || (*summary.field && summary.step));
        if (summary.kind == SUMMARY_LATENCY)
            check_pair(&summary.pair, of);
        error = parsers[2] == parsers[i] ? 0 : summary_parse_by(&summary, by, &diag_by);
        check_error(error, &diag_by, by);
        if (error)
            continue;
        check_fields(&summary);
        compile(&summary, "start", WIRE_MAX_ARGS);
        compile(&summary, "end", 1);
        compile(&summary, "end", 0);
        error = summary_check(&summary, &diag);
        require(!error == !*diag.text);
    }
    return 0;
}
