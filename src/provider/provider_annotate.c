/* An annotation stands behind its argument: in front of the ',' or ')', or behind the ',' when nothing else
 * does on that line. That is how people write C, and it allows for "//", which unlike the other sort of
 * comment is understood by both of dtrace's parsers:
 *
 *     probe packet(const void *bytes, // hex[len]
 *                  size_t len);
 *
 * The list has been parsed by the time it is read here for the second time, so its parentheses are in order
 * and every argument is known: a length may be that of a later one. */
#include "provider/provider_annotate.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/annotation.h"
#include "provider/provider_array.h"

/* As many arguments as a length is looked for in: nobody passes more, and a file may have thousands. */
enum { MAX_LENGTH_ARGS = 64 };

struct annotator {
    struct provider_cursor *cursor;
    struct provider_probe *probe;
    size_t at;         /* the argument that is being read */
    bool has_begun;    /* at least its type was seen */
    const char *comma; /* the one in front of it; NULL: it is the first */
    bool is_annotated;
};

static const struct provider_arg *find_arg(const struct provider_probe *probe, const char *name)
{
    for (size_t i = 0; i < probe->n_args && i < MAX_LENGTH_ARGS; i++)
        if (provider_arg_is_called(&probe->args[i], i, name))
            return &probe->args[i];
    return NULL;
}

static bool is_address(enum arg_kind kind)
{
    return kind == ARG_KIND_STRING || kind == ARG_KIND_POINTER;
}

/* An integer may be one whose type is of the program's making. */
static bool may_be_address(const struct provider_arg *arg)
{
    bool is_integer = arg->plain_kind == ARG_KIND_INTEGER;
    return is_address(arg->plain_kind) || (is_integer && (!arg->width || arg->width >= sizeof(uint64_t)));
}

/* "ms" behind a pointer says something else. */
static bool is_unit_of_nothing(const struct provider_arg *arg, const struct arg_note *note)
{
    return note->unit && !note->member && is_address(arg->plain_kind);
}

/* What the type or the other arguments have against it, and where; or NULL. */
static const char *find_fault(const struct provider_probe *probe, const struct provider_arg *arg,
                              const struct annotation *annotation, struct provider_token *token)
{
    const struct arg_note *note = &annotation->note;
    bool names_values = annotation->has_kind && annotation->kind == ARG_KIND_ENUM;
    bool leads_away = note->member || (annotation->has_kind && !names_values);
    if (names_values && !note->member && (is_address(arg->plain_kind) || arg->plain_kind == ARG_KIND_FLOAT))
        return "only integers have values with names";
    if (leads_away && !may_be_address(arg))
        return "the argument is no pointer";
    if (!note->length_arg)
        return NULL;
    const struct provider_arg *length = find_arg(probe, note->length_arg);
    *token = annotation->length_arg;
    if (!length)
        return "the probe has no such argument";
    return length->plain_kind == ARG_KIND_INTEGER ? NULL : "a length must be an integer";
}

static int complain(struct annotator *annotator, const struct provider_token *token, const char *wrong)
{
    _cleanup_buf_ struct buf remark = {0};
    buf_printf(&remark, "annotation passed over: %s", wrong);
    const char *text = buf_string(&remark);
    return text ? provider_cursor_remark(annotator->cursor, token, true, text) : -ENOMEM;
}

/* Takes over what the annotation says. */
static void give(struct provider_arg *arg, struct annotation *annotation)
{
    arg->note = annotation->note;
    annotation->note = (struct arg_note){0};
    arg->has_kind = annotation->has_kind;
    if (annotation->has_kind)
        arg->kind = annotation->kind;
}

static int add_field(struct provider_probe *probe, size_t of, struct annotation *annotation)
{
    const struct provider_arg *arg = &probe->args[of];
    struct provider_field *fields = provider_array_room(probe->fields, probe->n_fields, sizeof(*fields));
    char *type = strdup(arg->type);
    if (fields)
        probe->fields = fields;
    if (!fields || !type) {
        free(type);
        return -ENOMEM;
    }
    struct provider_field *field = &fields[probe->n_fields++];
    *field = (struct provider_field){
        .arg = {.name = take_pointer(annotation->name),
                .type = type,
                .kind = arg->plain_kind,
                .plain_kind = arg->plain_kind,
                .width = arg->width},
        .of = of,
    };
    give(&field->arg, annotation);
    return 0;
}

/* All its fields, or none when there is something against one of them. */
static int apply(struct annotator *annotator, size_t i, struct annotation *annotation,
                 const struct provider_token *comment)
{
    struct provider_arg *arg = &annotator->probe->args[i];
    struct provider_token token = *comment;
    const char *fault =
        annotator->is_annotated ? "the argument has one already; one comment can hold both" : NULL;
    for (const struct annotation *one = annotation; one && !fault; one = one->next)
        fault = find_fault(annotator->probe, arg, one, &token);
    if (fault)
        return complain(annotator, &token, fault);
    if (is_unit_of_nothing(arg, &annotation->note))
        return 0;
    annotator->is_annotated = true;
    give(arg, annotation);
    int error = 0;
    for (struct annotation *next = annotation->next; next && !error; next = next->next)
        error = add_field(annotator->probe, i, next);
    return error;
}

/* Whether there is nothing but the comment between the comma and the end of its line. A line may hold any
 * number of comments, and only the last of them is worth looking back to the comma. */
static bool ends_line(const char *comma, const struct provider_token *comment, const char *end)
{
    const char *at = comment->text + comment->len;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at < end && *at == '\n' && !memchr(comma, '\n', (size_t)(comment->text - comma));
}

static int take_comment(struct annotator *annotator, const struct provider_token *comment, const char *end)
{
    struct annotation annotation;
    struct annotation_error error;
    struct provider_probe *probe = annotator->probe;
    bool is_of_last = !annotator->has_begun && annotator->comma && ends_line(annotator->comma, comment, end);
    size_t i = annotator->at - is_of_last;
    int result = i < probe->n_args ? annotation_parse(comment, &annotation, &error) : 0;
    if (result == -EINVAL)
        return complain(annotator, &error.token, error.wrong);
    if (result <= 0)
        return result;
    result = annotator->has_begun || is_of_last
                 ? apply(annotator, i, &annotation, comment)
                 : complain(annotator, comment, "it stands in front of its argument, not behind");
    annotation_free(&annotation);
    return result;
}

/* Goes on behind a token that is part of an argument, or the comma between two. */
static void take_token(struct annotator *annotator, const struct provider_token *token, bool is_comma)
{
    if (is_comma) {
        annotator->comma = token->text;
        annotator->at++;
    } else if (!annotator->has_begun) {
        annotator->is_annotated = false;
    }
    annotator->has_begun = !is_comma;
}

int provider_annotate(struct provider_cursor *cursor, const char *list, const char *end,
                      struct provider_probe *probe)
{
    struct annotator annotator = {.cursor = cursor, .probe = probe};
    struct provider_lex lex = {list + 1, end};
    for (size_t depth = 1;;) {
        struct provider_token token = provider_lex_next(&lex);
        depth += provider_token_is_mark(&token, '(') || provider_token_is_mark(&token, '[');
        depth -= provider_token_is_mark(&token, ')') || provider_token_is_mark(&token, ']');
        if (!depth || token.kind == PROVIDER_TOKEN_END)
            return 0;
        if (token.kind == PROVIDER_TOKEN_COMMENT) {
            int error = take_comment(&annotator, &token, end);
            if (error)
                return error;
        } else if (token.kind != PROVIDER_TOKEN_DIRECTIVE) {
            take_token(&annotator, &token, depth == 1 && provider_token_is_mark(&token, ','));
        }
    }
}
