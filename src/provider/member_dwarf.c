/* Types as DWARF has them. The only user of libdw.
 *
 * A file's debug information is a row of units, one for each compiled source file, and a unit is a tree of
 * entries (DIEs). Types of C stand right below a unit's root, most of them in many units again. Nothing says
 * which unit has which type, so units are read one after the other, every type's name goes into an index, and
 * reading stops as soon as the wanted one is there; the next search goes on from that place. So the whole
 * file is read once at most, and mostly only its beginning. dwz moves what several units have in common into
 * partial units, which are units like others, or into a file of its own, which is read behind the first.
 *
 * libdw checks that what it reads lies in the section it reads from; a sibling lies behind, so walking along
 * siblings ends. What it doesn't do, and what we therefore see to:
 *   - it reads all sections into memory, decompressed: their size is limited;
 *   - abbreviations, which say what an entry consists of, are read for each unit anew and kept in memory, and
 *     an entry of one byte may have any number of attributes without content: both are limited, and reading a
 *     unit takes time in proportion to its size;
 *   - types lead to types in circles: chains are followed for so many steps only;
 *   - the end of a string may be missing: we put one at the end of each section;
 *   - a string of any length may be the name of any number of entries: long names are passed over;
 *   - it opens files that a file names, .dwo and that of .gnu_debugaltlink. The first only in functions that
 *     aren't used here, the second if it wasn't given one, and then we don't even begin. */
#include "provider/member_dwarf.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"

enum {
    LONGEST_NAME = 255,           /* of a type that is looked for; those of C++ templates are longer */
    MOST_ABBREVIATIONS = 4000000, /* in all units together; about 50 bytes of memory each */
    MOST_ATTRIBUTES = 128,        /* of an entry; real ones have up to about 30 */
};
#define MOST_ENTRIES UINT64_C(50000000)  /* looked at on the way */
#define MOST_BYTES   (UINT64_C(2) << 30) /* of debug sections, decompressed */

/* Whether entries of that kind have names to be looked up. */
static bool is_indexed(int tag, bool *ret_tagged)
{
    *ret_tagged = tag != DW_TAG_typedef;
    return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type ||
           tag == DW_TAG_enumeration_type || tag == DW_TAG_typedef;
}

static int note_damage(struct member_dwarf *dwarf, const char *why)
{
    if (!*dwarf->damage.text)
        diag_set(&dwarf->damage, -EBADMSG, "the debug information is damaged: %s",
                 why ? why : "no reason given");
    return -EBADMSG;
}

/* Reads the unit's abbreviations, which libdw would do anyway, and refuses what would cost too much. */
static int check_abbreviations(struct member_dwarf *dwarf, Dwarf_Die *root)
{
    size_t len = 0, attributes;
    for (Dwarf_Off offset = 0;; offset += len) {
        Dwarf_Abbrev *abbreviation = dwarf_getabbrev(root, offset, &len);
        if (abbreviation == DWARF_END_ABBREV)
            return 0;
        if (!abbreviation || dwarf_getattrcnt(abbreviation, &attributes))
            return note_damage(dwarf, dwarf_errmsg(-1));
        if (attributes > MOST_ATTRIBUTES || ++dwarf->abbreviations > MOST_ABBREVIATIONS)
            return note_damage(dwarf, "its abbreviations are too many or too long");
    }
}

static int index_entry(struct member_dwarf *dwarf, Dwarf_Die *entry)
{
    bool tagged;
    if (!is_indexed(dwarf_tag(entry), &tagged) || dwarf_hasattr(entry, DW_AT_declaration))
        return 0;
    if (member_dwarf_lacks_name(entry))
        note_damage(dwarf, "names are missing");
    const char *name = member_dwarf_name(entry);
    /* An entry takes a few bytes, and all of them may name the same string of megabytes. */
    if (!name || strnlen(name, LONGEST_NAME + 1) > LONGEST_NAME)
        return 0;
    struct member_ref ref = member_dwarf_ref(entry, 0);
    return member_index_add(&dwarf->index, tagged, name, &ref);
}

static int index_unit(struct member_dwarf *dwarf, Dwarf_Die *root)
{
    int error = check_abbreviations(dwarf, root);
    if (error)
        return error;
    Dwarf_Die entry;
    int missing = dwarf_child(root, &entry);
    while (!missing) {
        if (++dwarf->entries > MOST_ENTRIES)
            return note_damage(dwarf, "it has too many entries");
        error = index_entry(dwarf, &entry);
        if (error)
            return error;
        Dwarf_Die next;
        missing = dwarf_siblingof(&entry, &next);
        entry = next;
    }
    return missing < 0 ? note_damage(dwarf, dwarf_errmsg(-1)) : 0;
}

/* libdw reads what there is of a unit that says to be longer than the rest of the section. */
static bool is_cut_short(struct dwarf_file *file, Dwarf_Die *root)
{
    Dwarf_Off start = dwarf_dieoffset(root) - dwarf_cuoffset(root), end;
    return !dwarf_next_unit(file->dwarf, start, &end, NULL, NULL, NULL, NULL, NULL, NULL, NULL) &&
           end > file->size;
}

/* A damaged unit is passed over, if the next one can be found. */
static int read_next_unit(struct member_dwarf *dwarf, struct dwarf_file *file)
{
    Dwarf_CU *next;
    Dwarf_Half version;
    uint8_t kind;
    Dwarf_Die root;
    int end = dwarf_get_units(file->dwarf, file->unit, &next, &version, &kind, &root, NULL);
    if (end < 0) /* for which libdw doesn't always have a reason, but perhaps an older one */
        note_damage(dwarf, "a unit's header can't be read");
    if (end) {
        file->read = true;
        return 0;
    }
    file->unit = next;
    dwarf->split |= kind == DW_UT_skeleton;
    bool is_elsewhere = kind == DW_UT_type && version < 5; /* in .debug_types */
    if (!is_elsewhere && is_cut_short(file, &root))
        note_damage(dwarf, "it is cut short");
    int error = index_unit(dwarf, &root);
    if (dwarf->abbreviations > MOST_ABBREVIATIONS || dwarf->entries > MOST_ENTRIES)
        file->read = true;
    return error == -EBADMSG ? 0 : error;
}

static const struct member_ref *look_up(const struct member_dwarf *dwarf, bool tagged, const char *name,
                                        size_t len)
{
    const struct member_ref *ref = member_index_find(&dwarf->index, tagged, name, len);
    return ref || tagged ? ref : member_index_find(&dwarf->index, true, name, len);
}

static int dwarf_find(struct member_source *source, bool tagged, const char *name, size_t len,
                      struct member_ref *ret, struct diag *diag)
{
    struct member_dwarf *dwarf = member_dwarf_of(source);
    for (size_t i = 0;;) {
        const struct member_ref *ref = look_up(dwarf, tagged, name, len);
        if (ref) {
            *ret = *ref;
            return 0;
        }
        while (i < dwarf->n_files && dwarf->files[i].read)
            i++;
        if (i == dwarf->n_files)
            break;
        int error = read_next_unit(dwarf, &dwarf->files[i]);
        if (error)
            return diag_set(diag, error, "out of memory");
    }
    if (*dwarf->damage.text)
        return diag_set(diag, -EBADMSG, "%s", dwarf->damage.text);
    if (dwarf->split)
        return diag_set(diag, -ENODATA, "its debug information is in .dwo files, which are not read");
    return -ENOENT;
}

static void dwarf_free(struct member_source *source)
{
    struct member_dwarf *dwarf = member_dwarf_of(source);
    member_index_free(&dwarf->index);
    for (size_t i = 0; i < dwarf->n_files; i++) {
        dwarf_end(dwarf->files[i].dwarf);
        elf_end(dwarf->files[i].elf);
    }
    free(dwarf);
}

/* What describes types. All but the offsets end in a zero byte, if nobody has damaged them. */
static const struct needed {
    const char *name;
    bool ends_in_zero;
} needed[] = {
    {".debug_info", true}, {".debug_types", true},    {".debug_abbrev", true},
    {".debug_str", true},  {".debug_line_str", true}, {".debug_str_offsets", false},
};

static const struct needed *find_needed(const char *name)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
        if (!strcmp(name, needed[i].name))
            return &needed[i];
    return NULL;
}

/* Hides the rest, which libdw would read and decompress as well: lines, places of variables. In our copy of
 * the section's header it has no contents. */
static bool hide_section(Elf_Scn *section, GElf_Shdr *header, const char *name)
{
    if (find_needed(name))
        return false;
    header->sh_type = SHT_NOBITS;
    gelf_update_shdr(section, header);
    return true;
}

/* Not every version of libdw checks that a string ends inside its section. In our copy they all do now. */
static void end_strings(struct dwarf_file *file)
{
    size_t names;
    if (elf_getshdrstrndx(file->elf, &names))
        return;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(file->elf, names, header.sh_name) : NULL;
        const struct needed *row = name && header.sh_type != SHT_NOBITS ? find_needed(name) : NULL;
        Elf_Data *data = row && row->ends_in_zero ? elf_getdata(section, NULL) : NULL;
        if (!data || !data->d_buf || !data->d_size)
            continue;
        ((char *)data->d_buf)[data->d_size - 1] = '\0';
        if (row == &needed[0])
            file->size = data->d_size;
    }
}

static int choose_sections(Elf *elf, struct diag *diag)
{
    uint64_t total = 0;
    size_t names;
    if (elf_getshdrstrndx(elf, &names))
        return diag_set(diag, -EBADMSG, "its section headers are damaged");
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
        GElf_Shdr header;
        GElf_Chdr compressed;
        const char *name = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (!name || header.sh_type == SHT_NOBITS)
            continue;
        if (!strncmp(name, ".zdebug", strlen(".zdebug")))
            return diag_set(diag, -ENODATA,
                            "its debug information is compressed in a way that is no longer used");
        if (strncmp(name, ".debug", strlen(".debug")) || hide_section(section, &header, name))
            continue;
        bool is_compressed = header.sh_flags & SHF_COMPRESSED && gelf_getchdr(section, &compressed);
        uint64_t size = is_compressed ? compressed.ch_size : header.sh_size;
        if (size > MOST_BYTES || (total += size) > MOST_BYTES)
            return diag_set(diag, -ENODATA, "its debug information is larger than %" PRIu64 " MiB",
                            MOST_BYTES >> 20);
    }
    return 0;
}

static int open_file(struct member_dwarf *dwarf, int fd, struct diag *diag)
{
    struct dwarf_file *file = &dwarf->files[dwarf->n_files++];
    elf_version(EV_CURRENT);
    file->elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!file->elf)
        return diag_set(diag, -EBADMSG, "it can't be read: %s", elf_errmsg(-1));
    int error = choose_sections(file->elf, diag);
    if (error)
        return error;
    file->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
    if (!file->dwarf)
        return diag_set(diag, -EBADMSG, "the debug information is damaged: %s", dwarf_errmsg(-1));
    end_strings(file);
    return 0;
}

static void free_dwarf(struct member_dwarf *dwarf)
{
    dwarf_free(&dwarf->source);
}

DEFINE_CLEANUP(dwarf, struct member_dwarf *, free_dwarf);

int member_dwarf_open(int fd, int shared_fd, struct member_source **ret, struct diag *diag)
{
    static const struct member_source_ops ops = {dwarf_find, member_dwarf_describe, member_dwarf_next_field,
                                                 dwarf_free};
    _cleanup_(cleanup_dwarf) struct member_dwarf *dwarf = calloc(1, sizeof(*dwarf));
    if (!dwarf)
        return diag_set(diag, -ENOMEM, "out of memory");
    dwarf->source.ops = &ops;
    int error = open_file(dwarf, fd, diag);
    if (error)
        return error;
    const char *shared_name;
    const void *shared_id;
    if (dwelf_dwarf_gnu_debugaltlink(dwarf->files[0].dwarf, &shared_name, &shared_id) > 0) {
        if (shared_fd < 0)
            return diag_set(diag, -ENODATA, "a part of its debug information is in %s, which is not there",
                            shared_name);
        error = open_file(dwarf, shared_fd, diag);
        if (error)
            return error;
        dwarf_setalt(dwarf->files[0].dwarf, dwarf->files[1].dwarf);
    }
    *ret = &take_pointer(dwarf)->source;
    return 0;
}
