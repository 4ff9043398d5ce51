#include "elf/note_walk.h"

#include "elf/elf_bytes.h"

enum { HEADER_SIZE = sizeof(Elf64_Nhdr) }; /* the same in both classes */

/* Takes 32-bit sizes in 64-bit arithmetic, so nothing here can wrap. */
static uint64_t align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static bool is_padding(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

bool note_walk_next(struct note_walk *walk, struct note_entry *ret_entry, const char **ret_why)
{
    const uint8_t *bytes = walk->bytes + walk->at;
    uint64_t left = walk->size - walk->at;
    *ret_entry = (struct note_entry){.offset = walk->at};
    *ret_why = NULL;
    if (left < HEADER_SIZE) {
        if (!is_padding(bytes, (size_t)left))
            *ret_why = "its header is cut short by the section's end";
        return false;
    }
    uint64_t owner_size = elf_bytes_u32(bytes, walk->little_endian);
    uint64_t desc_size = elf_bytes_u32(bytes + 4, walk->little_endian);
    uint64_t desc = align_up(HEADER_SIZE + owner_size, walk->align);
    if (owner_size > left - HEADER_SIZE) {
        *ret_why = "its owner's name reaches beyond the section's end";
        return false;
    }
    if (desc_size && (desc > left || desc_size > left - desc)) {
        *ret_why = "its descriptor reaches beyond the section's end";
        return false;
    }
    ret_entry->type = elf_bytes_u32(bytes + 8, walk->little_endian);
    ret_entry->owner = (const char *)bytes + HEADER_SIZE;
    ret_entry->owner_size = (size_t)owner_size;
    ret_entry->desc = desc_size ? bytes + desc : bytes;
    ret_entry->desc_size = (size_t)desc_size;

    /* The last entry may lack its padding. */
    uint64_t next = align_up(desc + desc_size, walk->align);
    walk->at += (size_t)(next < left ? next : left);
    return true;
}
