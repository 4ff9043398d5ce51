/* Where a file's types are described: in itself, or in which other file. */
#ifndef TRACER_ELF_ELF_DEBUG_H
#define TRACER_ELF_ELF_DEBUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "elf/elf_file.h"

struct elf_debug {
    bool has_dwarf; /* the file has a section .debug_info */
    char *link;     /* .gnu_debuglink: name of the separate debug file, without any directory; NULL: none */
    uint32_t link_crc; /* of that file's contents */
    char *shared;      /* .gnu_debugaltlink: path of what it shares with others; NULL: none */
    char *shared_id;   /* that file's build id, in lower-case hex */
    uint8_t *btf;      /* contents of .BTF; NULL: none */
    size_t btf_size;
};

/* What is damaged, or what there is no memory for, counts as not there. */
void elf_debug_read(const struct elf_file *file, struct elf_debug *ret_debug);
void elf_debug_free(struct elf_debug *debug);

/* The CRC-32 of all that the file holds, as .gnu_debuglink has it. Errors from reading. */
int elf_debug_crc(int fd, uint32_t *ret_crc);

#define _cleanup_elf_debug_ _cleanup_(elf_debug_free)

#endif
