/* Types by name. Names stay where they are; the first type of a name is the one that counts. Private to this
 * layer. Start from {0}. */
#ifndef TRACER_PROVIDER_MEMBER_INDEX_H
#define TRACER_PROVIDER_MEMBER_INDEX_H

#include "provider/member_source.h"

struct member_index {
    struct member_index_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    size_t count;
};

/* `tagged`: a struct, union, class or enum, which have their names apart from typedefs. 0 or -ENOMEM. */
int member_index_add(struct member_index *index, bool tagged, const char *name, const struct member_ref *ref);

/* NULL: none. The result is good until something is added. */
const struct member_ref *member_index_find(const struct member_index *index, bool tagged, const char *name,
                                           size_t len);

void member_index_free(struct member_index *index);

#endif
