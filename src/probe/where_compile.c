/* From the tree of comparisons to the table of terms. */
#include "probe/where_tree.h"

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
