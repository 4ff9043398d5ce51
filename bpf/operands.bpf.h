/* Reads the operands that an argument string names: constants, registers, user memory. */
#ifndef TRACER_OPERANDS_BPF_H
#define TRACER_OPERANDS_BPF_H

#include "hit.bpf.h"

static __always_inline __u64 extend(__u64 value, __u8 size, __u8 is_signed)
{
    __u32 unused_bits = (64 - size * 8) & 63;
    value <<= unused_bits;
    return is_signed ? (__u64)((__s64)value >> unused_bits) : value >> unused_bits;
}

static __always_inline void read_register(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    __u32 reg = arg->reg;
    if (arg->where == WIRE_CONSTANT)
        hit->values[i] = (__u64)arg->disp;
    else if (arg->where == WIRE_REGISTER && reg < SLOTS)
        hit->values[i] = extend(hit->regs[reg] >> (arg->shift & 63), arg->size, arg->is_signed);
    else
        hit->faults |= 1U << i;
}

static __always_inline __u64 memory_address(const struct hit *hit, const struct wire_arg *arg)
{
    __u64 address = (__u64)arg->disp;
    __u32 reg = arg->reg, index = arg->index;
    if (reg < SLOTS)
        address += hit->regs[reg];
    if (index < SLOTS)
        address += hit->regs[index] << (arg->scale & 3);
    return address;
}

/* The helpers want a constant size to know what they write. */
#define READ_SIZED(type)                                                          \
    ({                                                                            \
        type value_ = 0;                                                          \
        failed = bpf_probe_read_user(&value_, sizeof(value_), (void *)address) && \
                 bpf_copy_from_user(&value_, sizeof(value_), (void *)address);    \
        (__u64) value_;                                                           \
    })

static __always_inline bool read_user_value(__u64 address, __u8 size, __u8 is_signed, __u64 *ret_value)
{
    __u64 value = 0;
    bool failed = true;
    if (size == 8)
        value = READ_SIZED(__u64);
    else if (size == 4)
        value = READ_SIZED(__u32);
    else if (size == 2)
        value = READ_SIZED(__u16);
    else if (size == 1)
        value = READ_SIZED(__u8);
    if (!failed)
        *ret_value = extend(value, size, is_signed);
    return !failed;
}

static __always_inline void read_memory(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!read_user_value(memory_address(hit, arg), arg->size, arg->is_signed, &hit->values[i]))
        hit->faults |= 1U << i;
}

__noinline int read_plain_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    read_register(hit, arg, i);
    return 0;
}

__noinline int read_memory_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    if (arg->where == WIRE_MEMORY)
        read_memory(hit, arg, i);
    else
        read_register(hit, arg, i);
    return 0;
}

#endif
