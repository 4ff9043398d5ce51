/* Internal to src/elf: integers as they stand in a file, in any byte order and at any alignment. The caller
 * has checked that the bytes are there. */
#ifndef TRACER_ELF_ELF_BYTES_H
#define TRACER_ELF_ELF_BYTES_H

#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t elf_bytes_u16(const uint8_t *bytes, bool little_endian)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof(value));
    return little_endian ? le16toh(value) : be16toh(value);
}

static inline uint32_t elf_bytes_u32(const uint8_t *bytes, bool little_endian)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return little_endian ? le32toh(value) : be32toh(value);
}

static inline uint64_t elf_bytes_u64(const uint8_t *bytes, bool little_endian)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return little_endian ? le64toh(value) : be64toh(value);
}

/* An address or offset: 8 bytes in a 64-bit file, 4 in a 32-bit one. */
static inline uint64_t elf_bytes_word(const uint8_t *bytes, bool is_64, bool little_endian)
{
    return is_64 ? elf_bytes_u64(bytes, little_endian) : elf_bytes_u32(bytes, little_endian);
}

/* Where a member stands in a header of either class, and how long the header is: ELF_OFFSET(is_64, Ehdr,
 * e_machine), ELF_SIZE(is_64, Shdr). */
#define ELF_OFFSET(is_64, header, member) \
    ((is_64) ? offsetof(Elf64_##header, member) : offsetof(Elf32_##header, member))
#define ELF_SIZE(is_64, header) ((is_64) ? sizeof(Elf64_##header) : sizeof(Elf32_##header))

#endif
