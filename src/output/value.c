#include "output/value.h"

#include <stdlib.h>
#include <string.h>

#include "output/address.h"
#include "output/number.h"

_Static_assert((int)VALUE_SCRATCH >= (int)ADDRESS_ROOM && (int)VALUE_SCRATCH >= (int)NUMBER_ROOM,
               "an address or digits fit");

static int compare_enum(const void *key, const void *element)
{
    const int64_t *value = key;
    const struct arg_enum *named = element;
    return (*value > named->value) - (*value < named->value);
}

static const char *find_name(const struct arg_note *note, int64_t value)
{
    const struct arg_enum *found =
        note->n_enums ? bsearch(&value, note->enums, note->n_enums, sizeof(*note->enums), compare_enum)
                      : NULL;
    return found ? found->name : NULL;
}

/* A name, or digits. Whether the site passes the value with a sign or without one, its name is the same. */
const char *value_enum_text(const struct value_layout *value, uint64_t bits, char *scratch, size_t *ret_len)
{
    unsigned unused = 64 - 8U * value->size;
    uint64_t cut = bits << unused >> unused;
    int64_t otherwise = value->is_signed ? (int64_t)cut : (int64_t)(cut << unused) >> unused;
    const char *name = find_name(value->note, (int64_t)bits) ?: find_name(value->note, otherwise);
    char *end = value->is_signed ? number_int(scratch, (int64_t)bits) : number_uint(scratch, bits);
    *ret_len = name ? strlen(name) : (size_t)(end - scratch);
    return name ? name : scratch;
}

/* One that was cut is no address, and empty. */
static const char *sockaddr_text(const struct event *event, size_t i, char *scratch, size_t *ret_len)
{
    size_t len = 0;
    const char *bytes = event_bytes(event, i, &len);
    char *end = address_is_whole(bytes, len) ? address_write(scratch, bytes, len) : scratch;
    *ret_len = (size_t)(end - scratch);
    return scratch;
}

const char *value_text(const struct event *event, const struct event_layout *layout, size_t i, char *scratch,
                       size_t *ret_len)
{
    if (event_is_address(event, layout, i))
        return NULL;
    switch (layout->values[i].kind) {
    case ARG_KIND_STRING:
    case ARG_KIND_TEXT:
    case ARG_KIND_STRINGS:
        return event_string(event, i, ret_len);
    case ARG_KIND_HEX:
        return event_bytes(event, i, ret_len);
    case ARG_KIND_SOCKADDR:
        return sockaddr_text(event, i, scratch, ret_len);
    case ARG_KIND_ENUM:
        return value_enum_text(&layout->values[i], event->values[i], scratch, ret_len);
    case ARG_KIND_INTEGER:
    case ARG_KIND_BOOL:
    case ARG_KIND_FLOAT:
    case ARG_KIND_POINTER:
        break;
    }
    return NULL;
}
