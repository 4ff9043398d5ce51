/* Internal to src/elf: is this an ELF file at all, and do its headers fit into it? Asked before libelf sees
 * the file, which trusts e_shnum when it allocates. */
#ifndef TRACER_ELF_ELF_HEADER_H
#define TRACER_ELF_ELF_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* What the rest needs of the ELF header, extended numbering resolved: there are n_sections section headers
 * and n_segments program headers, all of them inside the file. */
struct elf_header {
    uint64_t file_size;
    bool is_64;
    bool little_endian;
    uint16_t type;
    uint16_t machine;
    uint64_t sections_offset;
    uint64_t n_sections;
    uint64_t names_section; /* index of the section that holds the sections' names; 0: none */
    uint64_t segments_offset;
    uint64_t n_segments;
};

/* Errors as of elf_file_open(). Reads nothing from what isn't a regular file. */
int elf_header_read(int fd, struct elf_header *ret_header, struct diag *diag);

/* Reads exactly `size` bytes. -EBADMSG: the file has become shorter; others from pread(2). */
int elf_header_pread(int fd, uint64_t offset, void *buffer, size_t size, struct diag *diag);

#endif
