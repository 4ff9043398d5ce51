#include "output/output_summary.h"

#include <string.h>

#include "output/event.h"
#include "output/number.h"

static size_t text_len_of(const struct summary_field *field, const char *text, bool is_truncated)
{
    if (field->subject == WIRE_SUBJECT_COMM)
        return event_comm_len(text);
    size_t len = strnlen(text, field->n_words * sizeof(uint64_t));
    return is_truncated ? event_whole_characters(text, len) : len;
}

struct output_field output_field_of(const struct output_summary *of, size_t group, size_t i)
{
    const struct summary_field *field = &of->summary->fields[i];
    const struct wire_group *key = &of->totals->groups[group].key;
    const char *text = (const char *)(key->words + field->word);
    bool is_null = key->absent >> i & 1, is_truncated = !is_null && key->truncated >> i & 1;
    return (struct output_field){
        .plain =
            {
                .value = &field->value,
                .is_signed = field->is_signed,
                .is_null = is_null,
                .bits = key->words[field->word],
                .text = text,
                .text_len = text_len_of(field, text, is_truncated),
            },
        .is_truncated = is_truncated,
    };
}

char *output_wide(char *at, wide value)
{
    const wide digits19 = 10000000000000000000u; /* 10^19 */
    if (value < 0) {
        *at++ = '-';
        value = -value;
    }
    if (value < digits19)
        return number_uint(at, (uint64_t)value);
    at = number_uint(at, (uint64_t)(value / digits19));
    return number_padded(at, (uint64_t)(value % digits19), 19);
}

void output_put_wide(struct buf *out, const char *label, wide value)
{
    char digits[NUMBER_ROOM];
    buf_puts(out, label);
    buf_append(out, digits, (size_t)(output_wide(digits, value) - digits));
}
