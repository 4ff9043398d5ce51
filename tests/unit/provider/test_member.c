/* Members by the DWARF that compilers write. The offsets that are expected are those of the very same header.
 */
#include "member_fixture.h"

#include "../../fixtures/members/members.h"
#include "../../fixtures/members/members_hidden.h"

#define AT(member)        ((unsigned)offsetof(struct members_conn, member))
#define PEER_AT(member)   ((unsigned)offsetof(struct members_peer, member))
#define HIDDEN_AT(member) ((unsigned)offsetof(struct members_hidden, member))

static const char conn[] = "struct members_conn *";

/* Every kind of DWARF that the compilers here write. */
static const char *const programs[] = {
    "members_gcc_dwarf2",   "members_gcc_dwarf3",   "members_gcc_dwarf4",   "members_gcc_dwarf5",
    "members_clang_dwarf2", "members_clang_dwarf3", "members_clang_dwarf4", "members_clang_dwarf5",
    "members_gcc_units4",   "members_gcc_units5",   "members_gcc_lto",      "members_gcc_compressed",
    "members_gcc_64",
};

static void in_each_program(void (*test)(struct member_types *types))
{
    for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
        _cleanup_close_ int fd = open_fixture(programs[i]);
        _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
        print_message("%s\n", programs[i]);
        test(types);
    }
}

static void check_numbers(struct member_types *types)
{
    assert_string_equal(resolved(types, conn, ".tiny", NULL), expected("+0x%x s1 INTEGER int8_t", AT(tiny)));
    assert_string_equal(resolved(types, conn, ".small", NULL),
                        expected("+0x%x s2 INTEGER int16_t", AT(small)));
    assert_string_equal(resolved(types, conn, ".number", NULL),
                        expected("+0x%x s4 INTEGER int32_t", AT(number)));
    assert_string_equal(resolved(types, conn, ".large", NULL),
                        expected("+0x%x s8 INTEGER int64_t", AT(large)));
    assert_string_equal(resolved(types, conn, ".octet", NULL),
                        expected("+0x%x u1 INTEGER uint8_t", AT(octet)));
    /* Compilers have several names for these two. */
    assert_memory_equal(resolved(types, conn, ".word", NULL), expected("+0x%x u2 INTEGER ", AT(word)), 17);
    assert_memory_equal(resolved(types, conn, ".widest", NULL), expected("+0x%x u8 INTEGER ", AT(widest)),
                        17);
    assert_string_equal(resolved(types, conn, ".wide", NULL),
                        expected("+0x%x u4 INTEGER unsigned int", AT(wide)));
    assert_string_equal(resolved(types, conn, ".letter", NULL),
                        expected("+0x%x s1 INTEGER char", AT(letter)));
    assert_string_equal(resolved(types, conn, ".yes", NULL), expected("+0x%x u1 BOOL _Bool", AT(yes)));
    assert_string_equal(resolved(types, conn, ".ratio", NULL), expected("+0x%x s4 FLOAT float", AT(ratio)));
    assert_string_equal(resolved(types, conn, ".exact", NULL), expected("+0x%x s8 FLOAT double", AT(exact)));
    assert_string_equal(resolved(types, conn, ".state", NULL),
                        expected("+0x%x u4 INTEGER enum members_state", AT(state)));
}

/* Before DWARF 3 nothing tells that an enum has negative values. */
static void check_signed_enum(struct member_types *types)
{
    assert_string_equal(resolved(types, conn, ".sign", NULL),
                        expected("+0x%x s4 INTEGER enum members_sign", AT(sign)));
}

static void check_places(struct member_types *types)
{
    assert_string_equal(resolved(types, conn, ".label", NULL),
                        expected("+0x%x u0 at[12] STRING char[12]", AT(label)));
    assert_string_equal(resolved(types, conn, ".label[3]", NULL),
                        expected("+0x%x s1 INTEGER char", AT(label) + 3));
    assert_string_equal(resolved(types, conn, ".key", NULL),
                        expected("+0x%x u0 at[6] HEX uint8_t[6]", AT(key)));
    assert_string_equal(resolved(types, conn, ".grid", NULL),
                        expected("+0x%x u0 at[48] POINTER int[3][4]", AT(grid)));
    assert_string_equal(resolved(types, conn, ".grid[2]", NULL),
                        expected("+0x%x u0 at[16] POINTER int[4]", AT(grid[2])));
    assert_string_equal(resolved(types, conn, ".grid[2][3]", NULL),
                        expected("+0x%x s4 INTEGER int", AT(grid[2][3])));
    assert_string_equal(
        resolved(types, conn, ".local", NULL),
        expected("+0x%x u0 at[%zu] POINTER struct members_peer", AT(local), sizeof(struct members_peer)));
    assert_string_equal(resolved(types, conn, ".local.cid_set.encrypted", NULL),
                        expected("+0x%x u0 at[20] HEX uint8_t[20]", AT(local.cid_set.encrypted)));
    assert_string_equal(resolved(types, conn, ".nameless_number", NULL),
                        expected("+0x%x u4 INTEGER uint32_t", AT(nameless_number)));
    assert_string_equal(resolved(types, conn, ".nameless_high", NULL),
                        expected("+0x%x u4 INTEGER uint32_t", AT(nameless_high)));
    assert_string_equal(resolved(types, conn, ".either.as_bytes[2]", NULL),
                        expected("+0x%x u1 INTEGER uint8_t", AT(either.as_bytes[2])));
}

static void check_pointers(struct member_types *types)
{
    assert_string_equal(resolved(types, conn, ".name", NULL), expected("+0x%x u8 STRING char *", AT(name)));
    assert_string_equal(resolved(types, conn, ".name[2]", NULL),
                        expected("+0x%x +0x2 s1 INTEGER char", AT(name)));
    assert_string_equal(resolved(types, conn, ".opaque", NULL),
                        expected("+0x%x u8 POINTER void *", AT(opaque)));
    assert_string_equal(resolved(types, conn, ".next", NULL),
                        expected("+0x%x u8 POINTER struct members_conn *", AT(next)));
    assert_string_equal(resolved(types, conn, ".table", NULL),
                        expected("+0x%x u8 POINTER struct members_conn **", AT(table)));
    assert_string_equal(resolved(types, conn, ".peers[1].cid_set.plaintext.node_id", NULL),
                        expected("+0x%x +0x%x u8 INTEGER uint64_t", AT(peers),
                                 (unsigned)sizeof(struct members_peer) + PEER_AT(cid_set.plaintext.node_id)));
    assert_string_equal(resolved(types, conn, ".table[1].next.name", NULL),
                        expected("+0x%x +0x8 +0x%x +0x%x u8 STRING char *", AT(table), AT(next), AT(name)));
    /* Defined in the other source file. */
    assert_string_equal(resolved(types, conn, ".hidden.secret", NULL),
                        expected("+0x%x +0x%x u2 INTEGER uint16_t", AT(hidden), HIDDEN_AT(secret)));
}

static void check_argument_types(struct member_types *types)
{
    static const char *const spellings[] = {
        "members_conn_p",
        "members_conn_t *",
        "const members_conn_t *",
        "members_conn_t const *",
        "volatile members_conn_p",
        "const struct members_conn *const",
        "members_conn_t *__restrict",
        "members_conn_t *restrict const",
        "_Atomic members_conn_p",
        "struct members_conn[]",
    };
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
        assert_string_equal(resolved(types, spellings[i], ".local.cid_set.plaintext.master_id", NULL),
                            expected("+0x%x u4 INTEGER uint32_t", AT(local.cid_set.plaintext.master_id)));
}

static void check_given_types(struct member_types *types)
{
    assert_string_equal(resolved(types, conn, ".number", "u8"),
                        expected("+0x%x u1 INTEGER uint8_t", AT(number)));
    assert_string_equal(resolved(types, conn, ".label", "string"),
                        expected("+0x%x u0 at[12] STRING const char *", AT(label)));
    assert_string_equal(resolved(types, conn, ".key", "array"),
                        expected("+0x%x u0 at[6] POINTER void *", AT(key)));
    assert_string_equal(resolved(types, conn, ".name", "ptr"), expected("+0x%x u8 POINTER void *", AT(name)));
    assert_string_equal(resolved(types, conn, ".opaque", "string"),
                        expected("+0x%x u8 STRING const char *", AT(opaque)));
    assert_string_equal(resolved(types, conn, ".exact", "s64"),
                        expected("+0x%x s8 INTEGER int64_t", AT(exact)));
}

static void check_mistakes(struct member_types *types)
{
    static const struct {
        const char *type, *member, *why;
    } mistakes[] = {
        {conn, ".locl.cid", "-EINVAL .locl.cid: struct members_conn has no member locl"},
        {conn, ".lab", "-EINVAL .lab: struct members_conn has no member lab"},
        {conn, ".label_", "-EINVAL .label_: struct members_conn has no member label_"},
        {conn, ".local.plaintext", "-EINVAL .local.plaintext: struct members_peer has no member plaintext"},
        {conn, ".number.x", "-EINVAL .number.x: .number is of type int32_t, which has no members"},
        {conn, ".label.x", "-EINVAL .label.x: .label is of type char[12], which has no members"},
        {conn, ".number[1]", "-EINVAL .number[1]: .number is of type int32_t, which has no elements"},
        {conn, ".grid[3]", "-EINVAL .grid[3]: .grid is of type int[3][4], which has fewer elements"},
        {conn, ".opaque.x",
         "-EINVAL .opaque.x: .opaque is of type void *, and what it points to is not known"},
        {conn, ".table.next",
         "-EINVAL .table.next: .table is of type struct members_conn **, which has no members"},
        {conn, ".next.next.next.next.number",
         "-EINVAL .next.next.next.next.number: that takes more than 4 loads"},
        {conn, ".peers[100000000].conn", "-EINVAL .peers[100000000].conn: that is 0x"},
        {conn, ".peers[18446744073709551615].conn",
         "-EBADMSG .peers[18446744073709551615].conn: the debug information is damaged"},
        {conn, ".local.cid_set.plaintext.path_id",
         "-EINVAL .local.cid_set.plaintext.path_id: that is a bit-field, which can't be read"},
        {conn, ".too_wide", "-EINVAL .too_wide: that is of type long double, 16 bytes, which can't be read"},
        {conn, ".", "-EINVAL .: a member is written .name or .name[3], not ."},
        {conn, ".label[", "-EINVAL .label[: a member is written .name or .name[3], not ["},
        {conn, ".label[x]", "-EINVAL .label[x]: a member is written .name or .name[3], not [x]"},
        {conn, "number", "-EINVAL number: a member is written .name or .name[3], not number"},
        {"struct members_conn **", ".number",
         "-EINVAL .number: the argument is of type struct members_conn **, not a pointer to a structure"},
        {"struct members_conn", ".number",
         "-EINVAL .number: the argument is of type struct members_conn, not a pointer to a structure"},
        {"unsigned long", ".x", "-EINVAL .x: the argument is of type unsigned long, which has no members"},
        {"int *", ".x", "-EINVAL .x: the argument is of type int *, which has no members"},
        {"uint32_t *", ".x", "-EINVAL .x: the argument is of type uint32_t, which has no members"},
        {"uint32_t", ".x", "-EINVAL .x: the argument is of type uint32_t, not a pointer to a structure"},
        {"struct members_elsewhere *", ".x",
         "-ENODATA .x: the debug information has no struct members_elsewhere"},
        {"members_elsewhere_t", ".x", "-ENODATA .x: the debug information has no type members_elsewhere_t"},
        {conn, ".nowhere.x",
         "-ENODATA .nowhere.x: the debug information only declares struct members_nowhere"},
    };
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        const char *got = resolved(types, mistakes[i].type, mistakes[i].member, NULL);
        if (strncmp(got, mistakes[i].why, strlen(mistakes[i].why)))
            assert_string_equal(got, mistakes[i].why);
    }
    /* After all of this it still works. */
    assert_string_equal(resolved(types, conn, ".number", NULL),
                        expected("+0x%x s4 INTEGER int32_t", AT(number)));
}

static void test_numbers(void **state)
{
    (void)state;
    in_each_program(check_numbers);
    static const char *const telling[] = {"members_gcc_dwarf3", "members_gcc_dwarf5", "members_clang_dwarf5"};
    for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
        _cleanup_close_ int fd = open_fixture(telling[i]);
        _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
        check_signed_enum(types);
    }
}

static void test_places(void **state)
{
    (void)state;
    in_each_program(check_places);
}

static void test_pointers(void **state)
{
    (void)state;
    in_each_program(check_pointers);
}

static void test_argument_types(void **state)
{
    (void)state;
    in_each_program(check_argument_types);
}

static void test_given_types(void **state)
{
    (void)state;
    in_each_program(check_given_types);
}

static void test_mistakes(void **state)
{
    (void)state;
    in_each_program(check_mistakes);
}

static void test_offsets(void **state)
{
    (void)state;
    assert_string_equal(resolved(NULL, "void *", "+0x18", "u32"), "+0x18 u4 INTEGER uint32_t");
    assert_string_equal(resolved(NULL, "long", "+0x18+8", "s16"), "+0x18 +0x8 s2 INTEGER int16_t");
    assert_string_equal(resolved(NULL, "void *", "+0+1+2+0x7fffffff", "f64"),
                        "+0x0 +0x1 +0x2 +0x7fffffff s8 FLOAT double");
    assert_string_equal(resolved(NULL, "void *", "+4", "f32"), "+0x4 s4 FLOAT float");
    assert_string_equal(resolved(NULL, "void *", "+4", "bool"), "+0x4 u1 BOOL bool");
    assert_string_equal(resolved(NULL, "void *", "+4", "ptr"), "+0x4 u8 POINTER void *");
    assert_string_equal(resolved(NULL, "void *", "+4", "string"), "+0x4 u8 STRING const char *");
    assert_string_equal(resolved(NULL, "void *", "+4", "array"), "+0x4 u0 at[0] POINTER void *");
}

static void test_wrong_offsets(void **state)
{
    (void)state;
    assert_string_equal(resolved(NULL, "void *", "+1+2+3+4+5", "u8"),
                        "-EINVAL +1+2+3+4+5: that takes more than 4 loads");
    assert_string_equal(resolved(NULL, "void *", "+0x18", NULL),
                        "-EINVAL +0x18: an offset needs a type behind it");
    assert_string_equal(resolved(NULL, "void *", "+0x18", "u33"), "-EINVAL +0x18: there is no type u33");
    static const char *const wrong[] = {
        "+", "+x", "+-1", "+1+", "+1.a", "+0x80000000", "+99999999999999999999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_memory_equal(resolved(NULL, "void *", wrong[i], "u8"), "-EINVAL +", 9);
}

/* Why there is nothing to be known. */
static void test_no_types(void **state)
{
    (void)state;
    assert_string_equal(resolved(NULL, conn, ".number", NULL),
                        "-ENODATA .number: there is no debug information");
    static const struct {
        const char *program, *why;
    } without[] = {
        {"members_none", "-EBADMSG .number: the debug information is damaged: no DWARF information"},
        {"members_split", "-ENODATA .number: its debug information is in .dwo files, which are not read"},
    };
    for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++) {
        _cleanup_close_ int fd = open_fixture(without[i].program);
        _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
        assert_string_equal(resolved(types, conn, ".number", NULL), without[i].why);
    }
    const struct member_files files = {.fd = -1, .shared_fd = -1};
    _cleanup_member_types_ struct member_types *types = NULL;
    assert_int_equal(member_types_open(&files, &types, NULL), 0);
    assert_string_equal(resolved(types, conn, ".number", NULL),
                        "-ENODATA .number: there is no debug information");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_pointers),    cmocka_unit_test(test_argument_types),
        cmocka_unit_test(test_given_types), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_offsets),     cmocka_unit_test(test_wrong_offsets),
        cmocka_unit_test(test_no_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
