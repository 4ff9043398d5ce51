/* Any bytes as a provider definition. What was read must be in order, be found under its name, and be read
 * again when it is written out as a definition. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "provider/provider_d.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void write_provider(struct buf *out, const struct provider *provider)
{
    buf_printf(out, "provider %s {\n", provider->name);
    for (size_t i = 0; i < provider->n_probes; i++) {
        const struct provider_probe *probe = &provider->probes[i];
        buf_printf(out, "probe %s(", probe->name);
        for (size_t j = 0; j < probe->n_args; j++)
            buf_printf(out, "%s%s", j ? ", " : "", probe->args[j].type);
        buf_puts(out, ");\n");
    }
    buf_puts(out, "};\n");
}

/* Without its name a function is read as something else when its parameters are none: `int f(*x)`. */
static bool needs_name(const struct provider_arg *arg)
{
    return arg->name && strchr(arg->type, '(');
}

static void compare_probes(const struct provider_probe *a, const struct provider_probe *b)
{
    require(!strcmp(a->name, b->name) && a->n_args == b->n_args);
    for (size_t i = 0; i < a->n_args; i++)
        require(needs_name(&a->args[i]) || (!strcmp(a->args[i].type, b->args[i].type) && !b->args[i].name));
}

static bool is_length(const struct provider_probe *probe, const char *name)
{
    for (size_t i = 0; i < probe->n_args; i++) {
        char number[32];
        snprintf(number, sizeof(number), "arg%zu", i);
        if (!strcmp(probe->args[i].name ? probe->args[i].name : number, name))
            return probe->args[i].plain_kind == ARG_KIND_INTEGER;
    }
    return false;
}

/* An annotation goes with the type and with the other arguments. */
static void check_note(const struct provider_probe *probe, const struct provider_arg *arg)
{
    const struct arg_note *note = &arg->note;
    bool is_of_bytes = arg->kind == ARG_KIND_HEX || arg->kind == ARG_KIND_TEXT;
    require(is_of_bytes == (note->length || note->length_arg));
    require(!note->length_arg || is_length(probe, note->length_arg));
    require((arg->kind == ARG_KIND_ENUM) == (note->n_enums > 0));
    require(arg->kind == arg->plain_kind || arg->has_kind);
    require(arg->plain_kind <= ARG_KIND_STRING);
}

static void check_provider(const struct provider_set *set, const struct provider *provider,
                           const struct provider *again)
{
    require(provider_set_find(set, provider->name) == provider);
    require(!strcmp(provider->name, again->name) && provider->n_probes == again->n_probes);
    for (size_t i = 0; i < provider->n_probes; i++) {
        const struct provider_probe *probe = &provider->probes[i];
        require(provider_find_probe_for(provider, probe->name, probe->n_args) == probe);
        int order = i ? strcmp(probe[-1].name, probe->name) : -1;
        require(order < 0 || (!order && probe[-1].n_args < probe->n_args));
        compare_probes(probe, &again->probes[i]);
        for (size_t j = 0; j < probe->n_args; j++)
            check_note(probe, &probe->args[j]);
        for (size_t j = 0; j < probe->n_fields; j++) {
            require(probe->fields[j].of < probe->n_args && *probe->fields[j].arg.name);
            check_note(probe, &probe->fields[j].arg);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_provider_set_ struct provider_set set = {0}, again = {0};
    _cleanup_buf_ struct buf text = {0};
    struct diag diag = {0};
    if (provider_set_parse(&set, "fuzz.d", (const char *)data, size, &diag)) {
        require(*diag.text && !set.count && !set.remarks.count);
        return 0;
    }
    for (size_t i = 0; i < set.remarks.count; i++)
        require(!strncmp(set.remarks.items[i].text, "fuzz.d:", 7) &&
                !strchr(set.remarks.items[i].text, '\n'));
    for (size_t i = 0; i < set.count; i++)
        write_provider(&text, &set.providers[i]);
    require(!provider_set_parse(&again, "again.d", text.data, text.len, &diag) && again.count == set.count);
    for (size_t i = 0; i < set.count; i++) {
        require(!i || strcmp(set.providers[i - 1].name, set.providers[i].name) < 0);
        check_provider(&set, &set.providers[i], &again.providers[i]);
    }
    return 0;
}
