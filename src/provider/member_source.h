/* Where types are known from: DWARF or BTF, behind one set of functions, so that a path is walked in one way.
 * Private to this layer.
 *
 * A source gives back what stands in the file, damaged or forged as that may be. That types lead in circles,
 * that offsets lie beyond all reason is the walker's business; that every read stays inside the file and
 * comes to an end, the source's. */
#ifndef TRACER_PROVIDER_MEMBER_SOURCE_H
#define TRACER_PROVIDER_MEMBER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* What a source knows a type by. Nobody else looks inside. */
struct member_ref {
    uint64_t words[4];
};

enum member_class {
    MEMBER_CLASS_OTHER, /* void, a function, and whatever else has no value that could be shown */
    MEMBER_CLASS_INTEGER,
    MEMBER_CLASS_CHAR, /* plain char, neither signed nor unsigned: text */
    MEMBER_CLASS_BOOL,
    MEMBER_CLASS_FLOAT,
    MEMBER_CLASS_POINTER,
    MEMBER_CLASS_RECORD, /* struct, union, class */
    MEMBER_CLASS_ARRAY,
};

/* A type without its typedefs and qualifiers. Strings are the source's. */
struct member_type {
    enum member_class class;
    uint64_t size;
    bool is_signed;
    bool is_declared;         /* a record of which only the name is known here */
    const char *alias;        /* name of the outermost typedef; or NULL */
    const char *tag;          /* "struct", "union", "class", "enum"; or NULL */
    const char *name;         /* behind the tag, or the basic type's; NULL: it has none */
    bool has_target;          /* else it points to void */
    struct member_ref target; /* what it points to or is an array of */
    uint64_t count;           /* an array's elements; 0: not known */
};

struct member_field {
    const char *name; /* NULL: its own fields belong to this record as well */
    struct member_ref type;
    uint64_t offset;
    bool is_bits;
};

/* The next field of a record to come. Start from {0}. */
struct member_cursor {
    struct member_ref at;
    uint64_t index; /* goes up by what was looked at, fields or not */
};

struct member_source {
    const struct member_source_ops *ops;
};

/* All return 0 or -errno: -EBADMSG what is damaged, -ENOMEM. */
struct member_source_ops {
    /* The definition of a struct, union, class or enum (`tagged`), or else of a typedef or any of those.
     * -ENOENT: there is none. */
    int (*find)(struct member_source *source, bool tagged, const char *name, size_t len,
                struct member_ref *ret, struct diag *diag);
    int (*describe)(struct member_source *source, const struct member_ref *ref, struct member_type *ret);
    /* 1: there is one; 0: that was the last. */
    int (*next_field)(struct member_source *source, const struct member_ref *record,
                      struct member_cursor *cursor, struct member_field *ret);
    void (*free)(struct member_source *source);
};

/* `fd` is an ELF file with DWARF that elf_file_open() has nothing against, `shared_fd` the one that has what
 * several debug files have in common (dwz), -1: none. Both stay open until the source is freed. -ENODATA:
 * nothing to be had there, the diag says why. */
int member_dwarf_open(int fd, int shared_fd, struct member_source **ret, struct diag *diag);

/* `bytes` is the contents of a section .BTF and stays the caller's. */
int member_btf_open(const uint8_t *bytes, size_t size, unsigned pointer_size, struct member_source **ret,
                    struct diag *diag);

#endif
