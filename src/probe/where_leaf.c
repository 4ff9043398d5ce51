/* From one comparison to one term. What is compared is the number that the argument holds, so a constant
 * beyond the argument's width has a definite answer, too: sites of one probe may pass a value in different
 * widths, and that it fits one of them is enough (where_leaf_fit). */
#include "probe/where_tree.h"

#include <stdlib.h>
#include <string.h>

/* Holds every 64-bit number, signed or not. */
typedef __int128 wide;

enum { SINGLE = 4, DOUBLE = 8, COMM_MAX = WIRE_COMM_LEN - 1 };

static const uint64_t infinite_single = UINT64_C(0x7f80000000000000); /* shifted as its values are */
static const uint64_t infinite_double = UINT64_C(0x7ff0000000000000);

struct range {
    wide low, high;
};

static uint64_t width_mask(const struct value_layout *value)
{
    return value->size < 8 ? (UINT64_C(1) << value->size * 8) - 1 : UINT64_MAX;
}

/* Bits cut out of a value make an unsigned number, and so does a pointer, however the site passes it. */
static bool compares_signed(const struct where_leaf *leaf, const struct value_layout *value)
{
    return value->is_signed && !leaf->has_mask && value->kind != ARG_KIND_POINTER;
}

static struct range range_of(const struct where_leaf *leaf, const struct value_layout *value)
{
    wide high = width_mask(value);
    if (!compares_signed(leaf, value))
        return (struct range){0, high};
    return (struct range){-(high / 2) - 1, high / 2};
}

static wide integer_of(const struct where_constant *constant)
{
    return constant->is_negative ? -(wide)constant->magnitude : (wide)constant->magnitude;
}

/* The next integer at or below the constant; beyond 64 bits any that is. */
static wide floor_of(const struct where_constant *constant)
{
    const wide beyond = (wide)1 << 65;
    double number = constant->as_double;
    if (constant->kind != WHERE_FRACTION)
        return integer_of(constant);
    if (number >= 0x1p65 || number <= -0x1p65)
        return number > 0 ? beyond : -beyond;
    wide cut = (wide)number;
    return (double)cut > number ? cut - 1 : cut;
}

static bool is_whole(const struct where_constant *constant)
{
    return constant->kind != WHERE_FRACTION || (double)floor_of(constant) == constant->as_double;
}

static uint64_t mask_of(const struct where_leaf *leaf, const struct value_layout *value)
{
    uint64_t bits = leaf->has_mask ? (uint64_t)integer_of(&leaf->mask) : UINT64_MAX;
    return compares_signed(leaf, value) ? bits : bits & width_mask(value);
}

static bool compile_integer(const struct where_leaf *leaf, const struct value_layout *value,
                            struct wire_term *term)
{
    uint8_t relations = leaf->relations;
    wide constant = floor_of(&leaf->constant);
    if (leaf->constant.kind == WHERE_TRUTH) {
        constant = 0;
        if (leaf->constant.magnitude)
            relations ^= WIRE_ANY_RELATION;
    }
    /* No integer equals 2.5; those that are less than it are 2 and less. */
    if (!is_whole(&leaf->constant))
        relations =
            (uint8_t)((relations & WIRE_LESS ? WIRE_LESS | WIRE_EQUAL : 0) | (relations & WIRE_GREATER));
    struct range range = range_of(leaf, value);
    if (constant < range.low)
        relations = relations & WIRE_GREATER ? WIRE_ANY_RELATION : 0;
    if (constant > range.high)
        relations = relations & WIRE_LESS ? WIRE_ANY_RELATION : 0;
    term->comparison = WIRE_COMPARE_INTEGER;
    term->relations = relations;
    term->flip = compares_signed(leaf, value) ? WIRE_SIGN_BIT : 0;
    term->constant = (uint64_t)constant ^ term->flip;
    term->mask = mask_of(leaf, value);
    return relations;
}

static bool compile_float(const struct where_leaf *leaf, const struct value_layout *value,
                          struct wire_term *term)
{
    uint64_t bits = 0;
    if (value->size == SINGLE) {
        memcpy((char *)&bits + 4, &leaf->constant.as_single, sizeof(leaf->constant.as_single));
        term->shift = 32;
    } else {
        memcpy(&bits, &leaf->constant.as_double, sizeof(bits));
    }
    term->comparison = WIRE_COMPARE_FLOAT;
    term->relations = leaf->relations;
    term->constant = wire_float_order(bits);
    term->mask = value->size == SINGLE ? infinite_single : infinite_double;
    return !leaf->has_mask && (value->size == SINGLE || value->size == DOUBLE);
}

static bool compile_text(const struct where_leaf *leaf, const struct value_layout *value,
                         struct wire_term *term)
{
    term->comparison = WIRE_COMPARE_TEXT;
    term->relations = leaf->relations;
    term->length = value->length;
    term->text_size = (uint8_t)(leaf->constant.text_len + (leaf->is_prefix ? 1 : 2));
    memcpy(term->text, leaf->constant.text, leaf->constant.text_len);
    return true;
}

/* So many bytes as the value's length says. */
static bool compile_bytes(const struct where_leaf *leaf, const struct value_layout *value,
                          struct wire_term *term)
{
    term->comparison = WIRE_COMPARE_BYTES;
    term->relations = leaf->relations;
    term->text_size = (uint8_t)leaf->constant.text_len;
    term->is_whole = !leaf->is_prefix;
    term->length_arg = value->length_arg;
    term->length = value->length;
    memcpy(term->text, leaf->constant.text, leaf->constant.text_len);
    return true;
}

/* Whether that many bytes can hold the number, with a sign or without one. */
static bool can_hold(const struct value_layout *value, int64_t number)
{
    wide high = width_mask(value);
    return number >= -(high / 2) - 1 && number <= high;
}

/* The number that such a name stands for, as wide as the value. */
static bool translate_name(const struct value_layout *value, struct where_leaf *leaf)
{
    struct where_constant *constant = &leaf->constant;
    const struct arg_note *note = value->note;
    if (constant->kind != WHERE_TEXT)
        return true;
    for (size_t i = 0; note && i < note->n_enums && !leaf->is_prefix; i++) {
        uint64_t bits = (uint64_t)note->enums[i].value & width_mask(value);
        uint64_t sign = value->is_signed ? width_mask(value) / 2 + 1 : 0;
        if (strcmp(note->enums[i].name, constant->text) || !can_hold(value, note->enums[i].value))
            continue;
        constant->kind = WHERE_INTEGER;
        constant->is_negative = bits & sign;
        constant->magnitude = constant->is_negative ? (~bits & width_mask(value)) + 1 : bits;
        return true;
    }
    return false;
}

/* The bytes that such digits stand for. */
static bool translate_digits(const struct value_layout *value, struct where_leaf *leaf)
{
    (void)value;
    struct where_constant *constant = &leaf->constant;
    size_t len = constant->text_len / 2;
    if (constant->text_len % 2 || strspn(constant->text, "0123456789abcdefABCDEF") != constant->text_len)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char digits[] = {constant->text[2 * i], constant->text[2 * i + 1], '\0'};
        constant->text[i] = (char)strtoul(digits, NULL, 16);
    }
    constant->text_len = len;
    return true;
}

/* What kinds of value there are to compare with. */
static const struct compared {
    const char *name;
    unsigned constants; /* bits of enum where_constant_kind */
    bool has_bits;
    bool (*compile)(const struct where_leaf *, const struct value_layout *, struct wire_term *);
    const char *remedy;
    /* From what the user sees to what the kernel does; NULL: the same. False: there is no such thing. */
    bool (*translate)(const struct value_layout *, struct where_leaf *);
} compared[] = {
    [ARG_KIND_INTEGER] = {"an integer", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, true, compile_integer,
                          "compare it with a whole number", NULL},
    [ARG_KIND_BOOL] = {"a boolean", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION | 1 << WHERE_TRUTH, true,
                       compile_integer, "compare it with true or false", NULL},
    [ARG_KIND_FLOAT] = {"a floating point number", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, false,
                        compile_float, "compare it with a number", NULL},
    [ARG_KIND_POINTER] = {"a pointer", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, true, compile_integer,
                          "compare it with a whole number", NULL},
    [ARG_KIND_STRING] = {"text", 1 << WHERE_TEXT, false, compile_text,
                         "compare it with == != ^= and a \"string\"", NULL},
    [ARG_KIND_HEX] = {"bytes", 1 << WHERE_TEXT, false, compile_bytes,
                      "compare it with == != ^= and a \"string\" of pairs of hexadecimal digits",
                      translate_digits},
    [ARG_KIND_TEXT] = {"text", 1 << WHERE_TEXT, false, compile_bytes,
                       "compare it with == != ^= and a \"string\"", NULL},
    [ARG_KIND_SOCKADDR] = {"an address", 0, false, NULL, "it can't be compared", NULL},
    [ARG_KIND_ENUM] = {"one of a few values", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION | 1 << WHERE_TEXT,
                       true, compile_integer,
                       "compare it with == != and one of its names, or with a whole number", translate_name},
    [ARG_KIND_STRINGS] = {"a list of texts", 0, false, NULL, "it can't be compared", NULL},
};
_Static_assert(sizeof(compared) / sizeof(*compared) == ARG_KIND_STRINGS + 1, "each kind has a row");

/* Makes the leaf's constant what the kernel compares with; false where that makes no sense. */
static bool translate(const struct value_layout *value, struct where_leaf *leaf)
{
    const struct compared *kind = &compared[value->kind];
    return kind->constants & 1U << leaf->constant.kind && (kind->has_bits || !leaf->has_mask) &&
           (!kind->translate || kind->translate(value, leaf));
}

bool where_leaf_compile(const struct where_leaf *leaf, const struct value_layout *value,
                        struct wire_term *ret_term)
{
    struct where_leaf translated = *leaf;
    *ret_term = (struct wire_term){0};
    return translate(value, &translated) && compared[value->kind].compile(&translated, value, ret_term);
}

/* The bits of a mask may be written as a negative number. */
static bool mask_fits(const struct where_leaf *leaf, const struct value_layout *value)
{
    wide mask = integer_of(&leaf->mask), high = width_mask(value);
    return !leaf->has_mask || (mask <= high && mask >= -(high / 2) - 1);
}

static enum where_fit fit_integer(const struct where_leaf *leaf, const struct value_layout *value,
                                  struct diag *ret_why)
{
    const struct where_constant *constant = &leaf->constant;
    struct range range = range_of(leaf, value);
    wide number = floor_of(constant);
    if (!is_whole(constant))
        where_lex_error(ret_why, constant->column, "'%.*s' is %s: %s", WHERE_SHOWN_MAX, leaf->name,
                        compared[value->kind].name, compared[value->kind].remedy);
    else if (!mask_fits(leaf, value))
        where_lex_error(ret_why, leaf->mask.column, "'%.*s' has only %d bits", WHERE_SHOWN_MAX, leaf->name,
                        value->size * 8);
    else if (number < range.low || number > range.high)
        where_lex_error(ret_why, constant->column, "'%.*s' is always from %lld to %llu", WHERE_SHOWN_MAX,
                        leaf->name, (long long)range.low, (unsigned long long)range.high);
    else
        return WHERE_FITS;
    return WHERE_MISFIT;
}

enum where_fit where_leaf_fit(const struct where_leaf *leaf, const struct value_layout *value,
                              struct diag *ret_why)
{
    const struct compared *kind = &compared[value->kind];
    struct where_leaf translated = *leaf;
    if (!translate(value, &translated)) {
        where_lex_error(ret_why, leaf->name_column, "'%.*s' is %s: %s", WHERE_SHOWN_MAX, leaf->name,
                        kind->name, kind->remedy);
        return WHERE_MISFIT;
    }
    if (kind->compile == compile_integer)
        return fit_integer(&translated, value, ret_why);
    if (leaf->subject != WIRE_SUBJECT_COMM || leaf->constant.text_len <= COMM_MAX)
        return WHERE_FITS;
    where_lex_error(ret_why, leaf->constant.column, "comm has at most %d bytes", COMM_MAX);
    return WHERE_MISFIT;
}

static const struct value_layout process_number = {.kind = ARG_KIND_INTEGER, .size = 4};
static const struct value_layout command_name = {.kind = ARG_KIND_STRING, .size = 8};

bool where_leaf_find(const struct where_leaf *leaf, const struct event_layout *layout,
                     struct value_layout *ret_value, uint8_t *ret_subject)
{
    if (leaf->subject != WHERE_ARGUMENT) {
        *ret_value = leaf->subject == WIRE_SUBJECT_COMM ? command_name : process_number;
        *ret_subject = leaf->subject;
        return true;
    }
    for (size_t i = 0; i < layout->n_values; i++) {
        if (strcmp(layout->probe->args[i].name, leaf->name))
            continue;
        *ret_value = layout->values[i];
        *ret_subject = (uint8_t)i;
        return true;
    }
    return false;
}
