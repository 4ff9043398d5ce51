/* Operands of arm64 and armhf:
 *
 *     5  #5                            constant: arm64's has no mark, armhf's has
 *     x0  w0  sp  r7  fp               register
 *     [x0]  [x0, 8]  [r7, #-4]         memory at base + displacement
 *     [x0, x1]  [x0, x1, lsl 3]        memory at base + index << shift
 *     [x1, #:lo12:SYMBOL+8]            a variable whose page is in the base register */
#include "elf/arg_spec_machine.h"

#define NUMBERED(prefix_, first_, last_, slot_) \
    .prefix = prefix_, .numbered = true, .first = first_, .last = last_, .slot = slot_
#define SINGLE(name, slot_) .prefix = name, .slot = slot_

/* Slots of struct pt_regs (event_wire.h). */
const struct arg_register arg_spec_arm64_registers[] = {
    {NUMBERED("x", 0, 30, 0)},
    {NUMBERED("w", 0, 30, 0), .part = true},
    {SINGLE("sp", 31)},
    {SINGLE("wsp", 31), .part = true},
    {SINGLE("xzr", 0), .zero = true},
    {SINGLE("wzr", 0), .zero = true},
    {SINGLE("ip0", 16)},
    {SINGLE("ip1", 17)},
    {SINGLE("fp", 29)},
    {SINGLE("lr", 30)},
    {NUMBERED("b", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("h", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("s", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("d", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("q", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("v", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("z", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {0},
};

const struct arg_register arg_spec_armhf_registers[] = {
    {NUMBERED("r", 0, 15, 0)},
    {SINGLE("sb", 9)},
    {SINGLE("sl", 10)},
    {SINGLE("fp", 11)},
    {SINGLE("ip", 12)},
    {SINGLE("sp", 13)},
    {SINGLE("lr", 14)},
    {SINGLE("pc", 15)},
    {NUMBERED("s", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("d", 0, 31, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {NUMBERED("q", 0, 15, 0), .why = ARG_WHY_FLOAT_REGISTER},
    {0},
};

static const char *check_address_register(const struct arg_register *reg)
{
    if (!reg || reg->zero)
        return ARG_WHY_NOT_UNDERSTOOD;
    return reg->part ? ARG_WHY_PART : reg->why;
}

/* Takes a register's name if one comes next. A vector's element ("v0.d[1]") counts as the vector. */
static const struct arg_register *take_register(const struct arg_machine *machine, struct arg_text *text,
                                                uint8_t *ret_slot)
{
    struct arg_text after = *text;
    struct arg_text name = arg_text_take_name(&after, "_$");
    const struct arg_register *reg = arg_register_find(machine, name, ret_slot);
    if (reg)
        *text = after;
    return reg;
}

/* ", lsl 3" behind an index. */
static const char *take_shift(struct arg_text *text, uint8_t *ret_scale)
{
    if (!arg_text_equals(arg_text_take_name(text, ""), "lsl"))
        return "an index register that is extended";
    struct arg_sum sum;
    arg_text_take(text, '#');
    const char *why = arg_text_take_sum(text, &sum);
    if (why)
        return why;
    if (sum.symbol || sum.value < 0 || sum.value > 3)
        return "an index shifted by more than 3";
    *ret_scale = (uint8_t)sum.value;
    return NULL;
}

/* "#8" or "#:lo12:SYMBOL": the symbol's address is what base and displacement add up to. */
static const char *take_displacement(const struct arg_machine *machine, struct arg_text *text,
                                     struct arg_spec *arg)
{
    struct arg_sum sum;
    arg_text_take(text, '#');
    bool low_part = arg_text_take(text, ':');
    if (low_part && (!arg_text_equals(arg_text_take_name(text, "_"), "lo12") || !arg_text_take(text, ':')))
        return "a part of a symbol's address";
    const char *start = text->at;
    const char *why = arg_text_take_sum(text, &sum);
    if (why)
        return why;
    if (text->at == start || low_part != (sum.symbol != NULL))
        return ARG_WHY_NOT_UNDERSTOOD;
    if (low_part)
        return arg_spec_set_symbol(arg, machine, &sum);
    arg->disp = sum.value;
    return NULL;
}

/* What follows "[" up to the end. */
static const char *parse_memory(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg)
{
    const char *why = check_address_register(take_register(machine, &text, &arg->reg));
    if (why)
        return why;
    arg->where = ARG_MEMORY;
    if (arg_text_take(&text, ',')) {
        uint8_t slot;
        const struct arg_register *index = take_register(machine, &text, &slot);
        if (!index) {
            why = take_displacement(machine, &text, arg);
        } else {
            bool shifted = arg_text_take(&text, ',');
            if (shifted)
                why = take_shift(&text, &arg->scale);
            if (!why)
                why = check_address_register(index);
            arg->index = slot;
        }
    }
    if (why)
        return why;
    if (!arg_text_take(&text, ']'))
        return ARG_WHY_NOT_UNDERSTOOD;
    return arg_text_at_end(&text) ? NULL : "an address that changes its register";
}

const char *arg_spec_arm_parse(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg)
{
    if (arg_text_take(&text, '['))
        return parse_memory(machine, text, arg);
    uint8_t slot;
    const struct arg_register *reg = take_register(machine, &text, &slot);
    if (reg && (reg->why || arg_text_at_end(&text)))
        return arg_spec_set_register(arg, reg, slot);

    bool marked = arg_text_take(&text, '#');
    struct arg_sum sum;
    const char *start = text.at;
    const char *why = arg_text_take_sum(&text, &sum);
    if (why)
        return why;
    if (reg || text.at == start || !arg_text_at_end(&text) || sum.modifier.at < sum.modifier.end)
        return ARG_WHY_NOT_UNDERSTOOD;
    return sum.symbol && !marked ? arg_spec_set_symbol(arg, machine, &sum) : arg_spec_set_constant(arg, &sum);
}
