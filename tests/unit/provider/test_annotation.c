/* What a comment behind an argument says. */
#include "read_annotation.h"

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
    assert_says("// enum{1=A 0=a}", "enum{0=a 1=A}");
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
        cmocka_unit_test(an_enum_has_at_most_1024_values),
        cmocka_unit_test(several_fields),
        cmocka_unit_test(an_argument_is_shown_in_at_most_twelve_fields),
        cmocka_unit_test(types_of_members_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
