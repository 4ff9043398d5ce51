/* The USDT notes of an ELF file: section .note.stapsdt, owner "stapsdt", type 3. */
#ifndef TRACER_ELF_ELF_NOTE_H
#define TRACER_ELF_ELF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "elf/elf_file.h"

/* One note is one site: one place in the code where a probe stands. Strings are the list's, each an
 * allocation of its own that a caller may take (leaving NULL), NUL-terminated, and may hold any other byte;
 * provider and name are never empty. Addresses are link-time addresses of the file as it is now, that is,
 * after the correction by .stapsdt.base that prelink made necessary. */
struct elf_note {
    char *provider;
    char *name;
    char *args; /* "" when the probe has none */
    uint64_t address;
    uint64_t offset;           /* of the site in the file */
    uint64_t semaphore;        /* address of the 16-bit counter, 0 when the probe has none */
    uint64_t semaphore_offset; /* of the semaphore in the file, 0 when none */
};

struct elf_note_list {
    struct elf_note *notes; /* in the file's order */
    size_t count;
    size_t malformed;            /* notes passed over because they make no sense */
    struct diag first_malformed; /* why, for the first of them */
};

/* Reads all notes. A file without the section gives an empty list. Whatever is malformed is passed over and
 * counted, the rest is given. -EBADMSG: nothing can be read because the section lies outside the file;
 * -ENODATA: the notes' addresses mean nothing, because it is a separate debug file, whose code isn't in it
 * (sections are SHT_NOBITS), or a relocatable object;
 * -EFBIG: more than 64 MiB of notes; -ENOMEM. */
int elf_note_list_read(struct elf_file *file, struct elf_note_list *ret_list, struct diag *diag);
void elf_note_list_free(struct elf_note_list *list);

#define _cleanup_elf_note_list_ _cleanup_(elf_note_list_free)

#endif
