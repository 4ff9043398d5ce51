/* A set of provider definitions as text, so that a test says all it expects in one string:
 *
 *     provider: probe(type|name|kind, …; NUMBER again: type|name|kind …)
 *
 * with what an annotation says behind the kind: "hex[len]", "enum{1=A 2=B}", "integer .a.b:u32 ms";  *one
 * line per probe, in the set's order; "provider:" alone for a provider without probes. */
#ifndef TRACER_TESTS_PROVIDER_DESCRIBE_H
#define TRACER_TESTS_PROVIDER_DESCRIBE_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "provider/provider_d.h"

static inline const char *describe_kind(enum arg_kind kind)
{
    static const char *const names[] = {
        [ARG_KIND_INTEGER] = "integer", [ARG_KIND_BOOL] = "bool",         [ARG_KIND_FLOAT] = "float",
        [ARG_KIND_POINTER] = "pointer", [ARG_KIND_STRING] = "string",     [ARG_KIND_HEX] = "hex",
        [ARG_KIND_TEXT] = "text",       [ARG_KIND_SOCKADDR] = "sockaddr", [ARG_KIND_ENUM] = "enum",
    };
    return names[kind];
}

static inline void describe_note(struct buf *out, const struct arg_note *note)
{
    if (note->length_arg)
        buf_printf(out, "[%s]", note->length_arg);
    if (note->length)
        buf_printf(out, "[%" PRIu64 "]", note->length);
    for (size_t i = 0; i < note->n_enums; i++)
        buf_printf(out, "%s%" PRId64 "=%s", i ? " " : "{", note->enums[i].value, note->enums[i].name);
    if (note->n_enums)
        buf_putc(out, '}');
    if (note->member)
        buf_printf(out, " %s", note->member);
    if (note->member_type)
        buf_printf(out, ":%s", note->member_type);
    if (note->unit)
        buf_printf(out, " %s", note->unit);
}

static inline void describe_arg(struct buf *out, const struct provider_arg *arg)
{
    buf_printf(out, "%s|%s|%s", arg->type, arg->name ? arg->name : "-", describe_kind(arg->kind));
    describe_note(out, &arg->note);
}

static inline void describe_probe(struct buf *out, const struct provider *provider,
                                  const struct provider_probe *probe)
{
    buf_printf(out, "%s: %s(", provider->name, probe->name);
    for (size_t i = 0; i < probe->n_args; i++) {
        buf_puts(out, i ? ", " : "");
        describe_arg(out, &probe->args[i]);
    }
    for (size_t i = 0; i < probe->n_fields; i++) {
        buf_printf(out, "; %zu again: ", probe->fields[i].of);
        describe_arg(out, &probe->fields[i].arg);
    }
    buf_puts(out, ")\n");
}

/* The caller frees the text. */
static inline char *describe_set(const struct provider_set *set)
{
    struct buf out = {0};
    for (size_t i = 0; i < set->count; i++) {
        const struct provider *provider = &set->providers[i];
        if (!provider->n_probes)
            buf_printf(&out, "%s:\n", provider->name);
        for (size_t j = 0; j < provider->n_probes; j++)
            describe_probe(&out, provider, &provider->probes[j]);
    }
    char *text = buf_steal(&out);
    assert_non_null(text);
    return text;
}

static inline void assert_set(const struct provider_set *set, const char *expected)
{
    _cleanup_free_ char *text = describe_set(set);
    assert_string_equal(text, expected);
}

/* Parses a copy that ends where the text ends, so that a sanitizer sees every byte read behind it. */
static inline int parse_exactly(struct provider_set *set, const char *text, size_t len, struct diag *diag)
{
    _cleanup_free_ char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    return provider_set_parse(set, "file.d", copy, len, diag);
}

/* What is remarked on the text, a line each, warnings with "! " in front. The caller frees it. */
static inline char *describe_remarks(const struct provider_set *set)
{
    struct buf out = {0};
    buf_puts(&out, "");
    for (size_t i = 0; i < set->remarks.count; i++)
        buf_printf(&out, "%s%s\n", set->remarks.items[i].is_warning ? "! " : "", set->remarks.items[i].text);
    char *text = buf_steal(&out);
    assert_non_null(text);
    return text;
}

static inline void assert_remarks(const struct provider_set *set, const char *expected)
{
    _cleanup_free_ char *text = describe_remarks(set);
    assert_string_equal(text, expected);
}

static inline void assert_parsed(const char *text, const char *expected)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    int result = parse_exactly(&set, text, strlen(text), &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(result, 0);
    assert_set(&set, expected);
}

#endif
