#include "elf/elf_file_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "elf/elf_bytes.h"
#include "elf/note_walk.h"

static int compare_segments(const void *left, const void *right)
{
    const struct elf_segment *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Keeps what is in the file: a separate debug file has program headers for bytes that it doesn't hold. */
static int load_segments(struct elf_file *file)
{
    uint64_t file_size = file->header.file_size;
    file->segments = calloc(file->header.n_segments + 1, sizeof(*file->segments));
    if (!file->segments)
        return -ENOMEM;
    for (size_t i = 0; i < file->header.n_segments; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(file->elf, (int)i, &header))
            break;
        if (header.p_type != PT_LOAD || !header.p_filesz || header.p_offset >= file_size)
            continue;
        uint64_t room = file_size - header.p_offset;
        file->segments[file->n_segments++] = (struct elf_segment){
            .address = header.p_vaddr,
            .size = header.p_filesz < room ? header.p_filesz : room,
            .offset = header.p_offset,
            .executable = header.p_flags & PF_X,
        };
    }
    if (file->n_segments)
        qsort(file->segments, file->n_segments, sizeof(*file->segments), compare_segments);
    return 0;
}

bool elf_file_next_section(const struct elf_file *file, Elf_Scn **section, GElf_Shdr *ret_header)
{
    if (!file->header.n_sections)
        return false;
    *section = elf_nextscn(file->elf, *section);
    return *section && gelf_getshdr(*section, ret_header);
}

const char *elf_file_section_name(const struct elf_file *file, const GElf_Shdr *header)
{
    if (!file->header.names_section)
        return NULL;
    return elf_strptr(file->elf, (size_t)file->header.names_section, header->sh_name);
}

bool elf_file_section_fits(const struct elf_file *file, const GElf_Shdr *header)
{
    uint64_t file_size = file->header.file_size;
    return header->sh_offset <= file_size && header->sh_size <= file_size - header->sh_offset;
}

int elf_file_section_bytes(const struct elf_file *file, const GElf_Shdr *header, uint8_t **ret_bytes,
                           struct diag *diag)
{
    _cleanup_free_ uint8_t *bytes = malloc(header->sh_size + 1);
    if (!bytes)
        return diag_set(diag, -ENOMEM, "out of memory for a section of %" PRIu64 " bytes", header->sh_size);
    int error = elf_header_pread(file->fd, header->sh_offset, bytes, header->sh_size, diag);
    if (!error)
        *ret_bytes = take_pointer(bytes);
    return error;
}

/* Without its names a file would seem to have no probes at all. Where the last of them has no end, libelf
 * would look through the whole table for each section's; compressed ones, which nobody writes, may be of any
 * size. */
static int check_section_names(const struct elf_file *file, struct diag *diag)
{
    GElf_Shdr header;
    if (!file->header.names_section)
        return 0;
    Elf_Scn *section = elf_getscn(file->elf, (size_t)file->header.names_section);
    if (!section || !gelf_getshdr(section, &header) || header.sh_type != SHT_STRTAB ||
        (header.sh_flags & SHF_COMPRESSED) || !elf_file_section_fits(file, &header))
        return diag_set(diag, -EBADMSG, "is cut short or damaged: the names of its sections are missing");
    uint8_t last = 0;
    int error = header.sh_size
                    ? elf_header_pread(file->fd, header.sh_offset + header.sh_size - 1, &last, 1, diag)
                    : 0;
    if (!error && last)
        return diag_set(diag, -EBADMSG, "is damaged: the names of its sections have no end");
    return error;
}

static int store_build_id(struct elf_file *file, const uint8_t *bytes, size_t size)
{
    file->build_id = malloc(2 * size + 1);
    if (!file->build_id)
        return -ENOMEM;
    for (size_t i = 0; i < size; i++)
        snprintf(file->build_id + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

/* Looks in the note sections that are loaded; those of probes aren't. */
static int load_build_id(struct elf_file *file)
{
    enum { MOST_BYTES = 64 * 1024, LARGEST_ID = 64 }; /* real ones: under 1 KiB, 20 bytes */
    GElf_Shdr header;
    size_t budget = MOST_BYTES;
    for (Elf_Scn *section = NULL; elf_file_next_section(file, &section, &header);) {
        if (header.sh_type != SHT_NOTE || !(header.sh_flags & SHF_ALLOC) || header.sh_size > budget ||
            !elf_file_section_fits(file, &header))
            continue;
        budget -= header.sh_size;
        _cleanup_free_ uint8_t *bytes = NULL;
        if (elf_file_section_bytes(file, &header, &bytes, NULL))
            continue;
        struct note_walk walk = {
            .bytes = bytes,
            .size = header.sh_size,
            .align = header.sh_addralign == 8 ? 8 : 4,
            .little_endian = file->header.little_endian,
        };
        struct note_entry entry;
        for (const char *why; note_walk_next(&walk, &entry, &why);)
            if (entry.type == NT_GNU_BUILD_ID && entry.owner_size == sizeof(ELF_NOTE_GNU) &&
                !memcmp(entry.owner, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) && entry.desc_size &&
                entry.desc_size <= LARGEST_ID)
                return store_build_id(file, entry.desc, entry.desc_size);
    }
    return 0;
}

int elf_file_open(int fd, struct elf_file **ret_file, struct diag *diag)
{
    _cleanup_elf_file_ struct elf_file *file = calloc(1, sizeof(*file));
    if (!file)
        return diag_set(diag, -ENOMEM, "out of memory");
    int error = elf_header_read(fd, &file->header, diag);
    if (error)
        return error;
    elf_version(EV_CURRENT);
    file->fd = fd;
    file->elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF) {
        const char *why = elf_errmsg(-1);
        return diag_set(diag, -EBADMSG, "has damaged ELF headers: %s", why ? why : "no reason given");
    }
    error = check_section_names(file, diag);
    if (error)
        return error;
    error = load_segments(file);
    if (!error)
        error = load_build_id(file);
    if (error)
        return diag_set(diag, error, "out of memory");
    *ret_file = take_pointer(file);
    return 0;
}

void elf_file_close(struct elf_file *file)
{
    if (!file)
        return;
    elf_end(file->elf);
    free(file->segments);
    free(file->build_id);
    free(file);
}

unsigned elf_file_machine(const struct elf_file *file)
{
    return file->header.machine;
}

unsigned elf_file_pointer_size(const struct elf_file *file)
{
    return file->header.is_64 ? 8 : 4;
}

bool elf_file_is_fixed(const struct elf_file *file)
{
    return file->header.type == ET_EXEC;
}

const char *elf_file_build_id(const struct elf_file *file)
{
    return file->build_id;
}

/* The last segment that starts at or before the address. PT_LOAD segments don't overlap (the kernel and ld.so
 * map them in ascending order), so it is the only one that can hold it. */
static const struct elf_segment *find_segment(const struct elf_file *file, uint64_t address)
{
    size_t first = 0, end = file->n_segments;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (file->segments[middle].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    return first ? &file->segments[first - 1] : NULL;
}

int elf_file_offset(const struct elf_file *file, uint64_t address, bool executable, uint64_t *ret_offset)
{
    const struct elf_segment *segment = find_segment(file, address);
    if (!segment || address - segment->address >= segment->size)
        return -ENOENT;
    if (executable && !segment->executable)
        return -EINVAL;
    *ret_offset = segment->offset + (address - segment->address);
    return 0;
}
