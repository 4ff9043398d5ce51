/* What arguments become by members that need no debug information, and without any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/probe_arg.h"
#include "probe/probe_member.h"

/* "KIND TYPE" and a member's way, or "!WHY" for an annotation that is passed over. */
static void describe(const struct probe_arg *arg, struct buf *out)
{
    static const char *const kinds[] = {
        [ARG_KIND_INTEGER] = "integer", [ARG_KIND_BOOL] = "bool",         [ARG_KIND_FLOAT] = "float",
        [ARG_KIND_POINTER] = "pointer", [ARG_KIND_STRING] = "string",     [ARG_KIND_HEX] = "hex",
        [ARG_KIND_TEXT] = "text",       [ARG_KIND_SOCKADDR] = "sockaddr", [ARG_KIND_ENUM] = "enum",
    };
    buf_printf(out, "%s %s", kinds[arg->kind], arg->type);
    for (size_t i = 0; arg->chain && i < arg->chain->n_loads; i++)
        buf_printf(out, " +%d", arg->chain->offsets[i]);
    if (arg->passed_over)
        buf_printf(out, " !%s", arg->passed_over);
}

struct read_probe {
    struct provider_set set;
    struct probe_site site;
    struct probe probe;
    struct probe_file file;
};

static void make(struct read_probe *made, const char *definition, const char *operands)
{
    _cleanup_buf_ struct buf text = {0};
    struct diag diag = {0};
    *made = (struct read_probe){
        .site = {.spec = strdup(operands)},
        .probe = {.file = &made->file,
                  .provider = (char *)"p",
                  .name = (char *)"it",
                  .sites = &made->site,
                  .n_sites = 1},
        .file = {.machine = EM_X86_64, .pointer_size = 8, .probes = &made->probe, .n_probes = 1},
    };
    buf_printf(&text, "provider p { probe it(%s); };", definition);
    if (provider_set_parse(&made->set, "p.d", text.data, text.len, &diag))
        fail_msg("%s", diag.text);
    assert_int_equal(arg_spec_list_parse(EM_X86_64, made->site.spec, &made->site.args), 0);
    made->site.symbol_error = calloc(made->site.args.count + 1, sizeof(*made->site.symbol_error));
    assert_int_equal(probe_describe_args(&made->probe, provider_set_find(&made->set, "p"), 8), 0);
}

static void drop(struct read_probe *made)
{
    for (size_t i = 0; i < made->probe.n_args; i++)
        probe_arg_free(&made->probe.args[i]);
    free(made->probe.args);
    free(made->probe.misfit);
    free(made->site.symbol_error);
    free(made->site.spec);
    arg_spec_list_free(&made->site.args);
    provider_set_free(&made->set);
}

static void members_give_type_and_kind(void **state)
{
    (void)state;
    static const struct {
        const char *definition, *operands, *expected;
    } rows[] = {
        {"struct c *p /* +8:u32 */", "8@%rax", "integer uint32_t +8"},
        {"struct c *p /* +0x18+8:s16 */", "8@%rax", "integer int16_t +24 +8"},
        {"struct c *p /* +8:bool */", "8@8(%rsp)", "bool bool +8"},
        {"struct c *p /* +8:f32 */", "8@%rax", "float float +8"},
        {"struct c *p /* +8:ptr */", "8@%rax", "pointer void * +8"},
        {"struct c *p /* +8:string */", "8@%rax", "string const char * +8"},
        {"struct c *p /* +8 hex[4] */", "8@%rax", "hex void * +8"},
        {"struct c *p /* +8:array hex[4] */", "8@%rax", "hex void * +8"},
        {"struct c *p /* +8 sockaddr */", "8@%rax", "sockaddr void * +8"},
        {"struct c *p /* +8:u8 enum{1=ONE} */", "8@%rax", "enum uint8_t +8"},
        {"struct c *p /* +8:u8 ms */", "8@%rax", "integer uint8_t +8"},
        {"struct c *p /* +8:u32 */", "-4@$0", "integer uint32_t +8"},
        {"const char *p /* +8:u32 */", "8@%rax", "integer uint32_t +8"},
        /* what the operand can't be */
        {"struct c *p /* +8:u32 */", "-4@%eax", "pointer struct c * !what is there is no pointer"},
        {"struct c *p /* +8:u32 */", "8f@%rax", "float struct c * !what is there is no pointer"},
        /* nobody knows the types */
        {"struct c *p /* .a.b */", "8@%rax", "pointer struct c * !.a.b: there is no debug information"},
        {"struct c *p /* .a.b hex[4] */", "8@%rax",
         "pointer struct c * !.a.b: there is no debug information"},
        {"const char *p /* .a:u32 */", "8@%rax", "string const char * !.a: there is no debug information"},
    };
    const struct select all = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_buf_ struct buf text = {0};
        struct read_probe made;
        make(&made, rows[i].definition, rows[i].operands);
        assert_int_equal(probe_members_resolve(&made.file, &all, NULL), 0);
        describe(&made.probe.args[0], &text);
        assert_string_equal(buf_string(&text), rows[i].expected);
        assert_int_equal(made.probe.args[0].why_passed_over, 0);
        drop(&made);
    }
}

static void only_names_need_types(void **state)
{
    (void)state;
    const struct select all = {0};
    struct read_probe made;
    make(&made, "struct c *p /* +8:u32 */, void *q", "8@%rax 8@%rdx");
    assert_false(probe_members_need_types(&made.file, &all));
    drop(&made);
    make(&made, "struct c *p /* +8:u32 */, struct c *q /* .a */", "8@%rax 8@%rdx");
    assert_true(probe_members_need_types(&made.file, &all));
    drop(&made);
}

static void probes_that_are_not_selected_stay_alone(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    struct select others = {0};
    struct read_probe made;
    make(&made, "struct c *p /* .a */", "8@%rax");
    assert_int_equal(select_add(&others, "p:other", NULL), 0);
    assert_false(probe_members_need_types(&made.file, &others));
    assert_int_equal(probe_members_resolve(&made.file, &others, NULL), 0);
    describe(&made.probe.args[0], &text);
    assert_string_equal(buf_string(&text), "pointer struct c *");
    select_free(&others);
    drop(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_give_type_and_kind),
        cmocka_unit_test(only_names_need_types),
        cmocka_unit_test(probes_that_are_not_selected_stay_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
