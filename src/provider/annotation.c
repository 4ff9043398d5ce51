/* Annotations say in a comment what C's types can't:
 *
 *     annotation:  field [and name field]…   further fields have names of their own
 *     field:       [member] [what-to-show]
 *     member:      .name[3].name… [:type]  by the program's debug information
 *                  +offset+offset… [:type] by hand: each offset but the last is that of a pointer
 *     what:        hex[length] text[length]  length is a number or an argument
 *                  string sockaddr ptr       what the pointer points to, or the pointer itself
 *                  enum{number=NAME …}       with blanks or commas in between
 *                  ms us ns                  of a duration
 *
 * Most comments are prose, and prose is left alone. So a comment is an annotation only when all of it is one.
 * When a part of it is, it depends on what was read until then: nobody writes "hex[", ".a.b" or "enum{1" who
 * does not mean an annotation, and such a person should hear what is wrong; "ms since the start" or
 * "sockaddr of the client" are innocent, and say nothing that a machine should guess at. */
#include "provider/annotation.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "provider/annotation_parser.h"

static bool is_and(const struct annotation_parser *parser)
{
    return provider_token_is_word(&parser->token, "and");
}

static int parse_field(struct annotation_parser *parser)
{
    int error = 0;
    if (parser->token.kind == PROVIDER_TOKEN_END || is_and(parser))
        return annotation_fail(parser, "nothing is said about the field");
    while (!error && parser->token.kind != PROVIDER_TOKEN_END && !is_and(parser)) {
        bool is_member =
            provider_token_is_mark(&parser->token, '.') || provider_token_is_mark(&parser->token, '+');
        error = is_member ? annotation_parse_member(parser) : annotation_parse_show(parser);
    }
    return error ? error : annotation_complete_member(parser);
}

/* `and smoothed_rtt`: puts the field aside that is complete, and begins the next. */
static int begin_field(struct annotation_parser *parser)
{
    annotation_advance(parser);
    if (parser->token.kind != PROVIDER_TOKEN_WORD)
        return annotation_fail(parser, "expected the name of a further field");
    if (++parser->n_complete == ANNOTATION_MAX_FIELDS)
        return annotation_fail(parser, "more than twelve fields");
    struct annotation *complete = malloc(sizeof(*complete));
    if (!complete)
        return -ENOMEM;
    *complete = parser->result;
    complete->next = parser->complete;
    parser->complete = complete;
    parser->result = (struct annotation){0};
    int error = annotation_copy(&parser->token, &parser->result.name);
    annotation_advance(parser);
    return error;
}

static int parse_fields(struct annotation_parser *parser)
{
    annotation_advance(parser);
    int error = parse_field(parser);
    while (!error && is_and(parser)) {
        error = begin_field(parser);
        if (!error)
            error = parse_field(parser);
    }
    return error;
}

/* The fields that were put aside, the last one first, are made a list again that begins with the result. */
static void join_fields(struct annotation_parser *parser)
{
    while (parser->complete) {
        struct annotation *node = parser->complete, before = *node;
        parser->complete = before.next;
        *node = parser->result;
        parser->result = before;
        parser->result.next = node;
    }
}

void annotation_free(struct annotation *annotation)
{
    for (struct annotation *next; annotation->next; annotation->next = next) {
        next = annotation->next->next;
        arg_note_free(&annotation->next->note);
        free(annotation->next->name);
        free(annotation->next);
    }
    arg_note_free(&annotation->note);
    free(annotation->name);
    annotation->name = NULL;
}

int annotation_parse(const struct provider_token *comment, struct annotation *ret_annotation,
                     struct annotation_error *ret_error)
{
    size_t end_mark = comment->text[1] == '*' ? 2 : 0;
    struct annotation_parser parser = {
        .comment = comment,
        .lex = {comment->text + 2, comment->text + comment->len - end_mark},
    };
    int error = parse_fields(&parser);
    join_fields(&parser);
    if (!error) {
        *ret_annotation = parser.result;
        return 1;
    }
    annotation_free(&parser.result);
    if (error == -EINVAL && !parser.is_meant)
        return 0;
    *ret_error = parser.error;
    return error;
}
