/* Which comment belongs to which argument of a `.d` file, and what is said when it can't. */
#include "describe.h"

/* One probe of provider p: what stands between its parentheses, what comes of it, and what is remarked. It
 * begins at column 9 of line 2. */
static void assert_annotated(const char *args, const char *expected, const char *remarks)
{
    _cleanup_buf_ struct buf text = {0}, line = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    struct diag diag = {0};
    buf_printf(&text, "provider p {\nprobe x(%s);\n};", args);
    buf_printf(&line, "p: x(%s)\n", expected);
    int result = parse_exactly(&set, text.data, text.len, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(result, 0);
    assert_set(&set, buf_string(&line));
    assert_remarks(&set, remarks);
}

static void behind_an_argument(void **state)
{
    (void)state;
    assert_annotated("const void *bytes /* hex[len] */, size_t len",
                     "const void *|bytes|hex[len], size_t|len|integer", "");
    assert_annotated("int a /* ms */", "int|a|integer ms", "");
    assert_annotated("struct sockaddr * /* sockaddr */", "struct sockaddr *|-|sockaddr", "");
    assert_annotated("void *p // hex[4]\n", "void *|p|hex[4]", "");
    assert_annotated("void /* hex[4] */ *p, int b", "void *|p|hex[4], int|b|integer", "");
    assert_annotated("T *p /* .id:u32 */ : other_t *q, int n", "T *|p|integer .id:u32, int|n|integer", "");
    assert_annotated("T *p : other_t *q /* .id:u32 */, int n", "T *|p|integer .id:u32, int|n|integer", "");
    assert_annotated("int (*f)(int /* a */, char /* b */) /* ptr */, int n /* us */",
                     "int (*)(int, char)|f|pointer, int|n|integer us", "");
    assert_annotated("uint8_t id[A, B] /* hex[20] */, int n", "uint8_t[A, B]|id|hex[20], int|n|integer", "");
}

static void behind_the_comma_at_the_end_of_a_line(void **state)
{
    (void)state;
    assert_annotated("const void *bytes, // hex[len]\n size_t len, // of them\n int flags // enum{1=SYN}\n",
                     "const void *|bytes|hex[len], size_t|len|integer, int|flags|enum{1=SYN}", "");
    assert_annotated("void *a, /* hex[1] */ \t\r\n void *b", "void *|a|hex[1], void *|b|pointer", "");
    assert_annotated("int a, int b, /* ms */\nint c", "int|a|integer, int|b|integer ms, int|c|integer", "");
}

static void comments_that_are_not_behind_an_argument(void **state)
{
    (void)state;
    assert_annotated("int a, /* ms */ int b", "int|a|integer, int|b|integer",
                     "! file.d:2:16: annotation passed over: it stands in front of its argument, not behind: "
                     "/* ms */\n");
    assert_annotated("int a,\n/* ms */\nint b", "int|a|integer, int|b|integer",
                     "! file.d:3:1: annotation passed over: it stands in front of its argument, not behind: "
                     "/* ms */\n");
    assert_annotated("// ms\nint a", "int|a|integer",
                     "! file.d:2:9: annotation passed over: it stands in front of its argument, not behind: "
                     "// ms\n");
    assert_annotated("/* prose */ int a, /* hexes */ int b", "int|a|integer, int|b|integer", "");
    assert_annotated("/* ms */", "", "");
    assert_annotated("void /* ms */", "", "");
    assert_annotated("int a) /* ms */ : (int b /* ms */", "int|a|integer", "");
}

static void one_comment_annotates(void **state)
{
    (void)state;
    assert_annotated("int a /* in */ /* ms */ /* or so */", "int|a|integer ms", "");
    assert_annotated("T *a /* .b */ /* hex[4] */, T *b", "T *|a|pointer .b, T *|b|pointer",
                     "! file.d:2:23: annotation passed over: the argument has one already; one comment can "
                     "hold both: /* hex[4] */\n");
    assert_annotated("T *a /* .b */, // hex[4]\n T *b // ptr\n", "T *|a|pointer .b, T *|b|pointer",
                     "! file.d:2:24: annotation passed over: the argument has one already; one comment can "
                     "hold both: // hex[4]\n");
}

static void quotes_and_directives_among_arguments(void **state)
{
    (void)state;
    assert_annotated("int a /* don't */, int b /* ms */", "int|a|integer, int|b|integer ms", "");
    assert_annotated("int a\n#pragma /* us */\n/* ms */, int b", "int|a|integer ms, int|b|integer", "");
}

static void lengths_of_other_arguments(void **state)
{
    (void)state;
    assert_annotated("size_t n, char *p /* text[n] */", "size_t|n|integer, char *|p|text[n]", "");
    assert_annotated("size_t, char *p /* text[arg0] */", "size_t|-|integer, char *|p|text[arg0]", "");
    assert_annotated("Oid n, char *p /* text[n] */", "Oid|n|integer, char *|p|text[n]", "");
    assert_annotated("size_t a, char *p /* text[arg0] */", "size_t|a|integer, char *|p|string",
                     "! file.d:2:35: annotation passed over: the probe has no such argument: arg0\n");
    assert_annotated("void *p /* hex[len] */", "void *|p|pointer",
                     "! file.d:2:24: annotation passed over: the probe has no such argument: len\n");
    assert_annotated("void *p /* hex[len] */, char *len", "void *|p|pointer, char *|len|string",
                     "! file.d:2:24: annotation passed over: a length must be an integer: len\n");
    assert_annotated("void *p /* hex[len] */, double len", "void *|p|pointer, double|len|float",
                     "! file.d:2:24: annotation passed over: a length must be an integer: len\n");
    assert_annotated("void *p /* hex[p] */", "void *|p|pointer",
                     "! file.d:2:24: annotation passed over: a length must be an integer: p\n");
}

static void what_does_not_go_with_the_type(void **state)
{
    (void)state;
    assert_annotated("double d /* hex[4] */", "double|d|float",
                     "! file.d:2:18: annotation passed over: the argument is no pointer: /* hex[4] */\n");
    assert_annotated("int i /* hex[4] */", "int|i|integer",
                     "! file.d:2:15: annotation passed over: the argument is no pointer: /* hex[4] */\n");
    assert_annotated("uint64_t i /* hex[4] */, long l /* sockaddr */", "uint64_t|i|hex[4], long|l|sockaddr",
                     "");
    assert_annotated("bool b /* .id:u32 */", "bool|b|bool",
                     "! file.d:2:16: annotation passed over: the argument is no pointer: /* .id:u32 */\n");
    assert_annotated("char *s /* enum{1=A} */", "char *|s|string",
                     "! file.d:2:17: annotation passed over: only integers have values with names: "
                     "/* enum{1=A} */\n");
    assert_annotated("double d /* enum{1=A} */", "double|d|float",
                     "! file.d:2:18: annotation passed over: only integers have values with names: "
                     "/* enum{1=A} */\n");
    assert_annotated("bool b /* enum{0=NO 1=YES} */", "bool|b|enum{0=NO 1=YES}", "");
    assert_annotated("T *p /* .state enum{1=A} */", "T *|p|enum{1=A} .state", "");
    assert_annotated("T *p /* .elapsed ms */", "T *|p|pointer .elapsed ms", "");
    assert_annotated("char *s /* ms */", "char *|s|string", "");
    assert_annotated("double d /* ms */", "double|d|float ms", "");
    assert_annotated("conn_t c /* +8:u32 */", "conn_t|c|integer +8:u32", "");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    (void)state;
    assert_annotated("void *p, /* hex[0] */\n int n", "void *|p|pointer, int|n|integer",
                     "! file.d:2:25: annotation passed over: a length is a number from 1 to 2^63 - 1: 0\n");
    assert_annotated("void *p // hex[n\n, int n /* enum{} */", "void *|p|pointer, int|n|integer",
                     "! file.d:2:17: annotation passed over: expected ']': // hex[n\n"
                     "! file.d:3:17: annotation passed over: expected a number and '=', or '}': }\n");
}

static void the_type_alone_is_kept(void **state)
{
    (void)state;
    static const char text[] = "provider p { probe x(char *s /* hex[4] */, T *p /* .id:u32 */); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(parse_exactly(&set, text, strlen(text), NULL), 0);
    const struct provider_arg *args = set.providers[0].probes[0].args;
    assert_int_equal(args[0].kind, ARG_KIND_HEX);
    assert_int_equal(args[0].plain_kind, ARG_KIND_STRING);
    assert_int_equal(args[1].kind, ARG_KIND_INTEGER);
    assert_int_equal(args[1].plain_kind, ARG_KIND_POINTER);
}

static void a_file_has_sixteen_remarks_of_each_sort(void **state)
{
    (void)state;
    enum { MANY = 30000 };
    _cleanup_buf_ struct buf text = {0};
    _cleanup_provider_set_ struct provider_set set = {0};
    buf_puts(&text, "provider p {\n");
    for (size_t i = 0; i < MANY; i++)
        buf_puts(&text, "#if A\nprobe x(T *p /*hex[n]*/);\n");
    buf_puts(&text, "};");
    assert_int_equal(parse_exactly(&set, text.data, text.len, NULL), 0);
    assert_int_equal(set.remarks.count, 32);
    assert_string_equal(set.remarks.items[0].text,
                        "file.d:2:1: not evaluated, all of its branches are read: #if A");
    assert_string_equal(set.remarks.items[31].text,
                        "file.d:33:20: annotation passed over: the probe has no such argument: n; "
                        "no further ones are named");
}

static void further_fields_of_an_argument(void **state)
{
    (void)state;
    assert_annotated("int n, T *a, // +0:u32 and b .x and c hex[n]\n int d // ms and e us\n",
                     "int|n|integer, T *|a|integer +0:u32, int|d|integer ms"
                     "; 1 again: T *|b|pointer .x; 1 again: T *|c|hex[n]; 2 again: int|e|integer us",
                     "");
    assert_annotated("int a, // enum{1=A} and b +4:u32\n int c", "int|a|integer, int|c|integer",
                     "! file.d:2:16: annotation passed over: the argument is no pointer: "
                     "// enum{1=A} and b +4:u32\n");
    assert_annotated("T *a, // ptr and b hex[n]\n int c", "T *|a|pointer, int|c|integer",
                     "! file.d:2:32: annotation passed over: the probe has no such argument: n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_an_argument),
        cmocka_unit_test(behind_the_comma_at_the_end_of_a_line),
        cmocka_unit_test(comments_that_are_not_behind_an_argument),
        cmocka_unit_test(one_comment_annotates),
        cmocka_unit_test(quotes_and_directives_among_arguments),
        cmocka_unit_test(lengths_of_other_arguments),
        cmocka_unit_test(what_does_not_go_with_the_type),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(the_type_alone_is_kept),
        cmocka_unit_test(further_fields_of_an_argument),
        cmocka_unit_test(a_file_has_sixteen_remarks_of_each_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
