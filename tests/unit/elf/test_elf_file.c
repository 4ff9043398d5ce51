/* What is no ELF file, what a good one says, and this very program looked at from outside. */
#include "elf_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "elf/elf_file.h"

/* Symbols to be found in this program's own file. */
int elf_test_data = 17;
int elf_test_bss;
static int elf_test_local = 19;
int elf_test_function(int x);

int elf_test_function(int x)
{
    return x * elf_test_local + elf_test_data;
}

static void assert_refused_fd(int fd, int error, const char *why)
{
    struct elf_file *file = NULL;
    struct diag diag = {0};
    assert_true(fd >= 0);
    assert_int_equal(elf_file_open(fd, &file, &diag), error);
    assert_string_equal(diag.text, why);
    assert_null(file);
    assert_int_equal(elf_file_open(fd, &file, NULL), error);
    close(fd);
}

static void assert_refused_bytes(const void *bytes, size_t len, int error, const char *why)
{
    int fd = memfd_create("bytes", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, len), len);
    assert_refused_fd(fd, error, why);
}

static void test_refuses_what_is_no_regular_file(void **state)
{
    (void)state;
    char directory[] = "/tmp/tracer-test-XXXXXX", fifo[64];
    assert_non_null(mkdtemp(directory));
    snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused_fd(open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC), -ENOEXEC, "is a FIFO, not an ELF file");
    assert_refused_fd(open(directory, O_RDONLY | O_CLOEXEC), -ENOEXEC, "is a directory, not an ELF file");
    assert_int_equal(unlink(fifo), 0);
    assert_int_equal(rmdir(directory), 0);

    assert_refused_fd(open("/dev/null", O_RDONLY | O_CLOEXEC), -ENOEXEC,
                      "is a character device, not an ELF file");
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    assert_refused_fd(pair[0], -ENOEXEC, "is a socket, not an ELF file");
    assert_refused_fd(open("/dev/null", O_PATH | O_CLOEXEC), -ENOEXEC,
                      "is a character device, not an ELF file");
}

static void test_shows_what_a_file_starts_with(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } cases[] = {
        {"", 0, "is empty"},
#define BYTES(literal) (literal), sizeof(literal) - 1
        {BYTES("#!/bin/sh\necho\n"), "is a script, not an ELF file: give the program that runs it (/bin/sh)"},
        {BYTES("#! \t/usr/bin/env python3\n"),
         "is a script, not an ELF file: give the program that runs it (/usr/bin/env python3)"},
        {BYTES("#!"), "not an ELF file (it starts with the bytes 23 21)"},
        {BYTES("#! "), "is a script, not an ELF file: give the program that runs it ()"},
        {BYTES("one line\r\n"), "not an ELF file (it starts with \"one line\")"},
        {BYTES("!<arch>\n/0 "), "not an ELF file (it starts with \"!<arch>\")"},
        {BYTES("größer als eins"), "not an ELF file (it starts with \"größer als eins\")"},
        {BYTES("0123456789012345678901234567890123456789"),
         "not an ELF file (it starts with \"01234567890123456789012345678901\")"},
        {BYTES("0123456789012345678901234567890é123456789"),
         "not an ELF file (it starts with \"0123456789012345678901234567890é\")"},
        {BYTES("text\x1b[31mred"), "not an ELF file (it starts with \"text\")"},
        {BYTES("\x1f\x8b\x08\x00\x00"), "not an ELF file (it starts with the bytes 1f 8b 08 00)"},
        {BYTES("\0\0\0\0\0\0"), "not an ELF file (it starts with the bytes 00 00 00 00)"},
        {BYTES("ab"), "not an ELF file (it starts with the bytes 61 62)"},
        {BYTES("\n"), "not an ELF file (it starts with the bytes 0a)"},
#undef BYTES
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_refused_bytes(cases[i].bytes, cases[i].len, -ENOEXEC, cases[i].why);
}

static void assert_refused_image(struct image *image, int error, const char *why)
{
    assert_refused_bytes(image->bytes.data, image->bytes.len, error, why);
}

static void test_refuses_damaged_headers(void **state)
{
    (void)state;
    assert_refused_bytes("\x7f"
                         "E",
                         2, -EBADMSG, "is cut short: its 2 bytes end inside the ELF header");
    assert_refused_bytes("\x7f"
                         "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
                         16, -EBADMSG, "is cut short: its 16 bytes end inside the ELF header");

    struct image image = image_standard(true, true);
    image_finish(&image);
    static const struct {
        size_t offset;
        char byte;
        const char *why;
    } cases[] = {
        {EI_CLASS, 3, "has an ELF header of unknown class 3"},
        {EI_DATA, 0, "has an ELF header of unknown byte order 0"},
        {EI_VERSION, 9, "has an ELF header of unknown version 9"},
        {offsetof(Elf64_Ehdr, e_phentsize), 57,
         "is damaged: its program headers are 57 bytes long instead of 56"},
        {offsetof(Elf64_Ehdr, e_shentsize), 63,
         "is damaged: its section headers are 63 bytes long instead of 64"},
        {offsetof(Elf64_Ehdr, e_phoff) + 6, 1,
         "is cut short or damaged: its 2 program headers at 0x1000000000040 reach beyond its 1309 bytes"},
        {offsetof(Elf64_Ehdr, e_shoff) + 7, -1,
         "is cut short or damaged: its 6 section headers at 0xff000000000000b0 reach beyond its 1309 bytes"},
        {offsetof(Elf64_Ehdr, e_shnum) + 1, 1,
         "is cut short or damaged: its 262 section headers at 0xb0 reach beyond its 1309 bytes"},
        {offsetof(Elf64_Ehdr, e_shstrndx), 6,
         "is damaged: the names of its 6 sections are said to be in section 6"},
        {offsetof(Elf64_Ehdr, e_shstrndx), 2,
         "is cut short or damaged: the names of its sections are missing"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char right = image.bytes.data[cases[i].offset];
        image.bytes.data[cases[i].offset] = cases[i].byte;
        assert_refused_image(&image, -EBADMSG, cases[i].why);
        image.bytes.data[cases[i].offset] = right;
    }
    buf_free(&image.bytes);
}

static void test_refuses_compressed_section_names(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    image.sections[1].flags = SHF_COMPRESSED;
    image_finish(&image);
    assert_refused_image(&image, -EBADMSG, "is cut short or damaged: the names of its sections are missing");
    buf_free(&image.bytes);
}

static void test_refuses_section_names_without_an_end(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    image_finish(&image);
    image.bytes.data[image.sections[1].offset + image.sections[1].size - 1] = 'x';
    assert_refused_image(&image, -EBADMSG, "is damaged: the names of its sections have no end");
    buf_free(&image.bytes);
}

/* A number of sections that doesn't fit in the file must not become a number of bytes to allocate. */
static void test_refuses_a_huge_extended_section_count(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    image.extended = true;
    image_finish(&image);
    uint64_t many = UINT64_C(1) << 58; /* times 64 bytes wraps to 0 */
    memcpy(image.bytes.data + 0xb0 + offsetof(Elf64_Shdr, sh_size), &many, sizeof(many));
    assert_refused_image(
        &image, -EBADMSG,
        "is cut short or damaged: its 288230376151711744 section headers at 0xb0 reach beyond "
        "its 1309 bytes");
    buf_free(&image.bytes);
}

static struct elf_file *open_image(struct image *image, int *ret_fd)
{
    struct elf_file *file = NULL;
    struct diag diag = {0};
    image_finish(image);
    *ret_fd = image_fd(image, image->bytes.len);
    assert_int_equal(elf_file_open(*ret_fd, &file, &diag), 0);
    assert_string_equal(diag.text, "");
    return file;
}

static void test_reads_any_machine_class_and_byte_order(void **state)
{
    (void)state;
    static const struct {
        uint16_t machine;
        bool is_64;
        bool little_endian;
    } cases[] = {
        {EM_386, false, true},    {EM_X86_64, true, true}, {EM_X86_64, false, true}, {EM_ARM, false, true},
        {EM_AARCH64, true, true}, {EM_PPC64, true, true},  {EM_PPC64, true, false},  {EM_S390, true, false},
        {EM_S390, false, false},  {EM_RISCV, true, true},  {EM_MIPS, true, true},    {EM_MIPS, false, false},
        {EM_MIPS, false, true},   {0xfffe, true, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct image image = image_standard(cases[i].is_64, cases[i].little_endian);
        int fd;
        image.machine = cases[i].machine;
        struct elf_file *file = open_image(&image, &fd);
        assert_int_equal(elf_file_machine(file), cases[i].machine);
        assert_int_equal(elf_file_pointer_size(file), cases[i].is_64 ? 8 : 4);
        assert_string_equal(elf_file_build_id(file), "0123cdef00");
        elf_file_close(file);
        close(fd);
        buf_free(&image.bytes);
    }
}

static void test_has_no_build_id_without_the_note(void **state)
{
    (void)state;
    struct image image = image_begin(true, true);
    int fd;
    struct elf_file *file = open_image(&image, &fd);
    assert_null(elf_file_build_id(file));
    elf_file_close(file);
    close(fd);
    buf_free(&image.bytes);
}

static void assert_offset(const struct elf_file *file, uint64_t address, bool executable, int error,
                          uint64_t expected)
{
    uint64_t offset = 12345;
    assert_int_equal(elf_file_offset(file, address, executable, &offset), error);
    assert_int_equal(offset, error ? 12345 : expected);
}

static void test_maps_addresses_through_segments(void **state)
{
    (void)state;
    struct image image = image_standard(true, false);
    uint64_t text = image.segments[0].offset, data = image.segments[1].offset;
    struct image_segment first = image.segments[0];
    image.segments[0] = image.segments[1]; /* in no order */
    image.segments[1] = first;
    int fd;
    struct elf_file *file = open_image(&image, &fd);
    assert_offset(file, IMAGE_TEXT, true, 0, text);
    assert_offset(file, IMAGE_TEXT, false, 0, text);
    assert_offset(file, IMAGE_TEXT + 63, true, 0, text + 63);
    assert_offset(file, IMAGE_TEXT + 64, true, -ENOENT, 0);
    assert_offset(file, IMAGE_TEXT - 1, true, -ENOENT, 0);
    assert_offset(file, 0, false, -ENOENT, 0);
    assert_offset(file, UINT64_MAX, false, -ENOENT, 0);
    assert_offset(file, IMAGE_DATA + 15, false, 0, data + 15);
    assert_offset(file, IMAGE_DATA, true, -EINVAL, 0);
    assert_offset(file, IMAGE_DATA + 16, false, -ENOENT, 0);
    elf_file_close(file);
    close(fd);
    buf_free(&image.bytes);
}

/* Only what is in the file counts, whatever the program header says. */
static void test_clips_segments_to_the_file(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    image.segments[0].size = UINT64_MAX;
    image.segments[1].offset = UINT64_MAX - 4;
    int fd;
    struct elf_file *file = open_image(&image, &fd);
    uint64_t text = image.segments[0].offset, size = image.bytes.len;
    assert_offset(file, IMAGE_TEXT + (size - text) - 1, true, 0, size - 1);
    assert_offset(file, IMAGE_TEXT + (size - text), true, -ENOENT, 0);
    elf_file_close(file);
    close(fd);
    buf_free(&image.bytes);
}

/* Twice, since the last answer is kept. */
static int look_up(struct elf_file *file, const char *name, uint64_t *ret_address)
{
    uint64_t again = *ret_address = 12345;
    int error = elf_file_symbol(file, name, strlen(name), ret_address);
    assert_int_equal(elf_file_symbol(file, name, strlen(name), &again), error);
    assert_int_equal(again, *ret_address);
    return error;
}

struct symbol {
    const char *name;
    uint64_t value;
    unsigned bind;
    unsigned type;
    uint16_t section;
};

static void add_symbols(struct image *image, const char *table, uint32_t type, const struct symbol *symbols,
                        size_t count)
{
    _cleanup_buf_ struct buf entries = {0}, names = {0};
    buf_putc(&names, '\0');
    image_put_symbol(image, &entries, 0, 0, 0, 0, 0);
    for (size_t i = 0; i < count; i++) {
        image_put_symbol(image, &entries, (uint32_t)names.len, symbols[i].value, symbols[i].bind,
                         symbols[i].type, symbols[i].section);
        buf_append(&names, symbols[i].name, strlen(symbols[i].name) + 1);
    }
    struct image_section *section = image_add(image, table, type, 0, 0, entries.data, entries.len);
    section->link = (uint32_t)image->n_sections;
    section->entry_size = entries.len / (count + 1);
    image_add(image, ".strtab", SHT_STRTAB, 0, 0, names.data, names.len);
}

static void test_chooses_among_symbols(void **state)
{
    (void)state;
    static const struct symbol symtab[] = {
        {"local_then_global", 0x10, STB_LOCAL, STT_OBJECT, 2},
        {"local_then_global", 0x11, STB_LOCAL, STT_OBJECT, 2},
        {"local_then_global", 0x12, STB_GLOBAL, STT_OBJECT, 2},
        {"weak", 0x21, STB_WEAK, STT_OBJECT, 2},
        {"weak", 0x20, STB_LOCAL, STT_OBJECT, 2},
        {"twin.1234", 0x30, STB_LOCAL, STT_OBJECT, 2},
        {"twin.1234", 0x31, STB_LOCAL, STT_OBJECT, 2},
        {"same", 0x40, STB_LOCAL, STT_OBJECT, 2},
        {"same", 0x40, STB_LOCAL, STT_OBJECT, 2},
        {"versions", 0x50, STB_GLOBAL, STT_OBJECT, 2},
        {"versions", 0x51, STB_GLOBAL, STT_OBJECT, 2},
        {"undefined", 0, STB_GLOBAL, STT_OBJECT, SHN_UNDEF},
        {"absolute", 0x60, STB_GLOBAL, STT_OBJECT, SHN_ABS},
        {"common", 8, STB_GLOBAL, STT_OBJECT, SHN_COMMON},
        {"thread_local", 0x70, STB_GLOBAL, STT_TLS, 2},
        {"file.c", 0x80, STB_LOCAL, STT_FILE, 2},
        {"in_both", 0x90, STB_LOCAL, STT_OBJECT, 2},
    };
    static const struct symbol dynsym[] = {
        {"in_both", 0x91, STB_GLOBAL, STT_OBJECT, 2},
        {"dynamic", 0xa0, STB_GLOBAL, STT_FUNC, 2},
        {"undefined", 0xb0, STB_GLOBAL, STT_OBJECT, 2},
    };
    static const struct {
        const char *name;
        int error;
        uint64_t address;
    } cases[] = {
        {"local_then_global", 0, 0x12},
        {"weak", 0, 0x21},
        {"twin.1234", -ENOTUNIQ, 0},
        {"same", 0, 0x40},
        {"versions", -ENOTUNIQ, 0},
        {"undefined", 0, 0xb0},
        {"absolute", -ENOENT, 0},
        {"common", -ENOENT, 0},
        {"thread_local", -ENOENT, 0},
        {"file.c", -ENOENT, 0},
        {"in_both", 0, 0x90},
        {"dynamic", 0, 0xa0},
        {"dynami", -ENOENT, 0},
        {"dynamical", -ENOENT, 0},
        {"", -ENOENT, 0},
    };
    for (int variant = 0; variant < 4; variant++) {
        struct image image = image_standard(variant & 1, variant & 2);
        int fd;
        add_symbols(&image, ".symtab", SHT_SYMTAB, symtab, sizeof(symtab) / sizeof(*symtab));
        add_symbols(&image, ".dynsym", SHT_DYNSYM, dynsym, sizeof(dynsym) / sizeof(*dynsym));
        struct elf_file *file = open_image(&image, &fd);
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
            uint64_t address;
            assert_int_equal(look_up(file, cases[i].name, &address), cases[i].error);
            assert_int_equal(address, cases[i].error ? 12345 : cases[i].address);
        }
        uint64_t address;
        assert_int_equal(elf_file_symbol(file, "dynamic+40", 7, &address), 0);
        assert_int_equal(address, 0xa0);
        elf_file_close(file);
        close(fd);
        buf_free(&image.bytes);
    }
}

/* Names that start behind their table, or have no end in it, are nobody's. */
static void test_survives_damaged_symbol_tables(void **state)
{
    (void)state;
    static const struct symbol symtab[] = {{"name", 0x10, STB_GLOBAL, STT_OBJECT, 2}};
    static const uint32_t links[] = {0, 1, 5, 99, UINT32_MAX};
    for (size_t i = 0; i < sizeof(links) / sizeof(*links) + 2; i++) {
        struct image image = image_standard(true, true);
        add_symbols(&image, ".symtab", SHT_SYMTAB, symtab, 1);
        struct image_section *strings = &image.sections[image.n_sections - 1], *table = strings - 1;
        if (i < sizeof(links) / sizeof(*links))
            table->link = links[i];
        else if (i == sizeof(links) / sizeof(*links))
            strings->size = 5; /* without the name's NUL */
        else
            table->size = UINT64_MAX - table->offset + 1;
        int fd;
        struct elf_file *file = open_image(&image, &fd);
        uint64_t address;
        assert_int_equal(look_up(file, "name", &address), -ENOENT);
        elf_file_close(file);
        close(fd);
        buf_free(&image.bytes);
    }
}

/* Many symbols may share one name of any length, which the note then asks for. */
static void test_gives_up_where_names_are_endless(void **state)
{
    (void)state;
    enum { LEN = 2 << 20 };
    static char name[LEN + 1];
    memset(name, 'n', LEN);
    static const struct {
        size_t count;
        int error;
    } cases[] = {{200, 0}, {6200, -ENOENT}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct image image = image_standard(true, true);
        _cleanup_buf_ struct buf entries = {0};
        for (size_t symbol = 0; symbol < cases[i].count; symbol++)
            image_put_symbol(&image, &entries, 0, 0x10, STB_GLOBAL, STT_OBJECT, 2);
        struct image_section *table =
            image_add(&image, ".symtab", SHT_SYMTAB, 0, 0, entries.data, entries.len);
        table->link = (uint32_t)image.n_sections;
        image_add(&image, ".strtab", SHT_STRTAB, 0, 0, name, sizeof(name));
        int fd;
        struct elf_file *file = open_image(&image, &fd);
        uint64_t address;
        assert_int_equal(elf_file_symbol(file, name, LEN, &address), cases[i].error);
        elf_file_close(file);
        close(fd);
        buf_free(&image.bytes);
    }
}

static void test_finds_this_program_s_symbols(void **state)
{
    (void)state;
    struct elf_file *file = NULL;
    struct diag diag = {0};
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    assert_int_equal(elf_file_open(fd, &file, &diag), 0);
    uint64_t function, data, local, bss, none, offset;
    assert_int_equal(look_up(file, "elf_test_function", &function), 0);
    assert_int_equal(look_up(file, "elf_test_data", &data), 0);
    assert_int_equal(look_up(file, "elf_test_local", &local), 0);
    assert_int_equal(look_up(file, "elf_test_bss", &bss), 0);
    assert_int_equal(look_up(file, "elf_test_nothing", &none), -ENOENT);

    uint64_t bias = (uint64_t)(uintptr_t)elf_test_function - function;
    assert_int_equal(data + bias, (uintptr_t)&elf_test_data);
    assert_int_equal(local + bias, (uintptr_t)&elf_test_local);
    assert_int_equal(bss + bias, (uintptr_t)&elf_test_bss);

    char code[8];
    assert_int_equal(elf_file_offset(file, function, true, &offset), 0);
    assert_int_equal(pread(fd, code, sizeof(code), (off_t)offset), sizeof(code));
    assert_memory_equal(code, (const void *)(uintptr_t)elf_test_function, sizeof(code));
    int value;
    assert_int_equal(elf_file_offset(file, data, false, &offset), 0);
    assert_int_equal(pread(fd, &value, sizeof(value), (off_t)offset), sizeof(value));
    assert_int_equal(value, 17);
    assert_int_equal(elf_file_offset(file, data, true, &offset), -EINVAL);
    assert_int_equal(elf_file_offset(file, bss, false, &offset), -ENOENT);
    elf_file_close(file);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_what_is_no_regular_file),
        cmocka_unit_test(test_shows_what_a_file_starts_with),
        cmocka_unit_test(test_refuses_damaged_headers),
        cmocka_unit_test(test_refuses_section_names_without_an_end),
        cmocka_unit_test(test_refuses_compressed_section_names),
        cmocka_unit_test(test_refuses_a_huge_extended_section_count),
        cmocka_unit_test(test_reads_any_machine_class_and_byte_order),
        cmocka_unit_test(test_has_no_build_id_without_the_note),
        cmocka_unit_test(test_maps_addresses_through_segments),
        cmocka_unit_test(test_clips_segments_to_the_file),
        cmocka_unit_test(test_chooses_among_symbols),
        cmocka_unit_test(test_survives_damaged_symbol_tables),
        cmocka_unit_test(test_gives_up_where_names_are_endless),
        cmocka_unit_test(test_finds_this_program_s_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
