/* Builds small ELF files of any class and byte order for the tests of src/elf, byte by byte and without
 * libelf, so that each part can be made wrong on purpose.
 *
 * The layout is: ELF header, program headers, section headers, section names, then the contents in the order
 * in which they are added. So everything that says where things are comes first, and a file that is cut
 * behind it still has it. */
#ifndef TRACER_TESTS_ELF_IMAGE_H
#define TRACER_TESTS_ELF_IMAGE_H

#include <elf.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"

enum { IMAGE_SECTIONS = 12, IMAGE_SEGMENTS = 2, IMAGE_NAMES_SIZE = 256 };

/* Addresses and contents of the standard image. */
enum {
    IMAGE_TEXT = 0x1000,
    IMAGE_TEXT_SIZE = 64,
    IMAGE_BASE = 0x2000,
    IMAGE_DATA = 0x3000,
    IMAGE_DATA_SIZE = 16,
};

struct image_section {
    uint32_t name; /* in the names' section */
    uint32_t type;
    uint64_t flags;
    uint64_t address;
    uint64_t offset;
    uint64_t size;
    uint32_t link;
    uint64_t entry_size;
};

struct image_segment {
    uint32_t flags;
    uint64_t address;
    uint64_t offset;
    uint64_t size;
};

struct image {
    bool is_64;
    bool little_endian;
    bool extended; /* counts stand in the first section header */
    uint16_t type;
    uint16_t machine;
    struct buf bytes;
    struct image_section sections[IMAGE_SECTIONS]; /* the first stays empty, the second holds the names */
    size_t n_sections;
    size_t names_used;
    struct image_segment segments[IMAGE_SEGMENTS];
    size_t n_segments;
};

static inline void image_put(const struct image *image, struct buf *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buf_putc(out, (char)(value >> 8 * (image->little_endian ? i : size - 1 - i)));
}

/* An address, offset or size. */
static inline void image_put_word(const struct image *image, struct buf *out, uint64_t value)
{
    image_put(image, out, value, image->is_64 ? 8 : 4);
}

static inline void image_pad(struct buf *out, size_t align)
{
    while (out->len % align)
        buf_putc(out, '\0');
}

static inline size_t image_headers_size(const struct image *image)
{
    return image->is_64 ? sizeof(Elf64_Ehdr) + IMAGE_SEGMENTS * sizeof(Elf64_Phdr) +
                              IMAGE_SECTIONS * sizeof(Elf64_Shdr)
                        : sizeof(Elf32_Ehdr) + IMAGE_SEGMENTS * sizeof(Elf32_Phdr) +
                              IMAGE_SECTIONS * sizeof(Elf32_Shdr);
}

/* Returns the section, for what isn't usual about it. */
static inline struct image_section *image_add(struct image *image, const char *name, uint32_t type,
                                              uint64_t flags, uint64_t address, const void *content,
                                              size_t size)
{
    image_pad(&image->bytes, 8);
    struct image_section *section = &image->sections[image->n_sections++];
    *section = (struct image_section){
        .name = (uint32_t)image->names_used,
        .type = type,
        .flags = flags,
        .address = address,
        .offset = image->bytes.len,
        .size = size,
    };
    if (type != SHT_NOBITS)
        buf_append(&image->bytes, content, size);
    strcpy(image->bytes.data + image->sections[1].offset + image->names_used, name);
    image->names_used += strlen(name) + 1;
    return section;
}

static inline struct image image_begin(bool is_64, bool little_endian)
{
    static const char names[IMAGE_NAMES_SIZE] = "";
    struct image image = {
        .is_64 = is_64,
        .little_endian = little_endian,
        .type = ET_DYN,
        .machine = is_64 ? EM_X86_64 : EM_386,
        .n_sections = 1,
        .names_used = 1,
    };
    for (size_t i = 0; i < image_headers_size(&image); i++)
        buf_putc(&image.bytes, '\0');
    image_pad(&image.bytes, 8);
    image.sections[1].offset = image.bytes.len;
    image_add(&image, ".shstrtab", SHT_STRTAB, 0, 0, names, sizeof(names));
    return image;
}

static inline void image_load(struct image *image, const struct image_section *section, uint32_t flags)
{
    image->segments[image->n_segments++] = (struct image_segment){
        .flags = flags,
        .address = section->address,
        .offset = section->offset,
        .size = section->size,
    };
}

struct image_note {
    const char *owner; /* NULL: "stapsdt" */
    uint32_t type;     /* 0: 3 */
    uint64_t address;
    uint64_t base;
    uint64_t semaphore;
    const char *strings; /* provider, name and arguments, each with its NUL */
    size_t strings_size;
};

/* The strings of a note from a literal that ends with the arguments: STRINGS("p\0" "n\0" "args"). */
#define IMAGE_STRINGS(literal) .strings = (literal), .strings_size = sizeof(literal)

static inline void image_put_note(const struct image *image, struct buf *out, struct image_note note)
{
    const char *owner = note.owner ? note.owner : "stapsdt";
    image_put(image, out, strlen(owner) + 1, 4);
    image_put(image, out, (image->is_64 ? 24 : 12) + note.strings_size, 4);
    image_put(image, out, note.type ? note.type : 3, 4);
    buf_append(out, owner, strlen(owner) + 1);
    image_pad(out, 4);
    image_put_word(image, out, note.address);
    image_put_word(image, out, note.base);
    image_put_word(image, out, note.semaphore);
    buf_append(out, note.strings, note.strings_size);
    image_pad(out, 4);
}

static inline void image_put_symbol(const struct image *image, struct buf *out, uint32_t name, uint64_t value,
                                    unsigned bind, unsigned type, uint16_t section)
{
    image_put(image, out, name, 4);
    if (!image->is_64) {
        image_put(image, out, value, 4);
        image_put(image, out, 0, 4);
    }
    image_put(image, out, (bind << 4) | type, 1);
    image_put(image, out, 0, 1);
    image_put(image, out, section, 2);
    if (image->is_64) {
        image_put(image, out, value, 8);
        image_put(image, out, 0, 8);
    }
}

/* Code, the base, semaphores and a build id; what else is wanted is added behind them. */
static inline struct image image_standard(bool is_64, bool little_endian)
{
    static const char build_id[] = {'\x01', '\x23', '\xcd', '\xef', '\x00'};
    struct image image = image_begin(is_64, little_endian);
    char nops[IMAGE_TEXT_SIZE];
    memset(nops, 0x90, sizeof(nops));
    const struct image_section *text =
        image_add(&image, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, IMAGE_TEXT, nops, sizeof(nops));
    image_load(&image, text, PF_R | PF_X);
    image_add(&image, ".stapsdt.base", SHT_PROGBITS, SHF_ALLOC, IMAGE_BASE, "", 1);
    const struct image_section *data =
        image_add(&image, ".probes", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, IMAGE_DATA, nops, IMAGE_DATA_SIZE);
    image_load(&image, data, PF_R | PF_W);

    _cleanup_buf_ struct buf note = {0};
    image_put(&image, &note, 4, 4);
    image_put(&image, &note, sizeof(build_id), 4);
    image_put(&image, &note, NT_GNU_BUILD_ID, 4);
    buf_append(&note, "GNU", 4);
    buf_append(&note, build_id, sizeof(build_id));
    image_add(&image, ".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, 0x2100, note.data, note.len);
    return image;
}

static inline void image_put_section(const struct image *image, struct buf *out, size_t i)
{
    const struct image_section *section = &image->sections[i];
    bool counts = !i && image->extended;
    image_put(image, out, section->name, 4);
    image_put(image, out, section->type, 4);
    image_put_word(image, out, section->flags);
    image_put_word(image, out, section->address);
    image_put_word(image, out, section->offset);
    image_put_word(image, out, counts ? image->n_sections : section->size);
    image_put(image, out, counts ? 1 : section->link, 4);
    image_put(image, out, counts ? (uint32_t)image->n_segments : 0, 4);
    image_put_word(image, out, 4);
    image_put_word(image, out, section->entry_size);
}

static inline void image_put_segment(const struct image *image, struct buf *out, size_t i)
{
    const struct image_segment *segment = &image->segments[i];
    image_put(image, out, PT_LOAD, 4);
    if (image->is_64)
        image_put(image, out, segment->flags, 4);
    image_put_word(image, out, segment->offset);
    image_put_word(image, out, segment->address);
    image_put_word(image, out, segment->address);
    image_put_word(image, out, segment->size);
    image_put_word(image, out, segment->size);
    if (!image->is_64)
        image_put(image, out, segment->flags, 4);
    image_put_word(image, out, 0x1000);
}

/* Writes the headers into the place that was kept for them. */
static inline void image_finish(struct image *image)
{
    bool is_64 = image->is_64;
    struct buf headers = {0};
    size_t header_size = is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    size_t segment_size = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    buf_append(&headers, ELFMAG, SELFMAG);
    buf_putc(&headers, is_64 ? ELFCLASS64 : ELFCLASS32);
    buf_putc(&headers, image->little_endian ? ELFDATA2LSB : ELFDATA2MSB);
    buf_putc(&headers, EV_CURRENT);
    image_pad(&headers, EI_NIDENT);
    image_put(image, &headers, image->type, 2);
    image_put(image, &headers, image->machine, 2);
    image_put(image, &headers, EV_CURRENT, 4);
    image_put_word(image, &headers, 0);
    image_put_word(image, &headers, header_size);
    image_put_word(image, &headers, header_size + IMAGE_SEGMENTS * segment_size);
    image_put(image, &headers, 0, 4);
    image_put(image, &headers, header_size, 2);
    image_put(image, &headers, segment_size, 2);
    image_put(image, &headers, image->extended ? PN_XNUM : image->n_segments, 2);
    image_put(image, &headers, is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), 2);
    image_put(image, &headers, image->extended ? 0 : image->n_sections, 2);
    image_put(image, &headers, image->extended ? SHN_XINDEX : 1, 2);
    for (size_t i = 0; i < IMAGE_SEGMENTS; i++)
        image_put_segment(image, &headers, i);
    for (size_t i = 0; i < image->n_sections; i++)
        image_put_section(image, &headers, i);
    memcpy(image->bytes.data, headers.data, headers.len);
    buf_free(&headers);
}

/* A file in memory with the first `len` bytes of the image. */
static inline int image_fd(const struct image *image, size_t len)
{
    int fd = memfd_create("image", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, image->bytes.data, len, 0), len);
    return fd;
}

#endif
