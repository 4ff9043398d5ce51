/* Members by BTF, made word by word as the kernel's Documentation/bpf/btf.rst describes it. */
#include "member_fixture.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>

enum { MOST_WORDS = 256, MOST_NAMES = 512 };

/* Types as words, names as bytes, until both are put together. */
struct making {
    uint32_t words[MOST_WORDS];
    size_t n_words;
    uint32_t n_types;
    char names[MOST_NAMES];
    size_t names_len;
};

static uint32_t put_name(struct making *making, const char *name)
{
    if (!*name)
        return 0;
    size_t len = strlen(name) + 1, at = making->names_len;
    assert_true(at + len <= MOST_NAMES);
    memcpy(making->names + at, name, len);
    making->names_len += len;
    return (uint32_t)at;
}

static void put_words(struct making *making, size_t n, const uint32_t *words)
{
    assert_true(making->n_words + n <= MOST_WORDS);
    memcpy(making->words + making->n_words, words, n * sizeof(*words));
    making->n_words += n;
}

#define PUT(making, ...) \
    put_words(making, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

/* The number of the new type. */
static uint32_t put_type(struct making *making, const char *name, uint32_t kind, uint32_t vlen, bool flag,
                         uint32_t size_or_type)
{
    PUT(making, put_name(making, name), (uint32_t)flag << 31 | kind << 24 | vlen, size_or_type);
    return ++making->n_types;
}

static uint32_t put_int(struct making *making, const char *name, uint32_t size, uint32_t encoding)
{
    uint32_t type = put_type(making, name, BTF_KIND_INT, 0, false, size);
    PUT(making, encoding << 24 | size * 8);
    return type;
}

static uint32_t put_array(struct making *making, uint32_t element, uint32_t count)
{
    uint32_t type = put_type(making, "", BTF_KIND_ARRAY, 0, false, 0);
    PUT(making, element, element, count);
    return type;
}

static void put_member(struct making *making, const char *name, uint32_t type, uint32_t bits)
{
    PUT(making, put_name(making, name), type, bits);
}

struct btf {
    uint8_t *bytes;
    size_t size;
};

static struct btf put_together(const struct making *making, bool swapped)
{
    struct btf_header header = {
        .magic = BTF_MAGIC,
        .version = BTF_VERSION,
        .hdr_len = sizeof(header),
        .type_len = (uint32_t)(making->n_words * sizeof(uint32_t)),
        .str_off = (uint32_t)(making->n_words * sizeof(uint32_t)),
        .str_len = (uint32_t)making->names_len,
    };
    struct btf btf = {.size = sizeof(header) + header.type_len + header.str_len};
    btf.bytes = malloc(btf.size);
    assert_non_null(btf.bytes);
    memcpy(btf.bytes, &header, sizeof(header));
    memcpy(btf.bytes + sizeof(header), making->words, header.type_len);
    memcpy(btf.bytes + sizeof(header) + header.type_len, making->names, header.str_len);
    if (swapped) {
        uint16_t magic = __builtin_bswap16(BTF_MAGIC);
        memcpy(btf.bytes, &magic, sizeof(magic));
        for (size_t i = 4; i < sizeof(header) + header.type_len; i += 4) {
            uint32_t word;
            memcpy(&word, btf.bytes + i, 4);
            word = __builtin_bswap32(word);
            memcpy(btf.bytes + i, &word, 4);
        }
    }
    return btf;
}

static struct btf make_btf(bool swapped)
{
    struct making making = {.names_len = 1};
    uint32_t number = put_int(&making, "int", 4, BTF_INT_SIGNED);
    uint32_t octet = put_int(&making, "unsigned char", 1, 0);
    uint32_t text = put_int(&making, "char", 1, BTF_INT_SIGNED);
    uint32_t yes = put_int(&making, "_Bool", 1, BTF_INT_BOOL);
    uint32_t real = put_type(&making, "double", BTF_KIND_FLOAT, 0, false, 8);
    uint32_t id = put_type(&making, "id_t", BTF_KIND_TYPEDEF, 0, false, number);
    uint32_t const_text = put_type(&making, "", BTF_KIND_CONST, 0, false, text);
    uint32_t string = put_type(&making, "", BTF_KIND_PTR, 0, false, const_text);
    uint32_t key = put_array(&making, octet, 6);
    uint32_t row = put_array(&making, number, 4);
    uint32_t grid = put_array(&making, row, 3);
    uint32_t state = put_type(&making, "state", BTF_KIND_ENUM, 1, true, 4);
    PUT(&making, put_name(&making, "IDLE"), 1);
    uint32_t nameless = put_type(&making, "", BTF_KIND_UNION, 2, false, 4);
    put_member(&making, "low", number, 0);
    put_member(&making, "parts", key, 0);
    uint32_t declared = put_type(&making, "hidden", BTF_KIND_FWD, 0, false, 0);
    uint32_t hidden = put_type(&making, "", BTF_KIND_PTR, 0, false, declared);
    uint32_t nowhere = put_type(&making, "", BTF_KIND_PTR, 0, false,
                                put_type(&making, "nowhere", BTF_KIND_FWD, 0, false, 0));
    uint32_t conn = making.n_types + 2;
    uint32_t next = put_type(&making, "", BTF_KIND_PTR, 0, false, conn);
    assert_int_equal(put_type(&making, "conn", BTF_KIND_STRUCT, 12, true, 120), conn);
    put_member(&making, "id", id, 0);
    put_member(&making, "bits", number, 3u << 24 | 32);
    put_member(&making, "name", string, 8 * 8);
    put_member(&making, "key", key, 16 * 8);
    put_member(&making, "grid", grid, 24 * 8);
    put_member(&making, "state", state, 72 * 8);
    put_member(&making, "", nameless, 76 * 8);
    put_member(&making, "hidden", hidden, 80 * 8);
    put_member(&making, "next", next, 88 * 8);
    put_member(&making, "nowhere", nowhere, 96 * 8);
    put_member(&making, "yes", yes, 104 * 8);
    put_member(&making, "real", real, 112 * 8);
    put_type(&making, "conn_t", BTF_KIND_TYPEDEF, 0, false, conn);
    put_type(&making, "hidden", BTF_KIND_STRUCT, 1, false, 8);
    put_member(&making, "secret", octet, 5 * 8);
    put_type(&making, "loop", BTF_KIND_TYPEDEF, 0, false, making.n_types + 1);
    put_type(&making, "nest", BTF_KIND_STRUCT, 2, false, 4);
    put_member(&making, "", making.n_types, 0);
    put_member(&making, "", making.n_types, 0);
    return put_together(&making, swapped);
}

static struct member_types *open_btf(const struct btf *btf)
{
    const struct member_files files = {
        .fd = -1, .shared_fd = -1, .btf = btf->bytes, .btf_size = btf->size, .pointer_size = 8};
    struct member_types *types = NULL;
    assert_int_equal(member_types_open(&files, &types, NULL), 0);
    return types;
}

static void check_members(bool swapped)
{
    static const struct {
        const char *type, *member, *expected;
    } cases[] = {
        {"struct conn *", ".id", "+0x0 s4 INTEGER id_t"},
        {"struct conn *", ".name", "+0x8 u8 STRING char *"},
        {"struct conn *", ".key", "+0x10 u0 at[6] HEX unsigned char[6]"},
        {"struct conn *", ".grid[2][1]", "+0x3c s4 INTEGER int"},
        {"struct conn *", ".grid[2]", "+0x38 u0 at[16] POINTER int[4]"},
        {"struct conn *", ".grid", "+0x18 u0 at[48] POINTER int[3][4]"},
        {"struct conn *", ".state", "+0x48 s4 INTEGER enum state"},
        {"struct conn *", ".low", "+0x4c s4 INTEGER int"},
        {"struct conn *", ".parts[1]", "+0x4d u1 INTEGER unsigned char"},
        {"const conn_t *", ".next.next.id", "+0x58 +0x58 +0x0 s4 INTEGER id_t"},
        {"struct conn *", ".hidden.secret", "+0x50 +0x5 u1 INTEGER unsigned char"},
        {"struct conn *", ".yes", "+0x68 u1 BOOL _Bool"},
        {"struct conn *", ".real", "+0x70 u8 FLOAT double"},
        {"struct conn *", ".next", "+0x58 u8 POINTER struct conn *"},
        {"struct conn *", ".bits", "-EINVAL .bits: that is a bit-field, which can't be read"},
        {"struct conn *", ".none", "-EINVAL .none: struct conn has no member none"},
        {"struct conn *", ".id.x", "-EINVAL .id.x: .id is of type id_t, which has no members"},
        {"struct conn *", ".nowhere.x",
         "-ENODATA .nowhere.x: the debug information only declares struct nowhere"},
        {"struct none *", ".x", "-ENODATA .x: the debug information has no struct none"},
        {"loop *", ".x", "-EBADMSG .x: the debug information is damaged"},
        {"struct nest *", ".x", "-EBADMSG .x: the debug information is damaged"},
    };
    struct btf btf = make_btf(swapped);
    _cleanup_member_types_ struct member_types *types = open_btf(&btf);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(resolved(types, cases[i].type, cases[i].member, NULL), cases[i].expected);
    free(btf.bytes);
}

static void test_members(void **state)
{
    (void)state;
    check_members(false);
}

static void test_other_byte_order(void **state)
{
    (void)state;
    check_members(true);
}

static void try(const struct btf *btf)
{
    static const char *const members[] = {".grid[2][1]", ".hidden.secret", ".next.next.low", ".name",
                                          ".real"};
    _cleanup_member_types_ struct member_types *types = open_btf(btf);
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        assert_non_null(resolved(types, "conn_t *", members[i], NULL));
}

/* The allocation ends where the bytes do, so that sanitizers see what is read behind it. */
static void test_cut_short(void **state)
{
    (void)state;
    struct btf btf = make_btf(false);
    for (size_t size = 0; size < btf.size; size++) {
        struct btf cut = {.bytes = malloc(size + !size), .size = size};
        assert_non_null(cut.bytes);
        memcpy(cut.bytes, btf.bytes, size);
        _cleanup_member_types_ struct member_types *types = open_btf(&cut);
        assert_string_equal(
            resolved(types, "conn_t *", ".id", NULL),
            "-EBADMSG .id: the debug information is damaged: .BTF is cut short or no BTF at all");
        free(cut.bytes);
    }
    free(btf.bytes);
}

static void test_damaged_bytes(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0xff, 0x01, 0x80, 0x10};
    struct btf btf = make_btf(false);
    for (size_t i = 0; i < btf.size * sizeof(masks); i++) {
        uint8_t *byte = &btf.bytes[i / sizeof(masks)], mask = masks[i % sizeof(masks)];
        *byte ^= mask;
        try(&btf);
        *byte ^= mask;
    }
    free(btf.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_other_byte_order),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_damaged_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
