/* The reader's side of the ring, with programs played by threads. What the real ones write is counted by the
 * tests on real processes. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/ring.h"

enum { WRITERS = 4, RECORDS = 1009 };

struct fixture {
    struct ring ring;
    struct wire_ring shared;
    int map;
};

static void open_ring(struct fixture *fixture, uint64_t size)
{
    const struct ring_layout layout = ring_layout(size);
    memset(fixture, 0, sizeof(*fixture));
    fixture->map = memfd_create("ring", MFD_CLOEXEC);
    assert_true(fixture->map >= 0);
    assert_int_equal(ftruncate(fixture->map, (off_t)layout.chunks * layout.stride), 0);
    assert_int_equal(ring_open(&fixture->ring, fixture->map, &layout, &fixture->shared), 0);
}

/* Also checks that everything has been given back as it was. */
static void close_ring(struct fixture *fixture)
{
    assert_int_equal(fixture->shared.used, 0);
    assert_true(ring_is_drained(&fixture->ring));
    for (size_t i = 0; i < fixture->ring.mapped; i++)
        if (fixture->ring.chunks[i])
            fail_msg("byte %zu is not 0", i);
    ring_close(&fixture->ring);
    close(fixture->map);
}

/* As ring_reserve() in bpf/ring.bpf.h. */
static struct wire_record *reserve(struct fixture *fixture, uint64_t len)
{
    const struct ring_layout *layout = &fixture->ring.layout;
    struct wire_ring *shared = &fixture->shared;
    if (__atomic_fetch_add(&shared->used, len, __ATOMIC_SEQ_CST) + len > layout->size) {
        __atomic_fetch_sub(&shared->used, len, __ATOMIC_SEQ_CST);
        return NULL;
    }
    uint64_t place = __atomic_fetch_add(&shared->head, len, __ATOMIC_SEQ_CST) % layout->size;
    uint64_t chunk = UINT64_C(1) << layout->chunk_shift;
    return (void *)(fixture->ring.chunks + place / chunk * layout->stride + place % chunk);
}

static void commit(struct wire_record *record, uint64_t word)
{
    __atomic_store_n(&record->place, word, __ATOMIC_RELEASE);
}

/* Fills a place to its last byte with what only this record has. */
static void fill(struct wire_record *record, uint64_t len, uint32_t writer, uint32_t number)
{
    memset(record + 1, (int)(number % 255 + 1), len - sizeof(*record));
    record->tid = writer;
    record->spec = number;
    record->data_len = (uint32_t)len;
}

static void check_filled(const struct wire_record *record, size_t len)
{
    const unsigned char *bytes = (const void *)(record + 1);
    assert_int_equal(record->data_len, len);
    for (size_t i = 0; i < len - sizeof(*record); i++)
        if (bytes[i] != record->spec % 255 + 1)
            fail_msg("record %u: byte %zu is another one's", record->spec, i);
}

static int count_one(void *context, const void *record, size_t len)
{
    size_t *sum = context;
    check_filled(record, len);
    *sum += len;
    return 0;
}

static void write_one(struct fixture *fixture, uint64_t len)
{
    struct wire_record *record = reserve(fixture, len);
    assert_non_null(record);
    fill(record, len, 0, 1);
    commit(record, len);
}

static void test_layouts(void **state)
{
    (void)state;
    const struct ring_layout small = ring_layout(4096), large = ring_layout(UINT64_C(1) << 30);
    assert_int_equal(small.chunks, 1);
    assert_int_equal(small.chunk_shift, 12);
    assert_int_equal(small.stride, 4096 + WIRE_PLACE_MAX);
    assert_int_equal(large.chunks, 1024);
    assert_int_equal(large.stride, WIRE_CHUNK_MAX + WIRE_PLACE_MAX);
}

static void test_a_full_ring_takes_no_more(void **state)
{
    (void)state;
    struct fixture fixture;
    size_t sum = 0;
    open_ring(&fixture, 4096);
    for (int i = 0; i < 64; i++)
        write_one(&fixture, 64);
    assert_null(reserve(&fixture, 64));
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 64);
    assert_int_equal(sum, 4096);
    write_one(&fixture, 4096);
    assert_null(reserve(&fixture, 64));
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 1);
    close_ring(&fixture);
}

static void test_what_is_being_written_is_waited_for(void **state)
{
    (void)state;
    struct fixture fixture;
    size_t sum = 0;
    open_ring(&fixture, 4096);
    struct wire_record *slow = reserve(&fixture, 128);
    write_one(&fixture, 64);
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 0);
    assert_false(ring_is_drained(&fixture.ring));
    fill(slow, 128, 0, 2);
    commit(slow, 128);
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 2);
    assert_int_equal(sum, 192);
    close_ring(&fixture);
}

static void test_a_withdrawn_place_is_no_record(void **state)
{
    (void)state;
    struct fixture fixture;
    size_t sum = 0;
    open_ring(&fixture, 4096);
    commit(reserve(&fixture, 128), 128 | WIRE_WITHDRAWN);
    write_one(&fixture, 64);
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 1);
    assert_int_equal(sum, 64);
    close_ring(&fixture);
}

static int refuse(void *context, const void *record, size_t len)
{
    (void)context, (void)record, (void)len;
    return -EAGAIN;
}

static void test_who_reads_may_stop(void **state)
{
    (void)state;
    struct fixture fixture;
    size_t sum = 0;
    open_ring(&fixture, 4096);
    write_one(&fixture, 64);
    write_one(&fixture, 72);
    assert_int_equal(ring_consume(&fixture.ring, refuse, NULL), -EAGAIN);
    assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), 1);
    assert_int_equal(sum, 72);
    close_ring(&fixture);
}

static void test_lengths_that_make_no_sense(void **state)
{
    (void)state;
    const uint64_t words[] = {8, 56, 68, 136, WIRE_PLACE_MAX + 8, UINT64_MAX, WIRE_WITHDRAWN};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        struct fixture fixture;
        size_t sum = 0;
        open_ring(&fixture, 4096);
        commit(reserve(&fixture, 128), words[i]);
        assert_int_equal(ring_consume(&fixture.ring, count_one, &sum), -EBADMSG);
        ring_close(&fixture.ring);
        close(fixture.map);
    }
}

struct writer {
    struct fixture *fixture;
    uint32_t number;
    uint32_t written;
};

/* Of many lengths, and some are withdrawn. Those that find no room try again. */
static void *write_records(void *context)
{
    struct writer *writer = context;
    unsigned seed = writer->number;
    for (uint32_t i = 0; i < RECORDS; i++) {
        int luck = rand_r(&seed);
        uint64_t len =
            sizeof(struct wire_record) + (uint64_t)(luck >> 4 & (luck & 8 ? 15 : 255)) * WIRE_PLACE_STEP;
        struct wire_record *record;
        while (!(record = reserve(writer->fixture, len)))
            sched_yield();
        fill(record, len, writer->number, i);
        writer->written += luck % 8 > 0;
        commit(record, luck % 8 ? len : len | WIRE_WITHDRAWN);
    }
    return NULL;
}

struct reader {
    uint32_t next[WRITERS];
    uint32_t count[WRITERS];
};

static int take(void *context, const void *bytes, size_t len)
{
    struct reader *reader = context;
    const struct wire_record *record = bytes;
    check_filled(record, len);
    assert_true(record->tid < WRITERS && record->spec >= reader->next[record->tid]);
    reader->next[record->tid] = record->spec + 1;
    reader->count[record->tid]++;
    return 0;
}

static void write_and_read(uint64_t size)
{
    struct fixture fixture;
    struct writer writers[WRITERS];
    struct reader reader = {0};
    pthread_t threads[WRITERS];
    open_ring(&fixture, size);
    for (uint32_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.fixture = &fixture, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_records, &writers[i]), 0);
    }
    for (uint32_t i = 0; i < WRITERS; i++)
        while (pthread_tryjoin_np(threads[i], NULL))
            assert_true(ring_consume(&fixture.ring, take, &reader) >= 0);
    assert_true(ring_consume(&fixture.ring, take, &reader) >= 0);
    for (uint32_t i = 0; i < WRITERS; i++)
        assert_int_equal(reader.count[i], writers[i].written);
    close_ring(&fixture);
}

/* The first is full most of the time, the last has several chunks. */
static void test_several_at_once(void **state)
{
    (void)state;
    write_and_read(4096);
    write_and_read(65536);
    write_and_read(2 * WIRE_CHUNK_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_a_full_ring_takes_no_more),
        cmocka_unit_test(test_what_is_being_written_is_waited_for),
        cmocka_unit_test(test_a_withdrawn_place_is_no_record),
        cmocka_unit_test(test_who_reads_may_stop),
        cmocka_unit_test(test_lengths_that_make_no_sense),
        cmocka_unit_test(test_several_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
