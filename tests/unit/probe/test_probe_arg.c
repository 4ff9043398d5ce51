/* What arguments are called and mean: a definition against the operands of a note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/probe_arg.h"

/* As users see them: "NAME KIND" each, with "<LENGTH" for the argument or number that says how many bytes,
 * and
 * "!WHY" for an annotation that is passed over. */
static void describe(const struct probe *probe, struct buf *out)
{
    static const char *const kinds[] = {
        [ARG_KIND_INTEGER] = "integer", [ARG_KIND_BOOL] = "bool",         [ARG_KIND_FLOAT] = "float",
        [ARG_KIND_POINTER] = "pointer", [ARG_KIND_STRING] = "string",     [ARG_KIND_HEX] = "hex",
        [ARG_KIND_TEXT] = "text",       [ARG_KIND_SOCKADDR] = "sockaddr", [ARG_KIND_ENUM] = "enum",
    };
    for (size_t i = 0; i < probe->n_args; i++) {
        const struct probe_arg *arg = &probe->args[i];
        buf_printf(out, "%s%s %s", i ? ", " : "", arg->name, kinds[arg->kind]);
        if (arg->length_arg != PROBE_NO_ARG)
            buf_printf(out, "<%s", probe->args[arg->length_arg].name);
        else if (arg->kind == ARG_KIND_HEX || arg->kind == ARG_KIND_TEXT)
            buf_printf(out, "<%d", (int)arg->note.length);
        if (arg->passed_over)
            buf_printf(out, "!%s", arg->passed_over);
    }
}

static void expect(const char *definition, const char *operands, const char *expected)
{
    _cleanup_buf_ struct buf text = {0}, described = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    struct probe_file file = {.machine = EM_X86_64};
    struct probe_site site = {.spec = strdup(operands)};
    struct probe probe = {.file = &file, .name = (char *)"it", .sites = &site, .n_sites = 1};
    struct diag diag = {0};
    buf_printf(&text, "provider p { probe it(%s); };", definition);
    if (provider_set_parse(&set, "p.d", text.data, text.len, &diag))
        fail_msg("%s", diag.text);
    assert_int_equal(arg_spec_list_parse(EM_X86_64, site.spec, &site.args), 0);
    site.symbol_error = calloc(site.args.count + 1, sizeof(*site.symbol_error));
    assert_int_equal(probe_describe_args(&probe, provider_set_find(&set, "p"), 8), 0);
    describe(&probe, &described);
    if (strcmp(buf_string(&described), expected))
        fail_msg("'%s' with '%s': '%s'", definition, operands, described.data);
    for (size_t i = 0; i < probe.n_args; i++)
        probe_arg_free(&probe.args[i]);
    free(probe.args);
    free(probe.misfit);
    free(site.symbol_error);
    free(site.spec);
    arg_spec_list_free(&site.args);
}

static void annotations_give_kinds_where_the_operand_allows(void **state)
{
    (void)state;
    static const struct {
        const char *definition, *operands, *expected;
    } rows[] = {
        {"const void *p /* hex[16] */", "8@%rax", "p hex<16"},
        {"const void *p /* text[n] */, int n", "8@%rax -4@%edx", "p text<n, n integer"},
        {"int n, const void *p /* hex[n] */", "-4@%edx 8@%rax", "n integer, p hex<n"},
        {"int, const void * /* hex[arg0] */", "-4@%edx 8@%rax", "arg0 integer, arg1 hex<arg0"},
        {"struct sockaddr *p /* sockaddr */", "8@%rax", "p sockaddr"},
        {"void *p /* string */", "8@%rax", "p string"},
        {"char *p /* ptr */", "8@%rax", "p pointer"},
        {"int e /* enum{1=ONE} */", "-4@%eax", "e enum"},
        {"int e /* ms */", "-4@%eax", "e integer"},
        /* literals */
        {"const void *p /* hex[16] */", "-4@$0", "p hex<16"},
        {"void *p /* string */", "-4@$0", "p string"},
        /* what the operand can't be */
        {"const void *p /* hex[16] */", "4@%eax", "p integer!what is there is no pointer"},
        {"const void *p /* sockaddr */", "8f@%rax", "p float!what is there is no pointer"},
        {"void *p /* string */", "2@%ax", "p integer!what is there is no pointer"},
        {"int e /* enum{1=ONE} */", "4f@%eax", "e float!what is there is a floating point number"},
        /* lengths that aren't there */
        {"const void *p /* hex[n] */, int n", "8@%rax", "p pointer!'n' is no integer that the probe passes"},
        {"const char *p /* text[n] */, int n", "8@%rax 8f@%rdx",
         "p pointer!'n' is no integer that the probe passes, n float"},
        {"const void *p /* hex[n] */, long a, long b, long c, long d, long e, long f, long g, long h, long "
         "i, "
         "long j, long k, long n",
         "8@%rax 8@$1 8@$2 8@$3 8@$4 8@$5 8@$6 8@$7 8@$8 8@$9 8@$10 8@$11 8@$12",
         "p pointer!'n' is no integer that the probe passes, a integer, b integer, c integer, d integer, e "
         "integer, f integer, g integer, h integer, i integer, j integer, k integer, n integer"},
        /* types as ever */
        {"const char *p, double d, bool b, void *v", "8@%rax 8f@%rdx 1@%cl 8@%rbx",
         "p string, d float, b bool, v pointer"},
        {"const char *p", "4@%eax", "p integer"},
        {"double d", "-4@$0", "d float"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        expect(rows[i].definition, rows[i].operands, rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annotations_give_kinds_where_the_operand_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
