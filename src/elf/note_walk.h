/* Internal to src/elf: steps through the entries of a note section (ELF gABI, "Note Section"). */
#ifndef TRACER_ELF_NOTE_WALK_H
#define TRACER_ELF_NOTE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set all but `at`, which starts at 0. */
struct note_walk {
    const uint8_t *bytes;
    size_t size;
    size_t align; /* 4, or 8 for sections aligned to 8 */
    bool little_endian;
    size_t at;
};

/* One entry; the pointers go into the section. */
struct note_entry {
    size_t offset; /* of the entry in the section */
    uint32_t type;
    const char *owner; /* with its NUL when it has one */
    size_t owner_size;
    const uint8_t *desc;
    size_t desc_size;
};

/* True: the next entry. False: the end, with `*ret_why` NULL, or, when what is left can't be an entry, a
 * static string that says why; `ret_entry->offset` says where in both cases. */
bool note_walk_next(struct note_walk *walk, struct note_entry *ret_entry, const char **ret_why);

#endif
