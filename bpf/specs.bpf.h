/* Where the specs stand that attach cookies name, and the counts of their hits. */
#ifndef TRACER_SPECS_BPF_H
#define TRACER_SPECS_BPF_H

#include "common.bpf.h"

/* Sized before load to hold all specs that are known then. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct wire_spec);
} first_specs SEC(".maps");

const volatile __u32 n_first_specs = 1;

/* Those that come later. */
struct spec_chunk {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, WIRE_SPECS_A_CHUNK);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct wire_spec));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, WIRE_MAX_CHUNKS);
    __type(key, __u32);
    __array(values, struct spec_chunk);
} spec_chunks SEC(".maps");

static __always_inline struct wire_spec *find_spec(__u64 number)
{
    __u32 index = (__u32)number;
    if (number < n_first_specs)
        return bpf_map_lookup_elem(&first_specs, &index);
    number -= n_first_specs;
    __u32 chunk = (__u32)(number / WIRE_SPECS_A_CHUNK);
    index = (__u32)(number % WIRE_SPECS_A_CHUNK);
    void *specs = bpf_map_lookup_elem(&spec_chunks, &chunk);
    return specs ? bpf_map_lookup_elem(specs, &index) : NULL;
}

static __always_inline void count_lost(struct wire_spec *spec)
{
    __sync_fetch_and_add(&spec->lost, 1);
    __sync_fetch_and_add(&shared.lost_total, 1);
}

#endif
