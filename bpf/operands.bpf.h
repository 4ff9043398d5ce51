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

/* False: it is neither a constant nor in a register. */
static __always_inline bool read_register(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    __u32 reg = arg->reg;
    if (arg->where == WIRE_CONSTANT)
        hit->values[i] = (__u64)arg->disp;
    else if (arg->where == WIRE_REGISTER && reg < SLOTS)
        hit->values[i] = extend(hit->regs[reg] >> (arg->shift & 63), arg->size, arg->is_signed);
    else
        return false;
    return true;
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

/* Exactly as many bytes as it has: behind them may be nothing. The program's machines have the lowest bits
 * first. */
static __always_inline bool read_user_value(__u64 address, __u32 size, __u8 is_signed, __u64 *ret_value)
{
    __u64 value = 0;
    FORGET(size);
    if (size > sizeof(value))
        return false;
    if (bpf_probe_read_user(&value, size, (void *)address) &&
        bpf_copy_from_user(&value, size, (void *)address))
        return false;
    *ret_value = extend(value, (__u8)size, is_signed);
    return true;
}

__noinline int read_plain_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    if (!read_register(hit, arg, i))
        hit->faults |= 1U << i;
    return 0;
}

__noinline int read_memory_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    bool is_read;
    if (arg->where == WIRE_MEMORY)
        is_read = read_user_value(memory_address(hit, arg), arg->size, arg->is_signed, &hit->values[i]);
    else
        is_read = read_register(hit, arg, i);
    if (!is_read)
        hit->faults |= 1U << i;
    return 0;
}

#endif
