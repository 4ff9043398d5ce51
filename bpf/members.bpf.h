/* Follows pointers to members of what they point to, before anybody looks at the values. */
#ifndef TRACER_MEMBERS_BPF_H
#define TRACER_MEMBERS_BPF_H

#include "operands.bpf.h"

/* Value i goes its way, pointer by pointer, and becomes the member at its end. Nothing is held meanwhile, so
 * pages are brought in at once. */
__noinline int follow_member(struct hit *hit, const struct wire_behind *behind, __u32 i)
{
    if (!hit || !behind || i >= WIRE_MAX_ARGS || hit->faults & 1U << i)
        return 0;
    __u32 n_loads = behind->n_loads, last = n_loads - 1;
    if (!n_loads || n_loads > WIRE_MAX_LOADS)
        return 0;
    __u64 value = hit->values[i];
    hit->values[i] = 0;
    for (__u32 load = 0; load < WIRE_MAX_LOADS - 1 && load < last && value; load++)
        if (!read_user_value(value + (__u64)(__s64)behind->offsets[load], sizeof(value), false, &value)) {
            hit->faults |= 1U << i;
            return 0;
        }
    if (!value) {
        hit->nulls |= 1U << i;
        return 0;
    }
    FORGET(last);
    value += (__u64)(__s64)behind->offsets[last & (WIRE_MAX_LOADS - 1)];
    if (behind->size && !read_user_value(value, behind->size, behind->is_signed, &value)) {
        hit->faults |= 1U << i;
        return 0;
    }
    hit->values[i] = value;
    return 0;
}

#endif
