/* What an argument string says
 *
 * The compiler writes the string. <sys/sdt.h> hands it each argument of a probe as an operand of an `asm`
 * statement under the constraint "nor": a constant, a memory operand that can be offset, or a register,
 * whichever costs the program nothing. The text is what it would print into that machine's assembly, and the
 * macro puts the size in front:
 *
 *     -4@%eax  8@-24(%rbp)  1@$7  8f@%rdx      x86-64: signed int, unsigned long, constant, double
 *     -4@x0  8@[sp, 176]  1@7                  arm64: no mark on constants, a blank inside the brackets
 *     -4@3  8@0(9)  1@i7                       ppc64: bare numbers are registers
 *
 * So the grammar is common only up to the "@": arguments are separated by blanks outside brackets, and
 * `N@` gives the size in bytes, negative for signed, with "f" for floating point. N is the truth about the
 * value: the register's name may be wider or narrower (`2@%eax`, `8@%esi`), as gcc prints it. What follows
 * the "@" belongs to the machine and its parser (arg_spec_x86.c, arg_spec_arm.c, arg_spec_other.c).
 *
 * Old notes and hand-written ones have no `N@`; like gdb, tracer takes such an argument for an unsigned
 * machine word. Floats come in general registers or memory as their bit pattern, because the constraint
 * offers no floating-point register.
 *
 * A symbol stands for its distance from the probe's site, which is the same in the file and in memory: the
 * operand `44+x(%rip)` becomes memory at instruction pointer + 44, with `x` to be looked up in the file.
 * Wherever a machine's way to write a variable's address comes to the same (`x` alone, `x@GOTOFF(%ebx)`,
 * `[x1, #:lo12:x]`), it is expressed likewise.
 *
 * The strings come from files that anybody can have written. Each byte is looked at a few times at most,
 * whatever it is, and an operand that makes no sense costs only itself. */
#include "elf/arg_spec_machine.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
enum { NATIVE_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { NATIVE_MACHINE = EM_AARCH64 };
#else
enum { NATIVE_MACHINE = EM_NONE };
#endif

#define FOREIGN(name) "arguments of " name " programs can't be read on this machine"

/* i386 programs do run on x86-64, but nothing here puts together the register pairs that hold their 64-bit
 * arguments, so their arguments count as another machine's. */
static const struct arg_machine machines[] = {
    {
        .machine = EM_X86_64,
        .word = 8,
        .pc = 16,
        .foreign = FOREIGN("x86-64"),
        .parse = arg_spec_x86_parse,
    },
    {
        .machine = EM_386,
        .word = 4,
        .pc = 16,
        .foreign = FOREIGN("i386"),
        .parse = arg_spec_x86_parse,
    },
    {
        .machine = EM_AARCH64,
        .word = 8,
        .pc = 32,
        .registers = arg_spec_arm64_registers,
        .foreign = FOREIGN("arm64"),
        .parse = arg_spec_arm_parse,
    },
    {
        .machine = EM_ARM,
        .word = 4,
        .pc = 15,
        .registers = arg_spec_armhf_registers,
        .foreign = FOREIGN("arm"),
        .parse = arg_spec_arm_parse,
    },
    {
        .machine = EM_PPC64,
        .word = 8,
        .pc = ARG_NO_REGISTER,
        .constant_prefix = "i",
        .registers = arg_spec_ppc_registers,
        .foreign = FOREIGN("ppc64"),
        .parse = arg_spec_other_parse,
    },
    {
        .machine = EM_PPC,
        .word = 4,
        .pc = ARG_NO_REGISTER,
        .constant_prefix = "i",
        .registers = arg_spec_ppc_registers,
        .foreign = FOREIGN("ppc"),
        .parse = arg_spec_other_parse,
    },
    {
        .machine = EM_S390,
        .word = 8,
        .pc = ARG_NO_REGISTER,
        .registers = arg_spec_s390_registers,
        .foreign = FOREIGN("s390x"),
        .parse = arg_spec_other_parse,
    },
    {
        .machine = EM_RISCV,
        .word = 8,
        .pc = ARG_NO_REGISTER,
        .registers = arg_spec_riscv_registers,
        .foreign = FOREIGN("riscv"),
        .parse = arg_spec_other_parse,
    },
    {
        .machine = EM_MIPS,
        .word = 8,
        .pc = ARG_NO_REGISTER,
        .registers = arg_spec_mips_registers,
        .foreign = FOREIGN("mips"),
        .parse = arg_spec_other_parse,
    },
};

static const struct arg_machine *find_machine(unsigned machine)
{
    for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
        if (machines[i].machine == machine)
            return &machines[i];
    return NULL;
}

struct size_prefix {
    bool is_signed;
    bool is_float;
    unsigned size; /* anything above 99 is 99 */
};

/* Takes "-4@", "8f@" and the like; nothing when the text starts otherwise. */
static bool take_size(struct arg_text *text, struct size_prefix *ret_prefix)
{
    const char *at = text->at, *end = text->end;
    struct size_prefix prefix = {.is_signed = at < end && *at == '-'};
    at += prefix.is_signed;
    if (at == end || !arg_is_digit(*at))
        return false;
    for (; at < end && arg_is_digit(*at); at++) {
        prefix.size = 10 * prefix.size + (unsigned)(*at - '0');
        prefix.size = prefix.size < 99 ? prefix.size : 99;
    }
    prefix.is_float = at < end && *at == 'f';
    at += prefix.is_float;
    if (at == end || *at != '@')
        return false;
    text->at = at + 1;
    *ret_prefix = prefix;
    return true;
}

/* Operands in Intel's syntax can't be read, but those with blanks must not be taken for several. */
static void skip_intel_words(struct arg_text *text)
{
    static const char *const words[] = {"BYTE PTR ", "WORD PTR ", "DWORD PTR ", "QWORD PTR ", "OFFSET "};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(text->end - text->at) > len && !memcmp(text->at, words[i], len)) {
            text->at += len;
            return;
        }
    }
}

/* Takes the next argument. A blank separates outside brackets, and also inside when `N@` follows: then a
 * bracket was never closed, and its neighbours shall not suffer. */
static bool take_argument(struct arg_text *text, struct arg_text *ret_argument)
{
    while (text->at < text->end && arg_is_blank(*text->at))
        text->at++;
    const char *start = text->at;
    size_t depth = 0;
    if (take_size(text, &(struct size_prefix){0}))
        skip_intel_words(text);
    for (; text->at < text->end; text->at++) {
        char c = *text->at;
        if (c == '(' || c == '[')
            depth++;
        else if ((c == ')' || c == ']') && depth)
            depth--;
        struct arg_text next = {text->at + 1, text->end};
        if (arg_is_blank(c) && (!depth || take_size(&next, &(struct size_prefix){0})))
            break;
    }
    const char *end = text->at;
    while (end > start && arg_is_blank(end[-1]))
        end--;
    *ret_argument = (struct arg_text){start, end};
    return end > start;
}

static const char *check_size(const struct size_prefix *prefix)
{
    if (prefix->is_float)
        return prefix->size == 4 || prefix->size == 8 ? NULL : "a float of neither 4 nor 8 bytes";
    bool known = prefix->size == 1 || prefix->size == 2 || prefix->size == 4 || prefix->size == 8;
    return known ? NULL : "its size is not 1, 2, 4 or 8 bytes";
}

/* A constant as a variable of the argument's type would hold it: 4@$-1 is 4294967295. */
static int64_t fit_constant(int64_t value, const struct arg_spec *arg)
{
    unsigned unused = 64 - 8u * arg->size;
    uint64_t shifted = (uint64_t)value << unused;
    return arg->is_signed ? (int64_t)shifted >> unused : (int64_t)(shifted >> unused);
}

static void parse_argument(const struct arg_machine *machine, struct arg_text text, struct arg_spec *ret_arg)
{
    struct size_prefix prefix = {.size = machine ? machine->word : 8};
    struct arg_spec arg = {
        .text = text.at,
        .text_len = (size_t)(text.end - text.at),
        .reg = ARG_NO_REGISTER,
        .index = ARG_NO_REGISTER,
    };
    take_size(&text, &prefix);
    const char *why = check_size(&prefix);
    arg.size = why ? 8 : (uint8_t)prefix.size;
    arg.is_signed = prefix.is_signed;
    arg.is_float = prefix.is_float;
    *ret_arg = arg;

    if (!why && !machine)
        why = "tracer doesn't know this machine's registers";
    if (!why && arg_text_at_end(&text))
        why = "it has no operand";
    if (!why)
        why = machine->parse(machine, text, &arg);
    if (why) {
        ret_arg->why = why;
        return;
    }
    if (arg.where == ARG_CONSTANT)
        arg.disp = fit_constant(arg.disp, &arg);
    *ret_arg = arg;
}

int arg_spec_list_parse(unsigned machine, const char *args, struct arg_spec_list *ret_list)
{
    const struct arg_machine *known = find_machine(machine);
    const struct arg_text whole = {args, args + strlen(args)};
    struct arg_spec_list list = {0};
    struct arg_text argument;
    for (struct arg_text text = whole; take_argument(&text, &argument);)
        list.count++;
    if (list.count > ARG_SPEC_MOST) {
        list.left_out = list.count - ARG_SPEC_MOST;
        list.count = ARG_SPEC_MOST;
    }
    if (list.count) {
        list.args = calloc(list.count, sizeof(*list.args));
        if (!list.args)
            return -ENOMEM;
    }
    struct arg_text text = whole;
    for (size_t i = 0; i < list.count && take_argument(&text, &argument); i++)
        parse_argument(known, argument, &list.args[i]);
    *ret_list = list;
    return 0;
}

void arg_spec_list_free(struct arg_spec_list *list)
{
    free(list->args);
    *list = (struct arg_spec_list){0};
}

const char *arg_spec_unreadable(unsigned machine, const struct arg_spec *arg)
{
    if (machine == NATIVE_MACHINE)
        return arg->where == ARG_UNKNOWN ? arg->why : NULL;
    const struct arg_machine *known = find_machine(machine);
    return known ? known->foreign : FOREIGN("such");
}
