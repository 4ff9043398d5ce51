/* Operands of x86-64 and i386 in AT&T syntax:
 *
 *     $5  $-1  $0xff                   constant
 *     %eax  %r9d  %ah                  register
 *     DISP(BASE,INDEX,SCALE)           memory; each part may be missing
 *     SYMBOL+DISP(%rip)                a variable, position-independent
 *
 * A memory operand has room for one register besides a symbol: the symbol's address takes the base's place,
 * as the instruction pointer plus a distance, so the operand's own base becomes the index. With two
 * registers, as gcc writes `bytes[i + j]` without -fpie, the symbol must be taken at its word: its address in
 * the file. */
#include <string.h>

#include "elf/arg_spec_machine.h"
#include "event_wire.h"

enum { SLOT_IP = 16 };

enum width { WIDTH_64, WIDTH_32, WIDTH_16, WIDTH_8, WIDTH_8_TOO, WIDTH_8_HIGH, WIDTHS };

/* Slots of struct pt_regs (event_wire.h). "r8l" is Intel's name for "r8b". */
static const char x86_registers[][WIDTHS][5] = {
    [0] = {"r15", "r15d", "r15w", "r15b", "r15l"},
    [1] = {"r14", "r14d", "r14w", "r14b", "r14l"},
    [2] = {"r13", "r13d", "r13w", "r13b", "r13l"},
    [3] = {"r12", "r12d", "r12w", "r12b", "r12l"},
    [4] = {"rbp", "ebp", "bp", "bpl"},
    [5] = {"rbx", "ebx", "bx", "bl", "", "bh"},
    [6] = {"r11", "r11d", "r11w", "r11b", "r11l"},
    [7] = {"r10", "r10d", "r10w", "r10b", "r10l"},
    [8] = {"r9", "r9d", "r9w", "r9b", "r9l"},
    [9] = {"r8", "r8d", "r8w", "r8b", "r8l"},
    [10] = {"rax", "eax", "ax", "al", "", "ah"},
    [11] = {"rcx", "ecx", "cx", "cl", "", "ch"},
    [12] = {"rdx", "edx", "dx", "dl", "", "dh"},
    [13] = {"rsi", "esi", "si", "sil"},
    [14] = {"rdi", "edi", "di", "dil"},
    [SLOT_IP] = {"rip", "eip"},
    [19] = {"rsp", "esp", "sp", "spl"},
};
_Static_assert(sizeof(x86_registers) / sizeof(*x86_registers) <= WIRE_X86_SLOTS, "slots of pt_regs");

/* Registers that are not among the general ones, by how their names start. */
static const struct {
    const char *prefix;
    const char *why;
} x86_other_registers[] = {
    {"xmm", ARG_WHY_FLOAT_REGISTER}, {"ymm", ARG_WHY_FLOAT_REGISTER}, {"zmm", ARG_WHY_FLOAT_REGISTER},
    {"st", ARG_WHY_FLOAT_REGISTER},  {"mm", ARG_WHY_FLOAT_REGISTER},  {"k", "in a mask register"},
    {"cr", "in a control register"}, {"db", "in a debug register"},   {"cs", "in a segment register"},
    {"ds", "in a segment register"}, {"es", "in a segment register"}, {"fs", "in a segment register"},
    {"gs", "in a segment register"}, {"ss", "in a segment register"},
};

/* What "@…" behind a symbol makes of it. */
static const struct {
    const char *modifier;
    const char *why;
} x86_modifiers[] = {
    {"GOTOFF", NULL}, /* distance from the global offset table, whose address is in the base register */
    {"GOTPCREL", "through the global offset table"},
    {"GOT", "through the global offset table"},
    {"PLT", "through the procedure linkage table"},
    {"TPOFF", "a thread-local variable"},
    {"NTPOFF", "a thread-local variable"},
    {"DTPOFF", "a thread-local variable"},
    {"GOTTPOFF", "a thread-local variable"},
    {"GOTNTPOFF", "a thread-local variable"},
    {"INDNTPOFF", "a thread-local variable"},
};

struct x86_register {
    uint8_t slot;
    enum width width;
};

static const char *find_register(const struct arg_machine *machine, struct arg_text name,
                                 struct x86_register *ret_register)
{
    for (uint8_t slot = 0; slot < sizeof(x86_registers) / sizeof(*x86_registers); slot++)
        for (enum width width = machine->word == 8 ? WIDTH_64 : WIDTH_32; width < WIDTHS; width++)
            if (*x86_registers[slot][width] && arg_text_equals(name, x86_registers[slot][width])) {
                *ret_register = (struct x86_register){slot, width};
                return NULL;
            }
    for (size_t i = 0; i < sizeof(x86_other_registers) / sizeof(*x86_other_registers); i++) {
        size_t len = strlen(x86_other_registers[i].prefix);
        if ((size_t)(name.end - name.at) >= len && !memcmp(name.at, x86_other_registers[i].prefix, len))
            return x86_other_registers[i].why;
    }
    return "no such register";
}

/* A base or index: as wide as the machine's word. Takes nothing, and leaves the slot alone, when the place
 * is empty. */
static const char *take_address_register(const struct arg_machine *machine, struct arg_text *text,
                                         uint8_t *slot)
{
    if (!arg_text_take(text, '%'))
        return NULL;
    struct x86_register found;
    const char *why = find_register(machine, arg_text_take_name(text, ""), &found);
    if (why)
        return why;
    if (found.width != (machine->word == 8 ? WIDTH_64 : WIDTH_32))
        return ARG_WHY_PART;
    *slot = found.slot;
    return NULL;
}

static const char *take_scale(struct arg_text *text, uint8_t *scale)
{
    struct arg_sum sum;
    const char *why = arg_text_take_sum(text, &sum);
    if (why)
        return why;
    for (*scale = 0; *scale <= 3; ++*scale)
        if (!sum.symbol && sum.value == 1 << *scale)
            return NULL;
    return "a scale that is not 1, 2, 4 or 8";
}

/* "(BASE,INDEX,SCALE)" */
static const char *take_registers(const struct arg_machine *machine, struct arg_text *text,
                                  struct arg_spec *arg)
{
    const char *why = take_address_register(machine, text, &arg->reg);
    if (!why && arg_text_take(text, ',')) {
        why = take_address_register(machine, text, &arg->index);
        if (!why && arg->index == ARG_NO_REGISTER)
            why = ARG_WHY_NOT_UNDERSTOOD;
        if (!why && arg_text_take(text, ','))
            why = take_scale(text, &arg->scale);
    }
    bool none = arg->reg == ARG_NO_REGISTER && arg->index == ARG_NO_REGISTER;
    bool indexed_ip = arg->index == SLOT_IP || (arg->reg == SLOT_IP && arg->index != ARG_NO_REGISTER);
    if (!why && (none || indexed_ip || !arg_text_take(text, ')')))
        why = ARG_WHY_NOT_UNDERSTOOD;
    return why;
}

static const char *check_modifier(const struct arg_sum *sum, bool *ret_gotoff)
{
    *ret_gotoff = false;
    if (sum->modifier.at == sum->modifier.end)
        return NULL;
    for (size_t i = 0; i < sizeof(x86_modifiers) / sizeof(*x86_modifiers); i++)
        if (arg_text_equals(sum->modifier, x86_modifiers[i].modifier)) {
            *ret_gotoff = !x86_modifiers[i].why;
            return x86_modifiers[i].why;
        }
    return ARG_WHY_NOT_UNDERSTOOD;
}

/* Puts the symbol's address in the base's place, if that is free. */
static const char *add_symbol(const struct arg_machine *machine, const struct arg_sum *sum,
                              struct arg_spec *arg)
{
    bool gotoff;
    const char *why = check_modifier(sum, &gotoff);
    if (why)
        return why;
    bool has_base = arg->reg != ARG_NO_REGISTER && arg->reg != SLOT_IP;
    bool has_index = arg->index != ARG_NO_REGISTER;
    if (gotoff && (!has_base || has_index))
        return "offset from the global offset table in an unknown register";
    uint8_t base = arg->reg;
    arg_spec_set_symbol(arg, machine, sum);
    if (has_base && has_index) {
        arg->reg = base;
        arg->absolute = true;
    } else if (has_base && !gotoff) {
        arg->index = base;
        arg->scale = 0;
    }
    return NULL;
}

static const char *parse_memory(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg)
{
    struct arg_sum sum;
    const char *why = arg_text_take_sum(&text, &sum);
    if (!why && arg_text_take(&text, '('))
        why = take_registers(machine, &text, arg);
    if (why)
        return why;
    if (!arg_text_at_end(&text))
        return ARG_WHY_NOT_UNDERSTOOD;
    if (sum.symbol)
        return add_symbol(machine, &sum, arg);
    arg->where = ARG_MEMORY;
    arg->disp = sum.value;
    return NULL;
}

static const char *parse_register(const struct arg_machine *machine, struct arg_text text,
                                  struct arg_spec *arg)
{
    struct x86_register found;
    const char *why = find_register(machine, arg_text_take_name(&text, ""), &found);
    if (arg_text_take(&text, ':'))
        return "relative to a segment, as thread-local variables are";
    if (why)
        return why;
    if (!arg_text_at_end(&text))
        return ARG_WHY_NOT_UNDERSTOOD;
    arg->where = ARG_REGISTER;
    arg->reg = found.slot;
    arg->shift = found.width == WIDTH_8_HIGH ? 8 : 0;
    return NULL;
}

const char *arg_spec_x86_parse(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg)
{
    if (arg_text_take(&text, '%'))
        return parse_register(machine, text, arg);
    if (!arg_text_take(&text, '$'))
        return parse_memory(machine, text, arg);
    struct arg_sum sum;
    const char *start = text.at;
    const char *why = arg_text_take_sum(&text, &sum);
    if (why)
        return why;
    if (text.at == start || !arg_text_at_end(&text))
        return ARG_WHY_NOT_UNDERSTOOD;
    return arg_spec_set_constant(arg, &sum);
}
