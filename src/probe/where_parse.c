/* A parser by recursive descent. "!" is pushed down to the comparisons while parsing: `!(a == 1 || b)`
 * becomes `a != 1 && b == 0`. So no node negates, and a comparison with what can't be read is false either
 * way. */
#include "probe/where_tree.h"

#include <errno.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

struct parser {
    struct where_tree *tree;
    struct where_lex lex;
    struct where_token token; /* the next one */
    struct diag *diag;
    unsigned depth;
};

static int parse_or(struct parser *parser, bool negate, uint8_t *ret_node);

static int next(struct parser *parser)
{
    return where_lex_next(&parser->lex, &parser->token, parser->diag);
}

static int unexpected(struct parser *parser, const char *expected)
{
    const struct where_token *token = &parser->token;
    if (token->kind == WHERE_TOKEN_END)
        return where_lex_error(parser->diag, token->column, "the expression ends where %s is missing",
                               expected);
    size_t len = token->len < WHERE_SHOWN_MAX ? token->len : WHERE_SHOWN_MAX;
    return where_lex_error(parser->diag, token->column, "'%.*s' where %s is expected", (int)len, token->text,
                           expected);
}

static int add_node(struct where_tree *tree, struct where_node node, uint8_t *ret_node)
{
    if (tree->n_nodes == WHERE_MAX_NODES)
        return -E2BIG;
    *ret_node = (uint8_t)tree->n_nodes;
    tree->nodes[tree->n_nodes++] = node;
    return 0;
}

int where_join(struct where_tree *tree, enum where_node_kind kind, uint8_t left, uint8_t right,
               uint8_t *ret_node)
{
    return add_node(tree, (struct where_node){.kind = kind, .left = left, .right = right}, ret_node);
}

static uint8_t subject_of(const struct where_token *name)
{
    static const struct {
        const char *name;
        uint8_t subject;
    } subjects[] = {{"pid", WIRE_SUBJECT_PID}, {"tid", WIRE_SUBJECT_TID}, {"comm", WIRE_SUBJECT_COMM}};
    for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects) && !name->is_argument; i++)
        if (name->len == strlen(subjects[i].name) && !memcmp(name->text, subjects[i].name, name->len))
            return subjects[i].subject;
    return WHERE_ARGUMENT;
}

/* NAME: for now a comparison with 0. */
static int parse_name(struct parser *parser, bool negate, uint8_t *ret_node)
{
    struct where_tree *tree = parser->tree;
    const struct where_token *token = &parser->token;
    if (token->kind != WHERE_TOKEN_NAME)
        return unexpected(parser, "a name");
    if (tree->n_leaves == WIRE_MAX_TERMS)
        return where_lex_error(parser->diag, token->column, "more than %d comparisons", WIRE_MAX_TERMS);
    struct where_leaf *leaf = &tree->leaves[tree->n_leaves];
    *leaf = (struct where_leaf){
        .subject = subject_of(token),
        .name = strndup(token->text, token->len),
        .name_column = token->column,
        .expression = tree->n_expressions + 1,
        .is_bare = true,
        .is_negated = negate,
        .relations = negate ? WIRE_EQUAL : WIRE_LESS | WIRE_GREATER,
        .constant = {.kind = WHERE_INTEGER, .column = token->column},
    };
    if (!leaf->name)
        return diag_set(parser->diag, -ENOMEM, "out of memory");
    int error =
        add_node(tree, (struct where_node){.kind = WHERE_LEAF, .leaf = (uint8_t)tree->n_leaves++}, ret_node);
    return error ? error : next(parser);
}

/* "& NUMBER" behind a name. */
static int parse_mask(struct parser *parser, struct where_leaf *leaf)
{
    int error = next(parser);
    if (error)
        return error;
    const struct where_constant *mask = &parser->token.constant;
    if (parser->token.kind != WHERE_TOKEN_CONSTANT || mask->kind != WHERE_INTEGER)
        return unexpected(parser, "a whole number");
    leaf->has_mask = true;
    leaf->mask = *mask;
    return next(parser);
}

/* OPERATOR CONSTANT behind a value. */
static int parse_relation(struct parser *parser, struct where_leaf *leaf)
{
    struct where_token sign = parser->token;
    int error = next(parser);
    if (error)
        return error;
    const struct where_constant *constant = &parser->token.constant;
    if (parser->token.kind != WHERE_TOKEN_CONSTANT)
        return unexpected(parser, sign.is_prefix ? "a \"string\"" : "a number or a \"string\"");
    bool equality = sign.relations == WIRE_EQUAL || sign.relations == (WIRE_LESS | WIRE_GREATER);
    if (constant->kind == WHERE_TEXT ? !equality : sign.is_prefix)
        return where_lex_error(parser->diag, sign.column, "%.*s compares %s", (int)sign.len, sign.text,
                               sign.is_prefix ? "with a \"string\"" : "numbers, not texts");
    if (constant->kind == WHERE_TRUTH && !equality)
        return where_lex_error(parser->diag, sign.column, "%.*s compares numbers, not true and false",
                               (int)sign.len, sign.text);
    leaf->relations = leaf->is_negated ? sign.relations ^ WIRE_ANY_RELATION : sign.relations;
    leaf->is_bare = false;
    leaf->is_prefix = sign.is_prefix;
    leaf->constant = *constant;
    return next(parser);
}

/* "(" expression ")". The value in `(flags & 4) == 0` may stand in parentheses, too. */
static int parse_group(struct parser *parser, bool negate, uint8_t *ret_node)
{
    size_t column = parser->token.column;
    if (parser->depth == MAX_DEPTH)
        return where_lex_error(parser->diag, column, "more than %d parentheses within each other", MAX_DEPTH);
    parser->depth++;
    int error = next(parser);
    if (!error)
        error = parse_or(parser, negate, ret_node);
    if (error)
        return error;
    parser->depth--;
    if (!where_token_is_mark(&parser->token, ')'))
        return parser->token.kind == WHERE_TOKEN_END
                   ? where_lex_error(parser->diag, column, "this '(' is never closed")
                   : unexpected(parser, "&&, || or ')'");
    return next(parser);
}

static struct where_leaf *bare_leaf(struct parser *parser, uint8_t node)
{
    if (parser->tree->nodes[node].kind != WHERE_LEAF)
        return NULL;
    struct where_leaf *leaf = &parser->tree->leaves[parser->tree->nodes[node].leaf];
    return leaf->is_bare ? leaf : NULL;
}

static int parse_unary(struct parser *parser, bool negate, uint8_t *ret_node)
{
    bool is_not = where_token_is_mark(&parser->token, '!');
    for (; where_token_is_mark(&parser->token, '!'); negate = !negate) {
        int error = next(parser);
        if (error)
            return error;
    }
    bool is_group = where_token_is_mark(&parser->token, '(');
    int error = is_group ? parse_group(parser, negate, ret_node) : parse_name(parser, negate, ret_node);
    if (error)
        return error;
    struct where_leaf *leaf = bare_leaf(parser, *ret_node);
    bool masks = where_token_is_mark(&parser->token, '&');
    if (!masks && parser->token.kind != WHERE_TOKEN_RELATION) {
        if (leaf && is_not)
            leaf->is_bare = false;
        return 0;
    }
    if (is_not)
        return where_lex_error(parser->diag, parser->token.column,
                               "'!' needs parentheses around a comparison: !(…)");
    if (!leaf || (masks && leaf->has_mask))
        return unexpected(parser, "&&, || or the end");
    if (masks)
        error = parse_mask(parser, leaf);
    if (!error && parser->token.kind == WHERE_TOKEN_RELATION)
        error = parse_relation(parser, leaf);
    return error;
}

/* A chain of `parse` with `sign` between. */
static int parse_chain(struct parser *parser, enum where_token_kind sign, enum where_node_kind kind,
                       int (*parse)(struct parser *, bool, uint8_t *), bool negate, uint8_t *ret_node)
{
    int error = parse(parser, negate, ret_node);
    while (!error && parser->token.kind == sign) {
        uint8_t right = 0;
        error = next(parser);
        if (!error)
            error = parse(parser, negate, &right);
        if (!error)
            error = where_join(parser->tree, kind, *ret_node, right, ret_node);
    }
    return error;
}

static int parse_and(struct parser *parser, bool negate, uint8_t *ret_node)
{
    return parse_chain(parser, WHERE_TOKEN_AND, negate ? WHERE_OR : WHERE_AND, parse_unary, negate, ret_node);
}

static int parse_or(struct parser *parser, bool negate, uint8_t *ret_node)
{
    return parse_chain(parser, WHERE_TOKEN_OR, negate ? WHERE_AND : WHERE_OR, parse_and, negate, ret_node);
}

int where_parse(struct where_tree *tree, const char *text, size_t len, uint8_t *ret_root, struct diag *diag)
{
    struct parser parser = {
        .tree = tree,
        .lex = {.at = text, .end = text + len, .column = 1},
        .diag = diag,
    };
    int error = next(&parser);
    if (!error)
        error = parse_or(&parser, false, ret_root);
    if (!error && parser.token.kind != WHERE_TOKEN_END)
        error = unexpected(&parser, "&&, || or the end");
    return error;
}
