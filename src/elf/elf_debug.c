#include "elf/elf_debug.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "elf/elf_bytes.h"
#include "elf/elf_file_private.h"

enum {
    MOST_LINK_BYTES = 8192, /* a path and 4 to 64 bytes */
    LARGEST_ID = 64,        /* real ones: 20 bytes */
    MOST_BTF_BYTES = 256 << 20,
    CRC_BLOCK = 256 << 10,
};

/* The bytes of a section that fits, or NULL; the caller frees them. */
static uint8_t *read_section(const struct elf_file *file, const GElf_Shdr *header, uint64_t most)
{
    uint8_t *bytes;
    if (!header->sh_size || header->sh_size > most || header->sh_flags & SHF_COMPRESSED ||
        !elf_file_section_fits(file, header) || elf_file_section_bytes(file, header, &bytes, NULL))
        return NULL;
    return bytes;
}

/* The length of the name at the start, if its NUL is there; else 0. */
static size_t name_length(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = memchr(bytes, '\0', size);
    return end ? (size_t)(end - bytes) : 0;
}

/* A name, zeros up to a multiple of four, the CRC. The name is no path: who could name any file of this
 * machine would have it read. */
static void take_link(const struct elf_file *file, const GElf_Shdr *header, struct elf_debug *debug)
{
    _cleanup_free_ uint8_t *bytes = read_section(file, header, MOST_LINK_BYTES);
    size_t len = bytes ? name_length(bytes, header->sh_size) : 0;
    size_t crc = (len + 1 + 3) / 4 * 4;
    if (!len || header->sh_size < 4 || crc > header->sh_size - 4 || memchr(bytes, '/', len) ||
        bytes[0] == '.')
        return;
    debug->link_crc = elf_bytes_u32(bytes + crc, file->header.little_endian);
    debug->link = strdup((const char *)bytes);
}

/* A name and, right behind its NUL, the build id. */
static void take_shared(const struct elf_file *file, const GElf_Shdr *header, struct elf_debug *debug)
{
    _cleanup_free_ uint8_t *bytes = read_section(file, header, MOST_LINK_BYTES);
    size_t len = bytes ? name_length(bytes, header->sh_size) : 0;
    size_t id_size = header->sh_size - len - 1;
    if (!len || !id_size || id_size > LARGEST_ID)
        return;
    _cleanup_buf_ struct buf id = {0};
    for (size_t i = 0; i < id_size; i++)
        buf_printf(&id, "%02x", bytes[len + 1 + i]);
    debug->shared_id = buf_steal(&id);
    debug->shared = debug->shared_id ? strdup((const char *)bytes) : NULL;
}

static void take_btf(const struct elf_file *file, const GElf_Shdr *header, struct elf_debug *debug)
{
    debug->btf = read_section(file, header, MOST_BTF_BYTES);
    debug->btf_size = debug->btf ? header->sh_size : 0;
}

static void take_dwarf(const struct elf_file *file, const GElf_Shdr *header, struct elf_debug *debug)
{
    debug->has_dwarf |= header->sh_size && elf_file_section_fits(file, header);
}

void elf_debug_read(const struct elf_file *file, struct elf_debug *ret_debug)
{
    static const struct {
        const char *name;
        void (*take)(const struct elf_file *file, const GElf_Shdr *header, struct elf_debug *debug);
    } sections[] = {
        {".debug_info", take_dwarf},
        {".gnu_debuglink", take_link},
        {".gnu_debugaltlink", take_shared},
        {".BTF", take_btf},
    };
    enum { N_SECTIONS = sizeof(sections) / sizeof(*sections) };
    struct elf_debug debug = {0};
    bool taken[N_SECTIONS] = {0};
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; elf_file_next_section(file, &section, &header);) {
        const char *name = header.sh_type == SHT_NOBITS ? NULL : elf_file_section_name(file, &header);
        for (size_t i = 0; name && i < N_SECTIONS; i++) {
            if (taken[i] || strcmp(name, sections[i].name))
                continue;
            taken[i] = true;
            sections[i].take(file, &header, &debug);
        }
    }
    *ret_debug = debug;
}

void elf_debug_free(struct elf_debug *debug)
{
    free(debug->link);
    free(debug->shared);
    free(debug->shared_id);
    free(debug->btf);
    *debug = (struct elf_debug){0};
}

int elf_debug_crc(int fd, uint32_t *ret_crc)
{
    _cleanup_free_ uint8_t *block = malloc(CRC_BLOCK);
    if (!block)
        return -ENOMEM;
    uLong crc = crc32(0, NULL, 0);
    for (off_t offset = 0;;) {
        ssize_t got = pread(fd, block, CRC_BLOCK, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (!got)
            break;
        crc = crc32(crc, block, (uInt)got);
        offset += got;
    }
    *ret_crc = (uint32_t)crc;
    return 0;
}
