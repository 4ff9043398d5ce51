#include "output/event.h"

#include <errno.h>
#include <string.h>

#include "output/address.h"

enum { UTF8_MAX = 4, EVENT_ARGS_BITS = 64 };

int event_decode(const void *bytes, size_t len, struct event *ret_event)
{
    const struct wire_record *record = bytes;
    if (len < sizeof(*record) || record->n_values > WIRE_MAX_ARGS)
        return -EBADMSG;
    size_t values_size = record->n_values * sizeof(uint64_t);
    size_t needed = sizeof(*record) + values_size + record->data_len;
    if (len < needed || len - needed > WIRE_QUICK_TEXT)
        return -EBADMSG;
    const uint64_t *values = (const uint64_t *)(record + 1);
    *ret_event = (struct event){
        .record = record,
        .values = values,
        .data = (const char *)(values + record->n_values),
    };
    return 0;
}

const char *event_bytes(const struct event *event, size_t i, size_t *ret_len)
{
    if (i >= event->record->n_values)
        return NULL;
    uint64_t offset = event->values[i] & UINT32_MAX;
    uint64_t len = event->values[i] >> 32;
    if (offset + len > event->record->data_len)
        return NULL;
    *ret_len = len;
    return event->data + offset;
}

size_t event_whole_characters(const char *text, size_t len)
{
    for (size_t back = 1; back <= len && back <= UTF8_MAX; back++) {
        unsigned char byte = (unsigned char)text[len - back];
        size_t needed = byte < 0xc2 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 1;
        if ((byte & 0xc0) != 0x80)
            return needed > back ? len - back : len;
    }
    return len;
}

const char *event_string(const struct event *event, size_t i, size_t *ret_len)
{
    const char *text = event_bytes(event, i, ret_len);
    if (text && event->record->truncated >> i & 1)
        *ret_len = event_whole_characters(text, *ret_len);
    return text;
}

bool event_is_null(const struct event *event, size_t i)
{
    return i < event->record->n_values && event->record->nulls >> i & 1;
}

bool event_lacks_length(const struct event *event, const struct event_layout *layout, size_t i)
{
    const struct wire_record *record = event->record;
    size_t length = layout->values[i].length_arg;
    if (i >= record->n_values || length >= record->n_values)
        return false;
    bool are_there = !((record->faults | record->nulls) & (1U << i | 1U << length));
    return are_there && (int64_t)event->values[length] < 0;
}

size_t event_comm_len(const char *comm)
{
    size_t len = strnlen(comm, WIRE_COMM_LEN);
    return len < WIRE_COMM_LEN - 1 ? len : event_whole_characters(comm, len);
}

const char *event_comm(const struct event *event, size_t *ret_len)
{
    *ret_len = event_comm_len(event->record->comm);
    return event->record->comm;
}

/* Whether value `i` can be shown, as far as its place in `data` goes. */
static bool is_sound(const struct event *event, const struct value_layout *layout, size_t i)
{
    size_t len;
    if (!arg_kind_is_fetched(layout->kind) || event_is_null(event, i))
        return true;
    const char *bytes = event_bytes(event, i, &len);
    bool is_whole = layout->kind != ARG_KIND_SOCKADDR || event->record->truncated >> i & 1;
    return bytes && (is_whole || address_is_whole(bytes, len));
}

void event_marks(const struct event *event, const struct event_layout *layout, event_args *ret_faults,
                 event_args *ret_truncated)
{
    const struct wire_record *record = event->record;
    size_t n_args = layout->probe->n_args;
    event_args of_probe = n_args < EVENT_ARGS_BITS ? ((event_args)1 << n_args) - 1 : ~(event_args)0;
    size_t n = record->n_values < layout->n_values ? record->n_values : layout->n_values;
    event_args faults = record->faults | ~(event_args)0 << n;
    for (size_t i = 0; i < n; i++)
        if (!event_is_address(event, layout, i) && !is_sound(event, &layout->values[i], i))
            faults |= (event_args)1 << i;
    *ret_faults = faults & of_probe;
    *ret_truncated = record->truncated & of_probe & ~faults;
}

uint64_t event_unsigned(const struct event *event, const struct event_layout *layout, size_t i)
{
    unsigned size = layout->values[i].size;
    return size < sizeof(uint64_t) ? event->values[i] & ((UINT64_C(1) << 8 * size) - 1) : event->values[i];
}
