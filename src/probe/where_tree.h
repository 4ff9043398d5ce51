/* A -w expression as a tree: how `where_parse.c` leaves it and `where_compile.c` and `where.c` find it.
 * Internal to src/probe. */
#ifndef TRACER_PROBE_WHERE_TREE_H
#define TRACER_PROBE_WHERE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "event_wire.h"
#include "probe/attach_spec.h"
#include "probe/where_lex.h"
#include "probe/where_near.h"

/* How a comparison fits a value: the larger the better. */
enum where_fit {
    WHERE_NO_VALUE, /* there is no such argument */
    WHERE_MISFIT,   /* of another type, or the constant is beyond the type */
    WHERE_FITS,
};

/* One comparison. "!" is in the relations already. */
struct where_leaf {
    uint8_t subject; /* enum wire_subject; WHERE_ARGUMENT for the argument `name` */
    char *name;
    size_t name_column;
    size_t expression; /* from 1 */
    bool is_bare;      /* so far nothing but NAME or NAME & NUMBER, without a "!": compared with 0 */
    bool is_negated;
    bool has_mask;
    bool is_prefix;
    uint8_t relations;
    struct where_constant mask;
    struct where_constant constant;
    /* What where_applies() found. */
    enum where_fit best_fit;
    struct diag misfit; /* why, of the first misfit */
    struct where_near near;
};

enum { WHERE_ARGUMENT = 0, WHERE_MAX_NODES = 2 * WIRE_MAX_TERMS };

/* Leaves are numbered as they stand in the text, so the leaves below a node are a range. */
enum where_node_kind { WHERE_LEAF, WHERE_AND, WHERE_OR };

struct where_node {
    enum where_node_kind kind;
    uint8_t leaf;
    uint8_t left, right; /* nodes */
};

struct where_tree {
    struct where_leaf leaves[WIRE_MAX_TERMS];
    size_t n_leaves;
    struct where_node nodes[WHERE_MAX_NODES];
    size_t n_nodes;
    uint8_t root;
    size_t n_expressions;
};

/* Adds an expression's leaves and nodes; *ret_root is its root. What was added before a failure stays for
 * the caller to take away. */
int where_parse(struct where_tree *tree, const char *text, size_t len, uint8_t *ret_root, struct diag *diag);

/* Puts two nodes under a new one. */
int where_join(struct where_tree *tree, enum where_node_kind kind, uint8_t left, uint8_t right,
               uint8_t *ret_node);

/* The term for comparing a value of that layout; its subject and targets are the caller's. False: the
 * comparison is never true. A misfit compiles too, to what comparing as numbers means. */
bool where_leaf_compile(const struct where_leaf *leaf, const struct value_layout *value,
                        struct wire_term *ret_term);

/* Whether it makes sense to compare such a value; else the diag says "column N: …". `name` is for that. */
enum where_fit where_leaf_fit(const struct where_leaf *leaf, const struct value_layout *value,
                              struct diag *ret_why);

/* The value that a leaf looks at, and its number among the layout's; false: the layout has none. */
bool where_leaf_find(const struct where_leaf *leaf, const struct event_layout *layout,
                     struct value_layout *ret_value, uint8_t *ret_subject);

/* The table for the whole tree. False: it is never true, and the table rejects in its first term. */
bool where_tree_compile(const struct where_tree *tree, const struct event_layout *layout,
                        struct wire_filter *ret_filter);

#endif
