#include "provider/arg_note.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct arg_note_type types[] = {
    {"u8", 1, false, ARG_KIND_INTEGER},    {"u16", 2, false, ARG_KIND_INTEGER},
    {"u32", 4, false, ARG_KIND_INTEGER},   {"u64", 8, false, ARG_KIND_INTEGER},
    {"s8", 1, true, ARG_KIND_INTEGER},     {"s16", 2, true, ARG_KIND_INTEGER},
    {"s32", 4, true, ARG_KIND_INTEGER},    {"s64", 8, true, ARG_KIND_INTEGER},
    {"f32", 4, true, ARG_KIND_FLOAT},      {"f64", 8, true, ARG_KIND_FLOAT},
    {"bool", 1, false, ARG_KIND_BOOL},     {"ptr", 8, false, ARG_KIND_POINTER},
    {"string", 8, false, ARG_KIND_STRING}, {"array", 0, false, ARG_KIND_POINTER},
};

const struct arg_note_type *arg_note_type_find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strlen(types[i].name) == len && !memcmp(types[i].name, name, len))
            return &types[i];
    return NULL;
}

void arg_note_free(struct arg_note *note)
{
    free(note->member);
    free(note->member_type);
    free(note->length_arg);
    for (size_t i = 0; i < note->n_enums; i++)
        free(note->enums[i].name);
    free(note->enums);
    *note = (struct arg_note){0};
}

static void print_length(const struct arg_note *note, struct buf *out)
{
    if (note->length_arg)
        buf_printf(out, "[%s]", note->length_arg);
    else
        buf_printf(out, "[%" PRIu64 "]", note->length);
}

static void print_enums(const struct arg_note *note, struct buf *out)
{
    for (size_t i = 0; i < note->n_enums; i++)
        buf_printf(out, "%s%" PRId64 "=%s", i ? "," : "{", note->enums[i].value, note->enums[i].name);
    buf_putc(out, '}');
}

/* A type behind the member has given the kind already, if it is one of these. */
static const char *word_of(const struct arg_note *note, enum arg_kind kind)
{
    static const char *const words[] = {
        [ARG_KIND_POINTER] = "ptr", [ARG_KIND_STRING] = "string",     [ARG_KIND_HEX] = "hex",
        [ARG_KIND_TEXT] = "text",   [ARG_KIND_SOCKADDR] = "sockaddr", [ARG_KIND_ENUM] = "enum",
    };
    bool is_said = note->member_type && kind <= ARG_KIND_STRING;
    return is_said ? NULL : words[kind];
}

void arg_note_print(const struct arg_note *note, bool has_kind, enum arg_kind kind, struct buf *out)
{
    const char *word = has_kind ? word_of(note, kind) : NULL;
    if (note->member)
        buf_puts(out, note->member);
    if (note->member_type)
        buf_printf(out, ":%s", note->member_type);
    if (note->member && (word || note->unit))
        buf_putc(out, ' ');
    if (word)
        buf_puts(out, word);
    if (word && (kind == ARG_KIND_HEX || kind == ARG_KIND_TEXT))
        print_length(note, out);
    if (word && kind == ARG_KIND_ENUM)
        print_enums(note, out);
    if (note->unit)
        buf_puts(out, note->unit);
}

static int copy_string(const char *string, char **ret_copy)
{
    *ret_copy = string ? strdup(string) : NULL;
    return string && !*ret_copy ? -ENOMEM : 0;
}

static int copy_enums(const struct arg_note *note, struct arg_note *ret_copy)
{
    ret_copy->enums = note->n_enums ? calloc(note->n_enums, sizeof(*note->enums)) : NULL;
    if (note->n_enums && !ret_copy->enums)
        return -ENOMEM;
    for (size_t i = 0; i < note->n_enums; i++) {
        ret_copy->enums[i].value = note->enums[i].value;
        ret_copy->n_enums = i + 1;
        if (copy_string(note->enums[i].name, &ret_copy->enums[i].name))
            return -ENOMEM;
    }
    return 0;
}

int arg_note_copy(const struct arg_note *note, struct arg_note *ret_note)
{
    struct arg_note copy = {.length = note->length, .unit = note->unit};
    if (copy_string(note->member, &copy.member) || copy_string(note->member_type, &copy.member_type) ||
        copy_string(note->length_arg, &copy.length_arg) || copy_enums(note, &copy)) {
        arg_note_free(&copy);
        return -ENOMEM;
    }
    *ret_note = copy;
    return 0;
}
