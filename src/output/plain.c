#include "output/plain.h"

#include "base/escape.h"
#include "output/json.h"
#include "output/json_put.h"
#include "output/number.h"
#include "output/text_put.h"
#include "output/value.h"

/* The value as its bytes hold it, without what it was extended by. */
static uint64_t cut(const struct plain *plain)
{
    unsigned size = plain->value->size;
    return size < sizeof(uint64_t) ? plain->bits & ((UINT64_C(1) << 8 * size) - 1) : plain->bits;
}

static enum plain_remark put_float(struct buf *out, const struct plain *plain)
{
    bool is_finite = true;
    char *at = buf_reserve(out, JSON_ROOM);
    if (at)
        out->len = (size_t)(json_float(at, plain->bits, plain->value->size, &is_finite) - out->data);
    return is_finite ? PLAIN_AS_IT_IS : PLAIN_NON_FINITE;
}

static enum plain_remark put_text(struct buf *out, const char *text, size_t len)
{
    return json_put_text(out, "", text, len) ? PLAIN_INVALID_UTF8 : PLAIN_AS_IT_IS;
}

static void put_integer(struct buf *out, const struct plain *plain)
{
    char digits[NUMBER_ROOM];
    char *end =
        plain->is_signed ? number_int(digits, (int64_t)plain->bits) : number_uint(digits, plain->bits);
    buf_append(out, digits, (size_t)(end - digits));
}

static void put_quote(struct buf *out, const struct plain *plain)
{
    if (plain->quote_big_ints && plain->value->size == sizeof(uint64_t))
        buf_putc(out, '"');
}

enum plain_remark plain_put_json(struct buf *out, const struct plain *plain)
{
    char scratch[VALUE_SCRATCH];
    const char *text;
    size_t len;
    if (plain->is_null) {
        json_put_null(out, "");
        return PLAIN_AS_IT_IS;
    }
    switch (plain->value->kind) {
    case ARG_KIND_STRING:
        return put_text(out, plain->text, plain->text_len);
    case ARG_KIND_ENUM:
        text = value_enum_text(plain->value, plain->bits, scratch, &len);
        return put_text(out, text, len);
    case ARG_KIND_BOOL:
        buf_puts(out, plain->bits ? "true" : "false");
        break;
    case ARG_KIND_POINTER:
        json_put_hex(out, "", cut(plain));
        break;
    case ARG_KIND_FLOAT:
        return put_float(out, plain);
    default:
        put_quote(out, plain);
        put_integer(out, plain);
        put_quote(out, plain);
    }
    return PLAIN_AS_IT_IS;
}

void plain_put_text(struct buf *out, const struct plain *plain)
{
    char scratch[VALUE_SCRATCH];
    const char *text;
    size_t len;
    if (plain->is_null) {
        buf_putc(out, '?');
        return;
    }
    switch (plain->value->kind) {
    case ARG_KIND_STRING:
        text_put_quoted(out, plain->text, plain->text_len);
        break;
    case ARG_KIND_ENUM:
        text = value_enum_text(plain->value, plain->bits, scratch, &len);
        escape_append(out, text, len);
        break;
    case ARG_KIND_BOOL:
        buf_puts(out, plain->bits ? "true" : "false");
        break;
    case ARG_KIND_POINTER:
        text_put_hex(out, "", cut(plain));
        break;
    case ARG_KIND_FLOAT:
        text_put_float(out, plain->bits, plain->value->size);
        break;
    default:
        put_integer(out, plain);
    }
}
