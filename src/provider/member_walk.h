/* From an argument's C type and a path such as ".local.cid_set[0].id" to what stands at its end. Private to
 * this layer. */
#ifndef TRACER_PROVIDER_MEMBER_WALK_H
#define TRACER_PROVIDER_MEMBER_WALK_H

#include "provider/member.h"
#include "provider/member_source.h"

/* The end of a path, and the way there. */
struct member_end {
    int32_t offsets[MEMBER_MOST_LOADS];
    size_t n_loads;
    struct member_type type;
    bool is_bits;     /* a bit-field */
    bool points_text; /* it points to, or is an array of, plain char */
    bool holds_bytes; /* an array of other integers of one byte */
    char *type_name;  /* "uint32_t", "struct conn *", "char[16]"; the caller's to free */
};

/* -ENODATA: the source doesn't know the types; -EINVAL: no such way through them, the diag names the culprit;
 * -EBADMSG: they are damaged; -ENOMEM. */
int member_walk(struct member_source *source, const char *type, const char *path, struct member_end *ret,
                struct diag *diag);

#endif
