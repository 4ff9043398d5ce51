/* Any bytes as a -w expression; lines are several of them. What is taken must compile, for probes that have
 * the arguments that it names and for such that have none, to a table whose jumps only go forward. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probe/where.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_filter(const struct wire_filter *filter)
{
    for (unsigned i = 0; i < WIRE_MAX_TERMS; i++) {
        const struct wire_term *term = &filter->terms[i];
        if (i && !term->relations)
            continue;
        require(term->subject <= WIRE_SUBJECT_COMM && term->comparison <= WIRE_COMPARE_BYTES);
        require(term->relations <= WIRE_ANY_RELATION && term->text_size <= WIRE_TEXT_MAX + 2);
        require(term->when_true > i && term->when_true <= WIRE_FILTER_REJECT);
        require(term->when_false > i && term->when_false <= WIRE_FILTER_REJECT);
    }
}

/* The arguments a, b, c … in turn of every kind and width. */
static void compile(const struct where *where, size_t n_args)
{
    static char names[WIRE_MAX_ARGS][2];
    struct probe_arg args[WIRE_MAX_ARGS] = {0};
    struct probe probe = {.args = args, .n_args = n_args};
    struct event_layout layout = {.probe = &probe, .n_values = n_args};
    struct wire_filter filter;
    for (size_t i = 0; i < n_args; i++) {
        names[i][0] = (char)('a' + i);
        args[i].name = names[i];
        layout.values[i] = (struct value_layout){
            .kind = (enum arg_kind)(i % (ARG_KIND_ENUM + 1)),
            .size = (uint8_t)(1 << i % 4),
            .is_signed = i & 1,
        };
    }
    where_compile(where, &layout, &filter);
    check_filter(&filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_where_ struct where *where = NULL;
    const char *at = (const char *)data, *end = at + size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        struct diag diag = {0};
        int error = where_add(&where, at, (size_t)(stop - at), &diag);
        require(!error == !*diag.text);
        at = stop + 1;
    }
    if (!where)
        return 0;
    compile(where, WIRE_MAX_ARGS);
    compile(where, 0);
    return 0;
}
