/* Where a file says that its types are described. */
#include "elf_image.h"

#include <errno.h>
#include <stdlib.h>

#include "elf/elf_debug.h"

static void read_debug(struct image *image, struct elf_debug *ret_debug)
{
    _cleanup_elf_file_ struct elf_file *file = NULL;
    image_finish(image);
    _cleanup_close_ int fd = image_fd(image, image->bytes.len);
    assert_int_equal(elf_file_open(fd, &file, NULL), 0);
    elf_debug_read(file, ret_debug);
    buf_free(&image->bytes);
}

static void test_nothing(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    _cleanup_elf_debug_ struct elf_debug debug;
    image_add(&image, ".debug_info", SHT_NOBITS, 0, 0, NULL, 100);
    read_debug(&image, &debug);
    assert_false(debug.has_dwarf);
    assert_null(debug.link);
    assert_null(debug.shared);
    assert_null(debug.shared_id);
    assert_null(debug.btf);
}

static void check_everything(bool is_64, bool little_endian)
{
    struct image image = image_standard(is_64, little_endian);
    _cleanup_elf_debug_ struct elf_debug debug;
    _cleanup_buf_ struct buf link = {0};
    buf_append(&link, "demo.debug", sizeof("demo.debug"));
    image_pad(&link, 4);
    image_put(&image, &link, 0x89abcdef, 4);
    image_add(&image, ".debug_info", SHT_PROGBITS, 0, 0, "x", 1);
    image_add(&image, ".gnu_debuglink", SHT_PROGBITS, 0, 0, link.data, link.len);
    image_add(&image, ".gnu_debugaltlink", SHT_PROGBITS, 0, 0, "../some/where\0\x01\xff\x80", 17);
    image_add(&image, ".BTF", SHT_PROGBITS, 0, 0, "types", 5);
    read_debug(&image, &debug);
    assert_true(debug.has_dwarf);
    assert_string_equal(debug.link, "demo.debug");
    assert_int_equal(debug.link_crc, 0x89abcdef);
    assert_string_equal(debug.shared, "../some/where");
    assert_string_equal(debug.shared_id, "01ff80");
    assert_int_equal(debug.btf_size, 5);
    assert_memory_equal(debug.btf, "types", 5);
}

static void test_everything(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        check_everything(i & 1, i & 2);
}

/* The name is no path, and the number behind it is there. */
static void test_damaged_link(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } links[] = {
        {"", 0},
        {"\0\0\0\0\1\2\3\4", 8},
        {"abc", 3},
        {"abcdefgh", 8},
        {"abc\0\1\2\3", 7},
        {"abcd\0\0\0\0\1\2\3", 11},
        {"a/b\0\1\2\3\4", 8},
        {"/ab\0\1\2\3\4", 8},
        {"..\0\0\1\2\3\4", 8},
    };
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        struct image image = image_standard(true, true);
        _cleanup_elf_debug_ struct elf_debug debug;
        image_add(&image, ".gnu_debuglink", SHT_PROGBITS, 0, 0, links[i].bytes, links[i].size);
        read_debug(&image, &debug);
        assert_null(debug.link);
    }
}

static void test_damaged_shared(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } links[] = {{"", 0}, {"abc", 3}, {"abc\0", 4}, {"\0\1\2\3", 4}};
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        struct image image = image_standard(true, true);
        _cleanup_elf_debug_ struct elf_debug debug;
        image_add(&image, ".gnu_debugaltlink", SHT_PROGBITS, 0, 0, links[i].bytes, links[i].size);
        read_debug(&image, &debug);
        assert_null(debug.shared);
        assert_null(debug.shared_id);
    }
}

static void test_id_too_long(void **state)
{
    (void)state;
    char bytes[2 + 65] = "a";
    struct image image = image_standard(true, true);
    _cleanup_elf_debug_ struct elf_debug debug;
    image_add(&image, ".gnu_debugaltlink", SHT_PROGBITS, 0, 0, bytes, sizeof(bytes));
    read_debug(&image, &debug);
    assert_null(debug.shared);
}

/* The first of a name counts, also when it is of no use; and what reaches beyond the file is not there. */
static void test_first_counts(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    _cleanup_elf_debug_ struct elf_debug debug;
    image_add(&image, ".BTF", SHT_PROGBITS, 0, 0, "first", 5);
    image_add(&image, ".BTF", SHT_PROGBITS, 0, 0, "second", 6);
    image_add(&image, ".debug_info", SHT_PROGBITS, 0, 0, "x", 1)->size = 1 << 20;
    image_add(&image, ".debug_info", SHT_PROGBITS, 0, 0, "x", 1);
    read_debug(&image, &debug);
    assert_int_equal(debug.btf_size, 5);
    assert_memory_equal(debug.btf, "first", 5);
    assert_false(debug.has_dwarf);
}

static void test_crc(void **state)
{
    (void)state;
    static char large[700001];
    uint32_t crc;
    _cleanup_close_ int fd = memfd_create("bytes", MFD_CLOEXEC);
    assert_int_equal(elf_debug_crc(fd, &crc), 0);
    assert_int_equal(crc, 0);
    assert_int_equal(write(fd, "123456789", 9), 9);
    assert_int_equal(elf_debug_crc(fd, &crc), 0);
    assert_int_equal(crc, 0xcbf43926); /* what every table of CRCs gives for that */
    memset(large, 'a', sizeof(large));
    assert_int_equal(pwrite(fd, large, sizeof(large), 0), sizeof(large));
    assert_int_equal(elf_debug_crc(fd, &crc), 0);
    assert_int_equal(crc, 0xa5aea7c2);
    assert_int_equal(elf_debug_crc(-1, &crc), -EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),      cmocka_unit_test(test_everything),
        cmocka_unit_test(test_damaged_link), cmocka_unit_test(test_damaged_shared),
        cmocka_unit_test(test_id_too_long),  cmocka_unit_test(test_first_counts),
        cmocka_unit_test(test_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
