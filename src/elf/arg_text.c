/* The pieces that operands of all machines are made of: names, sums, registers. */
#include <string.h>
#include <strings.h>

#include "elf/arg_spec_machine.h"

static void skip_blanks(struct arg_text *text)
{
    while (text->at < text->end && arg_is_blank(*text->at))
        text->at++;
}

bool arg_text_take(struct arg_text *text, char c)
{
    skip_blanks(text);
    if (text->at == text->end || *text->at != c)
        return false;
    text->at++;
    return true;
}

bool arg_text_at_end(struct arg_text *text)
{
    skip_blanks(text);
    return text->at == text->end;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct arg_text arg_text_take_name(struct arg_text *text, const char *more)
{
    skip_blanks(text);
    struct arg_text name = {text->at, text->at};
    while (name.end < text->end &&
           (is_letter(*name.end) || arg_is_digit(*name.end) || (*name.end && strchr(more, *name.end))))
        name.end++;
    text->at = name.end;
    return name;
}

bool arg_text_equals(struct arg_text text, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(text.end - text.at) == len && !strncasecmp(text.at, word, len);
}

/* A symbol as assemblers take it without quotes: foo, .LC0, foo.1234, a$b, bytes of UTF-8. */
static bool is_symbol_byte(char c)
{
    return is_letter(c) || arg_is_digit(c) || c == '_' || c == '.' || c == '$' || (unsigned char)c >= 0x80;
}

/* 255 for what is no digit. */
static unsigned digit_value(char c)
{
    if (arg_is_digit(c))
        return (unsigned)(c - '0');
    if (is_letter(c))
        return (unsigned)((c | 0x20) - 'a') + 10;
    return 255;
}

/* Decimal, 0x… or, with a leading zero, octal, as the assembler reads it. */
static const char *take_number(struct arg_text *text, uint64_t *ret_value)
{
    uint64_t value = 0;
    unsigned base = 10;
    bool overflow = false;
    if (text->end - text->at >= 2 && text->at[0] == '0' && is_symbol_byte(text->at[1])) {
        bool hexadecimal = (text->at[1] | 0x20) == 'x';
        base = hexadecimal ? 16 : 8;
        text->at += hexadecimal ? 2 : 1;
        if (text->at == text->end || !is_symbol_byte(*text->at))
            return ARG_WHY_NOT_UNDERSTOOD;
    }
    for (; text->at < text->end && is_symbol_byte(*text->at); text->at++) {
        unsigned digit = digit_value(*text->at);
        if (digit >= base)
            return ARG_WHY_NOT_UNDERSTOOD;
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
            overflow = true;
    }
    *ret_value = value;
    return overflow ? ARG_WHY_TOO_LARGE : NULL;
}

static void take_symbol(struct arg_text *text, struct arg_sum *sum)
{
    sum->symbol = text->at;
    while (text->at < text->end && is_symbol_byte(*text->at))
        text->at++;
    sum->symbol_len = (size_t)(text->at - sum->symbol);
    if (text->at < text->end && *text->at == '@') {
        text->at++;
        sum->modifier = arg_text_take_name(text, "");
    }
}

const char *arg_text_take_sum(struct arg_text *text, struct arg_sum *ret_sum)
{
    struct arg_sum sum = {0};
    __int128 total = 0; /* no string is long enough to overflow it */
    skip_blanks(text);
    for (bool first = true; text->at < text->end; first = false) {
        bool negative = *text->at == '-';
        bool has_sign = negative || *text->at == '+';
        if (!has_sign && (!first || !is_symbol_byte(*text->at)))
            break;
        text->at += has_sign;
        if (text->at == text->end || !is_symbol_byte(*text->at))
            return ARG_WHY_NOT_UNDERSTOOD;
        if (!arg_is_digit(*text->at)) {
            if (negative || sum.symbol)
                return "a difference or sum of symbols";
            take_symbol(text, &sum);
            continue;
        }
        uint64_t value;
        const char *why = take_number(text, &value);
        if (why)
            return why;
        total += negative ? -(__int128)value : (__int128)value;
    }
    if (total < INT64_MIN || total > UINT64_MAX)
        return ARG_WHY_TOO_LARGE;
    sum.value = (int64_t)(uint64_t)total;
    *ret_sum = sum;
    return NULL;
}

/* "17" in "x17"; 255 for anything else. */
static unsigned number_behind(struct arg_text name, size_t prefix_len)
{
    const char *digits = name.at + prefix_len;
    size_t len = (size_t)(name.end - digits);
    if (len == 1 && arg_is_digit(digits[0]))
        return (unsigned)(digits[0] - '0');
    if (len == 2 && arg_is_digit(digits[0]) && arg_is_digit(digits[1]) && digits[0] != '0')
        return (unsigned)(10 * (digits[0] - '0') + digits[1] - '0');
    return 255;
}

const struct arg_register *arg_register_find(const struct arg_machine *machine, struct arg_text name,
                                             uint8_t *ret_slot)
{
    for (const struct arg_register *reg = machine->registers; reg->prefix; reg++) {
        size_t len = strlen(reg->prefix);
        if ((size_t)(name.end - name.at) < len || memcmp(name.at, reg->prefix, len) != 0)
            continue;
        unsigned number = reg->numbered ? number_behind(name, len) : reg->first;
        bool whole = reg->numbered || name.at + len == name.end;
        if (!whole || number < reg->first || number > reg->last)
            continue;
        *ret_slot = (uint8_t)(reg->slot + (number - reg->first));
        return reg;
    }
    return NULL;
}

const char *arg_spec_set_register(struct arg_spec *arg, const struct arg_register *reg, uint8_t slot)
{
    if (reg->why)
        return reg->why;
    if (reg->zero) {
        arg->where = ARG_CONSTANT;
        return NULL;
    }
    arg->where = ARG_REGISTER;
    arg->reg = slot;
    return NULL;
}

const char *arg_spec_set_constant(struct arg_spec *arg, const struct arg_sum *sum)
{
    if (sum->symbol)
        return "the address of a symbol as a constant";
    arg->where = ARG_CONSTANT;
    arg->disp = sum->value;
    return NULL;
}

const char *arg_spec_set_symbol(struct arg_spec *arg, const struct arg_machine *machine,
                                const struct arg_sum *sum)
{
    arg->where = ARG_MEMORY;
    arg->reg = machine->pc;
    arg->disp = sum->value;
    arg->symbol = sum->symbol;
    arg->symbol_len = sum->symbol_len;
    return NULL;
}
