/* Walks compiled filters as bpf/filter.bpf.h does, over values that stand in a table. */
#ifndef TRACER_TESTS_WHERE_WALK_H
#define TRACER_TESTS_WHERE_WALK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/where.h"

struct walk_value {
    const char *name;
    enum arg_kind kind;
    uint8_t size;
    bool is_signed;
    int64_t number; /* as the programs extend it */
    double real;
    const char *text;
    uint32_t
        length; /* of the text, where that is not by a NUL; of a HEX or TEXT without an argument for it */
    const struct arg_note *note;
};

enum { WALK_PID = 4242, WALK_TID = 4243 };
#define WALK_COMM "walker"

/* The filter for a probe whose arguments are these. */
static inline void walk_compile(const struct where *where, const struct walk_value *values, size_t n,
                                struct wire_filter *ret_filter)
{
    struct probe_arg args[WIRE_MAX_ARGS] = {0};
    struct probe probe = {.args = args, .n_args = n};
    struct event_layout layout = {.probe = &probe, .n_values = n};
    assert_in_range(n, 0, WIRE_MAX_ARGS);
    for (size_t i = 0; i < n; i++) {
        args[i].name = (char *)(uintptr_t)values[i].name;
        layout.values[i] = (struct value_layout){
            .kind = values[i].kind,
            .size = values[i].size,
            .is_signed = values[i].is_signed,
            .length_arg = WIRE_NO_ARG,
            .length = values[i].length,
            .note = values[i].note,
        };
    }
    where_compile(where, &layout, ret_filter);
}

static inline bool walk_relation(const struct wire_term *term, uint64_t value)
{
    unsigned relation = value < term->constant    ? WIRE_LESS
                        : value == term->constant ? WIRE_EQUAL
                                                  : WIRE_GREATER;
    return term->relations & relation;
}

static inline uint64_t walk_float_bits(const struct walk_value *value)
{
    uint64_t bits = 0;
    float single = (float)value->real;
    if (value->size == 4)
        memcpy(&bits, &single, sizeof(single));
    else
        memcpy(&bits, &value->real, sizeof(bits));
    return bits;
}

static inline bool walk_term(const struct wire_term *term, const struct walk_value *value)
{
    if (term->comparison == WIRE_COMPARE_INTEGER)
        return walk_relation(term, ((uint64_t)value->number & term->mask) ^ term->flip);
    if (term->comparison == WIRE_COMPARE_FLOAT) {
        uint64_t bits = walk_float_bits(value) << term->shift;
        return (bits & ~WIRE_SIGN_BIT) <= term->mask && walk_relation(term, wire_float_order(bits));
    }
    char text[WIRE_TEXT_WORDS * 8] = {0};
    if (!value->text)
        return false;
    if (term->comparison == WIRE_COMPARE_BYTES) {
        assert_int_equal(term->length_arg, WIRE_NO_ARG);
        uint32_t length = term->length;
        bool fits = term->is_whole ? length == term->text_size : length >= term->text_size;
        memcpy(text, value->text, length < term->text_size ? length : term->text_size);
        fits = fits && !memcmp(text, term->text, sizeof(text));
        return term->relations & (fits ? WIRE_EQUAL : WIRE_GREATER);
    }
    strncpy(text, value->text, term->text_size - 1u);
    return term->relations & (memcmp(text, term->text, sizeof(text)) ? WIRE_GREATER : WIRE_EQUAL);
}

static inline bool walk(const struct where *where, const struct walk_value *values, size_t n, unsigned faults)
{
    static const struct walk_value pid = {.number = WALK_PID}, tid = {.number = WALK_TID},
                                   comm = {.text = WALK_COMM};
    struct wire_filter filter;
    walk_compile(where, values, n, &filter);
    unsigned next = 0;
    while (next < WIRE_MAX_TERMS) {
        const struct wire_term *term = &filter.terms[next];
        const struct walk_value *value = term->subject == WIRE_SUBJECT_PID    ? &pid
                                         : term->subject == WIRE_SUBJECT_TID  ? &tid
                                         : term->subject == WIRE_SUBJECT_COMM ? &comm
                                                                              : &values[term->subject];
        bool readable = term->subject >= WIRE_MAX_ARGS || !(faults & 1U << term->subject);
        next = readable && walk_term(term, value) ? term->when_true : term->when_false;
    }
    return next == WIRE_FILTER_ACCEPT;
}

#endif
