#include "target/breakpoint.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)
static const unsigned char INSTRUCTION[] = {0xcc}; /* int3 */
enum { STEPS_OVER = 1 };                           /* how far behind it the processor reports the trap */
#define instruction_pointer rip
#elif defined(__aarch64__)
static const unsigned char INSTRUCTION[] = {0x00, 0x00, 0x20, 0xd4}; /* brk #0 */
enum { STEPS_OVER = 0 };
#define instruction_pointer pc
#else
#error "no breakpoint instruction is known for this machine"
#endif

_Static_assert(sizeof(INSTRUCTION) <= BREAKPOINT_MAX_SIZE, "struct breakpoint has room for the instruction");

/* ptrace reads and writes whole words. An aligned one lies within a page, so it is there if the breakpoint's
 * bytes are; instructions don't cross it: one has a single byte, the other is aligned. */
union word {
    long value;
    unsigned char bytes[sizeof(long)];
};

static void *word_address(uint64_t address)
{
    return (void *)(uintptr_t)(address & ~(uint64_t)(sizeof(long) - 1));
}

static size_t offset_in_word(uint64_t address)
{
    return address & (sizeof(long) - 1);
}

static int read_word(pid_t pid, uint64_t address, union word *ret_word)
{
    errno = 0;
    ret_word->value = ptrace(PTRACE_PEEKTEXT, pid, word_address(address), NULL);
    return -errno;
}

static int write_instruction(pid_t pid, uint64_t address, const unsigned char *instruction)
{
    union word word;
    int error = read_word(pid, address, &word);
    if (error)
        return error;
    memcpy(word.bytes + offset_in_word(address), instruction, sizeof(INSTRUCTION));
    return ptrace(PTRACE_POKETEXT, pid, word_address(address), (void *)word.value) ? -errno : 0;
}

int breakpoint_place(pid_t pid, uint64_t address, struct breakpoint *ret_breakpoint)
{
    union word word;
    struct breakpoint breakpoint = {.address = address};
    int error = read_word(pid, address, &word);
    if (error)
        return error;
    memcpy(breakpoint.original, word.bytes + offset_in_word(address), sizeof(INSTRUCTION));
    if (!memcmp(breakpoint.original, INSTRUCTION, sizeof(INSTRUCTION)))
        return -EBUSY;
    error = breakpoint_insert(pid, &breakpoint);
    if (!error)
        *ret_breakpoint = breakpoint;
    return error;
}

int breakpoint_insert(pid_t pid, struct breakpoint *breakpoint)
{
    int error = breakpoint->inserted ? 0 : write_instruction(pid, breakpoint->address, INSTRUCTION);
    breakpoint->inserted = breakpoint->inserted || !error;
    return error;
}

int breakpoint_remove(pid_t pid, struct breakpoint *breakpoint)
{
    int error = breakpoint->inserted ? write_instruction(pid, breakpoint->address, breakpoint->original) : 0;
    breakpoint->inserted = breakpoint->inserted && error;
    return error;
}

bool breakpoint_was_hit(pid_t pid, const struct breakpoint *breakpoint)
{
    struct user_regs_struct registers;
    struct iovec area = {.iov_base = &registers, .iov_len = sizeof(registers)};
    if (!breakpoint->inserted || ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &area) ||
        registers.instruction_pointer != breakpoint->address + STEPS_OVER)
        return false;
    registers.instruction_pointer = breakpoint->address;
    return !ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &area);
}
