#include "output/output_summary.h"

#include <string.h>

#include "output/number.h"

struct output_field output_field_of(const struct output_summary *of, size_t group, size_t i)
{
    const struct summary_field *field = &of->summary->fields[i];
    const struct wire_group *key = &of->totals->groups[group].key;
    return (struct output_field){
        .field = field,
        .words = key->words + field->word,
        .is_absent = key->absent >> i & 1,
        .is_truncated = key->truncated >> i & 1,
    };
}

const char *output_field_text(const struct output_field *value, size_t *ret_len)
{
    const char *text = (const char *)value->words;
    *ret_len = strnlen(text, value->field->n_words * sizeof(uint64_t));
    return text;
}

uint64_t output_field_unsigned(const struct output_field *value)
{
    unsigned size = value->field->value.size;
    return size < sizeof(uint64_t) ? *value->words & ((UINT64_C(1) << 8 * size) - 1) : *value->words;
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
