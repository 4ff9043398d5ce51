/* From comparisons to terms. What is compared is the number that the argument holds, so a constant beyond the
 * argument's width has a definite answer, too: sites of one probe may pass a value in different widths, and
 * that it fits one of them is enough (where_leaf_fit). */
#include "probe/where_tree.h"

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

/* Bits cut out of a value make an unsigned number. */
static bool compares_signed(const struct where_leaf *leaf, const struct value_layout *value)
{
    return value->is_signed && !leaf->has_mask;
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
    return leaf->has_mask ? (uint64_t)integer_of(&leaf->mask) & width_mask(value) : UINT64_MAX;
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
    (void)value;
    term->comparison = WIRE_COMPARE_TEXT;
    term->relations = leaf->relations;
    term->text_size = (uint8_t)(leaf->constant.text_len + (leaf->is_prefix ? 1 : 2));
    memcpy(term->text, leaf->constant.text, leaf->constant.text_len);
    return true;
}

/* What kinds of value there are to compare with. */
static const struct compared {
    const char *name;
    unsigned constants; /* bits of enum where_constant_kind */
    bool has_bits;
    bool (*compile)(const struct where_leaf *, const struct value_layout *, struct wire_term *);
    const char *remedy;
} compared[] = {
    [ARG_KIND_INTEGER] = {"an integer", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, true, compile_integer,
                          "compare it with a whole number"},
    [ARG_KIND_BOOL] = {"a boolean", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION | 1 << WHERE_TRUTH, true,
                       compile_integer, "compare it with true or false"},
    [ARG_KIND_FLOAT] = {"a floating point number", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, false,
                        compile_float, "compare it with a number"},
    [ARG_KIND_POINTER] = {"a pointer", 1 << WHERE_INTEGER | 1 << WHERE_FRACTION, true, compile_integer,
                          "compare it with a whole number"},
    [ARG_KIND_STRING] = {"text", 1 << WHERE_TEXT, false, compile_text,
                         "compare it with == != ^= and a \"string\""},
};

/* Kinds without a row fit nothing. */
static const struct compared *compared_as(const struct value_layout *value)
{
    static const struct compared nothing = {.name = "no plain value", .remedy = "it can't be compared"};
    bool has_row = value->kind < sizeof(compared) / sizeof(*compared) && compared[value->kind].name;
    return has_row ? &compared[value->kind] : &nothing;
}

static bool is_comparable(const struct where_leaf *leaf, const struct value_layout *value)
{
    const struct compared *kind = compared_as(value);
    return kind->constants & 1U << leaf->constant.kind && (kind->has_bits || !leaf->has_mask);
}

bool where_leaf_compile(const struct where_leaf *leaf, const struct value_layout *value,
                        struct wire_term *ret_term)
{
    *ret_term = (struct wire_term){0};
    return is_comparable(leaf, value) && compared_as(value)->compile(leaf, value, ret_term);
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
                        compared_as(value)->name, compared_as(value)->remedy);
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
    const struct compared *kind = compared_as(value);
    if (!is_comparable(leaf, value)) {
        where_lex_error(ret_why, leaf->name_column, "'%.*s' is %s: %s", WHERE_SHOWN_MAX, leaf->name,
                        kind->name, kind->remedy);
        return WHERE_MISFIT;
    }
    if (kind->compile == compile_integer)
        return fit_integer(leaf, value, ret_why);
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

/* Terms on their way into the table. Terms that are never true are left out, and what depends on them. */
struct table {
    const struct where_tree *tree;
    struct wire_term terms[WIRE_MAX_TERMS]; /* by leaf */
    uint8_t sizes[WHERE_MAX_NODES];         /* by node: terms below it; 0: never true */
    struct wire_filter *filter;
};

static uint8_t compile_leaf(struct table *table, uint8_t number, const struct event_layout *layout)
{
    const struct where_leaf *leaf = &table->tree->leaves[number];
    struct wire_term *term = &table->terms[number];
    struct value_layout value;
    uint8_t subject;
    if (!where_leaf_find(leaf, layout, &value, &subject) || !where_leaf_compile(leaf, &value, term))
        return 0;
    term->subject = subject;
    return 1;
}

/* Nodes stand behind those that they join. */
static void measure(struct table *table, const struct event_layout *layout)
{
    uint8_t *sizes = table->sizes;
    for (size_t i = 0; i < table->tree->n_nodes; i++) {
        const struct where_node *node = &table->tree->nodes[i];
        if (node->kind == WHERE_LEAF)
            sizes[i] = compile_leaf(table, node->leaf, layout);
        else if (node->kind == WHERE_OR || (sizes[node->left] && sizes[node->right]))
            sizes[i] = (uint8_t)(sizes[node->left] + sizes[node->right]);
    }
}

/* Puts the terms of a node, which has some, at `first` and behind; from there it goes on at one of two
 * places. At most WIRE_MAX_TERMS deep, since each level has a term of its own. */
static void place(struct table *table, uint8_t number, uint8_t first, uint8_t when_true, uint8_t when_false)
{
    const struct where_node *node = &table->tree->nodes[number];
    if (node->kind == WHERE_LEAF) {
        struct wire_term *term = &table->filter->terms[first];
        *term = table->terms[node->leaf];
        term->when_true = when_true;
        term->when_false = when_false;
        return;
    }
    uint8_t left = table->sizes[node->left], second = (uint8_t)(first + left);
    if (!left || !table->sizes[node->right]) {
        place(table, left ? node->left : node->right, first, when_true, when_false);
        return;
    }
    bool is_and = node->kind == WHERE_AND;
    place(table, node->left, first, is_and ? second : when_true, is_and ? when_false : second);
    place(table, node->right, second, when_true, when_false);
}

bool where_tree_compile(const struct where_tree *tree, const struct event_layout *layout,
                        struct wire_filter *ret_filter)
{
    struct table table = {.tree = tree, .filter = ret_filter};
    *ret_filter = (struct wire_filter){0};
    measure(&table, layout);
    if (table.sizes[tree->root]) {
        place(&table, tree->root, 0, WIRE_FILTER_ACCEPT, WIRE_FILTER_REJECT);
        return true;
    }
    ret_filter->terms[0].when_true = ret_filter->terms[0].when_false = WIRE_FILTER_REJECT;
    return false;
}
