#include "probe/where.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/where_tree.h"

struct where {
    struct where_tree tree;
};

/* Takes away what was added since there were so many. */
static void cut_tree(struct where_tree *tree, size_t n_leaves, size_t n_nodes)
{
    while (tree->n_leaves > n_leaves)
        free(tree->leaves[--tree->n_leaves].name);
    tree->n_nodes = n_nodes;
}

/* What is compared with the process's own values is known to fit or not at once. */
static int check_process_values(struct where_tree *tree, size_t first, struct diag *diag)
{
    for (size_t i = first; i < tree->n_leaves; i++) {
        struct where_leaf *leaf = &tree->leaves[i];
        struct value_layout value;
        uint8_t subject;
        if (leaf->subject == WHERE_ARGUMENT)
            continue;
        where_leaf_find(leaf, NULL, &value, &subject);
        leaf->best_fit = where_leaf_fit(leaf, &value, diag);
        if (leaf->best_fit != WHERE_FITS)
            return -EINVAL;
    }
    return 0;
}

static int add_expression(struct where_tree *tree, const char *text, size_t len, struct diag *diag)
{
    size_t n_leaves = tree->n_leaves, n_nodes = tree->n_nodes;
    uint8_t root = 0, old_root = tree->root;
    int error = where_parse(tree, text, len, &root, diag);
    if (!error)
        error = check_process_values(tree, n_leaves, diag);
    if (!error && n_nodes)
        error = where_join(tree, WHERE_AND, old_root, root, &root);
    if (error) {
        cut_tree(tree, n_leaves, n_nodes);
        return error;
    }
    tree->root = root;
    tree->n_expressions++;
    return 0;
}

/* With several expressions, says which one it is, unless that is the first. */
static int say_which(size_t expression, int error, struct diag *diag)
{
    if (error && expression > 1)
        diag_prefix(diag, "expression %zu", expression);
    return error;
}

int where_add(struct where **where, const char *text, size_t len, struct diag *diag)
{
    _cleanup_where_ struct where *made = *where ? NULL : calloc(1, sizeof(*made));
    struct where *to = *where ? *where : made;
    if (!to)
        return diag_set(diag, -ENOMEM, "out of memory");
    int error = add_expression(&to->tree, text, len, diag);
    if (error)
        return say_which(to->tree.n_expressions + 1, error, diag);
    *where = to;
    made = NULL;
    return 0;
}

/* How a leaf fits the layout's value; remembers how it fits best. */
static enum where_fit look_at_leaf(struct where_leaf *leaf, const struct event_layout *layout,
                                   struct diag *ret_why)
{
    struct value_layout value;
    uint8_t subject;
    if (!where_leaf_find(leaf, layout, &value, &subject)) {
        diag_set(ret_why, 0, "it has no argument '%.*s'", WHERE_SHOWN_MAX, leaf->name);
        return WHERE_NO_VALUE;
    }
    enum where_fit fit = where_leaf_fit(leaf, &value, ret_why);
    if (fit == WHERE_MISFIT && leaf->best_fit == WHERE_NO_VALUE)
        leaf->misfit = *ret_why;
    if (fit > leaf->best_fit)
        leaf->best_fit = fit;
    return fit;
}

static void look_at_names(struct where_leaf *leaf, const struct probe *probe)
{
    if (leaf->best_fit == WHERE_NO_VALUE)
        for (size_t i = 0; i < probe->n_args; i++)
            where_near_add(&leaf->near, leaf->name, probe->args[i].name);
}

/* Whether it can be true of hits that are read so; if not, `why` says what is in the way. */
static bool can_be_true(struct where_tree *tree, const struct event_layout *layout, struct diag *why)
{
    struct wire_filter filter;
    struct diag misfit;
    for (size_t i = 0; i < tree->n_leaves; i++)
        if (look_at_leaf(&tree->leaves[i], layout, &misfit) != WHERE_FITS)
            *why = misfit;
    return where_tree_compile(tree, layout, &filter);
}

static bool conclude(struct where_tree *tree, const struct probe *probe, bool applies, const struct diag *why,
                     struct diag *ret_why)
{
    for (size_t i = 0; i < tree->n_leaves; i++)
        look_at_names(&tree->leaves[i], probe);
    if (!applies)
        *ret_why = *why;
    return applies;
}

static const struct diag never_true = {.text = "it is never true there"};

bool where_applies(struct where *where, const struct probe *probe, struct diag *ret_why)
{
    struct diag why = never_true;
    bool applies = false;
    for (size_t site = 0; site < probe->n_sites; site++) {
        struct event_layout layout;
        struct wire_spec spec;
        attach_spec_compile(probe, &probe->sites[site], &spec, &layout);
        applies |= can_be_true(&where->tree, &layout, &why);
    }
    return conclude(&where->tree, probe, applies, &why, ret_why);
}

bool where_applies_to(struct where *where, const struct event_layout *layout, struct diag *ret_why)
{
    struct diag why = never_true;
    bool applies = can_be_true(&where->tree, layout, &why);
    return conclude(&where->tree, layout->probe, applies, &why, ret_why);
}

static int explain_no_value(const struct where_leaf *leaf, struct diag *diag)
{
    _cleanup_buf_ struct buf near = {0};
    where_near_print(&leaf->near, &near);
    const char *names = buf_string(&near);
    return where_lex_error(diag, leaf->name_column, "no selected probe has an argument '%.*s'%s%s",
                           WHERE_SHOWN_MAX, leaf->name, names && *names ? "; the nearest: " : "",
                           names ? names : "");
}

int where_check(const struct where *where, struct diag *diag)
{
    for (size_t i = 0; i < where->tree.n_leaves; i++) {
        const struct where_leaf *leaf = &where->tree.leaves[i];
        if (leaf->best_fit == WHERE_FITS)
            continue;
        if (leaf->best_fit == WHERE_NO_VALUE)
            explain_no_value(leaf, diag);
        else if (diag)
            *diag = leaf->misfit;
        return say_which(leaf->expression, -EINVAL, diag);
    }
    return 0;
}

void where_compile(const struct where *where, const struct event_layout *layout,
                   struct wire_filter *ret_filter)
{
    where_tree_compile(&where->tree, layout, ret_filter);
}

void where_free(struct where *where)
{
    if (!where)
        return;
    cut_tree(&where->tree, 0, 0);
    free(where);
}
