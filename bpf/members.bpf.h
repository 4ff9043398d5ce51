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
    __u64 value = hit->values[i];
    hit->values[i] = 0;
    for (__u32 load = 0; load < WIRE_MAX_LOADS && load < behind->n_loads; load++) {
        bool is_last = load + 1 >= behind->n_loads;
        __u32 size = is_last ? behind->size : sizeof(__u64);
        if (!value) {
            hit->nulls |= 1U << i;
            return 0;
        }
        value += (__u64)(__s64)behind->offsets[load];
        if (size && !read_user_value(value, size, is_last && behind->is_signed, &value)) {
            hit->faults |= 1U << i;
            return 0;
        }
    }
    hit->values[i] = value;
    return 0;
}

#endif
