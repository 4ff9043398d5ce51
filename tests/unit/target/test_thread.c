#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "target/thread.h"

static const uint64_t ticks_told = NS_PER_SECOND / 100;

/* With a name that looks like the end of the name and the fields behind it. */
static void *ask_in_thread(void *created)
{
    const uint64_t *before = created;
    uint32_t pid = (uint32_t)getpid(), tid = (uint32_t)gettid();
    prctl(PR_SET_NAME, ") S 1 1 1 (");
    assert_true(thread_had_begun(pid, tid, (uint64_t)clock_now(CLOCK_MONOTONIC)));
    assert_false(thread_had_begun(pid, tid, *before - ticks_told));
    return NULL;
}

static void a_thread_begins_when_it_is_created(void **state)
{
    (void)state;
    pthread_t thread;
    uint64_t created = (uint64_t)clock_now(CLOCK_MONOTONIC);
    assert_int_equal(pthread_create(&thread, NULL, ask_in_thread, &created), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(thread_had_begun((uint32_t)getpid(), (uint32_t)getpid(), 1));
}

static void of_nobody_nothing_else_is_known(void **state)
{
    (void)state;
    assert_true(thread_had_begun((uint32_t)getpid(), 1, 0));
    assert_true(thread_had_begun(UINT32_MAX, UINT32_MAX, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_begins_when_it_is_created),
        cmocka_unit_test(of_nobody_nothing_else_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
