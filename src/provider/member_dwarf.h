/* Internal to member_dwarf.c and member_dwarf_type.c, the only users of libdw. */
#ifndef TRACER_PROVIDER_MEMBER_DWARF_H
#define TRACER_PROVIDER_MEMBER_DWARF_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "provider/member_index.h"
#include "provider/member_source.h"

struct dwarf_file {
    Elf *elf;
    Dwarf *dwarf;
    uint64_t size;  /* of .debug_info */
    Dwarf_CU *unit; /* the last one that was read; NULL: none yet */
    bool read;      /* all of it, or what could be */
};

struct member_dwarf {
    struct member_source source;
    struct dwarf_file files[2]; /* the file itself, and what dwz shares between several */
    size_t n_files;
    struct member_index index;
    size_t abbreviations; /* read so far */
    uint64_t entries;     /* likewise, of those that stand right below a unit's root */
    uint64_t field_bytes; /* gone through for fields */
    bool split;           /* there is a unit whose types are in a .dwo file */
    struct diag damage;   /* why the end wasn't reached; "": it was, or will be */
};

/* An entry fits into a reference. Of an array's, the word that libdw leaves alone counts how many of its
 * dimensions are gone: what an array of arrays is an array of has no entry of its own. */
_Static_assert(sizeof(Dwarf_Die) <= sizeof(struct member_ref), "an entry fits into a reference");

static inline struct member_dwarf *member_dwarf_of(struct member_source *source)
{
    return (struct member_dwarf *)source;
}

static inline struct member_ref member_dwarf_ref(const Dwarf_Die *entry, size_t dimensions_gone)
{
    Dwarf_Die stored = *entry;
    struct member_ref ref = {0};
    stored.padding__ = (long)dimensions_gone;
    memcpy(&ref, &stored, sizeof(stored));
    return ref;
}

/* The entry's name; NULL: it has none, or an empty one. */
static inline const char *member_dwarf_name(Dwarf_Die *entry)
{
    Dwarf_Attribute attribute;
    const char *name = dwarf_formstring(dwarf_attr(entry, DW_AT_name, &attribute));
    return name && *name ? name : NULL;
}

/* Whether it has a name that lies beyond the end of the strings. It isn't one without a name. */
static inline bool member_dwarf_lacks_name(Dwarf_Die *entry)
{
    Dwarf_Attribute attribute;
    return dwarf_attr(entry, DW_AT_name, &attribute) && !dwarf_formstring(&attribute);
}

/* As struct member_source_ops has them. */
int member_dwarf_describe(struct member_source *source, const struct member_ref *ref,
                          struct member_type *ret);
int member_dwarf_next_field(struct member_source *source, const struct member_ref *record,
                            struct member_cursor *cursor, struct member_field *ret);

#endif
