#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "probe/select.h"

static void globs_choose_and_exclude(void **state)
{
    (void)state;
    static const struct {
        const char *globs[3];
        const char *provider, *probe;
        bool matches;
    } cases[] = {
        {{NULL}, "any", "thing", true},
        {{"postgresql:query__*"}, "postgresql", "query__start", true},
        {{"postgresql:query__*"}, "postgresql", "sort__start", false},
        {{"postgresql:query__*"}, "mysql", "query__start", false},
        {{"postgresql:query-*"}, "postgresql", "query__start", true},
        {{"a-b:c-d"}, "a__b", "c__d", true},
        {{"a-b:c-d"}, "a-b", "c-d", true},
        {{"query__start"}, "postgresql", "query__start", true},
        {{":query__start"}, "postgresql", "query__start", true},
        {{"postgresql:"}, "postgresql", "query__start", true},
        {{"post*"}, "postgresql", "query__start", false},
        {{"h2o:*", "quicly:*"}, "quicly", "accept", true},
        {{"h2o:*", "!h2o:socket_*"}, "h2o", "socket_write", false},
        {{"!h2o:socket_*"}, "h2o", "socket_write", false},
        {{"!h2o:socket_*"}, "h2o", "h1_accept", true},
        {{"!*:*", "h2o:*"}, "h2o", "h1_accept", false},
        {{"x:[a-c]*"}, "x", "b1", true},
        {{"x:[a-c]*"}, "x", "d1", false},
        {{"x:?"}, "x", "ab", false},
        {{"x:[[:alpha:]]*"}, "x", "b1", true},
        {{"x:[[:alpha:]]*"}, "x", "1b", false},
        {{"[[:alpha:]]*"}, "x", "b1", true},
        {{"[[:alpha:]_]*:[^[:digit:]-]-*"}, "_x", "b__1", true},
        {{"[[:alpha:]_]*:[^[:digit:]-]-*"}, "_x", "1__1", false},
        {{"x:a[]:]b"}, "x", "a:b", true},
        {{"[:x]:a"}, ":", "a", true},
        {{"x:[[:a]"}, "x", ":", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        _cleanup_select_ struct select select = {0};
        for (size_t j = 0; j < 3 && cases[i].globs[j]; j++)
            assert_int_equal(select_add(&select, cases[i].globs[j], NULL), 0);
        if (select_matches(&select, cases[i].provider, cases[i].probe) != cases[i].matches)
            fail_msg("case %zu: %s", i, cases[i].globs[0]);
    }
}

static void unmatched_globs_are_told(void **state)
{
    (void)state;
    static const char *const globs[] = {"a:x", "a:nothing", "!a:y", "!none", "nobody:*"};
    static const char *const unmatched[] = {"a:nothing", "!none", "nobody:*"};
    _cleanup_select_ struct select select = {0};
    for (size_t i = 0; i < sizeof(globs) / sizeof(*globs); i++)
        assert_int_equal(select_add(&select, globs[i], NULL), 0);
    assert_true(select_matches(&select, "a", "x"));
    assert_false(select_matches(&select, "a", "y"));
    assert_false(select_matches(&select, "b", "x"));
    size_t at = 0;
    for (size_t i = 0; i < sizeof(unmatched) / sizeof(*unmatched); i++)
        assert_string_equal(select_next_unmatched(&select, &at), unmatched[i]);
    assert_null(select_next_unmatched(&select, &at));
}

static void bad_globs_are_refused(void **state)
{
    (void)state;
    static const char *const patterns[][2] = {
        {"", "empty pattern"},
        {"!", "empty pattern"},
        {"a:b:c", "more than one colon in 'a:b:c': give PROVIDER:PROBE"},
        {"a:[b", "unclosed '[' in 'a:[b'"},
        {"[!]:x", "unclosed '['"},
        {"[[:alpha:]:x", "unclosed '['"},
        {"[[:alpha:]]:b:c", "more than one colon in '[[:alpha:]]:b:c'"},
    };
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        _cleanup_select_ struct select select = {0};
        struct diag diag = {0};
        assert_int_equal(select_add(&select, patterns[i][0], &diag), -EINVAL);
        assert_non_null(strstr(diag.text, patterns[i][1]));
        assert_int_equal(select.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs_choose_and_exclude),
        cmocka_unit_test(unmatched_globs_are_told),
        cmocka_unit_test(bad_globs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
