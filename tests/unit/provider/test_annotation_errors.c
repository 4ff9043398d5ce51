/* What is wrong with a comment that was meant as an annotation. */
#include "read_annotation.h"

static void wrong_lengths(void **state)
{
    (void)state;
    assert_wrong("/* hex[0] */", "a length is a number from 1 to 2^63 - 1", "0");
    assert_wrong("/* hex[9223372036854775808] */", "a length is a number from 1 to 2^63 - 1",
                 "9223372036854775808");
    assert_wrong("/* hex[18446744073709551616] */", "a length is a number from 1 to 2^63 - 1",
                 "18446744073709551616");
    assert_wrong("/* hex[0x10000000000000000] */", "a length is a number from 1 to 2^63 - 1",
                 "0x10000000000000000");
    assert_wrong("/* hex[-1] */", "a length is a number from 1 to 2^63 - 1", "-");
    assert_wrong("/* hex[] */", "expected a length, or the argument that has it", "]");
    assert_wrong("/* hex[ */", "expected a length, or the argument that has it", "/* hex[ */");
    assert_wrong("/* hex[010] */", "a length is a number from 1 to 2^63 - 1", "010");
    assert_wrong("/* hex[12ab] */", "a length is a number from 1 to 2^63 - 1", "12ab");
    assert_wrong("/* hex[0x] */", "a length is a number from 1 to 2^63 - 1", "0x");
    assert_wrong("/* hex[\"a\"] */", "expected a length, or the argument that has it", "\"a\"");
    assert_wrong("/* text[len */", "expected ']'", "/* text[len */");
    assert_wrong("// text[len+1]", "expected ']'", "+");
    assert_wrong("// text[len", "expected ']'", "// text[len");
    assert_wrong("// hex[4] of them", "unknown word", "of");
}

static void wrong_enums(void **state)
{
    (void)state;
    assert_wrong("// enum{}", "expected a number and '=', or '}'", "}");
    assert_wrong("// enum{A=1}", "expected a number and '=', or '}'", "A");
    assert_wrong("// enum{1=A 2}", "expected '=' and the name of the value", "}");
    assert_wrong("// enum{1=2}", "expected the name of the value", "2");
    assert_wrong("// enum{1=A", "expected a number and '=', or '}'", "// enum{1=A");
    assert_wrong("// enum{1=A,,2=B}", "expected a number and '=', or '}'", ",");
    assert_wrong("// enum{1=A 0x1=B}", "this value has a name already", "0x1");
    assert_wrong("// enum{1=ERR 2=OK 3=ERR}", "this name has a value already", "ERR");
    assert_wrong("// enum{0=A -0=B}", "this value has a name already", "0");
    assert_wrong("// enum{9223372036854775808=A}", "a value has 64 bits, one of them for the sign",
                 "9223372036854775808");
    assert_wrong("// enum{-9223372036854775809=A}", "a value has 64 bits, one of them for the sign",
                 "9223372036854775809");
}

static void wrong_members(void **state)
{
    (void)state;
    static const char types[] = "expected u8 to u64, s8 to s64, f32, f64, bool, ptr, string or array";
    assert_wrong("// .a:", types, "// .a:");
    assert_wrong("// .a:int", types, "int");
    assert_wrong("// .a:u128", types, "u128");
    assert_wrong("// .a:32", types, "32");
    assert_wrong("// .a.b.", "expected the name of a member", "// .a.b.");
    assert_wrong("// .a.b..c", "expected the name of a member", ".");
    assert_wrong("// .a.b->c", "unknown word", "-");
    assert_wrong("// .a[n]", "expected an index, a number below 2^31", "n");
    assert_wrong("// .a[-1]", "expected an index, a number below 2^31", "-");
    assert_wrong("// .a[0x80000000]", "expected an index, a number below 2^31", "0x80000000");
    assert_wrong("// .a[1", "expected ']'", "// .a[1");
    assert_wrong("// .a.b[1]]", "unknown word", "]");
    assert_wrong("// +0x8[1]:u8", "unknown word", "[");
    assert_wrong("// .a.b .", "expected the name of a member", "// .a.b .");
}

static void wrong_offsets(void **state)
{
    (void)state;
    assert_wrong("// +0x18", "expected ':' and a type behind the offset", "// +0x18");
    assert_wrong("// +0x18 enum{1=A}", "expected ':' and a type behind the offset", "// +0x18 enum{1=A}");
    assert_wrong("// +8+", "expected an offset, a number below 2^31", "// +8+");
    assert_wrong("// +0x8+0x80000000:u8", "expected an offset, a number below 2^31", "0x80000000");
    assert_wrong("// +1+2+3+4+5:u8", "more than four offsets", "5");
}

static void one_thing_is_shown_in_one_way(void **state)
{
    (void)state;
    static const char second[] = "shows the argument in a second way";
    static const char type[] = "doesn't go with the type in front";
    assert_wrong("// hex[4] text[4]", second, "text");
    assert_wrong("// hex[4] ms", second, "ms");
    assert_wrong("// ms hex[4]", second, "hex");
    assert_wrong("// hex[4] sockaddr", second, "sockaddr");
    assert_wrong("// ptr enum{1=A}", second, "enum");
    assert_wrong("// hex[4] .a", "a member stands in front of the rest", ".");
    assert_wrong("// .a:u32 .b", "a member stands in front of the rest", ".");
    assert_wrong("// .a:u64 hex[4]", type, "hex");
    assert_wrong("// .a:u64 sockaddr", type, "sockaddr");
    assert_wrong("// .a:string string", type, "string");
    assert_wrong("// .a:ptr enum{1=A}", type, "enum");
    assert_wrong("// .a:bool enum{1=A}", type, "enum");
    assert_wrong("// .a:ptr ms", type, "ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_lengths),
        cmocka_unit_test(wrong_enums),
        cmocka_unit_test(wrong_members),
        cmocka_unit_test(wrong_offsets),
        cmocka_unit_test(one_thing_is_shown_in_one_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
