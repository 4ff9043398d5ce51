/* Annotations say in a comment what C's types can't:
 *
 *     annotation:  [member] [what-to-show]
 *     member:      .name.name… [:type]     by the program's debug information
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

#include "provider/annotation_parser.h"

static int parse_annotation(struct annotation_parser *parser)
{
    int error = 0;
    annotation_advance(parser);
    if (parser->token.kind == PROVIDER_TOKEN_END)
        return annotation_fail(parser, "nothing");
    while (!error && parser->token.kind != PROVIDER_TOKEN_END) {
        bool is_member =
            provider_token_is_mark(&parser->token, '.') || provider_token_is_mark(&parser->token, '+');
        error = is_member ? annotation_parse_member(parser) : annotation_parse_show(parser);
    }
    return error ? error : annotation_complete_member(parser);
}

void annotation_free(struct annotation *annotation)
{
    arg_note_free(&annotation->note);
}

int annotation_parse(const struct provider_token *comment, struct annotation *ret_annotation,
                     struct annotation_error *ret_error)
{
    size_t end_mark = comment->text[1] == '*' ? 2 : 0;
    struct annotation_parser parser = {
        .comment = comment,
        .lex = {comment->text + 2, comment->text + comment->len - end_mark},
    };
    int error = parse_annotation(&parser);
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
