/* Members of what an argument points to: from "struct conn *" and ".local.id" to the loads that fetch it, by
 * the debug information of the traced file or by the offsets that the definition gives. Resolved once, when
 * the file is read; what runs at a hit knows nothing of types.
 *
 * The only user of libdw (member_dwarf.c). Pure as the layer is: which files have the debug information is
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

/* Accepts NULL. */
void member_chain_free(struct member_chain *chain);

DEFINE_CLEANUP(member_chain, struct member_chain *, member_chain_free);
#define _cleanup_member_chain_ _cleanup_(cleanup_member_chain)

#endif
