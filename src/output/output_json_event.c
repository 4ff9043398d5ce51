/* Written once for every hit, so written for speed: room is made for several fields at once, and then they
 * are written one behind the other without asking again. */
#include "output/output_json_event.h"

#include <string.h>

#include "output/json.h"
#include "output/number.h"
#include "output/plain.h"
#include "output/value.h"

enum {
    LABEL_ROOM = 32,  /* for each of the labels below */
    HEAD_LABELS = 12, /* of put_head() */
};

/* Inline, so that the length is known when compiling. */
static inline char *write_literal(char *at, const char *text)
{
    size_t len = strlen(text);
    memcpy(at, text, len);
    return at + len;
}

static inline char *write_uint(char *at, const char *label, uint64_t value)
{
    return number_uint(write_literal(at, label), value);
}

/* Digits, between quotes if wanted. */
static inline char *write_big(char *at, uint64_t bits, bool is_signed, bool quoted)
{
    *at = '"';
    at += quoted;
    at = is_signed ? number_int(at, (int64_t)bits) : number_uint(at, bits);
    *at = '"';
    return at + quoted;
}

static inline char *write_string(char *at, const char *label, const char *text, size_t len)
{
    bool repaired = false;
    return json_string(write_literal(at, label), text, len, &repaired);
}

/* Everything before the arguments. */
static void put_head(struct buf *out, const struct event *event, const struct probe *probe, uint64_t seq,
                     int64_t time)
{
    const struct wire_record *record = event->record;
    size_t comm_len, provider_len = strlen(probe->provider), name_len = strlen(probe->name);
    const char *comm = event_comm(event, &comm_len);
    char *at = buf_reserve(out, HEAD_LABELS * (LABEL_ROOM + JSON_ROOM) + json_string_room(comm_len) +
                                    json_string_room(provider_len) + json_string_room(name_len));
    if (!at)
        return;
    at = write_literal(at, probe_is_kernel(probe) ? "{\"type\":\"kernel\"" : "{\"type\":\"usdt\"");
    at = write_uint(at, ",\"seq\":", seq);
    at = json_time(write_literal(at, ",\"time\":"), time);
    at = write_big(write_literal(at, ",\"ts\":"), record->ts, false, event->quote_big_ints);
    at = write_uint(at, ",\"pid\":", record->pid);
    at = write_uint(at, ",\"tid\":", record->tid);
    if (event->ns_pid)
        at = write_uint(at, ",\"ns_pid\":", event->ns_pid);
    at = write_uint(at, ",\"cpu\":", record->cpu);
    at = write_string(at, ",\"comm\":", comm, comm_len);
    at = write_string(at, ",\"provider\":", probe->provider, provider_len);
    at = write_string(at, ",\"probe\":", probe->name, name_len);
    at = write_uint(at, ",\"id\":", probe->id);
    at = write_literal(at, ",\"args\":{");
    out->len = (size_t)(at - out->data);
}

/* What is to be said about the arguments besides their values. */
struct remarks {
    event_args faults;
    event_args truncated;
    event_args invalid_utf8;
    event_args non_finite;
};

static char *write_number(char *at, const struct event *event, const struct event_layout *layout, size_t i,
                          struct remarks *remarks)
{
    const struct value_layout *value = &layout->values[i];
    uint64_t bits = event->values[i];
    bool finite;
    if (event_is_address(event, layout, i))
        return json_hex(at, bits);
    switch (value->kind) {
    case ARG_KIND_BOOL:
        return write_literal(at, bits ? "true" : "false");
    case ARG_KIND_FLOAT:
        at = json_float(at, bits, value->size, &finite);
        remarks->non_finite |= (event_args)!finite << i;
        return at;
    case ARG_KIND_POINTER:
        return json_hex(at, event_unsigned(event, layout, i));
    default:
        return write_big(at, bits, value->is_signed,
                         event->quote_big_ints && value->size == sizeof(uint64_t));
    }
}

/* An array of the texts that stand there one behind the other, each with a NUL, of which the last may be cut
 * off. A NUL has more room than the quotes and the comma take. */
static char *write_strings(char *at, const char *text, size_t len, bool *repaired)
{
    const char *end = text + len;
    at = write_literal(at, "[");
    for (const char *string = text; string < end;) {
        size_t string_len = strnlen(string, (size_t)(end - string));
        at = json_string(write_literal(at, string > text ? "," : ""), string, string_len, repaired);
        string += string_len + 1;
    }
    return write_literal(at, "]");
}

static char *write_text(char *at, const struct event_layout *layout, size_t i, const char *text, size_t len,
                        struct remarks *remarks)
{
    bool repaired = false;
    if (layout->values[i].kind == ARG_KIND_HEX)
        return json_hex_bytes(at, text, len);
    at = layout->values[i].kind == ARG_KIND_STRINGS ? write_strings(at, text, len, &repaired)
                                                    : json_string(at, text, len, &repaired);
    remarks->invalid_utf8 |= (event_args)repaired << i;
    return at;
}

static void put_values(struct buf *out, const struct event *event, const struct event_layout *layout,
                       struct remarks *remarks)
{
    const struct probe *probe = layout->probe;
    char scratch[VALUE_SCRATCH];
    for (size_t i = 0; i < probe->n_args; i++) {
        bool is_there = !event_args_have(remarks->faults, i) && !event_is_null(event, i);
        size_t len = strlen(probe->args[i].name), text_len = 0;
        const char *text = is_there ? value_text(event, layout, i, scratch, &text_len) : NULL;
        char *at =
            buf_reserve(out, json_string_room(len) + LABEL_ROOM + JSON_ROOM + json_string_room(text_len));
        if (!at)
            return;
        at = write_string(at, i ? "," : "", probe->args[i].name, len);
        *at++ = ':';
        if (!is_there)
            at = write_literal(at, "null");
        else if (text)
            at = write_text(at, layout, i, text, text_len, remarks);
        else
            at = write_number(at, event, layout, i, remarks);
        out->len = (size_t)(at - out->data);
    }
}

/* LABEL"name","name"], or nothing for no argument. */
static void put_remark(struct buf *out, const char *label, const struct probe *probe, event_args args)
{
    if (!args)
        return;
    const char *before = label;
    for (size_t i = 0; i < probe->n_args; i++) {
        size_t len = strlen(probe->args[i].name);
        if (!event_args_have(args, i))
            continue;
        char *at = buf_reserve(out, LABEL_ROOM + json_string_room(len));
        if (!at)
            return;
        out->len = (size_t)(write_string(at, before, probe->args[i].name, len) - out->data);
        before = ",";
    }
    buf_putc(out, ']');
}

void output_json_event(struct buf *out, const struct event *event, const struct event_layout *layout,
                       uint64_t seq, int64_t time)
{
    const struct probe *probe = layout->probe;
    struct remarks remarks = {0};
    event_marks(event, layout, &remarks.faults, &remarks.truncated);
    put_head(out, event, probe, seq, time);
    put_values(out, event, layout, &remarks);
    buf_putc(out, '}');
    if (event->span) {
        buf_puts(out, ",\"span\":");
        plain_put_json(out, event->span);
    }
    put_remark(out, ",\"faults\":[", probe, remarks.faults);
    put_remark(out, ",\"truncated\":[", probe, remarks.truncated);
    put_remark(out, ",\"invalid_utf8\":[", probe, remarks.invalid_utf8);
    put_remark(out, ",\"non_finite\":[", probe, remarks.non_finite);
    buf_append(out, "}\n", 2);
}
