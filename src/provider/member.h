/* Members of what an argument points to: from "struct conn *" and ".local.id" to the loads that fetch it, by
 * the debug information of the traced file or by the offsets that the definition gives. Resolved once, when
 * the file is read; what runs at a hit knows nothing of types.
 *
 * The only user of libdw (member_dwarf*.c). Pure as the layer is: which files have the debug information is
 * somebody else's business, who hands them in opened. */
#ifndef TRACER_PROVIDER_MEMBER_H
#define TRACER_PROVIDER_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "provider/arg_kind.h"
#include "provider/arg_note.h"

enum { MEMBER_MOST_LOADS = 4 };

/* How to get from an argument's value to the member: value = *(value + offsets[i]), for each i in turn. All
 * loads but the last are of pointers; the last is of `size` bytes, or with `is_address` doesn't take place:
 * then the address itself is the value (size 0), as C has it for an array or a structure. */
struct member_chain {
    int32_t offsets[MEMBER_MOST_LOADS];
    size_t n_loads; /* at least 1 */
    uint8_t size;   /* 1, 2, 4 or 8; 0 with is_address */
    bool is_signed;
    bool is_address;
    enum arg_kind
        kind;        /* INTEGER, BOOL, FLOAT, POINTER; STRING: text at the value; HEX: `length` bytes there */
    uint64_t length; /* bytes of an array or a structure, as far as that is known; else 0 */
    char *type;      /* C type of the member: "uint32_t" */
};

/* Where a file's types are described. All of it stays the caller's, and open. */
struct member_files {
    int fd;             /* an ELF file with DWARF, the traced one or its separate debug file; -1: none */
    int shared_fd;      /* the file that it shares types with (dwz, .gnu_debugaltlink); -1: none */
    const uint8_t *btf; /* contents of the section .BTF; NULL: none */
    size_t btf_size;
    unsigned pointer_size; /* 4 or 8, which BTF doesn't say */
};

struct member_types;

/* The file's types. Nothing is read before a member is asked for. -ENOMEM. */
int member_types_open(const struct member_files *files, struct member_types **ret_types, struct diag *diag);
/* Accepts NULL. */
void member_types_free(struct member_types *types);

/* Whether that member can be resolved without types: "+0x18", or none at all. */
bool member_is_offset(const struct arg_note *note);

/* Resolves note->member of an argument of that C type (the definition's, "struct conn *"). `types` may be
 * NULL for a file without any. -ENODATA: nobody knows the types, which is nobody's mistake; -EINVAL: there is
 * no such member, or no way there that could be taken at a hit; -EBADMSG: the debug information is damaged;
 * -ENOMEM. The diag says why in one line that starts with the member. */
int member_resolve(struct member_types *types, const char *type, const struct arg_note *note,
                   struct member_chain **ret_chain, struct diag *diag);

/* Accepts NULL. */
void member_chain_free(struct member_chain *chain);

DEFINE_CLEANUP(member_chain, struct member_chain *, member_chain_free);
DEFINE_CLEANUP(member_types, struct member_types *, member_types_free);
#define _cleanup_member_types_ _cleanup_(cleanup_member_types)
#define _cleanup_member_chain_ _cleanup_(cleanup_member_chain)

#endif
