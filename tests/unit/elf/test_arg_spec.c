/* Argument strings: every form that compilers print, exactly; everything that Debian's binaries hold; and
 * what nobody should write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/user.h>

#include "base/cleanup.h"
#include "elf/arg_spec.h"

/* Slots of x86-64's pt_regs (arch/x86/include/asm/ptrace.h). */
enum { R12 = 3, RBP = 4, RBX = 5, RAX = 10, RCX = 11, RDX = 12, RSI = 13, RDI = 14, RIP = 16, RSP = 19 };
enum { SP64 = 31, PC64 = 32, NONE = ARG_NO_REGISTER };

/* What one argument is expected to be. Registers that aren't named are none; a size that isn't is 8. */
struct expected {
    const char *text;
    enum arg_where where;
    uint8_t size;
    bool is_signed;
    bool is_float;
    uint8_t reg, index, scale, shift;
    int64_t disp;
    const char *symbol;
    bool absolute;
    const char *why;
};

#define CONSTANT(value)      .where = ARG_CONSTANT, .reg = NONE, .index = NONE, .disp = (value)
#define REGISTER(slot)       .where = ARG_REGISTER, .reg = (slot), .index = NONE
#define MEMORY(base, offset) .where = ARG_MEMORY, .reg = (base), .index = NONE, .disp = (offset)
#define INDEXED(base, index_, scale_, offset) \
    .where = ARG_MEMORY, .reg = (base), .index = (index_), .scale = (scale_), .disp = (offset)
#define UNKNOWN(reason) .where = ARG_UNKNOWN, .reg = NONE, .index = NONE, .why = (reason)

#define NO_OPERAND     "not an operand of this machine"
#define FLOAT_REGISTER "in a floating-point or vector register"
#define TOO_LARGE      "a number beyond 64 bits"
#define PART           "address in a part of a register"
#define BAD_SIZE       "its size is not 1, 2, 4 or 8 bytes"

/* Whatever the string: the list is consistent and points into it only. */
static void assert_sane(const char *string, const struct arg_spec_list *list)
{
    const char *end = string + strlen(string), *last = string;
    for (size_t i = 0; i < list->count; i++) {
        const struct arg_spec *arg = &list->args[i];
        assert_true(arg->text >= last && arg->text_len && arg->text + arg->text_len <= end);
        last = arg->text + arg->text_len;
        assert_true(arg->size == 1 || arg->size == 2 || arg->size == 4 || arg->size == 8);
        assert_true(arg->scale <= 3 && (arg->shift == 0 || arg->shift == 8));
        assert_int_equal(arg->where == ARG_UNKNOWN, arg->why != NULL);
        assert_true(arg->where == ARG_MEMORY || (arg->index == NONE && !arg->symbol));
        assert_true(arg->where == ARG_REGISTER || arg->where == ARG_MEMORY || arg->reg == NONE);
        assert_true(arg->symbol || !arg->absolute);
        if (arg->symbol)
            assert_true(arg->symbol_len && arg->symbol >= arg->text && arg->symbol + arg->symbol_len <= last);
    }
}

/* Parses a copy that ends where its allocation ends, so that sanitizers see any byte read behind it. */
static char *parse(unsigned machine, const char *string, struct arg_spec_list *ret_list)
{
    char *copy = strdup(string);
    assert_int_equal(arg_spec_list_parse(machine, copy, ret_list), 0);
    assert_sane(copy, ret_list);
    return copy;
}

static void assert_arg(const struct arg_spec *arg, const struct expected *expected)
{
    assert_string_equal(arg->why ? arg->why : "", expected->why ? expected->why : "");
    assert_int_equal(arg->where, expected->where);
    assert_int_equal(arg->text_len, strlen(expected->text));
    assert_memory_equal(arg->text, expected->text, arg->text_len);
    assert_int_equal(arg->size, expected->size ? expected->size : 8);
    assert_int_equal(arg->is_signed, expected->is_signed);
    assert_int_equal(arg->is_float, expected->is_float);
    assert_int_equal(arg->reg, expected->reg);
    assert_int_equal(arg->index, expected->index);
    assert_int_equal(arg->scale, expected->scale);
    assert_int_equal(arg->shift, expected->shift);
    assert_int_equal(arg->disp, expected->disp);
    assert_int_equal(arg->absolute, expected->absolute);
    assert_int_equal(arg->symbol_len, expected->symbol ? strlen(expected->symbol) : 0);
    if (expected->symbol)
        assert_memory_equal(arg->symbol, expected->symbol, arg->symbol_len);
}

/* Each alone, and then all of them as one string. */
static void assert_args(unsigned machine, const struct expected *expected, size_t count)
{
    char all[8192] = "";
    struct arg_spec_list list;
    for (size_t i = 0; i < count; i++) {
        char *copy = parse(machine, expected[i].text, &list);
        if (list.count != 1)
            print_error("not one argument: %s\n", expected[i].text);
        assert_int_equal(list.count, 1);
        assert_arg(list.args, &expected[i]);
        arg_spec_list_free(&list);
        free(copy);
        assert_true(strlen(all) + strlen(expected[i].text) + 2 < sizeof(all));
        strcat(strcat(all, i ? " " : ""), expected[i].text);
    }
    char *copy = parse(machine, all, &list);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++)
        assert_arg(&list.args[i], &expected[i]);
    arg_spec_list_free(&list);
    free(copy);
}

#define ASSERT_ARGS(machine, table) assert_args(machine, table, sizeof(table) / sizeof(*(table)))

static void test_sizes(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"-1@%al", REGISTER(RAX), .size = 1, .is_signed = true},
        {"1@%al", REGISTER(RAX), .size = 1},
        {"-2@%ax", REGISTER(RAX), .size = 2, .is_signed = true},
        {"2@%ax", REGISTER(RAX), .size = 2},
        {"-4@%eax", REGISTER(RAX), .size = 4, .is_signed = true},
        {"4@%eax", REGISTER(RAX), .size = 4},
        {"-8@%rax", REGISTER(RAX), .is_signed = true},
        {"8@%rax", REGISTER(RAX)},
        {"4f@%eax", REGISTER(RAX), .size = 4, .is_float = true},
        {"8f@%rax", REGISTER(RAX), .is_float = true},
        {"-8f@(%rax)", MEMORY(RAX, 0), .is_float = true, .is_signed = true},
        /* the note's size is the truth, whatever the register is called */
        {"8@%eax", REGISTER(RAX)},
        {"1@%rax", REGISTER(RAX), .size = 1},
        {"0@%rax", UNKNOWN(BAD_SIZE)},
        {"3@%rax", UNKNOWN(BAD_SIZE)},
        {"-16@%rax", UNKNOWN(BAD_SIZE), .is_signed = true},
        {"99999999999999999999999999@%rax", UNKNOWN(BAD_SIZE)},
        {"4294967300@%rax", UNKNOWN(BAD_SIZE)}, /* 4 modulo 2^32 */
        {"16f@(%rax)", UNKNOWN("a float of neither 4 nor 8 bytes"), .is_float = true},
        {"2f@%ax", UNKNOWN("a float of neither 4 nor 8 bytes"), .is_float = true},
        {"4@", UNKNOWN("it has no operand"), .size = 4},
        {"@%rax", UNKNOWN(NO_OPERAND)},
        {"-@%rax", UNKNOWN(NO_OPERAND)},
        {"--4@%eax", UNKNOWN(NO_OPERAND)},
        {"+4@%eax", UNKNOWN(NO_OPERAND)},
        {"4F@%eax", UNKNOWN(NO_OPERAND)},
        {"4u@%eax", UNKNOWN(NO_OPERAND)},
    };
    ASSERT_ARGS(EM_X86_64, args);
}

static void test_without_size_it_is_an_unsigned_word(void **state)
{
    (void)state;
    static const struct expected wide[] = {
        {"%rdi", REGISTER(RDI)}, {"-8(%rbp)", MEMORY(RBP, -8)}, {"$-1", CONSTANT(-1)}};
    static const struct expected narrow[] = {{"%edi", REGISTER(RDI), .size = 4},
                                             {"$-1", CONSTANT(4294967295), .size = 4}};
    static const struct expected arm64[] = {{"x0", REGISTER(0)}, {"[sp, 8]", MEMORY(SP64, 8)}};
    ASSERT_ARGS(EM_X86_64, wide);
    ASSERT_ARGS(EM_386, narrow);
    ASSERT_ARGS(EM_AARCH64, arm64);
}

static void test_x86_constants(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"8@$5", CONSTANT(5)},
        {"-4@$-1", CONSTANT(-1), .size = 4, .is_signed = true},
        {"8@$0x10", CONSTANT(16)},
        {"8@$0XfF", CONSTANT(255)},
        {"8@$010", CONSTANT(8)},
        {"8@$0", CONSTANT(0)},
        {"8@$+5", CONSTANT(5)},
        {"8@$2+3-1", CONSTANT(4)},
        {"8@$18446744073709551615", CONSTANT(-1)},
        {"8@$0xffffffffffffffff", CONSTANT(-1)},
        {"-8@$-9223372036854775808", CONSTANT(INT64_MIN), .is_signed = true},
        /* cut to size and extended by sign */
        {"4@$-1", CONSTANT(4294967295), .size = 4},
        {"-4@$4294967295", CONSTANT(-1), .size = 4, .is_signed = true},
        {"1@$-2", CONSTANT(254), .size = 1},
        {"-1@$254", CONSTANT(-2), .size = 1, .is_signed = true},
        {"2@$65537", CONSTANT(1), .size = 2},
        {"8@$18446744073709551616", UNKNOWN(TOO_LARGE)},
        {"8@$-9223372036854775809", UNKNOWN(TOO_LARGE)},
        {"8@$18446744073709551615+1", UNKNOWN(TOO_LARGE)},
        {"8@$99999999999999999999999999999999999999999", UNKNOWN(TOO_LARGE)},
        {"8@$0x10000000000000000", UNKNOWN(TOO_LARGE)},
        {"8@$", UNKNOWN(NO_OPERAND)},
        {"8@$-", UNKNOWN(NO_OPERAND)},
        {"8@$0x", UNKNOWN(NO_OPERAND)},
        {"8@$0xg", UNKNOWN(NO_OPERAND)},
        {"8@$089", UNKNOWN(NO_OPERAND)},
        {"8@$12a", UNKNOWN(NO_OPERAND)},
        {"8@$5)", UNKNOWN(NO_OPERAND)},
        {"8@$5,", UNKNOWN(NO_OPERAND)},
        {"8@$$5", UNKNOWN("the address of a symbol as a constant")},
        {"8@$.LC0", UNKNOWN("the address of a symbol as a constant")},
    };
    ASSERT_ARGS(EM_X86_64, args);
}

static void test_x86_registers(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"1@%ah", REGISTER(RAX), .size = 1, .shift = 8},
        {"-1@%bh", REGISTER(RBX), .size = 1, .shift = 8, .is_signed = true},
        {"1@%ch", REGISTER(RCX), .size = 1, .shift = 8},
        {"1@%dh", REGISTER(RDX), .size = 1, .shift = 8},
        {"8@%rip", REGISTER(RIP)},
        {"8@%RAX", REGISTER(RAX)},
        {"8f@%xmm0", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8f@%ymm15", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8f@%st", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8f@%st(1)", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8@%mm3", UNKNOWN(FLOAT_REGISTER)},
        {"8@%k1", UNKNOWN("in a mask register")},
        {"2@%fs", UNKNOWN("in a segment register"), .size = 2},
        {"8@%fs:0x10", UNKNOWN("relative to a segment, as thread-local variables are")},
        {"4@%gs:sym@NTPOFF", UNKNOWN("relative to a segment, as thread-local variables are"), .size = 4},
        {"8@%fs:(%rax)", UNKNOWN("relative to a segment, as thread-local variables are")},
        {"8@%r16", UNKNOWN("no such register")},
        {"8@%", UNKNOWN("no such register")},
        {"8@%foo", UNKNOWN("no such register")},
        {"8@%rax1", UNKNOWN("no such register")},
        {"8@%rax+8", UNKNOWN(NO_OPERAND)},
        {"8@%rax%rbx", UNKNOWN(NO_OPERAND)},
    };
    ASSERT_ARGS(EM_X86_64, args);
}

/* Every name of every register, against the kernel's own layout (user_regs_struct has that of pt_regs). */
static void test_x86_register_table(void **state)
{
    (void)state;
#if defined(__x86_64__)
    static const struct {
        size_t offset;
        const char *names;
    } registers[] = {
#define SLOT(member, names) {offsetof(struct user_regs_struct, member), names}
        SLOT(rax, "rax eax ax al"),
        SLOT(rbx, "rbx ebx bx bl"),
        SLOT(rcx, "rcx ecx cx cl"),
        SLOT(rdx, "rdx edx dx dl"),
        SLOT(rsi, "rsi esi si sil"),
        SLOT(rdi, "rdi edi di dil"),
        SLOT(rbp, "rbp ebp bp bpl"),
        SLOT(rsp, "rsp esp sp spl"),
        SLOT(r8, "r8 r8d r8w r8b r8l"),
        SLOT(r9, "r9 r9d r9w r9b r9l"),
        SLOT(r10, "r10 r10d r10w r10b r10l"),
        SLOT(r11, "r11 r11d r11w r11b r11l"),
        SLOT(r12, "r12 r12d r12w r12b r12l"),
        SLOT(r13, "r13 r13d r13w r13b r13l"),
        SLOT(r14, "r14 r14d r14w r14b r14l"),
        SLOT(r15, "r15 r15d r15w r15b r15l"),
        SLOT(rip, "rip eip"),
#undef SLOT
    };
    size_t names = 0;
    for (size_t i = 0; i < sizeof(registers) / sizeof(*registers); i++) {
        char copy[64], *rest = copy;
        strcpy(copy, registers[i].names);
        for (char *name; (name = strsep(&rest, " ")); names++) {
            char text[16];
            snprintf(text, sizeof(text), "1@%%%s", name);
            struct arg_spec_list list;
            char *string = parse(EM_X86_64, text, &list);
            assert_int_equal(list.args[0].where, ARG_REGISTER);
            assert_int_equal(list.args[0].reg, registers[i].offset / 8);
            assert_int_equal(list.args[0].shift, 0);
            arg_spec_list_free(&list);
            free(string);
        }
    }
    assert_int_equal(names, 74);
#endif
}

static void test_x86_memory(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"8@(%rax)", MEMORY(RAX, 0)},
        {"8@-8(%rbp)", MEMORY(RBP, -8)},
        {"8@+8(%rbp)", MEMORY(RBP, 8)},
        {"8@0x10(%rsp)", MEMORY(RSP, 16)},
        {"8@-4+8-20(%rsp)", MEMORY(RSP, -16)},
        {"8@(%rax,%rcx)", INDEXED(RAX, RCX, 0, 0)},
        {"8@0(%rbp,%rdx)", INDEXED(RBP, RDX, 0, 0)},
        {"8@8(%rax,%rcx,4)", INDEXED(RAX, RCX, 2, 8)},
        {"8@(%rax,%rcx,1)", INDEXED(RAX, RCX, 0, 0)},
        {"8@(%rax,%rcx,2)", INDEXED(RAX, RCX, 1, 0)},
        {"8@(%rax,%rcx,0x8)", INDEXED(RAX, RCX, 3, 0)},
        {"8@(,%rcx,8)", INDEXED(NONE, RCX, 3, 0)},
        {"8@-8(,%rcx)", INDEXED(NONE, RCX, 0, -8)},
        {"8@8( %rax , %rcx , 4 )", INDEXED(RAX, RCX, 2, 8)},
        {"8@1234", MEMORY(NONE, 1234)},
        {"8@0xffffffffff600000", MEMORY(NONE, -0xa00000)},
        {"8@40(%rip)", MEMORY(RIP, 40)},
        {"8@18446744073709551608(%rax)", MEMORY(RAX, -8)},
        {"8@18446744073709551616(%rax)", UNKNOWN(TOO_LARGE)},
        {"8@(%rax,%rcx,3)", UNKNOWN("a scale that is not 1, 2, 4 or 8")},
        {"8@(%rax,%rcx,16)", UNKNOWN("a scale that is not 1, 2, 4 or 8")},
        {"8@(%rax,%rcx,)", UNKNOWN("a scale that is not 1, 2, 4 or 8")},
        {"8@(%rax,%rcx,s)", UNKNOWN("a scale that is not 1, 2, 4 or 8")},
        {"8@(%eax)", UNKNOWN(PART)},
        {"8@(%rax,%ecx)", UNKNOWN(PART)},
        {"8@(%ah)", UNKNOWN(PART)},
        {"8@(%xmm0)", UNKNOWN(FLOAT_REGISTER)},
        {"8@(%rip,%rax)", UNKNOWN(NO_OPERAND)},
        {"8@(%rax,%rip)", UNKNOWN(NO_OPERAND)},
        {"8@(%rax,)", UNKNOWN(NO_OPERAND)},
        {"8@(,,8)", UNKNOWN(NO_OPERAND)},
        {"8@(,)", UNKNOWN(NO_OPERAND)},
        {"8@()", UNKNOWN(NO_OPERAND)},
        {"8@(rax)", UNKNOWN(NO_OPERAND)},
        {"8@8(%rax)x", UNKNOWN(NO_OPERAND)},
        {"8@8(%rax)(%rbx)", UNKNOWN(NO_OPERAND)},
        {"8@8[%rax]", UNKNOWN(NO_OPERAND)},
        {"8@8+(%rax)", UNKNOWN(NO_OPERAND)},
        {"8@*%rax", UNKNOWN(NO_OPERAND)},
        {"4@DWORD PTR -52[rbp]", UNKNOWN(NO_OPERAND), .size = 4},
        {"4@[rbp - 68]", UNKNOWN(NO_OPERAND), .size = 4},
        {"8@12ab(%rax)", UNKNOWN(NO_OPERAND)},
        {"8@0x(%rax)", UNKNOWN(NO_OPERAND)},
        {"8@(%rax", UNKNOWN(NO_OPERAND)},
    };
    ASSERT_ARGS(EM_X86_64, args);
}

static void test_x86_symbols(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"-4@NBuffers(%rip)", MEMORY(RIP, 0), .symbol = "NBuffers", .size = 4, .is_signed = true},
        {"8@40+Stats(%rip)", MEMORY(RIP, 40), .symbol = "Stats"},
        {"8@Stats+40(%rip)", MEMORY(RIP, 40), .symbol = "Stats"},
        {"8@Stats-8(%rip)", MEMORY(RIP, -8), .symbol = "Stats"},
        {"8@-8+Stats(%rip)", MEMORY(RIP, -8), .symbol = "Stats"},
        {"8@8+Stats-0x20(%rip)", MEMORY(RIP, -24), .symbol = "Stats"},
        {"8@counter.1234(%rip)", MEMORY(RIP, 0), .symbol = "counter.1234"},
        {"8@_ZZ4mainE1x$y.part.0+4(%rip)", MEMORY(RIP, 4), .symbol = "_ZZ4mainE1x$y.part.0"},
        {"8@.LC0(%rip)", MEMORY(RIP, 0), .symbol = ".LC0"},
        {"8@größe(%rip)", MEMORY(RIP, 0), .symbol = "größe"},
        {"8@sym", MEMORY(RIP, 0), .symbol = "sym"},
        {"8@sym+8", MEMORY(RIP, 8), .symbol = "sym"},
        /* the operand's own register becomes the index */
        {"8@sym(%rax)", INDEXED(RIP, RAX, 0, 0), .symbol = "sym"},
        {"8@sym+8(,%rcx,8)", INDEXED(RIP, RCX, 3, 8), .symbol = "sym"},
        /* with two, its address must do */
        {"8@sym(%rax,%rcx,8)", INDEXED(RAX, RCX, 3, 0), .symbol = "sym", .absolute = true},
        {"-1@4+chars(%rdi,%rsi)", INDEXED(RDI, RSI, 0, 4), .size = 1, .is_signed = true, .symbol = "chars",
         .absolute = true},
        {"8@sym@GOTPCREL(%rip)", UNKNOWN("through the global offset table")},
        {"8@sym@gottpoff(%rip)", UNKNOWN("a thread-local variable")},
        {"8@sym@PLT(%rip)", UNKNOWN("through the procedure linkage table")},
        {"8@sym@WHAT(%rip)", UNKNOWN(NO_OPERAND)},
        {"8@sym@GOTOFF(%rip)", UNKNOWN("offset from the global offset table in an unknown register")},
        {"8@a-b(%rip)", UNKNOWN("a difference or sum of symbols")},
        {"8@a+b(%rip)", UNKNOWN("a difference or sum of symbols")},
        {"8@-a(%rip)", UNKNOWN("a difference or sum of symbols")},
        {"8@\"quoted\"(%rip)", UNKNOWN(NO_OPERAND)},
    };
    ASSERT_ARGS(EM_X86_64, args);
}

static void test_i386(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"-4@%eax", REGISTER(RAX), .size = 4, .is_signed = true},
        {"-8@%edi", REGISTER(RDI), .is_signed = true},
        {"4@4(%esp)", MEMORY(RSP, 4), .size = 4},
        {"4@(%eax,%edx,8)", INDEXED(RAX, RDX, 3, 0), .size = 4},
        {"-4@40+Stats@GOTOFF(%ebx)", MEMORY(RIP, 40), .symbol = "Stats", .size = 4, .is_signed = true},
        {"4@Stats@GOTOFF+4(%ebx)", MEMORY(RIP, 4), .symbol = "Stats", .size = 4},
        {"4@Stats@GOTOFF(%ebx,%ecx,4)", UNKNOWN("offset from the global offset table in an unknown register"),
         .size = 4},
        {"4@Stats", MEMORY(RIP, 0), .symbol = "Stats", .size = 4},
        {"8@%rax", UNKNOWN("no such register")},
        {"4@(%rax)", UNKNOWN("no such register"), .size = 4},
        {"4@(%ax)", UNKNOWN(PART), .size = 4},
    };
    ASSERT_ARGS(EM_386, args);
}

static void test_arm64(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"8@x0", REGISTER(0)},
        {"-4@w30", REGISTER(30), .size = 4, .is_signed = true},
        {"8@sp", REGISTER(SP64)},
        {"4@wsp", REGISTER(SP64), .size = 4},
        {"8@fp", REGISTER(29)},
        {"8@lr", REGISTER(30)},
        {"8@ip0", REGISTER(16)},
        {"8@xzr", CONSTANT(0)},
        {"4@wzr", CONSTANT(0), .size = 4},
        {"-4@5", CONSTANT(5), .size = 4, .is_signed = true},
        {"-4@-1", CONSTANT(-1), .size = 4, .is_signed = true},
        {"8@#5", CONSTANT(5)},
        {"8@0x10", CONSTANT(16)},
        {"8@[x0]", MEMORY(0, 0)},
        {"8@[x0, 8]", MEMORY(0, 8)},
        {"8@[x0,8]", MEMORY(0, 8)},
        {"8@[x0, #-8]", MEMORY(0, -8)},
        {"-8@[sp, 176]", MEMORY(SP64, 176), .is_signed = true},
        {"8@[ sp , 176 ]", MEMORY(SP64, 176)},
        {"8@[x0, x1]", INDEXED(0, 1, 0, 0)},
        {"8@[x0, x1, lsl 3]", INDEXED(0, 1, 3, 0)},
        {"8@[x0, x1, lsl #2]", INDEXED(0, 1, 2, 0)},
        {"8@[x1, #:lo12:Stats]", MEMORY(PC64, 0), .symbol = "Stats"},
        {"8@[x1, :lo12:Stats+8]", MEMORY(PC64, 8), .symbol = "Stats"},
        {"8@.LC0", MEMORY(PC64, 0), .symbol = ".LC0"},
        {"8@Stats-8", MEMORY(PC64, -8), .symbol = "Stats"},
        {"8@[x0, x1, lsl 4]", UNKNOWN("an index shifted by more than 3")},
        {"8@[x0, w1, sxtw 2]", UNKNOWN("an index register that is extended")},
        {"8@[x0, w1]", UNKNOWN(PART)},
        {"8@[w0]", UNKNOWN(PART)},
        {"8@[x0, 8]!", UNKNOWN("an address that changes its register")},
        {"8@[xzr]", UNKNOWN(NO_OPERAND)},
        {"8@[x0, x1, x2]", UNKNOWN("an index register that is extended")},
        {"8@[x0, Stats]", UNKNOWN(NO_OPERAND)},
        {"8@[x0, #:got_lo12:Stats]", UNKNOWN("a part of a symbol's address")},
        {"8@[x0, #:lo12:8]", UNKNOWN(NO_OPERAND)},
        {"8@[x0,]", UNKNOWN(NO_OPERAND)},
        {"8@[]", UNKNOWN(NO_OPERAND)},
        {"8@#Stats", UNKNOWN("the address of a symbol as a constant")},
        {"8@x0+8", UNKNOWN(NO_OPERAND)},
        {"8@#", UNKNOWN(NO_OPERAND)},
        {"8@18446744073709551616", UNKNOWN(TOO_LARGE)},
        {"8f@d0", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8f@v31", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8f@v0.d[1]", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"4f@s7", UNKNOWN(FLOAT_REGISTER), .size = 4, .is_float = true},
        {"8@[d0]", UNKNOWN(FLOAT_REGISTER)},
        {"8@x31", MEMORY(PC64, 0), .symbol = "x31"}, /* no register, so a symbol */
        {"8@x01", MEMORY(PC64, 0), .symbol = "x01"},
    };
    ASSERT_ARGS(EM_AARCH64, args);
}

static void test_armhf(void **state)
{
    (void)state;
    static const struct expected args[] = {
        {"-4@#-1", CONSTANT(-1), .size = 4, .is_signed = true},
        {"4@r12", REGISTER(12), .size = 4},
        {"4@fp", REGISTER(11), .size = 4},
        {"4@sp", REGISTER(13), .size = 4},
        {"4@[sp]", MEMORY(13, 0), .size = 4},
        {"4@[r7, #-4]", MEMORY(7, -4), .size = 4},
        {"4@[r7, r1, lsl #2]", INDEXED(7, 1, 2, 0), .size = 4},
        {"4@.L5+8", MEMORY(15, 8), .symbol = ".L5", .size = 4},
        {"8f@d7", UNKNOWN(FLOAT_REGISTER), .is_float = true},
    };
    ASSERT_ARGS(EM_ARM, args);
}

static void test_other_machines(void **state)
{
    (void)state;
    static const struct expected ppc[] = {
        {"-4@3", REGISTER(3), .size = 4, .is_signed = true},
        {"8@r31", REGISTER(31)},
        {"8@%r9", REGISTER(9)},
        {"1@i5", CONSTANT(5), .size = 1},
        {"-4@i-1", CONSTANT(-1), .size = 4, .is_signed = true},
        {"4@8(9)", MEMORY(9, 8), .size = 4},
        {"8@-8(1)", MEMORY(1, -8)},
        {"8@32", UNKNOWN(NO_OPERAND)},
        {"8@i", UNKNOWN(NO_OPERAND)},
        {"8@i5(9)", UNKNOWN(NO_OPERAND)},
        {"8f@f1", UNKNOWN(FLOAT_REGISTER), .is_float = true},
        {"8@x@toc@l(9)", UNKNOWN("relative to a symbol")},
    };
    static const struct expected s390[] = {
        {"8@%r15", REGISTER(15)},         {"-4@5", CONSTANT(5), .size = 4, .is_signed = true},
        {"8@160(%r15)", MEMORY(15, 160)}, {"8@0(%r3,%r1)", INDEXED(1, 3, 0, 0)},
        {"8@%r16", UNKNOWN(NO_OPERAND)},  {"8f@%f0", UNKNOWN(FLOAT_REGISTER), .is_float = true},
    };
    static const struct expected riscv[] = {
        {"8@a0", REGISTER(10)},
        {"8@s0", REGISTER(8)},
        {"8@s11", REGISTER(27)},
        {"8@t2", REGISTER(7)},
        {"8@t6", REGISTER(31)},
        {"8@x5", REGISTER(5)},
        {"8@zero", CONSTANT(0)},
        {"8@x0", CONSTANT(0)},
        {"8@ra", REGISTER(1)},
        {"8@-5", CONSTANT(-5)},
        {"8@8(sp)", MEMORY(2, 8)},
        {"8@(a5)", MEMORY(15, 0)},
        {"8@8(sp", UNKNOWN(NO_OPERAND)},
        {"8@8(nowhere)", UNKNOWN(NO_OPERAND)},
        {"8f@fa0", UNKNOWN(FLOAT_REGISTER), .is_float = true},
    };
    static const struct expected mips[] = {
        {"8@$4", REGISTER(4)},
        {"8@$0", CONSTANT(0)},
        {"8@$sp", REGISTER(29)},
        {"8@$fp", REGISTER(30)},
        {"8@16($sp)", MEMORY(29, 16)},
        {"8@5", CONSTANT(5)},
        {"8@$32", UNKNOWN("relative to a symbol")},
        {"8@%lo(x)($2)", UNKNOWN(NO_OPERAND)},
        {"8f@$f12", UNKNOWN(FLOAT_REGISTER), .is_float = true},
    };
    static const struct expected unheard_of[] = {
        {"-4@%eax", UNKNOWN("tracer doesn't know this machine's registers"), .size = 4, .is_signed = true},
        {"8f@[x0, 8]", UNKNOWN("tracer doesn't know this machine's registers"), .is_float = true},
        {"3@r1", UNKNOWN(BAD_SIZE)},
        {"r1", UNKNOWN("tracer doesn't know this machine's registers")},
    };
    ASSERT_ARGS(EM_PPC64, ppc);
    ASSERT_ARGS(EM_S390, s390);
    ASSERT_ARGS(EM_RISCV, riscv);
    ASSERT_ARGS(EM_MIPS, mips);
    ASSERT_ARGS(0xfffe, unheard_of);
}

static void assert_split(const char *string, size_t count, const char *const *texts)
{
    struct arg_spec_list list;
    char *copy = parse(EM_X86_64, string, &list);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list.args[i].text_len, strlen(texts[i]));
        assert_memory_equal(list.args[i].text, texts[i], strlen(texts[i]));
    }
    arg_spec_list_free(&list);
    free(copy);
}

static void test_splits_by_blanks_outside_brackets(void **state)
{
    (void)state;
#define SPLIT(string, ...)                                                       \
    assert_split(string, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
                 (const char *[]){__VA_ARGS__})
    assert_split("", 0, NULL);
    assert_split(" \t\n ", 0, NULL);
    SPLIT("  4@%eax\t\n8@%rbx  ", "4@%eax", "8@%rbx");
    SPLIT("8@8(%rax, %rcx, 4) 8@[sp, 176] 1@$1", "8@8(%rax, %rcx, 4)", "8@[sp, 176]", "1@$1");
    SPLIT("8@([ a ] b) c", "8@([ a ] b)", "c");
    SPLIT(") ] a", ")", "]", "a");
    /* a bracket that is never closed costs its own argument only */
    SPLIT("8@[sp, 176 -4@%eax 8f@(%rax) 1@$1", "8@[sp, 176", "-4@%eax", "8f@(%rax)", "1@$1");
    SPLIT("8@((((%rax   8@%rbx", "8@((((%rax", "8@%rbx");
    /* Intel's syntax has words in its operands */
    SPLIT("-4@DWORD PTR -52[rbp] -4@edx", "-4@DWORD PTR -52[rbp]", "-4@edx");
    SPLIT("-1@BYTE PTR [r8+rdx*4]\t8@OFFSET FLAT:x -4@-5", "-1@BYTE PTR [r8+rdx*4]", "8@OFFSET FLAT:x",
          "-4@-5");
    SPLIT("8@QWORD PTR ", "8@QWORD", "PTR");
    SPLIT("PTR 8@xPTR y", "PTR", "8@xPTR", "y");
    SPLIT("8@( 4", "8@( 4");
    SPLIT("8@(  ", "8@(");
#undef SPLIT
}

static size_t count_in_file(const char *name, unsigned machine, size_t *ret_lines)
{
    char path[256];
    size_t args = 0, cap = 0;
    snprintf(path, sizeof(path), "%s/fixtures/argspecs/%s.txt", TEST_SOURCE_DIR, name);
    _cleanup_fclose_ FILE *file = fopen(path, "re");
    _cleanup_free_ char *line = NULL;
    assert_non_null(file);
    for (ssize_t len; (len = getline(&line, &cap, file)) > 0;) {
        struct arg_spec_list list;
        line[strcspn(line, "\n")] = '\0';
        char *copy = parse(machine, line, &list);
        for (size_t i = 0; i < list.count; i++)
            if (list.args[i].where == ARG_UNKNOWN)
                fail_msg("%s: %s: %s", name, line, list.args[i].why);
        args += list.count;
        *ret_lines += list.count > 0;
        arg_spec_list_free(&list);
        free(copy);

        /* Cut anywhere, and with any byte missing, it is still safe to parse. */
        for (size_t cut = 0; line[cut]; cut++) {
            char saved = line[cut];
            line[cut] = '\0';
            free(parse(machine, line, &list));
            arg_spec_list_free(&list);
            line[cut] = saved;
            _cleanup_free_ char *without = strdup(line);
            memmove(without + cut, without + cut + 1, strlen(without + cut));
            free(parse(machine, without, &list));
            arg_spec_list_free(&list);
        }
    }
    return args;
}

/* The counts come from `grep -c .` and `grep -oE '(^| )-?[0-9]+f?@'`. */
static void test_every_argument_of_debian_s_binaries(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned machine;
        size_t lines, args;
    } files[] = {
        {"x86_64", EM_X86_64, 307, 1028}, {"arm64", EM_AARCH64, 129, 396}, {"i386", EM_386, 135, 408},
        {"armhf", EM_ARM, 141, 416},      {"ppc64el", EM_PPC64, 65, 197},  {"s390x", EM_S390, 71, 204},
        {"riscv64", EM_RISCV, 107, 349},  {"mips64el", EM_MIPS, 87, 298},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        size_t lines = 0;
        assert_int_equal(count_in_file(files[i].name, files[i].machine, &lines), files[i].args);
        assert_int_equal(lines, files[i].lines);
    }
}

static const unsigned all_machines[] = {EM_X86_64, EM_386,   EM_AARCH64, EM_ARM, EM_PPC64,
                                        EM_S390,   EM_RISCV, EM_MIPS,    0xfffe};
enum { MACHINES = sizeof(all_machines) / sizeof(*all_machines) };

static void test_control_bytes(void **state)
{
    (void)state;
    for (size_t m = 0; m < MACHINES; m++)
        for (int byte = 1; byte < 256; byte++)
            for (int where = 0; where < 3; where++) {
                static const char *const around[3][2] = {{"", ""}, {"8@", "x"}, {"8@8(%rax", ")"}};
                char string[32];
                struct arg_spec_list list;
                snprintf(string, sizeof(string), "%s%c%s", around[where][0], byte, around[where][1]);
                free(parse(all_machines[m], string, &list));
                arg_spec_list_free(&list);
            }
}

/* Pieces that could be read again and again, repeated up to a megabyte: more than linear time would not end.
 */
static void test_long_strings(void **state)
{
    (void)state;
    static const char *const pieces[] = {"(", "[",  "( ", "[ ", "1",   "-",   "+1", "a",  "@",  "a@",
                                         "$", "%r", " ",  ")",  "1 (", "( 1", "#",  ", ", "+a", "8@[ "};
    enum { LONGEST = 1 << 20 };
    _cleanup_free_ char *string = malloc(LONGEST + 8);
    for (size_t m = 0; m < MACHINES; m++)
        for (size_t i = 0; i < 2 * sizeof(pieces) / sizeof(*pieces); i++) {
            size_t len = all_machines[m] == EM_X86_64 ? LONGEST : LONGEST / 16;
            char *end = stpcpy(string, i % 2 ? "8@" : "");
            while (end < string + len)
                end = stpcpy(end, pieces[i / 2]);
            struct arg_spec_list list;
            assert_int_equal(arg_spec_list_parse(all_machines[m], string, &list), 0);
            assert_sane(string, &list);
            arg_spec_list_free(&list);
        }
}

static void test_many_arguments(void **state)
{
    (void)state;
    enum { MANY = 100003 };
    _cleanup_free_ char *string = malloc(MANY * 8 + 1);
    char *end = string;
    for (size_t i = 0; i < MANY; i++)
        end = stpcpy(end, "-4@%eax ");
    struct arg_spec_list list;
    assert_int_equal(arg_spec_list_parse(EM_X86_64, string, &list), 0);
    assert_sane(string, &list);
    assert_int_equal(list.count, ARG_SPEC_MOST);
    assert_int_equal(list.left_out, MANY - ARG_SPEC_MOST);
    assert_int_equal(list.args[ARG_SPEC_MOST - 1].reg, RAX);
    arg_spec_list_free(&list);
}

static void test_says_what_cannot_be_read(void **state)
{
    (void)state;
    struct arg_spec_list list;
    char *copy = parse(EM_X86_64, "8@%rax 8@%xmm0", &list);
#if defined(__x86_64__)
    assert_null(arg_spec_unreadable(EM_X86_64, &list.args[0]));
    assert_string_equal(arg_spec_unreadable(EM_X86_64, &list.args[1]), FLOAT_REGISTER);
    assert_string_equal(arg_spec_unreadable(EM_AARCH64, &list.args[0]),
                        "arguments of arm64 programs can't be read on this machine");
#elif defined(__aarch64__)
    assert_null(arg_spec_unreadable(EM_AARCH64, &list.args[0]));
    assert_string_equal(arg_spec_unreadable(EM_X86_64, &list.args[0]),
                        "arguments of x86-64 programs can't be read on this machine");
#endif
    assert_string_equal(arg_spec_unreadable(EM_386, &list.args[0]),
                        "arguments of i386 programs can't be read on this machine");
    assert_string_equal(arg_spec_unreadable(EM_S390, &list.args[1]),
                        "arguments of s390x programs can't be read on this machine");
    assert_string_equal(arg_spec_unreadable(0xfffe, &list.args[0]),
                        "arguments of such programs can't be read on this machine");
    arg_spec_list_free(&list);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_without_size_it_is_an_unsigned_word),
        cmocka_unit_test(test_x86_constants),
        cmocka_unit_test(test_x86_registers),
        cmocka_unit_test(test_x86_register_table),
        cmocka_unit_test(test_x86_memory),
        cmocka_unit_test(test_x86_symbols),
        cmocka_unit_test(test_i386),
        cmocka_unit_test(test_arm64),
        cmocka_unit_test(test_armhf),
        cmocka_unit_test(test_other_machines),
        cmocka_unit_test(test_splits_by_blanks_outside_brackets),
        cmocka_unit_test(test_every_argument_of_debian_s_binaries),
        cmocka_unit_test(test_control_bytes),
        cmocka_unit_test(test_long_strings),
        cmocka_unit_test(test_many_arguments),
        cmocka_unit_test(test_says_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
