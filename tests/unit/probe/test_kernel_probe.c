#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "probe/kernel_probe.h"
#include "probe/plan.h"
#include "probe/where.h"

/* How wide the types of the table are, and whether they have a sign. */
static const struct {
    const char *type;
    uint8_t size;
    bool is_signed;
} widths[] = {
    {"uint8_t", 1, false},  {"uint32_t", 4, false},     {"int32_t", 4, true},
    {"uint64_t", 8, false}, {"const char *", 8, false}, {"const char *const *", 8, false},
};

static void check_type(const struct kernel_field *field)
{
    size_t i = 0;
    while (i < sizeof(widths) / sizeof(*widths) && strcmp(widths[i].type, field->type))
        i++;
    assert_in_range(i, 0, sizeof(widths) / sizeof(*widths) - 1);
    assert_int_equal(field->size, widths[i].size);
    assert_int_equal(field->is_signed, widths[i].is_signed);
    if (field->kind != ARG_KIND_STRINGS)
        assert_int_equal(field->kind, arg_kind_of_type(field->type, strlen(field->type)));
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++) {
        const struct kernel_probe *kernel = &kernel_probes[i];
        assert_true(kernel->name && *kernel->name && kernel->meaning && *kernel->meaning);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(kernel_probes[other].name, kernel->name);
        assert_in_range(kernel_probe_count_fields(kernel), 1, WIRE_MAX_ARGS);
        for (size_t field = 0; field < kernel_probe_count_fields(kernel); field++) {
            assert_true(*kernel->fields[field].meaning);
            check_type(&kernel->fields[field]);
            for (size_t other = 0; other < field; other++)
                assert_string_not_equal(kernel->fields[other].name, kernel->fields[field].name);
        }
        assert_in_range(kernel_probe_count_ways(kernel), 1, KERNEL_PROBE_WAYS);
        for (size_t way = 0; way < kernel_probe_count_ways(kernel); way++)
            assert_non_null(kernel->ways[way].programs[0]);
    }
    assert_int_equal(kernel_probe_count_fields(&kernel_probes[WIRE_KERNEL_VFS_READ]), WIRE_VFS_READ_FIELDS);
    assert_int_equal(kernel_probe_count_fields(&kernel_probes[WIRE_KERNEL_EXEC]), WIRE_EXEC_FIELDS);
    assert_int_equal(kernel_probe_count_fields(&kernel_probes[WIRE_KERNEL_EXIT]), WIRE_EXIT_FIELDS);
}

static void names_select_each_once(void **state)
{
    (void)state;
    struct kernel_selection selection = {0};
    assert_int_equal(kernel_selection_add(&selection, "exit,vfs_read,exit", NULL), 0);
    assert_int_equal(kernel_selection_add(&selection, "vfs_read", NULL), 0);
    assert_int_equal(selection.count, 2);
    assert_ptr_equal(selection.probes[0], &kernel_probes[WIRE_KERNEL_EXIT]);
    assert_ptr_equal(selection.probes[1], &kernel_probes[WIRE_KERNEL_VFS_READ]);
    assert_true(kernel_selection_has(&selection, &kernel_probes[WIRE_KERNEL_EXIT]));
    assert_false(kernel_selection_has(&selection, &kernel_probes[WIRE_KERNEL_EXEC]));
}

static void other_names_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *names, *said;
    } cases[] = {
        {"", ""},           {"exec,", ""},           {",exec", ""},     {"exe", "exe"},
        {"execs", "execs"}, {"exec, exit", " exit"}, {"\033", "\\x1b"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct kernel_selection selection = {0};
        struct diag diag = {0};
        char wanted[128];
        snprintf(wanted, sizeof(wanted), "there is no kernel probe '%s'; there are vfs_read, exec, exit",
                 cases[i].said);
        assert_int_equal(kernel_selection_add(&selection, cases[i].names, &diag), -EINVAL);
        assert_string_equal(diag.text, wanted);
    }
}

static void a_row_becomes_a_probe(void **state)
{
    (void)state;
    struct wire_spec spec;
    struct event_layout layout;
    _cleanup_free_ struct probe *probe = kernel_probe_make(&kernel_probes[WIRE_KERNEL_EXEC], &spec, &layout);
    assert_non_null(probe);
    assert_true(probe_is_kernel(probe));
    assert_string_equal(probe->provider, "kernel");
    assert_string_equal(probe->name, "exec");
    assert_int_equal(probe->n_args, WIRE_EXEC_FIELDS);
    assert_string_equal(probe->args[WIRE_EXEC_ARGV].name, "argv");
    assert_int_equal(spec.n_args, WIRE_EXEC_FIELDS);
    assert_ptr_equal(layout.probe, probe);
    assert_int_equal(layout.n_values, WIRE_EXEC_FIELDS);
    assert_int_equal(layout.values[WIRE_EXEC_FILENAME].kind, ARG_KIND_STRING);
    assert_int_equal(layout.values[WIRE_EXEC_UID].size, 4);
}

static void a_plan_numbers_and_filters_it(void **state)
{
    (void)state;
    static const char text[] = "status == 3 && comm ^= \"s\"";
    _cleanup_where_ struct where *where = NULL;
    assert_int_equal(where_add(&where, text, strlen(text), NULL), 0);
    _cleanup_plan_ struct plan plan = {.where = where};
    struct probe *probe = NULL;
    uint32_t spec = 7;
    struct diag why = {0};
    assert_int_equal(plan_add_kernel_probe(&plan, &kernel_probes[WIRE_KERNEL_EXEC], &probe, &spec, &why),
                     -ENOENT);
    assert_string_equal(why.text, "it has no argument 'status'");
    assert_int_equal(plan.n_probes, 0);
    assert_int_equal(where_check(where, NULL), -EINVAL);
    assert_int_equal(plan_add_kernel_probe(&plan, &kernel_probes[WIRE_KERNEL_EXIT], &probe, &spec, &why), 0);
    assert_int_equal(where_check(where, NULL), 0);
    assert_int_equal(spec, 0);
    assert_int_equal(probe->id, 1);
    assert_ptr_equal(plan.probes[0], probe);
    assert_int_equal(plan.specs[0]->wire.filter, 1);
    assert_int_equal(plan.filters[0]->terms[0].subject, WIRE_EXIT_STATUS);
}

static void a_list_of_texts_is_not_compared(void **state)
{
    (void)state;
    static const char text[] = "argv == \"x\"";
    _cleanup_where_ struct where *where = NULL;
    assert_int_equal(where_add(&where, text, strlen(text), NULL), 0);
    _cleanup_plan_ struct plan plan = {.where = where};
    struct probe *probe = NULL;
    uint32_t spec;
    struct diag why = {0};
    assert_int_equal(plan_add_kernel_probe(&plan, &kernel_probes[WIRE_KERNEL_EXEC], &probe, &spec, &why),
                     -ENOENT);
    assert_string_equal(why.text, "column 1: 'argv' is a list of texts: it can't be compared");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(names_select_each_once),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(a_row_becomes_a_probe),
        cmocka_unit_test(a_plan_numbers_and_filters_it),
        cmocka_unit_test(a_list_of_texts_is_not_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
