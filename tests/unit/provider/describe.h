/* A set of provider definitions as text, so that a test says all it expects in one string:
 *
 *     provider: probe(type|name|kind, …)
 *
 * one line per probe, in the set's order; "provider:" alone for a provider without probes. */
#ifndef TRACER_TESTS_PROVIDER_DESCRIBE_H
#define TRACER_TESTS_PROVIDER_DESCRIBE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

static inline void describe_probe(struct buf *out, const struct provider *provider,
                                  const struct provider_probe *probe)
{
    buf_printf(out, "%s: %s(", provider->name, probe->name);
    for (size_t i = 0; i < probe->n_args; i++) {
        const struct provider_arg *arg = &probe->args[i];
        buf_printf(out, "%s%s|%s|%s", i ? ", " : "", arg->type, arg->name ? arg->name : "-",
                   describe_kind(arg->kind));
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
