/* From argument strings to what the BPF programs get, without a file or a kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf/arg_spec.h"
#include "probe/plan.h"

/* Slots of x86-64's pt_regs (arch/x86/include/asm/ptrace.h). */
enum { RBP = 4, RBX = 5, RAX = 10, RCX = 11, RDX = 12, RIP = 16, RSP = 19 };

static void fill_site(struct probe_site *site, unsigned machine, uint64_t address, const char *spec)
{
    *site = (struct probe_site){.address = address, .offset = address - 0x1000, .spec = strdup(spec)};
    assert_int_equal(arg_spec_list_parse(machine, site->spec, &site->args), 0);
    site->symbol_disp = calloc(site->args.count + 1, sizeof(*site->symbol_disp));
    site->symbol_error = calloc(site->args.count + 1, sizeof(*site->symbol_error));
}

/* A file with one probe per array of argument strings, one site per string. */
static struct probe_file *make_file(unsigned machine, size_t n_probes, const char *const specs[][4],
                                    const enum arg_kind *kinds)
{
    struct probe_file *file = calloc(1, sizeof(*file));
    file->machine = machine;
    file->path = strdup("/bin/fixture");
    file->probes = calloc(n_probes, sizeof(*file->probes));
    file->n_probes = n_probes;
    for (size_t i = 0; i < n_probes; i++) {
        struct probe *probe = &file->probes[i];
        char name[] = {'p', (char)('0' + i), '\0'};
        *probe = (struct probe){.file = file, .provider = strdup("fixture"), .name = strdup(name)};
        probe->sites = calloc(4, sizeof(*probe->sites));
        for (; probe->n_sites < 4 && specs[i][probe->n_sites]; probe->n_sites++)
            fill_site(&probe->sites[probe->n_sites], machine, 0x2000 + 0x100 * i + 0x10 * probe->n_sites,
                      specs[i][probe->n_sites]);
        probe->n_args = probe->sites[0].args.count;
        probe->args = calloc(probe->n_args + 1, sizeof(*probe->args));
        for (size_t arg = 0; arg < probe->n_args; arg++)
            probe->args[arg].kind = kinds ? kinds[arg] : ARG_KIND_INTEGER;
    }
    return file;
}

static void expect_arg(const struct wire_arg *actual, const struct wire_arg *expected)
{
    assert_int_equal(actual->where, expected->where);
    assert_int_equal(actual->disp, expected->disp);
    assert_int_equal(actual->size, expected->size);
    assert_int_equal(actual->is_signed, expected->is_signed);
    assert_int_equal(actual->fetch, expected->fetch);
    if (expected->where == WIRE_REGISTER || expected->where == WIRE_MEMORY)
        assert_int_equal(actual->reg, expected->reg);
    if (expected->where == WIRE_REGISTER)
        assert_int_equal(actual->shift, expected->shift);
    if (expected->where == WIRE_MEMORY) {
        assert_int_equal(actual->index, expected->index);
        assert_int_equal(actual->scale, expected->scale);
    }
}

static void every_operand_form_compiles(void **state)
{
    (void)state;
    static const char *const specs[][4] = {
        {"-4@$-7 8@%rax -1@%ch -8@-16(%rbp) 4@8(%rsp,%rcx,4) 8f@%rdx 4@%xmm0 8@(%rbx)"}};
    static const struct wire_arg expected[] = {
        {.where = WIRE_CONSTANT, .disp = -7, .size = 4, .is_signed = 1},
        {.where = WIRE_REGISTER, .reg = RAX, .size = 8},
        {.where = WIRE_REGISTER, .reg = RCX, .size = 1, .is_signed = 1, .shift = 8},
        {.where = WIRE_MEMORY, .reg = RBP, .index = WIRE_NO_REGISTER, .disp = -16, .size = 8, .is_signed = 1},
        {.where = WIRE_MEMORY, .reg = RSP, .index = RCX, .scale = 2, .disp = 8, .size = 4},
        {.where = WIRE_REGISTER, .reg = RDX, .size = 8},
        {.where = WIRE_NOWHERE, .size = 4},
        {.where = WIRE_MEMORY, .reg = RBX, .index = WIRE_NO_REGISTER, .size = 8},
    };
    struct probe_file *file = make_file(EM_X86_64, 1, specs, NULL);
    file->probes[0].args[5].kind = ARG_KIND_FLOAT;
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[0], &wire, &layout);
    assert_int_equal(wire.n_args, 8);
    assert_int_equal(wire.n_fetches, 0);
    for (size_t i = 0; i < 8; i++)
        expect_arg(&wire.args[i], &expected[i]);
    assert_int_equal(layout.n_values, 8);
    assert_int_equal(layout.values[5].kind, ARG_KIND_FLOAT);
    assert_int_equal(layout.values[2].size, 1);
    assert_true(layout.values[2].is_signed);
    assert_true(attach_spec_reads_memory(&wire));
    probe_file_free(file);
}

static void constants_are_cut_to_their_size(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"4@$-1 -1@$255 8@$-1 -4@$2147483648 2@$-2 -8@$-9"}};
    static const int64_t expected[] = {0xffffffff, -1, -1, INT32_MIN, 0xfffe, -9};
    struct probe_file *file = make_file(EM_X86_64, 1, specs, NULL);
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[0], &wire, &layout);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(wire.args[i].disp, expected[i]);
    probe_file_free(file);
}

static void symbols_are_relative_to_the_site(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"4@44+stats(%rip) -8@gone(%rip)"}};
    struct probe_file *file = make_file(EM_X86_64, 1, specs, NULL);
    struct probe_site *site = &file->probes[0].sites[0];
    site->symbol_disp[0] = 0x5000;
    site->symbol_error[1] = -ENOENT;
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], site, &wire, &layout);
    expect_arg(
        &wire.args[0],
        &(struct wire_arg){
            .where = WIRE_MEMORY, .reg = RIP, .index = WIRE_NO_REGISTER, .disp = 0x5000 + 44, .size = 4});
    assert_int_equal(wire.args[1].where, WIRE_NOWHERE);
    probe_file_free(file);
}

static void strings_are_fetched_and_need_memory(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"8@%rax -4@%edx"}, {"-4@%eax 8@%rdx"}, {"-4@$1 8@8(%rax)"}};
    static const enum arg_kind kinds[] = {ARG_KIND_STRING, ARG_KIND_INTEGER};
    struct probe_file *file = make_file(EM_X86_64, 3, specs, kinds);
    file->probes[1].args[0].kind = ARG_KIND_INTEGER;
    file->probes[2].args[0].kind = ARG_KIND_INTEGER;
    static const struct {
        unsigned n_fetches;
        bool reads_memory;
    } expected[] = {{1, true}, {0, false}, {0, true}};
    for (size_t i = 0; i < 3; i++) {
        struct wire_spec wire;
        struct event_layout layout;
        attach_spec_compile(&file->probes[i], &file->probes[i].sites[0], &wire, &layout);
        assert_int_equal(wire.n_fetches, expected[i].n_fetches);
        assert_int_equal(attach_spec_reads_memory(&wire), expected[i].reads_memory);
    }
    probe_file_free(file);
}

/* Arguments of every kind that is fetched, and the wire's word for it. */
static void what_annotations_say_is_fetched(void **state)
{
    (void)state;
    static const char *const specs[][4] = {
        {"8@%rax 8@%rdx 8@%rcx 8@%rbx 4@%esi 8@%rdi", "8@%rax 8@%rdx", "8f@%rax 8@%rdx"}};
    static const enum arg_kind kinds[] = {ARG_KIND_HEX,    ARG_KIND_TEXT, ARG_KIND_SOCKADDR,
                                          ARG_KIND_STRING, ARG_KIND_ENUM, ARG_KIND_INTEGER};
    static const enum wire_fetch fetches[] = {WIRE_FETCH_BYTES,  WIRE_FETCH_BYTES,   WIRE_FETCH_SOCKADDR,
                                              WIRE_FETCH_STRING, WIRE_FETCH_NOTHING, WIRE_FETCH_NOTHING};
    struct probe_file *file = make_file(EM_X86_64, 1, specs, kinds);
    struct probe *probe = &file->probes[0];
    struct wire_spec wire;
    struct event_layout layout;
    probe->args[0].length_arg = 5;
    probe->args[1].length_arg = PROBE_NO_ARG;
    probe->args[1].note.length = UINT64_C(1) << 40;
    attach_spec_compile(probe, &probe->sites[0], &wire, &layout);
    assert_int_equal(wire.n_fetches, 4);
    assert_int_equal(wire.n_members, 0);
    assert_true(attach_spec_reads_memory(&wire));
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(wire.args[i].fetch, fetches[i]);
        assert_int_equal(layout.values[i].kind, kinds[i]);
        assert_ptr_equal(layout.values[i].note, &probe->args[i].note);
    }
    assert_int_equal(wire.behind[0].length_arg, 5);
    assert_int_equal(wire.behind[1].length_arg, WIRE_NO_ARG);
    assert_int_equal(wire.behind[1].length, UINT32_MAX);
    assert_int_equal(layout.values[0].length_arg, 5);
    assert_int_equal(layout.values[1].length, UINT32_MAX);
    /* A site that doesn't pass the length, and one that passes a float. */
    attach_spec_compile(probe, &probe->sites[1], &wire, &layout);
    assert_int_equal(wire.args[0].where, WIRE_NOWHERE);
    assert_int_equal(wire.args[0].fetch, WIRE_FETCH_NOTHING);
    assert_int_equal(wire.args[1].fetch, WIRE_FETCH_BYTES);
    assert_int_equal(wire.n_fetches, 1);
    probe->args[0].length_arg = PROBE_NO_ARG;
    attach_spec_compile(probe, &probe->sites[2], &wire, &layout);
    assert_int_equal(wire.args[0].fetch, WIRE_FETCH_NOTHING);
    assert_int_equal(layout.values[0].kind, ARG_KIND_FLOAT);
    probe_file_free(file);
}

static struct member_chain *make_chain(const struct member_chain *from)
{
    struct member_chain *chain = malloc(sizeof(*chain));
    assert_non_null(chain);
    *chain = *from;
    return chain;
}

static void chains_lead_to_members(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"8@%rax 8@%rdx 8@%rcx 8@$0"}};
    static const enum arg_kind kinds[] = {ARG_KIND_INTEGER, ARG_KIND_FLOAT, ARG_KIND_HEX, ARG_KIND_STRING};
    static const struct member_chain chains[] = {
        {.offsets = {0, -8, 0x7fffffff, 24},
         .n_loads = 4,
         .size = 2,
         .is_signed = true,
         .kind = ARG_KIND_INTEGER},
        {.offsets = {16}, .n_loads = 1, .size = 4, .is_signed = true, .kind = ARG_KIND_FLOAT},
        {.offsets = {4}, .n_loads = 1, .is_address = true, .kind = ARG_KIND_HEX, .length = 20},
        {.offsets = {8}, .n_loads = 1, .size = 8, .kind = ARG_KIND_STRING},
    };
    struct probe_file *file = make_file(EM_X86_64, 1, specs, kinds);
    struct probe *probe = &file->probes[0];
    for (size_t i = 0; i < 4; i++) {
        probe->args[i].length_arg = PROBE_NO_ARG;
        probe->args[i].chain = make_chain(&chains[i]);
    }
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(probe, &probe->sites[0], &wire, &layout);
    assert_int_equal(wire.n_members, 4);
    assert_int_equal(wire.n_fetches, 2);
    assert_true(attach_spec_reads_memory(&wire));
    for (size_t i = 0; i < 4; i++) {
        const struct wire_behind *behind = &wire.behind[i];
        assert_int_equal(behind->n_loads, chains[i].n_loads);
        assert_memory_equal(behind->offsets, chains[i].offsets, sizeof(behind->offsets));
        assert_int_equal(behind->size, chains[i].size);
        assert_int_equal(behind->is_signed, chains[i].is_signed);
        assert_int_equal(layout.values[i].kind, kinds[i]);
        assert_int_equal(layout.values[i].is_signed, chains[i].is_signed);
    }
    assert_int_equal(layout.values[0].size, 2);
    assert_int_equal(layout.values[1].size, 4);
    assert_int_equal(layout.values[2].size, 8);
    assert_int_equal(wire.behind[2].length, 20);
    assert_int_equal(wire.args[3].where, WIRE_CONSTANT);
    probe_file_free(file);
}

/* 0 handed to a double parameter is written to the note as an int. */
static void a_literal_is_shown_as_what_it_is(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"8f@%rax", "-4@$0"}};
    static const enum arg_kind kinds[] = {ARG_KIND_FLOAT};
    struct probe_file *file = make_file(EM_X86_64, 1, specs, kinds);
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[0], &wire, &layout);
    assert_int_equal(layout.values[0].kind, ARG_KIND_FLOAT);
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[1], &wire, &layout);
    assert_int_equal(layout.values[0].kind, ARG_KIND_INTEGER);
    probe_file_free(file);
}

static void more_arguments_than_fit_are_cut(void **state)
{
    (void)state;
    static const char *const specs[][4] = {
        {"4@$1 4@$2 4@$3 4@$4 4@$5 4@$6 4@$7 4@$8 4@$9 4@$10 4@$11 4@$12 4@$13"}};
    struct probe_file *file = make_file(EM_X86_64, 1, specs, NULL);
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[0], &wire, &layout);
    assert_int_equal(wire.n_args, WIRE_MAX_ARGS);
    assert_int_equal(wire.args[11].disp, 12);
    assert_int_equal(layout.n_values, WIRE_MAX_ARGS);
    probe_file_free(file);
}

static void the_plan_numbers_probes_and_shares_specs(void **state)
{
    (void)state;
    static const char *const specs[][4] = {
        {"4@%eax", "4@%edx", "4@%eax"}, {"4@%eax"}, {"8@x(%rip)", "8@x(%rip)"}};
    _cleanup_plan_ struct plan plan = {0};
    struct select select = {0};
    struct plan_file *planned = NULL;
    struct probe_file *file = make_file(EM_X86_64, 3, specs, NULL);
    file->probes[2].sites[0].symbol_disp[0] = 0x500;
    file->probes[2].sites[1].symbol_disp[0] = 0x4f0;
    assert_int_equal(plan_add_file(&plan, &(struct plan_file_id){8, 15, 1}, file, &select, &planned), 0);
    assert_int_equal(plan.n_probes, 3);
    assert_int_equal(plan.n_specs,
                     5); /* p0: two; p1: one; p2: one each, since the operands are site-relative */
    assert_int_equal(planned->n_sites, 6);
    static const uint32_t numbers[] = {0, 1, 0, 2, 3, 4};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(planned->sites[i].spec, numbers[i]);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(plan.probes[i]->id, i + 1);
    assert_int_equal(planned->sites[1].offset, 0x1010);
    assert_ptr_equal(plan_find_file(&plan, &(struct plan_file_id){8, 15, 1}), planned);
    assert_null(plan_find_file(&plan, &(struct plan_file_id){8, 16, 1}));
    assert_null(plan_find_file(&plan, &(struct plan_file_id){9, 15, 1}));
}

static void a_number_can_go_to_another_file(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"4@%eax"}};
    _cleanup_plan_ struct plan plan = {0};
    struct select select = {0};
    struct plan_file *without = NULL, *with = NULL;
    const struct plan_file_id first = {8, 15, 1}, second = {8, 15, 2}, third = {8, 15, 3};
    assert_int_equal(plan_add_file(&plan, &first, NULL, &select, &without), 0);
    assert_ptr_equal(plan_find_file(&plan, &first), without);
    assert_null(plan_find_file(&plan, &second));
    assert_int_equal(plan_add_file(&plan, &second, make_file(EM_X86_64, 1, specs, NULL), &select, &with), 0);
    assert_ptr_equal(plan_find_file(&plan, &second), with);
    /* It has sites, so it is attached to: written to, it is still the same. */
    assert_ptr_equal(plan_find_file(&plan, &third), with);
}

static void the_plan_takes_selected_probes_only(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"4@%eax"}, {"4@%edx"}, {""}};
    _cleanup_plan_ struct plan plan = {0};
    _cleanup_select_ struct select select = {0};
    struct plan_file *planned = NULL;
    assert_int_equal(select_add(&select, "fixture:p1", NULL), 0);
    assert_int_equal(plan_add_file(&plan, &(struct plan_file_id){1, 2, 3},
                                   make_file(EM_X86_64, 3, specs, NULL), &select, &planned),
                     0);
    assert_int_equal(plan.n_probes, 1);
    assert_string_equal(plan.probes[0]->name, "p1");
    assert_int_equal(planned->n_sites, 1);
}

static void the_plan_shares_filters_and_leaves_out_what_they_do_not_fit(void **state)
{
    (void)state;
    /* x is signed at one site of p0; p1 has no x. */
    static const char *const specs[][4] = {
        {"4@%eax 8@%rdx", "-4@%edx 8@%rdx", "4@%ecx 8@%rdx"}, {"4@%edx"}, {"4@%r8d"}};
    _cleanup_plan_ struct plan plan = {0};
    _cleanup_where_ struct where *where = NULL;
    struct select select = {0};
    struct plan_file *planned = NULL;
    struct probe_file *file = make_file(EM_X86_64, 3, specs, NULL);
    for (size_t i = 0; i < 3; i++)
        file->probes[i].args[0].name = strdup(i == 1 ? "y" : "x");
    file->probes[0].args[1].name = strdup("y");
    assert_int_equal(where_add(&where, "x < 5", 5, NULL), 0);
    plan.where = where;
    assert_int_equal(plan_add_file(&plan, &(struct plan_file_id){1, 2, 3}, file, &select, &planned), 0);
    assert_int_equal(plan.n_probes, 2);
    assert_string_equal(plan.probes[1]->name, "p2");
    assert_int_equal(plan.n_filters, 2);
    assert_int_equal(plan.n_specs, 4);
    static const uint32_t filters[] = {1, 2, 1, 1}, samplers[] = {0, 0, 0, 3};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(plan.specs[i]->wire.filter, filters[i]);
        assert_int_equal(plan.specs[i]->wire.sampler, samplers[i]);
    }
}

static void other_machines_are_planned_but_not_read(void **state)
{
    (void)state;
    static const char *const specs[][4] = {{"-4@r3"}};
    struct probe_file *file = make_file(EM_ARM, 1, specs, NULL);
    struct wire_spec wire;
    struct event_layout layout;
    attach_spec_compile(&file->probes[0], &file->probes[0].sites[0], &wire, &layout);
    assert_int_equal(wire.args[0].where, WIRE_NOWHERE);
    probe_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operand_form_compiles),
        cmocka_unit_test(constants_are_cut_to_their_size),
        cmocka_unit_test(symbols_are_relative_to_the_site),
        cmocka_unit_test(strings_are_fetched_and_need_memory),
        cmocka_unit_test(what_annotations_say_is_fetched),
        cmocka_unit_test(chains_lead_to_members),
        cmocka_unit_test(a_literal_is_shown_as_what_it_is),
        cmocka_unit_test(more_arguments_than_fit_are_cut),
        cmocka_unit_test(the_plan_numbers_probes_and_shares_specs),
        cmocka_unit_test(the_plan_takes_selected_probes_only),
        cmocka_unit_test(the_plan_shares_filters_and_leaves_out_what_they_do_not_fit),
        cmocka_unit_test(a_number_can_go_to_another_file),
        cmocka_unit_test(other_machines_are_planned_but_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
