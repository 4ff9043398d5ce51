/* Operands of machines that tracer lists but doesn't run on: ppc64, s390x, riscv64, mips64. They differ in
 * how they name registers and mark constants; memory is DISP(BASE) or, on s390x, DISP(INDEX,BASE).
 *
 *              constant   register   memory
 *     ppc64    i5         9  r9      8(9)
 *     s390x    5          %r9        160(%r15)  0(%r3,%r1)
 *     riscv64  5          a0 s11     8(sp)
 *     mips64   5          $4 $sp     8($sp)
 *
 * Registers have the machine's own numbers. */
#include <string.h>

#include "elf/arg_spec_machine.h"

#define NUMBERED(prefix_, first_, last_, slot_) \
    .prefix = prefix_, .numbered = true, .first = first_, .last = last_, .slot = slot_
#define SINGLE(name, slot_) .prefix = name, .slot = slot_
#define FLOATS(prefix_)     NUMBERED(prefix_, 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER

const struct arg_register arg_spec_ppc_registers[] = {
    {NUMBERED("", 0, 31, 0)},
    {NUMBERED("r", 0, 31, 0)},
    {NUMBERED("%r", 0, 31, 0)},
    {FLOATS("f")},
    {FLOATS("%f")},
    {FLOATS("v")},
    {FLOATS("%v")},
    {FLOATS("vs")},
    {0},
};

const struct arg_register arg_spec_s390_registers[] = {
    {NUMBERED("%r", 0, 15, 0)},
    {FLOATS("%f")},
    {FLOATS("%v")},
    {0},
};

const struct arg_register arg_spec_riscv_registers[] = {
    {NUMBERED("a", 0, 7, 10)},
    {NUMBERED("s", 0, 1, 8)},
    {NUMBERED("s", 2, 11, 18)},
    {NUMBERED("t", 0, 2, 5)},
    {NUMBERED("t", 3, 6, 28)},
    {SINGLE("zero", 0), .zero = true},
    {SINGLE("x0", 0), .zero = true},
    {NUMBERED("x", 1, 31, 1)},
    {SINGLE("ra", 1)},
    {SINGLE("sp", 2)},
    {SINGLE("gp", 3)},
    {SINGLE("tp", 4)},
    {SINGLE("fp", 8)},
    {FLOATS("f")},
    {FLOATS("fa")},
    {FLOATS("fs")},
    {FLOATS("ft")},
    {0},
};

const struct arg_register arg_spec_mips_registers[] = {
    {SINGLE("$0", 0), .zero = true},
    {SINGLE("$zero", 0), .zero = true},
    {NUMBERED("$", 1, 31, 1)},
    {SINGLE("$at", 1)},
    {SINGLE("$gp", 28)},
    {SINGLE("$sp", 29)},
    {SINGLE("$fp", 30)},
    {SINGLE("$ra", 31)},
    {FLOATS("$f")},
    {0},
};

/* Takes a register's name if one comes next. */
static const struct arg_register *take_register(const struct arg_machine *machine, struct arg_text *text,
                                                uint8_t *ret_slot)
{
    struct arg_text after = *text;
    const struct arg_register *reg = arg_register_find(machine, arg_text_take_name(&after, "%$._"), ret_slot);
    if (reg)
        *text = after;
    return reg;
}

static const char *take_address_register(const struct arg_machine *machine, struct arg_text *text,
                                         uint8_t *ret_slot)
{
    const struct arg_register *reg = take_register(machine, text, ret_slot);
    return !reg ? ARG_WHY_NOT_UNDERSTOOD : reg->why;
}

/* What follows "(" up to the end. */
static const char *parse_registers(const struct arg_machine *machine, struct arg_text text,
                                   struct arg_spec *arg)
{
    const char *why = take_address_register(machine, &text, &arg->reg);
    if (!why && arg_text_take(&text, ',')) {
        arg->index = arg->reg;
        why = take_address_register(machine, &text, &arg->reg);
    }
    if (!why && (!arg_text_take(&text, ')') || !arg_text_at_end(&text)))
        why = ARG_WHY_NOT_UNDERSTOOD;
    return why;
}

static bool take_constant_prefix(const struct arg_machine *machine, struct arg_text *text)
{
    size_t len = strlen(machine->constant_prefix);
    if ((size_t)(text->end - text->at) < len || memcmp(text->at, machine->constant_prefix, len) != 0)
        return false;
    text->at += len;
    return true;
}

const char *arg_spec_other_parse(const struct arg_machine *machine, struct arg_text text,
                                 struct arg_spec *arg)
{
    uint8_t slot;
    struct arg_text after = text;
    const struct arg_register *reg = take_register(machine, &after, &slot);
    if (reg && arg_text_at_end(&after))
        return arg_spec_set_register(arg, reg, slot);

    struct arg_sum sum;
    bool prefixed = machine->constant_prefix && take_constant_prefix(machine, &text);
    const char *start = text.at;
    const char *why = arg_text_take_sum(&text, &sum);
    if (why)
        return why;
    bool has_sum = text.at > start;
    if (sum.symbol)
        return "relative to a symbol";
    if (!prefixed && arg_text_take(&text, '(')) {
        arg->where = ARG_MEMORY;
        arg->disp = sum.value;
        return parse_registers(machine, text, arg);
    }
    if (!has_sum || !arg_text_at_end(&text) || (machine->constant_prefix && !prefixed))
        return ARG_WHY_NOT_UNDERSTOOD;
    return arg_spec_set_constant(arg, &sum);
}
