/* The argument string of a USDT note, parsed for any machine: "-4@%eax 8@8(%rsp,%rcx,4) 8f@sym+16(%rip)".
 *
 * `N@OPERAND` per argument, blank-separated: N is the size in bytes, negative when signed, with an `f`
 * behind it for floating point; without `N@` it is an unsigned machine word. OPERAND is what the compiler
 * prints for the constraint "nor" in that machine's assembly: a constant, a register or a memory operand. */
#ifndef TRACER_ELF_ARG_SPEC_H
#define TRACER_ELF_ARG_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"

enum arg_where {
    ARG_UNKNOWN,  /* `why` says what is wrong; the neighbours are still good */
    ARG_CONSTANT, /* `disp` is the value, cut to size and extended by sign */
    ARG_REGISTER, /* `reg` */
    ARG_MEMORY, /* at reg + disp + (index << scale); when there is a symbol, `reg` is the instruction pointer
                   and the distance from the site to the symbol comes on top, or, when it is `absolute`, the
                   symbol's address itself */
};

enum { ARG_NO_REGISTER = 255 };

/* Of one note; <sys/sdt.h> has macros for up to 12. */
enum { ARG_SPEC_MOST = 64 };

struct arg_spec {
    const char *text; /* this argument's part of the string: not NUL-terminated, the string's */
    size_t text_len;
    enum arg_where where;
    uint8_t size; /* bytes: 1, 2, 4, 8 */
    bool is_signed;
    bool is_float;
    uint8_t reg; /* slot in the kernel's pt_regs (bpf/event_wire.h) on x86-64 and arm64 (i386: as on x86-64),
                    else the machine's own number; ARG_NO_REGISTER for none */
    uint8_t index; /* likewise */
    uint8_t scale; /* log2 of the factor, 0 to 3 */
    uint8_t shift; /* bits to drop from the register: 8 for %ah, %bh, %ch, %dh */
    int64_t disp;
    const char *symbol; /* not NUL-terminated, the string's; NULL for none */
    size_t symbol_len;
    bool absolute;   /* the symbol's address counts, which only a file that is never moved knows */
    const char *why; /* ARG_UNKNOWN: a static string such as "vector register"; else NULL */
};

struct arg_spec_list {
    struct arg_spec *args;
    size_t count;
    size_t left_out; /* behind the first ARG_SPEC_MOST */
};

/* Parses the string of a note in a file of that machine (EM_…). `args` must outlive the list. An argument
 * that makes no sense becomes ARG_UNKNOWN and costs only itself, those behind ARG_SPEC_MOST are counted. 0 or
 * -ENOMEM; a machine without a table gives ARG_UNKNOWN with size and sign known. */
int arg_spec_list_parse(unsigned machine, const char *args, struct arg_spec_list *ret_list);
void arg_spec_list_free(struct arg_spec_list *list);

/* Whether tracer can read such an argument of a live process at all, on the machine it runs on: NULL, or a
 * static string that says why not. `machine` is the file's. */
const char *arg_spec_unreadable(unsigned machine, const struct arg_spec *arg);

#define _cleanup_arg_spec_list_ _cleanup_(arg_spec_list_free)

#endif
