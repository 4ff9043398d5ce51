/* Any bytes as a comment of either sort. What is read as an annotation must be sound, and be read again when
 * it is written out. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "provider/annotation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool is_of_bytes(const struct annotation *annotation)
{
    return annotation->has_kind && (annotation->kind == ARG_KIND_HEX || annotation->kind == ARG_KIND_TEXT);
}

static void check_sound(const struct annotation *annotation)
{
    const struct arg_note *note = &annotation->note;
    bool is_enum = annotation->has_kind && annotation->kind == ARG_KIND_ENUM;
    require(is_of_bytes(annotation) == (note->length || note->length_arg));
    require(!note->length || !note->length_arg);
    require(note->length <= INT64_MAX);
    require(!note->length_arg == !annotation->length_arg.len);
    require(is_enum == (note->n_enums > 0));
    for (size_t i = 0; i < note->n_enums; i++)
        require(*note->enums[i].name && (!i || note->enums[i - 1].value < note->enums[i].value));
    require(note->member || !note->member_type);
    require(!note->member || strchr(".+", *note->member));
    require(!note->member || *note->member == '.' || note->member_type);
    require(note->member || annotation->has_kind || note->unit);
}

static void write_show(const struct annotation *annotation, struct buf *text)
{
    static const char *const words[] = {
        [ARG_KIND_POINTER] = "ptr", [ARG_KIND_STRING] = "string",     [ARG_KIND_HEX] = "hex",
        [ARG_KIND_TEXT] = "text",   [ARG_KIND_SOCKADDR] = "sockaddr", [ARG_KIND_ENUM] = "enum",
    };
    const struct arg_note *note = &annotation->note;
    const struct arg_note_type *type =
        note->member_type ? arg_note_type_find(note->member_type, strlen(note->member_type)) : NULL;
    if (annotation->has_kind && !(type && type->kind == annotation->kind))
        buf_printf(text, " %s", words[annotation->kind]);
    if (note->length_arg)
        buf_printf(text, "[%s]", note->length_arg);
    if (note->length)
        buf_printf(text, "[%" PRIu64 "]", note->length);
    for (size_t i = 0; i < note->n_enums; i++)
        buf_printf(text, "%c%" PRId64 "=%s", i ? ' ' : '{', note->enums[i].value, note->enums[i].name);
    buf_puts(text, note->n_enums ? "}" : "");
    if (note->unit)
        buf_printf(text, " %s", note->unit);
}

static void write_annotation(const struct annotation *annotation, struct buf *text)
{
    buf_puts(text, "/*");
    for (const struct annotation *field = annotation; field; field = field->next) {
        const struct arg_note *note = &field->note;
        if (field->name)
            buf_printf(text, " and %s ", field->name);
        if (note->member)
            buf_puts(text, note->member);
        if (note->member_type)
            buf_printf(text, ":%s", note->member_type);
        write_show(field, text);
    }
    buf_puts(text, "*/");
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void compare(const struct annotation *a, const struct annotation *b)
{
    require(is_same(a->name, b->name) && !a->next == !b->next);
    require(a->has_kind == b->has_kind && (!a->has_kind || a->kind == b->kind));
    require(is_same(a->note.member, b->note.member) && is_same(a->note.member_type, b->note.member_type));
    require(is_same(a->note.length_arg, b->note.length_arg) && a->note.length == b->note.length);
    require(a->note.unit == b->note.unit && a->note.n_enums == b->note.n_enums);
    for (size_t i = 0; i < a->note.n_enums; i++)
        require(a->note.enums[i].value == b->note.enums[i].value &&
                is_same(a->note.enums[i].name, b->note.enums[i].name));
}

static int parse(const struct buf *text, struct annotation *annotation)
{
    const struct provider_token comment = {PROVIDER_TOKEN_COMMENT, text->data, text->len};
    struct annotation_error error = {0};
    int result = annotation_parse(&comment, annotation, &error);
    require(result == 0 || result == 1 || result == -EINVAL);
    if (result < 0)
        require(*error.wrong && error.token.text >= text->data &&
                error.token.text + error.token.len <= text->data + text->len);
    return result;
}

static void try(const char *start, const uint8_t *data, size_t size, const char *end)
{
    _cleanup_(annotation_free) struct annotation annotation = {0}, again = {0};
    _cleanup_buf_ struct buf text = {0}, written = {0};
    buf_puts(&text, start);
    buf_append(&text, data, size);
    buf_puts(&text, end);
    if (parse(&text, &annotation) <= 0)
        return;
    require(!annotation.name);
    for (const struct annotation *field = &annotation; field; field = field->next) {
        check_sound(field);
        require(field == &annotation || *field->name);
    }
    write_annotation(&annotation, &written);
    require(parse(&written, &again) == 1);
    for (const struct annotation *a = &annotation, *b = &again; a; a = a->next, b = b->next)
        compare(a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try("/*", data, size, "*/");
    try("//", data, size, "");
    return 0;
}
