/* The part of an annotation that leads from the argument to something behind it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/annotation_parser.h"

enum { MAX_OFFSETS = 4 }; /* as many loads as a chain can have */

/* `:u32`. */
static int parse_member_type(struct annotation_parser *parser)
{
    if (!annotation_take_mark(parser, ':'))
        return 0;
    const struct provider_token token = parser->token;
    parser->is_meant = true;
    if (token.kind != PROVIDER_TOKEN_WORD || !arg_note_type_find(token.text, token.len))
        return annotation_fail(parser, "expected u8 to u64, s8 to s64, f32, f64, bool, ptr, string or array");
    annotation_advance(parser);
    return annotation_copy(&token, &parser->result.note.member_type);
}

/* `[3]`, of an array. */
static int parse_index(struct annotation_parser *parser, struct buf *member)
{
    uint64_t index;
    parser->is_meant = true;
    if (!annotation_number(&parser->token, &index) || index > INT32_MAX)
        return annotation_fail(parser, "expected an index, a number below 2^31");
    buf_printf(member, "[%" PRIu64 "]", index);
    annotation_advance(parser);
    return annotation_take_mark(parser, ']') ? 0 : annotation_fail(parser, "expected ']'");
}

/* `.local.cid[1]`, without blanks, unlike the full stop of a sentence. */
static int parse_names(struct annotation_parser *parser, struct buf *member)
{
    do {
        const char *dot = parser->token.text;
        parser->is_meant |= member->len > 0;
        annotation_advance(parser);
        if (parser->token.kind != PROVIDER_TOKEN_WORD || parser->token.text != dot + 1)
            return annotation_fail(parser, "expected the name of a member");
        buf_append(member, dot, 1 + parser->token.len);
        annotation_advance(parser);
        while (annotation_take_mark(parser, '[')) {
            int error = parse_index(parser, member);
            if (error)
                return error;
        }
    } while (provider_token_is_mark(&parser->token, '.'));
    return 0;
}

/* `+0x18+8`. Prose can begin with "+1". */
static int parse_offsets(struct annotation_parser *parser, struct buf *member)
{
    const struct provider_token *token = &parser->token;
    for (size_t count = 1; annotation_take_mark(parser, '+'); count++) {
        uint64_t offset;
        bool is_hex = token->len > 1 && (token->text[1] | 0x20) == 'x';
        parser->is_meant |= count > 1 || is_hex;
        if (!annotation_number(token, &offset) || offset > INT32_MAX)
            return annotation_fail(parser, "expected an offset, a number below 2^31");
        if (count > MAX_OFFSETS)
            return annotation_fail(parser, "more than four offsets");
        buf_putc(member, '+');
        buf_append(member, token->text, token->len);
        annotation_advance(parser);
    }
    return 0;
}

int annotation_parse_member(struct annotation_parser *parser)
{
    _cleanup_buf_ struct buf member = {0};
    struct arg_note *note = &parser->result.note;
    if (note->member || parser->result.has_kind || note->unit)
        return annotation_fail(parser, "a member stands in front of the rest");
    bool is_by_hand = provider_token_is_mark(&parser->token, '+');
    int error = is_by_hand ? parse_offsets(parser, &member) : parse_names(parser, &member);
    if (error)
        return error;
    note->member = buf_steal(&member);
    return note->member ? parse_member_type(parser) : -ENOMEM;
}

/* Without a type an offset leads to the pointer to what is to be shown. */
int annotation_complete_member(struct annotation_parser *parser)
{
    struct annotation *result = &parser->result;
    struct arg_note *note = &result->note;
    if (!note->member)
        return 0;
    if (!note->member_type && *note->member == '+') {
        if (!result->has_kind || result->kind == ARG_KIND_ENUM)
            return annotation_fail(parser, "expected ':' and a type behind the offset");
        note->member_type = strdup("ptr");
        return note->member_type ? 0 : -ENOMEM;
    }
    if (note->member_type && !result->has_kind) {
        result->kind = arg_note_type_find(note->member_type, strlen(note->member_type))->kind;
        result->has_kind = true;
    }
    return 0;
}
