/* Arguments that a definition shows in several fields. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "probe/probe_arg.h"
#include "probe/probe_site.h"

#define DEFINED "provider p { probe x(T *a /* ptr and b +4:u32 and a .id:u64 */, int c /* ms and d us */); };"

static void make_site(struct probe_site *site, const char *spec)
{
    *site = (struct probe_site){.spec = strdup(spec)};
    assert_non_null(site->spec);
    assert_int_equal(arg_spec_list_parse(EM_X86_64, site->spec, &site->args), 0);
    site->symbol_disp = calloc(site->args.count, sizeof(*site->symbol_disp));
    site->symbol_error = calloc(site->args.count, sizeof(*site->symbol_error));
    for (size_t i = 0; i < site->args.count; i++) {
        site->symbol_disp[i] = 100 + (int64_t)i;
        site->symbol_error[i] = i ? -ENOENT : 0;
    }
}

static void free_site(struct probe_site *site)
{
    free(site->spec);
    arg_spec_list_free(&site->args);
    free(site->symbol_disp);
    free(site->symbol_error);
}

/* The arguments of a probe with two sites as "name:spec …", the specs as each site has them. */
static void assert_probe(const char *spec, const char *other_spec, const char *expected)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf text = {0};
    assert_int_equal(provider_set_parse(&set, "file.d", DEFINED, strlen(DEFINED), NULL), 0);
    struct probe_site sites[2];
    struct probe_file file = {.machine = EM_X86_64};
    struct probe probe = {.file = &file, .name = "x", .sites = sites, .n_sites = 2};
    make_site(&sites[0], spec);
    make_site(&sites[1], other_spec);
    assert_int_equal(probe_describe_args(&probe, &set.providers[0], 8), 0);
    for (size_t i = 0; i < probe.n_args; i++) {
        buf_printf(&text, "%s%s:", i ? " " : "", probe.args[i].name);
        for (size_t s = 0; s < 2; s++) {
            const struct arg_spec *arg = i < sites[s].args.count ? &sites[s].args.args[i] : NULL;
            buf_printf(&text, "%s%.*s", s ? "," : "", arg ? (int)arg->text_len : 1, arg ? arg->text : "-");
        }
        probe_arg_free(&probe.args[i]);
    }
    assert_string_equal(buf_string(&text), expected);
    free(probe.args);
    free(probe.misfit);
    free_site(&sites[0]);
    free_site(&sites[1]);
}

static void a_field_is_read_where_its_argument_is(void **state)
{
    (void)state;
    assert_probe("8@%rdi -4@%esi", "8@%rbx -4@$1",
                 "a:8@%rdi,8@%rbx c:-4@%esi,-4@$1 b:8@%rdi,8@%rbx a_2:8@%rdi,8@%rbx d:-4@%esi,-4@$1");
}

static void a_site_that_passes_less_has_no_further_fields(void **state)
{
    (void)state;
    assert_probe("8@%rdi -4@%esi", "8@%rbx",
                 "a:8@%rdi,8@%rbx c:-4@%esi,- b:8@%rdi,- a_2:8@%rdi,- d:-4@%esi,-");
}

static void a_definition_of_another_version_gives_no_further_fields(void **state)
{
    (void)state;
    assert_probe("8@%rdi", "8@%rbx", "a:8@%rdi,8@%rbx");
    assert_probe("8@%rdi -4@%esi 8@%rdx", "8@%rbx -4@$1", "a:8@%rdi,8@%rbx c:-4@%esi,-4@$1 arg2:8@%rdx,-");
}

/* Everything that has a name has one of its own, also where a definition goes on without end. */
static void there_are_so_many_fields_at_most(void **state)
{
    (void)state;
    enum { PASSED = ARG_SPEC_MOST - 4, FIELDS = 9 };
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf definition = {0}, spec = {0};
    buf_puts(&definition, "provider p { probe x(");
    for (size_t i = 0; i < PASSED; i++) {
        buf_puts(&definition, i ? ", long a" : "long a /* ms");
        for (size_t field = 0; !i && field < FIELDS; field++)
            buf_puts(&definition, " and a ms");
        buf_puts(&definition, i ? "" : " */");
        buf_puts(&spec, "8@%rdi ");
    }
    buf_puts(&definition, "); };");
    assert_int_equal(provider_set_parse(&set, "file.d", definition.data, definition.len, NULL), 0);
    struct probe_site site;
    struct probe_file file = {.machine = EM_X86_64};
    struct probe probe = {.file = &file, .name = (char *)"x", .sites = &site, .n_sites = 1};
    make_site(&site, buf_string(&spec));
    assert_int_equal(probe_describe_args(&probe, &set.providers[0], 8), 0);
    assert_int_equal(probe.n_args, ARG_SPEC_MOST);
    for (size_t i = 0; i < probe.n_args; i++)
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(probe.args[i].name, probe.args[other].name);
    for (size_t i = 0; i < probe.n_args; i++)
        probe_arg_free(&probe.args[i]);
    free(probe.args);
    free(probe.misfit);
    free_site(&site);
}

static void what_is_known_of_symbols_is_repeated(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    struct probe_site site;
    make_site(&site, "8@%rdi -4@symbol(%rip)");
    assert_int_equal(provider_set_parse(&set, "file.d", DEFINED, strlen(DEFINED), NULL), 0);
    assert_int_equal(probe_site_repeat(&site, &set.providers[0].probes[0]), 0);
    assert_int_equal(site.args.count, 5);
    assert_int_equal(site.symbol_disp[3], 100);
    assert_int_equal(site.symbol_error[3], 0);
    assert_int_equal(site.symbol_disp[4], 101);
    assert_int_equal(site.symbol_error[4], -ENOENT);
    free_site(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_is_read_where_its_argument_is),
        cmocka_unit_test(a_site_that_passes_less_has_no_further_fields),
        cmocka_unit_test(a_definition_of_another_version_gives_no_further_fields),
        cmocka_unit_test(there_are_so_many_fields_at_most),
        cmocka_unit_test(what_is_known_of_symbols_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
