/* Open spans: who belongs to which, and what becomes of those that never end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "output/spans.h"

static struct probe_arg args[] = {{.name = (char *)"id", .kind = ARG_KIND_INTEGER},
                                  {.name = (char *)"path", .kind = ARG_KIND_STRING}};
static const struct probe start = {
    .id = 1, .provider = (char *)"app", .name = (char *)"start", .args = args, .n_args = 2};
static const struct probe end = {.id = 2, .provider = (char *)"app", .name = (char *)"end"};
static const struct probe between = {.id = 7, .provider = (char *)"kernel", .name = (char *)"vfs_read"};
static const struct event_layout start_layout = {
    &start,
    2,
    {{.kind = ARG_KIND_INTEGER, .size = 4, .is_signed = true}, {.kind = ARG_KIND_STRING, .size = 8}}};
static const struct event_layout end_layout = {.probe = &end}, between_layout = {.probe = &between};

enum { SECOND = 1000000000, PID = 1000 };

/* What thread_had_begun() says, and how often it was asked. */
static bool had_begun;
static unsigned asked;

static bool tell(uint32_t pid, uint32_t tid, uint64_t ts)
{
    (void)pid;
    (void)tid;
    (void)ts;
    asked++;
    return had_begun;
}

struct fixture {
    struct span span;
    struct spans spans;
};

static void open_fixture(struct fixture *fixture, const char *text)
{
    *fixture = (struct fixture){0};
    had_begun = true;
    asked = 0;
    assert_int_equal(span_parse(&fixture->span, text, NULL), 0);
    assert_int_equal(spans_open(&fixture->spans, &fixture->span, tell), 0);
}

static void close_fixture(struct fixture *fixture)
{
    spans_free(&fixture->spans);
    span_free(&fixture->span);
}

static const struct plain *take(struct fixture *fixture, const struct event_layout *layout, uint32_t pid,
                                uint32_t tid, uint64_t ts, int64_t id, const char *path)
{
    size_t len = path ? strlen(path) : 0;
    const struct wire_record record = {
        .pid = pid, .tid = tid, .ts = ts, .n_values = 2, .data_len = (uint32_t)len, .nulls = path ? 0 : 2};
    const uint64_t values[] = {(uint64_t)id, (uint64_t)len << 32};
    const struct event event = {.record = &record, .values = values, .data = path};
    return spans_take(&fixture->spans, &event, layout);
}

static const struct plain *take_start(struct fixture *fixture, uint32_t tid, uint64_t ts, int64_t id)
{
    return take(fixture, &start_layout, PID, tid, ts, id, NULL);
}

static const struct plain *take_end(struct fixture *fixture, uint32_t tid, uint64_t ts)
{
    return take(fixture, &end_layout, PID, tid, ts, 0, NULL);
}

static const struct plain *take_between(struct fixture *fixture, uint32_t tid, uint64_t ts)
{
    return take(fixture, &between_layout, PID, tid, ts, 0, NULL);
}

static void each_thread_has_its_own(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "start:end:id");
    assert_null(take_between(&fixture, 1, 1));
    assert_null(take_end(&fixture, 1, 2));
    assert_int_equal((int64_t)take_start(&fixture, 1, 3, -5)->bits, -5);
    assert_int_equal(take_start(&fixture, 2, 3, 6)->bits, 6);
    assert_int_equal((int64_t)take_between(&fixture, 1, 4)->bits, -5);
    assert_int_equal(take_between(&fixture, 2, 4)->bits, 6);
    assert_null(take_between(&fixture, 3, 4));
    assert_int_equal((int64_t)take_end(&fixture, 1, 5)->bits, -5);
    assert_null(take_between(&fixture, 1, 6));
    assert_int_equal(take_end(&fixture, 2, 7)->bits, 6);
    assert_int_equal(fixture.spans.displaced, 0);
    close_fixture(&fixture);
}

static void a_second_start_begins_another_one(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "start:end");
    assert_int_equal(take_start(&fixture, 1, 1, 99)->bits, 1);
    assert_int_equal(take_start(&fixture, 1, 2, 99)->bits, 2);
    assert_int_equal(take_end(&fixture, 1, 3)->bits, 2);
    assert_null(take_end(&fixture, 1, 4));
    close_fixture(&fixture);
}

static void texts_are_kept_as_far_as_there_is_room(void **state)
{
    (void)state;
    static const char longer[] =
        "/abcdefghijklmnopqrstuvwxyz/abcdefghijklmnopqrstuvwxyz/abcdefghijklmnopqrst";
    struct fixture fixture;
    open_fixture(&fixture, "start:end:path");
    const struct plain *name = take(&fixture, &start_layout, PID, 1, 1, 0, longer);
    assert_int_equal(name->text_len, SPANS_TEXT_MAX);
    assert_memory_equal(name->text, longer, SPANS_TEXT_MAX);
    assert_true(take(&fixture, &start_layout, PID, 2, 1, 0, NULL)->is_null);
    name = take_end(&fixture, 1, 2);
    take(&fixture, &start_layout, PID, 1, 3, 0, "other");
    assert_memory_equal(name->text, longer, SPANS_TEXT_MAX);
    close_fixture(&fixture);
}

static void texts_end_behind_a_whole_character(void **state)
{
    (void)state;
    static const char cut[] = "/abcdefghijklmnopqrstuvwxyz/abcdefghijklmnopqrstuvwxyz/abcdefgh→";
    static const char fits[] = "/abcdefghijklmnopqrstuvwxyz/abcdefghijklmnopqrstuvwxyz/abcdef→x";
    struct fixture fixture;
    open_fixture(&fixture, "start:end:path");
    assert_int_equal(take(&fixture, &start_layout, PID, 1, 1, 0, cut)->text_len, strlen(cut) - strlen("→"));
    assert_int_equal(take(&fixture, &start_layout, PID, 2, 2, 0, fits)->text_len, SPANS_TEXT_MAX);
    close_fixture(&fixture);
}

static void numbers_that_went_to_others_carry_no_span(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "start:end:id");
    take_start(&fixture, 1, SECOND, 5);
    assert_null(take(&fixture, &between_layout, PID + 1, 1, SECOND + 1, 0, NULL));
    assert_null(take_between(&fixture, 1, SECOND + 2));
    assert_int_equal(asked, 0);

    take_start(&fixture, 1, SECOND, 5);
    assert_non_null(take_between(&fixture, 1, 2 * (uint64_t)SECOND - 1));
    assert_int_equal(asked, 0);
    assert_non_null(take_between(&fixture, 1, 2 * (uint64_t)SECOND));
    assert_non_null(take_between(&fixture, 1, 3 * (uint64_t)SECOND - 1));
    assert_int_equal(asked, 1);
    had_begun = false;
    assert_null(take_between(&fixture, 1, 3 * (uint64_t)SECOND));
    assert_int_equal(asked, 2);
    close_fixture(&fixture);
}

static void the_oldest_make_room(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "start:end:id");
    for (uint32_t tid = 1; tid <= 65536; tid++)
        take_start(&fixture, tid, tid, (int64_t)tid);
    assert_int_equal(fixture.spans.displaced, 0);
    for (uint32_t tid = 65537; tid <= 65537 + 23; tid++)
        take_start(&fixture, tid, tid, (int64_t)tid);
    assert_int_equal(fixture.spans.displaced, 24);
    unsigned left = 0;
    for (uint32_t tid = 1; tid <= 65537 + 23; tid++) {
        const struct plain *name = take_end(&fixture, tid, tid);
        assert_true(!name || name->bits == tid);
        left += name != NULL;
        assert_true(!!name == (tid > 24));
    }
    assert_int_equal(left, 65536);
    close_fixture(&fixture);
}

static void none_is_open_behind_a_gap(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "start:end:id");
    take_start(&fixture, 1, 1, 11);
    take_start(&fixture, 2, 2, 22);
    spans_gap(&fixture.spans);
    assert_null(take_between(&fixture, 1, 3));
    assert_null(take_end(&fixture, 2, 4));
    assert_int_equal(take_start(&fixture, 1, 5, 33)->bits, 33);
    assert_int_equal(take_between(&fixture, 1, 6)->bits, 33);
    /* What the gap has closed takes nobody's place. */
    for (uint32_t tid = 1; tid <= 65536; tid++)
        take_start(&fixture, tid, 7, 44);
    assert_int_equal(fixture.spans.displaced, 0);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(a_second_start_begins_another_one),
        cmocka_unit_test(texts_are_kept_as_far_as_there_is_room),
        cmocka_unit_test(texts_end_behind_a_whole_character),
        cmocka_unit_test(numbers_that_went_to_others_carry_no_span),
        cmocka_unit_test(the_oldest_make_room),
        cmocka_unit_test(none_is_open_behind_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
