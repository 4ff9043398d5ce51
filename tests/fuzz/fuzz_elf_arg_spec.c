/* Any text as an argument string; the first byte chooses the machine. */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/arg_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_arg(unsigned machine, const struct arg_spec *arg, const char *string, size_t len)
{
    require(arg->text >= string && arg->text_len && arg->text + arg->text_len <= string + len);
    require(arg->size == 1 || arg->size == 2 || arg->size == 4 || arg->size == 8);
    require(arg->scale <= 3 && (arg->shift == 0 || arg->shift == 8));
    require((arg->where == ARG_UNKNOWN) == (arg->why != NULL));
    require(arg->where == ARG_MEMORY || (arg->index == ARG_NO_REGISTER && !arg->symbol));
    require(!arg->symbol || (arg->symbol_len && arg->symbol >= arg->text &&
                             arg->symbol + arg->symbol_len <= arg->text + arg->text_len));
    uint8_t slots = machine == EM_AARCH64 ? 33 : machine == EM_X86_64 || machine == EM_386 ? 21 : 32;
    require(arg->reg == ARG_NO_REGISTER || arg->reg < slots);
    require(arg->index == ARG_NO_REGISTER || arg->index < slots);
    require(!arg->why || arg_spec_unreadable(machine, arg));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned machines[] = {EM_X86_64, EM_386,   EM_AARCH64, EM_ARM, EM_PPC64,
                                        EM_S390,   EM_RISCV, EM_MIPS,    EM_NONE};
    if (!size)
        return 0;
    unsigned machine = machines[*data % (sizeof(machines) / sizeof(*machines))];
    _cleanup_free_ char *string = strndup((const char *)data + 1, size - 1);
    struct arg_spec_list list;
    require(string && !arg_spec_list_parse(machine, string, &list));
    for (size_t i = 0; i < list.count; i++)
        check_arg(machine, &list.args[i], string, strlen(string));
    arg_spec_list_free(&list);
    return 0;
}
