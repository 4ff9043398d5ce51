/* The words of an annotation that say what to show of the argument. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/annotation_parser.h"
#include "provider/provider_array.h"

/* Bytes and text are fetched from an address, only numbers have names or a unit. */
static bool goes_with_type(const struct arg_note *note, enum arg_kind kind)
{
    if (!note->member_type)
        return true;
    enum arg_kind of_type = arg_note_type_find(note->member_type, strlen(note->member_type))->kind;
    if (kind == ARG_KIND_FLOAT)
        return of_type == ARG_KIND_INTEGER || of_type == ARG_KIND_FLOAT;
    return of_type == (kind == ARG_KIND_ENUM ? ARG_KIND_INTEGER : ARG_KIND_POINTER);
}

/* `word` is what asks for it. For a unit, which leaves the kind alone, it is FLOAT. */
static int check_kind(struct annotation_parser *parser, const struct provider_token *word, enum arg_kind kind)
{
    if (parser->result.has_kind || parser->result.note.unit)
        return annotation_fail_at(parser, word, "shows the argument in a second way");
    if (!goes_with_type(&parser->result.note, kind))
        return annotation_fail_at(parser, word, "doesn't go with the type in front");
    return 0;
}

static int set_kind(struct annotation_parser *parser, const struct provider_token *word, enum arg_kind kind)
{
    int error = check_kind(parser, word, kind);
    parser->result.has_kind = true;
    parser->result.kind = kind;
    return error;
}

struct word {
    const char *name;
    int (*parse)(struct annotation_parser *parser, const struct word *word,
                 const struct provider_token *token);
    enum arg_kind kind;
};

/* These are called with the word's token; the parser is behind it. */

static int parse_kind(struct annotation_parser *parser, const struct word *word,
                      const struct provider_token *token)
{
    return set_kind(parser, token, word->kind);
}

static int parse_unit(struct annotation_parser *parser, const struct word *word,
                      const struct provider_token *token)
{
    int error = check_kind(parser, token, word->kind);
    parser->result.note.unit = word->name;
    return error;
}

/* `[16]`, `[bytes_len]`. */
static int parse_bytes(struct annotation_parser *parser, const struct word *word,
                       const struct provider_token *token)
{
    struct arg_note *note = &parser->result.note;
    if (!annotation_take_mark(parser, '['))
        return annotation_fail(parser, "expected '[' and a length");
    parser->is_meant = true;
    int error = set_kind(parser, token, word->kind);
    if (error)
        return error;
    struct provider_token length = parser->token;
    if (length.kind == PROVIDER_TOKEN_NUMBER || provider_token_is_mark(&length, '-')) {
        if (!annotation_number(&length, &note->length) || !note->length || note->length > INT64_MAX)
            return annotation_fail(parser, "a length is a number from 1 to 2^63 - 1");
    } else if (length.kind == PROVIDER_TOKEN_WORD) {
        parser->result.length_arg = length;
        error = annotation_copy(&length, &note->length_arg);
    } else {
        return annotation_fail(parser, "expected a length, or the argument that has it");
    }
    annotation_advance(parser);
    if (!error && !annotation_take_mark(parser, ']'))
        error = annotation_fail(parser, "expected ']'");
    return error;
}

/* Keeps the entries in order. */
static int add_enum(struct annotation_parser *parser, const struct provider_token *number, int64_t value,
                    const struct provider_token *name)
{
    struct arg_note *note = &parser->result.note;
    size_t at = note->n_enums;
    while (at && note->enums[at - 1].value > value)
        at--;
    if (at && note->enums[at - 1].value == value)
        return annotation_fail_at(parser, number, "this value has a name already");
    for (size_t i = 0; i < note->n_enums; i++)
        if (provider_token_is_word(name, note->enums[i].name))
            return annotation_fail_at(parser, name, "this name has a value already");
    if (note->n_enums == ANNOTATION_MAX_ENUMS)
        return annotation_fail_at(parser, number, "more than 1024 values");
    struct arg_enum *enums = provider_array_room(note->enums, note->n_enums, sizeof(*enums));
    if (!enums)
        return -ENOMEM;
    note->enums = enums;
    char *text;
    int error = annotation_copy(name, &text);
    if (error)
        return error;
    memmove(&enums[at + 1], &enums[at], (note->n_enums - at) * sizeof(*enums));
    enums[at] = (struct arg_enum){value, text};
    note->n_enums++;
    return 0;
}

/* `1=SYN`, `-1=FAILED`. */
static int parse_enum_entry(struct annotation_parser *parser)
{
    bool is_negative = annotation_take_mark(parser, '-');
    struct provider_token number = parser->token;
    uint64_t magnitude;
    if (!annotation_number(&number, &magnitude))
        return annotation_fail(parser, "expected a number and '=', or '}'");
    if (magnitude > (uint64_t)INT64_MAX + is_negative)
        return annotation_fail(parser, "a value has 64 bits, one of them for the sign");
    annotation_advance(parser);
    if (!annotation_take_mark(parser, '='))
        return annotation_fail(parser, "expected '=' and the name of the value");
    struct provider_token name = parser->token;
    if (name.kind != PROVIDER_TOKEN_WORD)
        return annotation_fail(parser, "expected the name of the value");
    annotation_advance(parser);
    return add_enum(parser, &number, (int64_t)(is_negative ? -magnitude : magnitude), &name);
}

static int parse_enum(struct annotation_parser *parser, const struct word *word,
                      const struct provider_token *token)
{
    if (!annotation_take_mark(parser, '{'))
        return annotation_fail(parser, "expected '{' and the values");
    parser->is_meant = true;
    int error = set_kind(parser, token, word->kind);
    do {
        if (!error)
            error = parse_enum_entry(parser);
        if (error)
            return error;
        annotation_take_mark(parser, ',');
    } while (!annotation_take_mark(parser, '}'));
    return 0;
}

static const struct word words[] = {
    {"hex", parse_bytes, ARG_KIND_HEX},      {"text", parse_bytes, ARG_KIND_TEXT},
    {"string", parse_kind, ARG_KIND_STRING}, {"sockaddr", parse_kind, ARG_KIND_SOCKADDR},
    {"ptr", parse_kind, ARG_KIND_POINTER},   {"enum", parse_enum, ARG_KIND_ENUM},
    {"ms", parse_unit, ARG_KIND_FLOAT},      {"us", parse_unit, ARG_KIND_FLOAT},
    {"ns", parse_unit, ARG_KIND_FLOAT},
};

int annotation_parse_show(struct annotation_parser *parser)
{
    struct provider_token token = parser->token;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (!provider_token_is_word(&token, words[i].name))
            continue;
        annotation_advance(parser);
        return words[i].parse(parser, &words[i], &token);
    }
    return annotation_fail(parser, "unknown word");
}
