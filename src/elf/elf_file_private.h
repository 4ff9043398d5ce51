/* Internal to src/elf: what elf_file.c, elf_symbol.c and elf_note.c share. */
#ifndef TRACER_ELF_ELF_FILE_PRIVATE_H
#define TRACER_ELF_ELF_FILE_PRIVATE_H

#include <gelf.h>
#include <libelf.h>

#include "elf/elf_file.h"
#include "elf/elf_header.h"

/* The part of a PT_LOAD segment that the file holds. */
struct elf_segment {
    uint64_t address;
    uint64_t size;
    uint64_t offset;
    bool executable;
};

/* What was found for a name. */
struct elf_symbol_answer {
    char name[64];
    size_t len;
    int error;
    uint64_t address;
};

struct elf_file {
    int fd; /* the caller's */
    Elf *elf;
    struct elf_header header;
    struct elf_segment *segments; /* sorted by address */
    size_t n_segments;
    char *build_id;
    uint64_t symbols_seen; /* by all searches together; bytes of names count too */
    struct elf_symbol_answer last_symbol;
};

/* Steps to the next section (*section NULL: the first) and fills its header; false after the last. */
bool elf_file_next_section(const struct elf_file *file, Elf_Scn **section, GElf_Shdr *ret_header);

/* NULL when there is none or it can't be read. */
const char *elf_file_section_name(const struct elf_file *file, const GElf_Shdr *header);

/* Whether the section's bytes are in the file. */
bool elf_file_section_fits(const struct elf_file *file, const GElf_Shdr *header);

/* The section's bytes, which the caller frees; the section fits. Not NULL for an empty one. */
int elf_file_section_bytes(const struct elf_file *file, const GElf_Shdr *header, uint8_t **ret_bytes,
                           struct diag *diag);

#endif
