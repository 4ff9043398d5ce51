/* The grammar of `.d` files, case by case. */
#include "describe.h"

/* One probe of provider p: what stands between its parentheses, and what comes of it. */
static void assert_args(const char *args, const char *expected)
{
    _cleanup_buf_ struct buf text = {0}, line = {0};
    buf_printf(&text, "provider p { probe x(%s); };", args);
    buf_printf(&line, "p: x(%s)\n", expected);
    assert_parsed(buf_string(&text), buf_string(&line));
}

static void probes_with_named_arguments(void **state)
{
    (void)state;
    assert_parsed("provider example {\n"
                  "    probe b(int count, const char *path);\n"
                  "    probe a(double seconds);\n"
                  "};\n",
                  "example: a(double|seconds|float)\n"
                  "example: b(int|count|integer, const char *|path|string)\n");
}

static void unnamed_arguments(void **state)
{
    (void)state;
    assert_args("int", "int|-|integer");
    assert_args("const char *", "const char *|-|string");
    assert_args("unsigned int, char *, struct conn *",
                "unsigned int|-|integer, char *|-|string, struct conn *|-|pointer");
}

static void no_arguments(void **state)
{
    (void)state;
    assert_args("", "");
    assert_args(" /* none */ ", "");
    assert_args("void", "");
    assert_args(" void ", "");
}

static void type_words_in_any_order(void **state)
{
    (void)state;
    assert_args("char const *x", "char const *|x|string");
    assert_args("int unsigned long const x", "int unsigned long const|x|integer");
    assert_args("const volatile unsigned x", "const volatile unsigned|x|integer");
    assert_args("unsigned state", "unsigned|state|integer");
    assert_args("long long unsigned", "long long unsigned|-|integer");
    assert_args("long double ld", "long double|ld|float");
    assert_args("struct st_x_t const *c", "struct st_x_t const *|c|pointer");
    assert_args("enum color c", "enum color|c|integer");
    assert_args("union u *", "union u *|-|pointer");
    assert_args("enum color", "enum color|-|integer");
    assert_args("_Bool b, bool c", "_Bool|b|bool, bool|c|bool");
    assert_args("string s, string", "string|s|string, string|-|string");
    assert_args("char **restrict x", "char **restrict|x|pointer");
    assert_args("char *__restrict x", "char *__restrict|x|string");
    assert_args("conn *_Atomic x", "conn *_Atomic|x|pointer");
}

static void names_of_unknown_types_are_integers_unless_pointers(void **state)
{
    (void)state;
    assert_args("Oid", "Oid|-|integer");
    assert_args("Oid oid", "Oid|oid|integer");
    assert_args("const Oid", "const Oid|-|integer");
    assert_args("Oid const oid", "Oid const|oid|integer");
    assert_args("conn_t *conn, conn_t **", "conn_t *|conn|pointer, conn_t **|-|pointer");
    assert_args("uintptr_t u, pid_t p", "uintptr_t|u|integer, pid_t|p|integer");
}

static void pointers(void **state)
{
    (void)state;
    assert_args("char*const*volatile x", "char *const *volatile|x|pointer");
    assert_args("const char *const name", "const char *const|name|string");
    assert_args("void**", "void **|-|pointer");
    assert_args("unsigned char *bytes", "unsigned char *|bytes|pointer");
    assert_args("uint8_t *", "uint8_t *|-|pointer");
}

static void arrays(void **state)
{
    (void)state;
    assert_args("char name[16]", "char[16]|name|string");
    assert_args("char x[]", "char[]|x|string");
    assert_args("char[ N + 1 ]", "char[N+1]|-|string");
    assert_args("int m[2][3]", "int[2][3]|m|pointer");
    assert_args("char *v[]", "char *[]|v|pointer");
    assert_args("char x[A/ *b]", "char[A/ *b]|x|string");
}

static void function_pointers(void **state)
{
    (void)state;
    assert_args("int (*fn)(void)", "int (*)(void)|fn|pointer");
    assert_args("int(*)(int,char*)", "int (*)(int, char *)|-|pointer");
    assert_args("void *(*const alloc)(size_t size, ...), int after",
                "void *(*const)(size_t size, ...)|alloc|pointer, int|after|integer");
    assert_args("int (*(*deep)(int))(char)", "int (*(*)(int))(char)|deep|pointer");
    assert_args("int (*table[4])(void)", "int (*[4])(void)|table|pointer");
    assert_args("char (*rows)[8]", "char (*)[8]|rows|pointer");
    assert_args("int compare(const void *, const void *)",
                "int (const void *, const void *)|compare|pointer");
    assert_args("int (foo_t)", "int (foo_t)|-|pointer");
}

static void blanks_are_folded(void **state)
{
    (void)state;
    assert_args("\r\n\tconst\vchar\f*\n  name\t", "const char *|name|string");
    assert_args("unsigned\\\nint x", "unsigned int|x|integer");
    assert_args("unsigned\\\r\nint x", "unsigned int|x|integer");
    assert_args("const/* which */char// text\n*x", "const char *|x|string");
}

static void comments_are_passed_over(void **state)
{
    (void)state;
    assert_parsed("/* it's a \"provider q {\" */ // don't; probe z();\n"
                  "provider /*a*/ p /*b*/ { // '\n"
                  "    /* probe y(int); */\n"
                  "    probe /**/ x /*c*/ (int a /* [hex] */, /* b */ int len /***/) /* / */ ;\n"
                  "} /* ' */ ; // end",
                  "p: x(int|a|integer, int|len|integer)\n");
}

static void directives_are_passed_over(void **state)
{
    (void)state;
    assert_parsed("#!/usr/sbin/dtrace -s\n"
                  "#pragma D option quiet\n"
                  "  #  include \"other.d\" /* goes on\n and ends */\n"
                  "#error don't \\\n stop at the 'end of line\n"
                  "provider p {\n"
                  "#ifdef X\n"
                  "    probe x(int);\n"
                  "#endif // }\n"
                  "};\n"
                  "#pragma D attributes Evolving/Evolving/Common provider p provider",
                  "p: x(int|-|integer)\n");
}

static void declarations_outside_are_passed_over(void **state)
{
    (void)state;
    assert_parsed("struct conn;\n"
                  "typedef struct conn { int fd; struct { char c; } in[2]; } conn_t;\n"
                  "typedef struct provider provider;\n"
                  "enum color { RED = 'r', GREEN };\n"
                  "union u { int i; };\n"
                  "inline int ONE = 1;\n"
                  "translator info_t < conn_t *c > { name = \"provider {\"; };\n"
                  "provider p { probe x(conn_t *conn, enum color); };\n"
                  "typedef int after;\n",
                  "p: x(conn_t *|conn|pointer, enum color|-|integer)\n");
}

static void translated_types_are_ignored(void **state)
{
    (void)state;
    assert_parsed("provider p {\n"
                  "    probe a(buf_t *b) : (bufinfo_t *b, devinfo_t *d, int (*f)(void));\n"
                  "    probe b(int) : ();\n"
                  "    probe c(T *p : other_t *q, int n);\n"
                  "    probe d(int *: const char *, Oid oid : int) : (void);\n"
                  "};",
                  "p: a(buf_t *|b|pointer)\n"
                  "p: b(int|-|integer)\n"
                  "p: c(T *|p|pointer, int|n|integer)\n"
                  "p: d(int *|-|pointer, Oid|oid|integer)\n");
}

static void names_of_probes(void **state)
{
    (void)state;
    assert_parsed("provider p {\n"
                  "    probe query-start(); probe query__done(); probe a-b-c(int); probe 2pc();\n"
                  "    probe x--y(); probe probe(); probe $v_1();\n"
                  "};",
                  "p: $v_1()\n"
                  "p: 2pc()\n"
                  "p: a__b__c(int|-|integer)\n"
                  "p: probe()\n"
                  "p: query__done()\n"
                  "p: query__start()\n"
                  "p: x____y()\n");
}

static void names_of_providers(void **state)
{
    (void)state;
    assert_parsed("provider postgresql15 {}; provider _a {}; provider provider { probe x(); };",
                  "_a:\npostgresql15:\nprovider: x()\n");
}

static void semicolons_may_be_missing_as_in_dtrace(void **state)
{
    (void)state;
    assert_parsed("provider p { probe x(int) probe y() : () } provider q { }", "p: x(int|-|integer)\n"
                                                                               "p: y()\n"
                                                                               "q:\n");
}

static void files_without_providers_are_fine(void **state)
{
    (void)state;
    assert_parsed("", "");
    assert_parsed("\n \t\r\n", "");
    assert_parsed("/* nothing */ // here", "");
    assert_parsed("#define A int", "");
}

static void one_provider_in_several_blocks(void **state)
{
    (void)state;
    assert_parsed("provider b { probe y(); };\n"
                  "provider a { probe x(); };\n"
                  "provider b { probe x(); };\n"
                  "provider b { };\n"
                  "provider ab { };",
                  "a: x()\n"
                  "ab:\n"
                  "b: x()\n"
                  "b: y()\n");
}

static void of_two_declarations_the_later_counts(void **state)
{
    (void)state;
    assert_parsed("provider p { probe x(int old, char *); probe y(); probe x(char *new, int); };",
                  "p: x(char *|new|string, int|-|integer)\n"
                  "p: y()\n");
}

static void one_probe_with_different_numbers_of_arguments(void **state)
{
    (void)state;
    static const char text[] = "provider p { probe x(int a, int b, int c); probe x(int d); probe w(); };";
    _cleanup_provider_set_ struct provider_set set = {0};
    assert_int_equal(parse_exactly(&set, text, strlen(text), NULL), 0);
    assert_set(&set, "p: w()\n"
                     "p: x(int|d|integer)\n"
                     "p: x(int|a|integer, int|b|integer, int|c|integer)\n");
    const struct provider *p = provider_set_find(&set, "p");
    assert_ptr_equal(provider_find_probe_for(p, "x", 1), &p->probes[1]);
    assert_ptr_equal(provider_find_probe_for(p, "x", 3), &p->probes[2]);
    assert_ptr_equal(provider_find_probe_for(p, "x", 2), &p->probes[2]);
    assert_ptr_equal(provider_find_probe_for(p, "x", 4), &p->probes[2]);
    assert_ptr_equal(provider_find_probe_for(p, "w", 1), &p->probes[0]);
    assert_null(provider_find_probe_for(p, "y", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_with_named_arguments),
        cmocka_unit_test(unnamed_arguments),
        cmocka_unit_test(no_arguments),
        cmocka_unit_test(type_words_in_any_order),
        cmocka_unit_test(names_of_unknown_types_are_integers_unless_pointers),
        cmocka_unit_test(pointers),
        cmocka_unit_test(arrays),
        cmocka_unit_test(function_pointers),
        cmocka_unit_test(blanks_are_folded),
        cmocka_unit_test(comments_are_passed_over),
        cmocka_unit_test(directives_are_passed_over),
        cmocka_unit_test(declarations_outside_are_passed_over),
        cmocka_unit_test(translated_types_are_ignored),
        cmocka_unit_test(names_of_probes),
        cmocka_unit_test(names_of_providers),
        cmocka_unit_test(semicolons_may_be_missing_as_in_dtrace),
        cmocka_unit_test(files_without_providers_are_fine),
        cmocka_unit_test(one_provider_in_several_blocks),
        cmocka_unit_test(of_two_declarations_the_later_counts),
        cmocka_unit_test(one_probe_with_different_numbers_of_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
