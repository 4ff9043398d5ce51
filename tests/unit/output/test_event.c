#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "output/event.h"

/* A record with room for everything, as the ring would hold it. */
struct sample {
    struct wire_record record;
    uint64_t values[WIRE_MAX_ARGS];
    char data[64];
};

static struct sample make_sample(uint16_t n_values, uint32_t data_len)
{
    struct sample sample = {.record = {.pid = 7, .tid = 8, .n_values = n_values, .data_len = data_len}};
    for (uint32_t i = 0; i < n_values; i++)
        sample.values[i] = 100 + i;
    memset((char *)(sample.values + n_values), 'x', data_len);
    return sample;
}

static size_t needed_size(const struct sample *sample)
{
    return sizeof(sample->record) + sample->record.n_values * 8 + sample->record.data_len;
}

/* Decodes a copy that ends where `len` says. */
static int decode_cut(const struct sample *sample, size_t len, struct event *ret_event)
{
    void *bytes = malloc(len + 1);
    memcpy(bytes, sample, len);
    int error = event_decode(bytes, len, ret_event);
    free(bytes);
    return error;
}

static void every_length(void **state)
{
    (void)state;
    static const uint16_t shapes[][2] = {{0, 0}, {0, 5}, {2, 0}, {2, 16}, {6, 3}, {WIRE_MAX_ARGS, 64}};
    for (size_t shape = 0; shape < sizeof(shapes) / sizeof(*shapes); shape++) {
        struct sample sample = make_sample(shapes[shape][0], shapes[shape][1]);
        size_t needed = needed_size(&sample);
        for (size_t len = 0; len <= sizeof(sample); len++) {
            struct event event;
            int expected = len >= needed && len <= needed + WIRE_QUICK_TEXT ? 0 : -EBADMSG;
            assert_int_equal(decode_cut(&sample, len, &event), expected);
        }
    }
}

static void parts_of_a_record(void **state)
{
    (void)state;
    struct sample sample = make_sample(3, 5);
    struct event event;
    size_t len = 0;
    sample.values[2] = 1 | (uint64_t)4 << 32;
    memcpy(sample.values + 3, "abcde", 5);
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
    assert_ptr_equal(event.record, &sample.record);
    assert_int_equal(event.values[0], 100);
    assert_int_equal(event.values[1], 101);
    assert_memory_equal(event.data, "abcde", 5);
    assert_memory_equal(event_string(&event, 2, &len), "bcde", 4);
    assert_int_equal(len, 4);
}

static void hostile_counts(void **state)
{
    (void)state;
    struct sample sample = make_sample(2, 0);
    struct event event = {0};
    static const uint16_t n_values[] = {3, WIRE_MAX_ARGS, WIRE_MAX_ARGS + 1, 0x2002, 0x8000, UINT16_MAX};
    for (size_t i = 0; i < sizeof(n_values) / sizeof(*n_values); i++) {
        sample.record.n_values = n_values[i];
        assert_int_equal(event_decode(&sample, sizeof(sample.record) + 16, &event), -EBADMSG);
    }
    /* More values than a record can have, all of them there. */
    struct {
        struct sample sample;
        uint64_t more[8];
    } big = {.sample = make_sample(0, 0)};
    big.sample.record.n_values = WIRE_MAX_ARGS + 1;
    assert_int_equal(event_decode(&big, sizeof(struct wire_record) + 8 * (WIRE_MAX_ARGS + 1), &event),
                     -EBADMSG);
    sample.record.n_values = 2;
    static const uint32_t data_len[] = {1, 8, 0x7fffffff, 0xfffffff0, UINT32_MAX};
    for (size_t i = 0; i < sizeof(data_len) / sizeof(*data_len); i++) {
        sample.record.data_len = data_len[i];
        assert_int_equal(event_decode(&sample, sizeof(sample.record) + 16, &event), -EBADMSG);
    }
    assert_null(event.record);
}

static void strings_inside_and_outside(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, len;
        bool inside;
    } cases[] = {
        {0, 0, true},
        {0, 10, true},
        {3, 7, true},
        {10, 0, true},
        {0, 11, false},
        {3, 8, false},
        {10, 1, false},
        {11, 0, false},
        {UINT32_MAX, 1, false},
        {1, UINT32_MAX, false},
        {UINT32_MAX, UINT32_MAX, false},
    };
    struct sample sample = make_sample(1, 10);
    struct event event;
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        size_t len = 4242;
        sample.values[0] = cases[i].offset | (uint64_t)cases[i].len << 32;
        const char *text = event_string(&event, 0, &len);
        assert_ptr_equal(text, cases[i].inside ? event.data + cases[i].offset : NULL);
        assert_int_equal(len, cases[i].inside ? cases[i].len : 4242);
    }
    size_t len;
    assert_null(event_string(&event, 1, &len));
    assert_null(event_string(&event, SIZE_MAX, &len));
}

static void cut_strings_keep_whole_characters(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t len, kept;
    } cases[] = {
        {"", 0, 0},
        {"a", 1, 1},
        {"caf\xc3", 4, 3},
        {"caf\xc3\xa9", 5, 5},
        {"\xe2", 1, 0},
        {"a\xe2\x82", 3, 1},
        {"a\xe2\x82\xac", 4, 4},
        {"\xf0\x9f\x90", 3, 0},
        {"\xf0\x9f\x90\x98", 4, 4},
        {"\xf0\x9f", 2, 0},
        {"\xf0", 1, 0},
        /* What is no start of a character stays, and is the reader's to repair. */
        {"a\xff", 2, 2},
        {"a\xc1", 2, 2},
        {"a\xf5\x80", 3, 3},
        {"a\x80\x80\x80\x80", 5, 5},
        {"\x80", 1, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sample sample = make_sample(1, (uint32_t)cases[i].len);
        struct event event;
        size_t len;
        sample.values[0] = (uint64_t)cases[i].len << 32;
        memcpy(sample.values + 1, cases[i].data, cases[i].len);
        assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
        assert_non_null(event_string(&event, 0, &len));
        assert_int_equal(len, cases[i].len);
        sample.record.truncated = 0xfffe;
        event_string(&event, 0, &len);
        assert_int_equal(len, cases[i].len);
        sample.record.truncated = 1;
        event_string(&event, 0, &len);
        assert_int_equal(len, cases[i].kept);
    }
}

static void thread_names(void **state)
{
    (void)state;
    struct sample sample = make_sample(0, 0);
    struct event event;
    size_t len;
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
    event_comm(&event, &len);
    assert_int_equal(len, 0);
    memcpy(sample.record.comm, "h2o\0junk", 8);
    assert_memory_equal(event_comm(&event, &len), "h2o", 3);
    assert_int_equal(len, 3);
    memset(sample.record.comm, 'y', WIRE_COMM_LEN);
    event_comm(&event, &len);
    assert_int_equal(len, WIRE_COMM_LEN);
}

static void marks_of_arguments(void **state)
{
    (void)state;
    struct probe_arg args[100] = {0};
    struct probe probe = {.args = args, .n_args = 4};
    struct event_layout layout = {.probe = &probe, .n_values = 4};
    struct sample sample = make_sample(4, 8);
    struct event event;
    event_args faults, truncated;
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);

    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 0);
    assert_int_equal(truncated, 0);

    /* A fault is no truncation; bits of arguments that the probe doesn't have mean nothing. */
    sample.record.faults = 0xf005;
    sample.record.truncated = 0xf00c;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 5);
    assert_int_equal(truncated, 8);

    /* A string outside the data; the value of an integer is no such place. */
    sample.record.faults = sample.record.truncated = 0;
    layout.values[1].kind = ARG_KIND_STRING;
    sample.values[1] = 1 | (uint64_t)8 << 32;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 2);
    sample.values[1] = (uint64_t)8 << 32;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 0);

    /* What is behind a NULL pointer has no place in the data, and is no fault. */
    sample.record.nulls = 2;
    sample.values[1] = UINT64_MAX;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 0);
    assert_false(event_is_null(&event, 0));
    assert_true(event_is_null(&event, 1));
    sample.record.nulls = 0xffff;
    assert_false(event_is_null(&event, 4));
    assert_false(event_is_null(&event, 64));
    sample.record.nulls = 0;
    sample.values[1] = (uint64_t)8 << 32;

    /* Bytes that are no address; unless they were cut. */
    layout.values[1].kind = ARG_KIND_SOCKADDR;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 2);
    sample.record.truncated = 2;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 0);
    assert_int_equal(truncated, 2);
    sample.record.truncated = 0;
    layout.values[1].kind = ARG_KIND_HEX;

    /* The site has fewer arguments than the probe, then the record fewer values than the site. */
    layout.n_values = 3;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 8);
    sample.record.n_values = 1;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 14);
    sample.record.n_values = 0;
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 15);

    /* More arguments than there are bits. */
    sample.record.n_values = 3;
    probe.n_args = 100;
    event_marks(&event, &layout, &faults, &truncated);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(event_args_have(faults, i), i >= 3);
    for (size_t bit = 0; bit < 64; bit++)
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(event_args_have((event_args)1 << bit, i), i == bit || (bit == 63 && i > 63));
}

static void bytes_without_a_length_are_addresses(void **state)
{
    (void)state;
    struct probe probe = {.n_args = 3};
    struct event_layout layout = {.probe = &probe, .n_values = 3};
    struct sample sample = make_sample(3, 0);
    struct event event;
    event_args faults, truncated;
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
    layout.values[1] = (struct value_layout){.kind = ARG_KIND_HEX, .size = 8, .length_arg = 2};
    sample.values[1] = 0x7f0000001000;
    sample.values[2] = UINT64_C(1) << 63;
    assert_true(event_is_address(&event, &layout, 1));
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults | truncated, 0);
    layout.values[1].kind = ARG_KIND_TEXT;
    assert_true(event_is_address(&event, &layout, 1));

    layout.values[1].kind = ARG_KIND_STRING;
    assert_false(event_is_address(&event, &layout, 1));
    layout.values[1].kind = ARG_KIND_HEX;
    sample.values[2] = INT64_MAX;
    assert_false(event_is_address(&event, &layout, 1));
    event_marks(&event, &layout, &faults, &truncated);
    assert_int_equal(faults, 2);
    sample.values[2] = UINT64_MAX;
    for (unsigned mark = 2; mark <= 4; mark += 2) { /* neither the bytes nor their length */
        sample.record.faults = (uint16_t)mark;
        assert_false(event_is_address(&event, &layout, 1));
        sample.record.faults = 0;
        sample.record.nulls = (uint16_t)mark;
        assert_false(event_is_address(&event, &layout, 1));
        sample.record.nulls = 0;
    }
    sample.record.n_values = 2;
    assert_false(event_is_address(&event, &layout, 1));
    sample.record.n_values = 3;
    layout.values[1].length_arg = WIRE_NO_ARG;
    assert_false(event_is_address(&event, &layout, 1));
}

static void values_cut_to_their_size(void **state)
{
    (void)state;
    struct probe probe = {.n_args = 4};
    struct event_layout layout = {.probe = &probe, .n_values = 4};
    static const uint8_t sizes[] = {1, 2, 4, 8};
    static const uint64_t expected[] = {0xf0, 0xdef0, 0x9abcdef0, 0x123456789abcdef0};
    struct sample sample = make_sample(4, 0);
    struct event event;
    assert_int_equal(event_decode(&sample, needed_size(&sample), &event), 0);
    for (size_t i = 0; i < 4; i++) {
        sample.values[i] = 0x123456789abcdef0;
        layout.values[i].size = sizes[i];
        assert_int_equal(event_unsigned(&event, &layout, i), expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(parts_of_a_record),
        cmocka_unit_test(hostile_counts),
        cmocka_unit_test(strings_inside_and_outside),
        cmocka_unit_test(cut_strings_keep_whole_characters),
        cmocka_unit_test(thread_names),
        cmocka_unit_test(marks_of_arguments),
        cmocka_unit_test(bytes_without_a_length_are_addresses),
        cmocka_unit_test(values_cut_to_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
