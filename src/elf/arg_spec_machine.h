/* Internal to src/elf: what arg_spec.c gives the parsers of each machine's operands, and takes from them. */
#ifndef TRACER_ELF_ARG_SPEC_MACHINE_H
#define TRACER_ELF_ARG_SPEC_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/arg_spec.h"

/* Text being consumed from the front. Nothing is ever read at or behind `end`. */
struct arg_text {
    const char *at;
    const char *end;
};

/* One register, or a family of numbered ones: prefix "x", 0 to 30. */
struct arg_register {
    const char *prefix;
    bool numbered;
    uint8_t first;
    uint8_t last;
    uint8_t slot;    /* of the first */
    bool zero;       /* always reads as 0 */
    bool part;       /* the low part of a register: holds values, but no addresses */
    const char *why; /* it can't be read: why not */
};

/* A machine whose operands tracer can tell apart. */
struct arg_machine {
    uint16_t machine;            /* EM_… */
    uint8_t word;                /* bytes */
    uint8_t pc;                  /* slot of the instruction pointer, for operands that name a symbol */
    const char *constant_prefix; /* constants have it; NULL: none */
    const struct arg_register *registers; /* ends with a NULL prefix; x86 has a table of its own */
    const char *foreign;                  /* why its arguments can't be read on another machine */

    /* Parses one operand, without blanks around it. `arg` comes with size and sign and with no register or
     * symbol. NULL, or a static string that says why the operand can't be read. */
    const char *(*parse)(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg);
};

/* Numbers and a symbol added up: "44+CheckpointStats", "-8", "x@GOTOFF+4". */
struct arg_sum {
    int64_t value;
    const char *symbol; /* NULL: none */
    size_t symbol_len;
    struct arg_text modifier; /* what follows the symbol's "@"; empty: none */
};

static inline bool arg_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool arg_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Each skips blanks first. */
bool arg_text_take(struct arg_text *text, char c); /* takes `c` if it comes next */
bool arg_text_at_end(struct arg_text *text);
/* Takes letters, digits and the `more` characters; perhaps none at all. */
struct arg_text arg_text_take_name(struct arg_text *text, const char *more);
/* Takes as much as belongs to a sum; perhaps nothing at all. NULL, or why it makes no sense. */
const char *arg_text_take_sum(struct arg_text *text, struct arg_sum *ret_sum);

bool arg_text_equals(struct arg_text text, const char *word); /* whatever the case of letters */

/* The machine's register of that name, and its slot; NULL when there is none. */
const struct arg_register *arg_register_find(const struct arg_machine *machine, struct arg_text name,
                                             uint8_t *ret_slot);

/* What a parser returns for an operand that is just this register, constant, or symbol in memory. */
const char *arg_spec_set_register(struct arg_spec *arg, const struct arg_register *reg, uint8_t slot);
const char *arg_spec_set_constant(struct arg_spec *arg, const struct arg_sum *sum);
const char *arg_spec_set_symbol(struct arg_spec *arg, const struct arg_machine *machine,
                                const struct arg_sum *sum);

const char *arg_spec_x86_parse(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg);
const char *arg_spec_arm_parse(const struct arg_machine *machine, struct arg_text text, struct arg_spec *arg);
const char *arg_spec_other_parse(const struct arg_machine *machine, struct arg_text text,
                                 struct arg_spec *arg);

extern const struct arg_register arg_spec_arm64_registers[];
extern const struct arg_register arg_spec_armhf_registers[];
extern const struct arg_register arg_spec_ppc_registers[];
extern const struct arg_register arg_spec_s390_registers[];
extern const struct arg_register arg_spec_riscv_registers[];
extern const struct arg_register arg_spec_mips_registers[];

/* Reasons that several parsers give. */
#define ARG_WHY_NOT_UNDERSTOOD "not an operand of this machine"
#define ARG_WHY_FLOAT_REGISTER "in a floating-point or vector register"
#define ARG_WHY_TOO_LARGE      "a number beyond 64 bits"
#define ARG_WHY_PART           "address in a part of a register"

#endif
