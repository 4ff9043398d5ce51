/* What a definition says otherwise than the notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "probe/probe_fit.h"

/* One probe with these arguments, defined and in the note of a 64-bit or a 32-bit program. */
static void assert_misfit(const char *defined, const char *spec, unsigned pointer_size, const char *expected)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_arg_spec_list_ struct arg_spec_list list = {0};
    _cleanup_free_ char *misfit = NULL;
    _cleanup_buf_ struct buf text = {0};
    buf_printf(&text, "provider p { probe x(%s); };", defined);
    assert_int_equal(provider_set_parse(&set, "file.d", text.data, text.len, NULL), 0);
    assert_int_equal(arg_spec_list_parse(pointer_size == 8 ? EM_X86_64 : EM_386, spec, &list), 0);
    const struct provider_probe *probe = &set.providers[0].probes[0];
    assert_int_equal(probe_fit_explain(probe, &list, pointer_size, &misfit), 0);
    if (expected && misfit)
        assert_string_equal(misfit, expected);
    else if (expected || misfit)
        fail_msg("%s, %s: %s", defined, spec, misfit ? misfit : "fits");
}

static void what_fits(void **state)
{
    (void)state;
    assert_misfit("", "", 8, NULL);
    assert_misfit("int a, const char *b, long c", "-4@%eax 8@%rdi -8@%rsi", 8, NULL);
    assert_misfit("int a, const char *b, long c", "-4@%eax 4@%edi -4@%esi", 4, NULL);
    /* Sign and floating point are the note's alone. */
    assert_misfit("unsigned a, int b, double c", "-4@%eax 4f@%ebx 8@%rcx", 8, NULL);
}

static void counts(void **state)
{
    (void)state;
    assert_misfit("int a, int b, int c", "-4@%eax -4@%ebx", 8, "2 arguments, where the definition has 3");
    assert_misfit("", "-4@%eax", 8, "1 argument, where the definition has 0");
    assert_misfit("int a", "", 8, "0 arguments, where the definition has 1");
}

static void widths(void **state)
{
    (void)state;
    assert_misfit("size_t len", "-4@%eax", 8, "len has 4 bytes, not the 8 of size_t");
    assert_misfit("int, const char *", "1@%al -4@%ebx", 8,
                  "arg0 has 1 byte, not the 4 of int, arg1 has 4 bytes, not the 8 of const char *");
    assert_misfit("const char *s", "8@4(%esp)", 4, "s has 8 bytes, not the 4 of const char *");
    assert_misfit("short s, int i", "2@%ax", 8, "1 argument, where the definition has 2");
    assert_misfit("short s, int i", "4@%eax", 8,
                  "1 argument, where the definition has 2, s has 4 bytes, not the 2 of short");
}

static void what_nobody_can_compare(void **state)
{
    (void)state;
    assert_misfit("Oid a, struct s b, bool c", "-8@%rax 1@%bl -4@%ecx", 8, NULL);
    /* As wide as the literal was written. */
    assert_misfit("long a, char b", "-4@$0 -4@$5", 8, NULL);
    assert_misfit("long a", "nonsense", 8, NULL);
    /* Behind those that can be read. */
    assert_misfit(
        "long,long,long,long,long,long,long,long,long,long,long,long,long",
        "8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 8@%rax 4@%eax", 8,
        NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits),
        cmocka_unit_test(counts),
        cmocka_unit_test(widths),
        cmocka_unit_test(what_nobody_can_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
