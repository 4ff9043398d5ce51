/* What a comment behind an argument says, or what is wrong with it. */
#include "provider/annotation.h"

#include <errno.h>

#include "describe.h"

/* Takes a copy that ends where the comment ends, so that a sanitizer sees every byte read behind it. */
static int parse(const char *comment, char **ret_copy, struct annotation *annotation,
                 struct annotation_error *error)
{
    size_t len = strlen(comment);
    *ret_copy = malloc(len);
    assert_non_null(*ret_copy);
    memcpy(*ret_copy, comment, len);
    struct provider_token token = {PROVIDER_TOKEN_COMMENT, *ret_copy, len};
    return annotation_parse(&token, annotation, error);
}

static void assert_says(const char *comment, const char *expected)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "prose"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result != 1)
        fail_msg("%s: %d, %s", comment, result, error.wrong);
    for (const struct annotation *field = &annotation; field; field = field->next) {
        buf_printf(&text, "%s%s", field == &annotation ? "" : " and ", field->name ? field->name : "");
        buf_printf(&text, "%s%s", field->name ? " " : "", field->has_kind ? describe_kind(field->kind) : "");
        describe_note(&text, &field->note);
    }
    assert_string_equal(buf_string(&text), expected);
}

static void assert_prose(const char *comment)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "an annotation"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result)
        fail_msg("%s: %d, %s", comment, result, error.wrong);
}

static void assert_wrong(const char *comment, const char *wrong, const char *token)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "not said"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result != -EINVAL)
        fail_msg("%s: %d", comment, result);
    assert_string_equal(error.wrong, wrong);
    assert_int_equal(error.token.len, strlen(token));
    assert_memory_equal(error.token.text, token, error.token.len);
}

static void bytes_with_a_length(void **state)
{
    (void)state;
    assert_says("/* hex[16] */", "hex[16]");
    assert_says("/*hex[0x10]*/", "hex[16]");
    assert_says("// hex[bytes_len]", "hex[bytes_len]");
    assert_says("//\thex [ len ] \r", "hex[len]");
    assert_says("/* text[len] */", "text[len]");
    assert_says("/* text[9223372036854775807] */", "text[9223372036854775807]");
}

static void plain_words(void **state)
{
    (void)state;
    assert_says("/* sockaddr */", "sockaddr");
    assert_says("// ptr", "pointer");
    assert_says("/* string */", "string");
    assert_says("/* ms */", " ms");
    assert_says("// us", " us");
    assert_says("/*ns*/", " ns");
}

static void enums(void **state)
{
    (void)state;
    assert_says("/* enum{1=SYN,2=ACK} */", "enum{1=SYN 2=ACK}");
    assert_says("// enum{2=ACK 1=SYN}", "enum{1=SYN 2=ACK}");
    assert_says("// enum { -1 = FAILED, 0x10=BIG, 0=NONE, }", "enum{-1=FAILED 0=NONE 16=BIG}");
    assert_says("// enum{1=A 0=A}", "enum{0=A 1=A}");
    assert_says("// enum{-9223372036854775808=LOW 9223372036854775807=HIGH}",
                "enum{-9223372036854775808=LOW 9223372036854775807=HIGH}");
}

static void members_by_name(void **state)
{
    (void)state;
    assert_says("/* .id */", " .id");
    assert_says("/* .local.cid_set.plaintext.master_id:u32 */",
                "integer .local.cid_set.plaintext.master_id:u32");
    assert_says("// .a.b : s64", "integer .a.b:s64");
    assert_says("// .a[0x10].b[2][3].c", " .a[16].b[2][3].c");
    assert_says("// .a [1] hex[4]", "hex[4] .a[1]");
    assert_says("// .a:ptr", "pointer .a:ptr");
    assert_says("// .a:string", "string .a:string");
    assert_says("// .a:bool", "bool .a:bool");
    assert_says("// .a:f32", "float .a:f32");
    assert_says("// .a:array", "pointer .a:array");
}

static void members_by_offset(void **state)
{
    (void)state;
    assert_says("/* +0x18:u32 */", "integer +0x18:u32");
    assert_says("/* +0x18+0x8:u32 */", "integer +0x18+0x8:u32");
    assert_says("// +0 + 8 + 0X10 + 2147483647 : u8", "integer +0+8+0X10+2147483647:u8");
    assert_says("// +0x18 string", "string +0x18:ptr");
    assert_says("// +24 hex[4]", "hex[4] +24:ptr");
}

static void a_member_and_what_to_show_of_it(void **state)
{
    (void)state;
    assert_says("/* .name.base hex[16] */", "hex[16] .name.base");
    assert_says("/* .name text[len] */", "text[len] .name");
    assert_says("/* .peer sockaddr */", "sockaddr .peer");
    assert_says("/* .peer:array sockaddr */", "sockaddr .peer:array");
    assert_says("/* .state enum{0=IDLE 1=BUSY} */", "enum{0=IDLE 1=BUSY} .state");
    assert_says("/* +8:u16 enum{0=IDLE} */", "enum{0=IDLE} +8:u16");
    assert_says("/* .elapsed:u64 us */", "integer .elapsed:u64 us");
    assert_says("/* .elapsed:f64 ms */", "float .elapsed:f64 ms");
    assert_says("/* .elapsed ms */", " .elapsed ms");
    assert_says("/* .next ptr */", "pointer .next");
}

static void prose_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "/**/",
        "//",
        "/* */",
        "/***/",
        "/* in bytes */",
        "/* ms since the start */",
        "/* sockaddr of the client */",
        "/* string, or NULL */",
        "/* text */",
        "/* hex */",
        "/* text of the query */",
        "/* enum color */",
        "/* hexadecimal[4] */",
        "/* ptr. */",
        "/* .so file */",
        "/* ... */",
        "/* . */",
        "/* .5 */",
        "/* . a */",
        "/* +1 if it was cut */",
        "/* + */",
        "/* +24 */",
        "/* don't */",
        "/* \"ms\" */",
        "/* # ms */",
        "/* // ms */",
        "/* é */",
        "/* \x01 */",
        "/* ms us */",
        "/* sockaddr string */",
        "/* ms .member */",
        NULL,
    };
    for (const char *const *text = texts; *text; text++)
        assert_prose(*text);
}

static void wrong_lengths(void **state)
{
    (void)state;
    assert_wrong("/* hex[0] */", "a length is at least 1 and below 2^63", "0");
    assert_wrong("/* hex[9223372036854775808] */", "a length is at least 1 and below 2^63",
                 "9223372036854775808");
    assert_wrong("/* hex[18446744073709551616] */", "expected a length, or the argument that has it",
                 "18446744073709551616");
    assert_wrong("/* hex[0x10000000000000000] */", "expected a length, or the argument that has it",
                 "0x10000000000000000");
    assert_wrong("/* hex[-1] */", "expected a length, or the argument that has it", "-");
    assert_wrong("/* hex[] */", "expected a length, or the argument that has it", "]");
    assert_wrong("/* hex[ */", "expected a length, or the argument that has it", "/* hex[ */");
    assert_wrong("/* hex[010] */", "expected a length, or the argument that has it", "010");
    assert_wrong("/* hex[12ab] */", "expected a length, or the argument that has it", "12ab");
    assert_wrong("/* hex[0x] */", "expected a length, or the argument that has it", "0x");
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
    assert_wrong("// enum{0=A -0=B}", "this value has a name already", "0");
    assert_wrong("// enum{9223372036854775808=A}", "a value has 64 bits, one of them for the sign",
                 "9223372036854775808");
    assert_wrong("// enum{-9223372036854775809=A}", "a value has 64 bits, one of them for the sign",
                 "9223372036854775809");
}

/* Backwards, so that each new value goes to the front. */
static void write_enum(struct buf *text, unsigned count)
{
    buf_puts(text, "// enum{");
    for (unsigned i = count; i--;)
        buf_printf(text, "%u=V%u ", i, i);
    buf_puts(text, "}");
}

static void an_enum_has_at_most_1024_values(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf most = {0}, more = {0};
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error;
    write_enum(&most, ANNOTATION_MAX_ENUMS);
    assert_int_equal(parse(buf_string(&most), &copy, &annotation, &error), 1);
    assert_int_equal(annotation.note.n_enums, 1024);
    for (size_t i = 0; i < 1024; i++)
        assert_int_equal(annotation.note.enums[i].value, i);
    assert_string_equal(annotation.note.enums[1023].name, "V1023");
    write_enum(&more, ANNOTATION_MAX_ENUMS + 1);
    assert_wrong(buf_string(&more), "more than 1024 values", "0");
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

static void several_fields(void **state)
{
    (void)state;
    assert_says("// +0:u32 and second +4:u32 and third +8 hex[4]",
                "integer +0:u32 and second integer +4:u32 and third hex[4] +8:ptr");
    assert_says("/* ptr and id .id:u32 and len .data.len */",
                "pointer and id integer .id:u32 and len  .data.len");
    assert_says("// ms and and enum{1=A}", " ms and and enum{1=A}");
    assert_prose("// ms and more");
    assert_prose("// and");
    assert_prose("// and id +4:u32");
    assert_prose("// ptr and +4");
    assert_prose("// ptr and and and");
    assert_wrong("// hex[4] and", "expected the name of a further field", "// hex[4] and");
    assert_wrong("// hex[4] and 4", "expected the name of a further field", "4");
    assert_wrong("// hex[4] and so on", "unknown word", "on");
    assert_wrong("// hex[4] and id", "nothing is said about the field", "// hex[4] and id");
    assert_wrong("// .a.b and c .d and e .f.", "expected the name of a member", "// .a.b and c .d and e .f.");
    assert_wrong("// .a.b and c +8", "expected ':' and a type behind the offset", "// .a.b and c +8");
}

static void an_argument_is_shown_in_at_most_twelve_fields(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text = {0};
    buf_puts(&text, "// hex[1]");
    for (size_t i = 2; i <= ANNOTATION_MAX_FIELDS; i++)
        buf_puts(&text, " and a hex[1]");
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error;
    assert_int_equal(parse(buf_string(&text), &copy, &annotation, &error), 1);
    size_t count = 0;
    for (const struct annotation *field = &annotation; field; field = field->next)
        count++;
    assert_int_equal(count, 12);
    buf_puts(&text, " and a hex[1]");
    assert_wrong(buf_string(&text), "more than twelve fields", "a");
}

static void types_of_members_are_found(void **state)
{
    (void)state;
    const struct arg_note_type *type = arg_note_type_find("s16, and more", 3);
    assert_non_null(type);
    assert_string_equal(type->name, "s16");
    assert_int_equal(type->size, 2);
    assert_true(type->is_signed);
    assert_int_equal(arg_note_type_find("array", 5)->size, 0);
    assert_null(arg_note_type_find("s16", 2));
    assert_null(arg_note_type_find("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_with_a_length),
        cmocka_unit_test(plain_words),
        cmocka_unit_test(enums),
        cmocka_unit_test(members_by_name),
        cmocka_unit_test(members_by_offset),
        cmocka_unit_test(a_member_and_what_to_show_of_it),
        cmocka_unit_test(prose_is_left_alone),
        cmocka_unit_test(wrong_lengths),
        cmocka_unit_test(wrong_enums),
        cmocka_unit_test(an_enum_has_at_most_1024_values),
        cmocka_unit_test(wrong_members),
        cmocka_unit_test(wrong_offsets),
        cmocka_unit_test(one_thing_is_shown_in_one_way),
        cmocka_unit_test(several_fields),
        cmocka_unit_test(an_argument_is_shown_in_at_most_twelve_fields),
        cmocka_unit_test(types_of_members_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
