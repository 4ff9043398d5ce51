/* Names that a `.d` file gives to types. */
#include "describe.h"

static void defines_are_type_aliases(void **state)
{
    (void)state;
    assert_parsed("#define LocalTransactionId unsigned int\n"
                  "#define LWLock void\n"
                  "#define text const \\\n  char * // a string\n"
                  "#define seconds /* wall */ double\n"
                  "#define outer inner *\n"
                  "#define inner char\n"
                  "#define\tf(x) char *\n"
                  "#define empty\n"
                  "#define\n"
                  "provider p {\n"
                  "    probe a(LocalTransactionId id, LWLock *lock, LWLock*);\n"
                  "    probe b(text, text query, text *queries, seconds s);\n"
                  "    probe c(outer, f, empty, const inner *name);\n"
                  "};",
                  "p: a(LocalTransactionId|id|integer, LWLock *|lock|pointer, LWLock *|-|pointer)\n"
                  "p: b(text|-|string, text|query|string, text *|queries|pointer, seconds|s|float)\n"
                  "p: c(outer|-|string, f|-|integer, empty|-|integer, const inner *|name|string)\n");
}

/* D has no bool, so PostgreSQL's own file makes it a character. To people it is true or false. */
static void defines_do_not_change_words_with_a_kind(void **state)
{
    (void)state;
    assert_parsed("#define bool unsigned char\n"
                  "#define string char *\n"
                  "#define flag bool\n"
                  "provider p { probe x(bool a, string b, flag c); };",
                  "p: x(bool|a|bool, string|b|string, flag|c|bool)\n");
}

static void a_define_counts_from_its_line_on(void **state)
{
    (void)state;
    assert_parsed("provider p {\n"
                  "    probe a(T);\n"
                  "#define T char *\n"
                  "    probe b(T);\n"
                  "#define T double\n"
                  "    probe c(T);\n"
                  "};",
                  "p: a(T|-|integer)\n"
                  "p: b(T|-|string)\n"
                  "p: c(T|-|float)\n");
}

static void defines_that_go_in_circles_end(void **state)
{
    (void)state;
    assert_parsed("#define A B\n"
                  "#define B A\n"
                  "#define C C *\n"
                  "#define const const\n"
                  "provider p { probe x(A, B *, C, const A); };",
                  "p: x(A|-|integer, B *|-|pointer, C|-|pointer, const A|-|integer)\n");
}

static void typedefs_are_type_aliases(void **state)
{
    (void)state;
    assert_parsed("typedef const char *str;\n"
                  "typedef struct conn *conn_ref;\n"
                  "typedef struct conn conn;\n"
                  "typedef char\n#define\tX y\n *label_ref;\n"
                  "typedef;\n"
                  "typedef int;\n"
                  "provider p { probe x(str s, conn_ref c, struct conn *d, label_ref r, int i); };",
                  "p: x(str|s|string, conn_ref|c|pointer, struct conn *|d|pointer, label_ref|r|string, "
                  "int|i|integer)\n");
}

static void typedefs_of_what_has_members(void **state)
{
    (void)state;
    assert_parsed("typedef struct { char *name; } named;\n"
                  "typedef struct timer { int64_t at; struct { char c; } in; } *timer_ref, *other;\n"
                  "typedef union u { int i; } /* a */ *const volatile u_ref;\n"
                  "typedef enum { A, B } color;\n"
                  "typedef struct list { struct list *next; } **lists;\n"
                  "provider p { probe x(named *n, other o, u_ref u, color c, lists l, named m); };",
                  "p: x(named *|n|pointer, other|o|pointer, u_ref|u|pointer, color|c|integer, "
                  "lists|l|pointer, named|m|integer)\n");
}

static void typedefs_of_functions_and_arrays(void **state)
{
    (void)state;
    assert_parsed("typedef int (*callback)(char *);\n"
                  "typedef void (* /* a */ const handler) (int (*)(void));\n"
                  "typedef int compare(const void *, const void *);\n"
                  "typedef unsigned char uuid[16];\n"
                  "typedef const char /* a */ name[16];\n"
                  "typedef char letter;\n"
                  "typedef letter word[4 + 4];\n"
                  "typedef char pair[2][3];\n"
                  "typedef char *list[3];\n"
                  "typedef struct { char c; } structs[2];\n"
                  "typedef struct { char c; } [2];\n"
                  "typedef int (*);\n"
                  "typedef (;\n"
                  "typedef [4];\n"
                  "provider p { probe x(callback f, handler h, compare *c, uuid u,\n"
                  "name n, word w, pair two, list l, structs s, struct c *d); };",
                  "p: x(callback|f|pointer, handler|h|pointer, compare *|c|pointer, uuid|u|pointer, "
                  "name|n|string, word|w|string, pair|two|pointer, list|l|pointer, structs|s|pointer, "
                  "struct c *|d|pointer)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defines_are_type_aliases),
        cmocka_unit_test(defines_do_not_change_words_with_a_kind),
        cmocka_unit_test(a_define_counts_from_its_line_on),
        cmocka_unit_test(defines_that_go_in_circles_end),
        cmocka_unit_test(typedefs_are_type_aliases),
        cmocka_unit_test(typedefs_of_what_has_members),
        cmocka_unit_test(typedefs_of_functions_and_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
