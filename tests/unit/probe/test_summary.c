/* --hist, --latency and --by: what is understood, what is refused, and what the BPF programs are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "probe/summary.h"

typedef int parse_fn(struct summary *summary, const char *text, struct diag *diag);

static void every_error_says_where_and_what(void **state)
{
    (void)state;
    static const struct {
        parse_fn *parse;
        const char *text, *message;
    } rows[] = {
        {summary_parse_hist, "", "column 1: the name of an argument is missing"},
        {summary_parse_hist, ":log2", "column 1: the name of an argument is missing"},
        {summary_parse_hist, "bytes:", "column 7: expected log2 or linear/STEP"},
        {summary_parse_hist, "bytes:log10", "column 7: expected log2 or linear/STEP"},
        {summary_parse_hist, "größe:log10", "column 7: expected log2 or linear/STEP"},
        {summary_parse_hist, "bytes:linear", "column 7: expected log2 or linear/STEP"},
        {summary_parse_hist, "bytes:linear/", "column 14: expected a whole number, 1 or more, after linear/"},
        {summary_parse_hist, "bytes:linear/0",
         "column 14: expected a whole number, 1 or more, after linear/"},
        {summary_parse_hist, "bytes:linear/-1",
         "column 14: expected a whole number, 1 or more, after linear/"},
        {summary_parse_hist, "b:linear/18446744073709551616",
         "column 10: expected a whole number, 1 or more, after linear/"},
        {summary_parse_latency, "a", "column 2: expected ':' and the probe where it ends"},
        {summary_parse_latency, "", "column 1: a name is missing; expected START:END or START:END:KEY"},
        {summary_parse_latency, "a:", "column 3: a name is missing; expected START:END or START:END:KEY"},
        {summary_parse_latency, ":b", "column 1: a name is missing; expected START:END or START:END:KEY"},
        {summary_parse_latency, "a::k", "column 3: a name is missing; expected START:END or START:END:KEY"},
        {summary_parse_latency, "p:a:p:b:k:x",
         "column 10: more colons than PROVIDER:START:PROVIDER:END:KEY has"},
        {summary_parse_latency, "!a:b", "column 1: '!' has no meaning here"},
        {summary_parse_latency, "a:[b", "column 3: an unclosed '[' in '[b'"},
        {summary_parse_latency, "a:b:comm", "column 5: 'comm' doesn't tell which start an end belongs to"},
        {summary_parse_by, "", "column 1: a name is missing"},
        {summary_parse_by, "pid,", "column 5: a name is missing"},
        {summary_parse_by, "pid,,tid", "column 5: a name is missing"},
        {summary_parse_by, "path,path", "column 6: 'path' stands there twice"},
        {summary_parse_by, "pid,args.pid", "column 5: 'pid' stands there twice"},
        {summary_parse_by, "a,b,c,d,e", "column 9: more than 4 names"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_summary_ struct summary summary = {0};
        struct diag diag = {0};
        if (rows[i].parse(&summary, rows[i].text, &diag) != -EINVAL || strcmp(diag.text, rows[i].message))
            fail_msg("'%s': %s", rows[i].text, diag.text);
    }
}

static void expect_pair(const char *text, const char *start, const char *end, const char *key)
{
    _cleanup_pair_ struct pair pair = {0};
    struct diag diag = {0};
    if (pair_parse(&pair, text, &diag))
        fail_msg("'%s': %s", text, diag.text);
    assert_string_equal(pair.start_text, start);
    assert_string_equal(pair.end_text, end);
    assert_true(!key == !pair.key);
    if (key)
        assert_string_equal(pair.key, key);
}

static void the_number_of_colons_says_what_is_what(void **state)
{
    (void)state;
    expect_pair("a:b", "a", "b", NULL);
    expect_pair("a:b:k", "a", "b", "k");
    expect_pair("p:a:q:b", "p:a", "q:b", NULL);
    expect_pair("p:a:q:b:k", "p:a", "q:b", "k");
    expect_pair("*start:*done:conn_id", "*start", "*done", "conn_id");
}

static struct probe_arg start_args[] = {{.name = (char *)"id", .kind = ARG_KIND_INTEGER},
                                        {.name = (char *)"path", .kind = ARG_KIND_STRING}};
static struct probe_arg end_args[] = {{.name = (char *)"status", .kind = ARG_KIND_INTEGER},
                                      {.name = (char *)"id", .kind = ARG_KIND_INTEGER},
                                      {.name = (char *)"ratio", .kind = ARG_KIND_FLOAT}};
static struct probe_arg other_args[] = {{.name = (char *)"path", .kind = ARG_KIND_INTEGER}};
static const struct probe start = {
    .provider = (char *)"app", .name = (char *)"start", .args = start_args, .n_args = 2};
static const struct probe end = {
    .provider = (char *)"app", .name = (char *)"end", .args = end_args, .n_args = 3};
static const struct probe other = {
    .provider = (char *)"app", .name = (char *)"other", .args = other_args, .n_args = 1};
static const struct event_layout start_layout = {
    &start, 2, {{.kind = ARG_KIND_INTEGER, .size = 8}, {.kind = ARG_KIND_STRING, .size = 8}}};
static const struct event_layout end_layout = {&end,
                                               3,
                                               {{.kind = ARG_KIND_INTEGER, .size = 4, .is_signed = true},
                                                {.kind = ARG_KIND_INTEGER, .size = 8},
                                                {.kind = ARG_KIND_FLOAT, .size = 8}}};
static const struct event_layout other_layout = {&other, 1, {{.kind = ARG_KIND_INTEGER, .size = 8}}};

static void a_histogram_takes_probes_with_a_number_of_that_name(void **state)
{
    (void)state;
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    struct wire_summary wire;
    assert_int_equal(summary_parse_hist(&summary, "status:linear/100", &diag), 0);
    assert_int_equal(summary.buckets, WIRE_BUCKETS_LINEAR);
    assert_int_equal(summary.step, 100);
    assert_false(summary_applies(&summary, &start, &diag));
    assert_string_equal(diag.text, "it has no argument 'status'");
    assert_int_equal(summary_check(&summary, &diag), -EINVAL);
    assert_string_equal(diag.text, "--hist: none of the selected probes has an argument 'status'");
    assert_true(summary_applies(&summary, &end, &diag));
    assert_int_equal(summary_check(&summary, &diag), 0);
    summary_compile(&summary, &end_layout, &wire);
    assert_int_equal(wire.role, WIRE_ROLE_MEASURE);
    assert_int_equal(wire.subject, 0);
    assert_true(wire.is_signed);
}

static void a_histogram_of_what_is_no_integer_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        const struct probe *probe;
        const char *message;
    } rows[] = {{"path", &start, "--hist: 'path' of app:start is no integer"},
                {"ratio", &end, "--hist: 'ratio' of app:end is no integer"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        _cleanup_summary_ struct summary summary = {0};
        struct diag diag = {0};
        assert_int_equal(summary_parse_hist(&summary, rows[i].field, &diag), 0);
        assert_false(summary_applies(&summary, rows[i].probe, &diag));
        assert_int_equal(summary_check(&summary, &diag), -EINVAL);
        assert_string_equal(diag.text, rows[i].message);
    }
}

static void latency_pairs_starts_with_ends(void **state)
{
    (void)state;
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    struct wire_summary wire;
    assert_int_equal(summary_parse_latency(&summary, "start:end:id", &diag), 0);
    assert_int_equal(summary_parse_by(&summary, "path,status,comm", &diag), 0);
    assert_false(summary_applies(&summary, &other, &diag));
    assert_string_equal(diag.text, "it is neither start nor end");
    assert_true(summary_applies(&summary, &start, &diag));
    assert_int_equal(summary_check(&summary, &diag), -EINVAL);
    assert_string_equal(diag.text,
                        "--latency: no probe that -t and -w leave matches 'end' and has an argument 'id'");
    assert_true(summary_applies(&summary, &end, &diag));
    summary_compile(&summary, &start_layout, &wire);
    assert_int_equal(wire.role, WIRE_ROLE_START);
    assert_int_equal(wire.subject, 0);
    assert_int_equal(wire.n_fields, 3);
    assert_int_equal(wire.fields[0].subject, 1);
    assert_int_equal(wire.fields[0].word, WIRE_COMM_WORDS);
    assert_int_equal(wire.fields[0].form, WIRE_FORM_TEXT);
    assert_int_equal(wire.fields[1].subject, WIRE_NO_SUBJECT);
    assert_int_equal(wire.fields[2].subject, WIRE_SUBJECT_COMM);
    assert_int_equal(wire.fields[2].word, 0);
    assert_true(summary_can_grow(&summary));
    summary_compile(&summary, &end_layout, &wire);
    assert_int_equal(wire.role, WIRE_ROLE_END);
    assert_int_equal(wire.subject, 1);
    assert_int_equal(wire.fields[0].subject, WIRE_NO_SUBJECT);
    assert_int_equal(wire.fields[1].subject, 0);
    assert_int_equal(wire.fields[1].word, WIRE_COMM_WORDS + WIRE_FIELD_TEXT_WORDS);
    assert_int_equal(wire.fields[1].form, WIRE_FORM_BITS);
    assert_false(summary_can_grow(&summary));
    assert_int_equal(summary_check(&summary, &diag), 0);
}

static void one_probe_cannot_be_both(void **state)
{
    (void)state;
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    assert_int_equal(summary_parse_latency(&summary, "s[[:lower:]]*:*t", &diag), 0);
    assert_true(summary_applies(&summary, &start, &diag));
    assert_int_equal(summary_check(&summary, &diag), -EINVAL);
    assert_string_equal(diag.text,
                        "--latency: app:start would be both START and END; name another one for each");
}

static void a_name_means_one_kind_of_value(void **state)
{
    (void)state;
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    struct wire_summary wire;
    assert_int_equal(summary_parse_count(&summary, &diag), 0);
    assert_int_equal(summary_parse_by(&summary, "path,nothing,args.pid", &diag), 0);
    assert_int_equal(summary.fields[2].subject, SUMMARY_ARGUMENT);
    assert_string_equal(summary.fields[2].name, "pid");
    summary_compile(&summary, &start_layout, &wire);
    assert_int_equal(wire.role, WIRE_ROLE_COUNT);
    assert_int_equal(wire.fields[0].subject, 1);
    summary_compile(&summary, &other_layout, &wire);
    assert_int_equal(wire.fields[0].subject, WIRE_NO_SUBJECT);
    assert_int_equal(summary_check(&summary, &diag), -EINVAL);
    assert_string_equal(
        diag.text, "--by: none of the selected probes has an argument 'nothing' that can tell hits apart");
}

static void there_is_room_for_two_texts(void **state)
{
    (void)state;
    static struct probe_arg args[] = {{.name = (char *)"a", .kind = ARG_KIND_STRING},
                                      {.name = (char *)"b", .kind = ARG_KIND_STRING},
                                      {.name = (char *)"c", .kind = ARG_KIND_STRING}};
    static const struct probe probe = {
        .provider = (char *)"app", .name = (char *)"abc", .args = args, .n_args = 3};
    static const struct event_layout layout = {&probe,
                                               3,
                                               {{.kind = ARG_KIND_STRING, .size = 8},
                                                {.kind = ARG_KIND_STRING, .size = 8},
                                                {.kind = ARG_KIND_STRING, .size = 8}}};
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    struct wire_summary wire;
    assert_int_equal(summary_parse_count(&summary, &diag), 0);
    assert_int_equal(summary_parse_by(&summary, "a,b,c", &diag), 0);
    summary_compile(&summary, &layout, &wire);
    assert_int_equal(wire.fields[1].word, WIRE_FIELD_TEXT_WORDS);
    assert_int_equal(wire.fields[2].subject, WIRE_NO_SUBJECT);
    assert_int_equal(summary_check(&summary, &diag), -EINVAL);
    assert_string_equal(diag.text, "--by: no room for 'c': there can be at most two texts beside numbers");
}

/* Sites pass one value in different widths, with a sign or without. */
static void large_unsigned_numbers_stay_so(void **state)
{
    (void)state;
    static const struct event_layout narrow = {
        &start, 1, {{.kind = ARG_KIND_INTEGER, .size = 4, .is_signed = true}}};
    static const struct event_layout middle = {&start, 1, {{.kind = ARG_KIND_INTEGER, .size = 4}}};
    _cleanup_summary_ struct summary summary = {0};
    struct diag diag = {0};
    struct wire_summary wire;
    assert_int_equal(summary_parse_by(&summary, "id", &diag), 0);
    summary_compile(&summary, &narrow, &wire);
    summary_compile(&summary, &middle, &wire);
    assert_true(summary.fields[0].is_signed);
    summary_compile(&summary, &start_layout, &wire);
    assert_false(summary.fields[0].is_signed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_says_where_and_what),
        cmocka_unit_test(the_number_of_colons_says_what_is_what),
        cmocka_unit_test(a_histogram_takes_probes_with_a_number_of_that_name),
        cmocka_unit_test(a_histogram_of_what_is_no_integer_is_refused),
        cmocka_unit_test(latency_pairs_starts_with_ends),
        cmocka_unit_test(one_probe_cannot_be_both),
        cmocka_unit_test(a_name_means_one_kind_of_value),
        cmocka_unit_test(there_is_room_for_two_texts),
        cmocka_unit_test(large_unsigned_numbers_stay_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
