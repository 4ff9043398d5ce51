/* Hits as they come from the ring: values of every kind, what can be wrong with them, and what a
 * hostile program may put into its names. */
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "output/output.h"

static const int64_t TIME = 1795180502123456789;
static const uint64_t TS = 1758791749353;

/* A record in words, and how it is to be read. */
struct hit {
    const struct event_layout *layout;
    const char *comm; /* NULL: "app" */
    uint64_t values[WIRE_MAX_ARGS];
    const char *strings[WIRE_MAX_ARGS]; /* where it isn't NULL it is the value */
    size_t lengths[WIRE_MAX_ARGS];      /* where it isn't 0 it is the string's */
    uint16_t faults;
    uint16_t truncated;
    uint16_t nulls;
    uint32_t missing_values; /* at the end */
    uint32_t missing_data;   /* likewise */
    uint32_t pid, tid, cpu, ns_pid;
    bool quote_big_ints;
    uint64_t ts, seq; /* 0: TS, 1 */
    int64_t time;     /* 0: TIME */
};

#define ARG(text)              \
    {                          \
        .name = (char *)(text) \
    }
#define INTEGER(n)                                               \
    {                                                            \
        .kind = ARG_KIND_INTEGER, .size = (n), .is_signed = true \
    }
#define UNSIGNED(n)                           \
    {                                         \
        .kind = ARG_KIND_INTEGER, .size = (n) \
    }
#define KIND(what, n)                        \
    {                                        \
        .kind = ARG_KIND_##what, .size = (n) \
    }
#define COUNT(array)      (sizeof(array) / sizeof(*(array)))
#define NAMED(p, n, list) .provider = (char *)(p), .name = (char *)(n), .args = (list), .n_args = COUNT(list)

static struct probe_arg request_args[] = {ARG("conn_id"), ARG("http_version")};
static const struct probe request = {.id = 3, NAMED("h2o", "receive_request", request_args)};
static const struct event_layout request_layout = {&request, 2, {UNSIGNED(8), INTEGER(4)}};

static const struct probe nothing = {.id = 4, .provider = (char *)"app", .name = (char *)"nothing"};
static const struct event_layout nothing_layout = {&nothing, 0, {{0}}};

static struct probe_arg integer_args[] = {ARG("i8"),  ARG("u8"),  ARG("i16"), ARG("u16"),
                                          ARG("i32"), ARG("u32"), ARG("i64"), ARG("u64")};
static const struct probe integers = {.id = 5, NAMED("app", "integers", integer_args)};
static const struct event_layout integers_layout = {
    &integers,
    8,
    {INTEGER(1), UNSIGNED(1), INTEGER(2), UNSIGNED(2), INTEGER(4), UNSIGNED(4), INTEGER(8), UNSIGNED(8)}};

static struct probe_arg other_args[] = {ARG("no"),     ARG("yes"),   ARG("pointer"),
                                        ARG("narrow"), ARG("float"), ARG("double")};
static const struct probe others = {.id = 6, NAMED("app", "others", other_args)};
static const struct event_layout others_layout = {
    &others,
    6,
    {KIND(BOOL, 1), KIND(BOOL, 4), KIND(POINTER, 8), KIND(POINTER, 4), KIND(FLOAT, 4), KIND(FLOAT, 8)}};

static struct probe_arg float_args[] = {ARG("a"), ARG("b"), ARG("c"), ARG("d")};
static const struct probe floats = {.id = 7, NAMED("app", "floats", float_args)};
static const struct event_layout floats_layout = {
    &floats, 4, {KIND(FLOAT, 8), KIND(FLOAT, 8), KIND(FLOAT, 4), KIND(FLOAT, 4)}};

static struct probe_arg query_args[] = {ARG("id"), ARG("query"), ARG("user"), ARG("cost")};
static const struct probe query = {.id = 8, NAMED("postgresql", "query__start", query_args)};
static const struct event_layout query_layout = {
    &query, 4, {INTEGER(4), KIND(STRING, 8), KIND(STRING, 8), KIND(FLOAT, 8)}};
/* Another site of the same probe, with fewer arguments. */
static const struct event_layout short_query_layout = {&query, 2, {INTEGER(4), KIND(STRING, 8)}};

/* What annotations say. */
static struct arg_enum flags[] = {
    {-1, (char *)"FAILED"}, {1, (char *)"SYN"}, {2, (char *)"ACK"}, {255, (char *)"ALL"}};
static const struct arg_note flag_note = {.enums = flags, .n_enums = COUNT(flags)};
static struct probe_arg packet_args[] = {ARG("bytes"), ARG("text"), ARG("peer"), ARG("flag"), ARG("conn_id")};
static const struct probe packet = {.id = 10, NAMED("app", "packet", packet_args)};
#define FLAG(n, sign)                                                               \
    {                                                                               \
        .kind = ARG_KIND_ENUM, .size = (n), .is_signed = (sign), .note = &flag_note \
    }
static const struct event_layout packet_layout = {
    &packet, 5, {KIND(HEX, 8), KIND(TEXT, 8), KIND(SOCKADDR, 8), FLAG(1, true), UNSIGNED(4)}};
static const struct event_layout unsigned_packet_layout = {
    &packet, 5, {KIND(HEX, 8), KIND(TEXT, 8), KIND(SOCKADDR, 8), FLAG(4, false), UNSIGNED(4)}};

static struct probe_arg hostile_args[] = {ARG("a\"b\\c\n"), ARG("\xff\x1b[2J"), ARG("\xc2\x9b")};
static const struct probe hostile = {.id = 9,
                                     NAMED("pro\x1bvider\xfe", "name\"\x7f\xe2\x82\xac", hostile_args)};
static const struct event_layout hostile_layout = {
    &hostile, 3, {INTEGER(4), KIND(STRING, 8), KIND(FLOAT, 4)}};

/* More arguments than a record can have values. */
static struct probe_arg many_args[] = {
    ARG("arg0"), ARG("arg1"), ARG("arg2"), ARG("arg3"),  ARG("arg4"),  ARG("arg5"),  ARG("arg6"),
    ARG("arg7"), ARG("arg8"), ARG("arg9"), ARG("arg10"), ARG("arg11"), ARG("arg12"), ARG("arg13"),
};
static const struct probe many = {.id = UINT32_MAX, NAMED("app", "many", many_args)};
static const struct event_layout many_layout = {&many,
                                                12,
                                                {UNSIGNED(4), UNSIGNED(4), UNSIGNED(4), UNSIGNED(4),
                                                 UNSIGNED(4), UNSIGNED(4), UNSIGNED(4), UNSIGNED(4),
                                                 UNSIGNED(4), UNSIGNED(4), UNSIGNED(4), UNSIGNED(4)}};

static const uint64_t NAN_64 = 0x7ff8000000000000, INFINITY_64 = 0x7ff0000000000000;
static const uint64_t NEGATIVE_INFINITY_32 = 0xff800000;

static const struct hit hits[] = {
    {.layout = &request_layout, .comm = "h2o", .values = {1, 257}, .pid = 7, .tid = 7},
    {.layout = &nothing_layout, .pid = 7, .tid = 8, .cpu = 1},
    {.layout = &nothing_layout, .pid = 4711, .tid = 4712, .cpu = 1, .ns_pid = 7},
    {.layout = &short_query_layout, .comm = "null", .values = {1}, .nulls = 2, .pid = 7, .tid = 7},
    {.layout = &request_layout,
     .pid = UINT32_MAX,
     .tid = UINT32_MAX,
     .cpu = UINT32_MAX,
     .ns_pid = UINT32_MAX,
     .ts = UINT64_MAX,
     .seq = UINT64_MAX,
     .time = -1,
     .values = {UINT64_MAX, (uint64_t)-1}},
    {.layout = &integers_layout,
     .values = {(uint64_t)INT8_MIN, UINT8_MAX, (uint64_t)INT16_MIN, UINT16_MAX, (uint64_t)INT32_MIN,
                UINT32_MAX, (uint64_t)INT64_MIN, UINT64_MAX}},
    {.layout = &integers_layout,
     .values = {INT8_MAX, 0, INT16_MAX, 0, INT32_MAX, 0, INT64_MAX, 9007199254740993}},
    {.layout = &integers_layout,
     .quote_big_ints = true,
     .values = {(uint64_t)INT8_MIN, UINT8_MAX, INT16_MAX, 1, INT32_MAX, 1, (uint64_t)INT64_MIN, 1}},
    {.layout = &others_layout,
     .values = {0, 1, 0x7ffd12345678, 0xfffffffff7fe1000, 0x405bca18, 0x400dd38476f2a5a4}},
    {.layout = &others_layout, .values = {0, 0x100, 0, 0, 0x40400000, 0x8000000000000000}},
    {.layout = &floats_layout, .values = {NAN_64, 0x3fb999999999999a, NEGATIVE_INFINITY_32, 0x3dcccccd}},
    {.layout = &floats_layout, .values = {INFINITY_64, 0x7e37e43c8800759c, 1, 0x40490fdb}},
    {.layout = &query_layout, .values = {1}, .strings = {[1] = "SELECT 1;", [2] = ""}},
    {.layout = &query_layout,
     .strings = {[1] = "SELECT '\"\\' -- \b\f\n\r\t\x01\x1b[31m\x7f",
                 [2] = "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x90\x98"}},
    {.layout = &query_layout,
     .strings = {[1] = "C1 \xc2\x85\xc2\x9b", [2] = "bad \xff\xc0\xaf\xed\xa0\x80 end"}},
    /* Cut at the limit, the second one within a character. */
    {.layout = &query_layout, .truncated = 0x6, .strings = {[1] = "SELECT a, b", [2] = "caf\xc3"}},
    /* Everything at once. */
    {.layout = &query_layout,
     .faults = 0x1,
     .truncated = 0x4,
     .values = {[3] = NAN_64},
     .strings = {[1] = "\x80", [2] = "\x81"}},
    {.layout = &query_layout, .faults = 0xf, .truncated = 0xf},
    /* A string that would lie outside the data; one whose place would overflow. */
    {.layout = &query_layout, .missing_data = 1, .strings = {[1] = "inside", [2] = "outside"}},
    {.layout = &query_layout, .values = {7, 0xfffffffffffffffe}, .strings = {[2] = "inside"}},
    {.layout = &short_query_layout, .values = {7}, .strings = {[1] = "SELECT 1;"}},
    {.layout = &query_layout, .missing_values = 3, .values = {7}},
    /* Bits of arguments that the probe doesn't have. */
    {.layout = &request_layout, .faults = 0xfffc, .truncated = 0xfffc, .values = {1, 2}},
    {.layout = &many_layout, .values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
    {.layout = &hostile_layout,
     .comm = "\x1b[1m\n\"\\\xff\xc2\x85",
     .faults = 0x1,
     .truncated = 0x2,
     .values = {[2] = NEGATIVE_INFINITY_32},
     .strings = {[1] = "\xff\" arg=\"1"}},
    {.layout = &packet_layout,
     .strings = {"\xc0\xff\0\x0a", "\0\"\xff", "\2\0\x20\xfb\x7f\0\0\1"},
     .lengths = {4, 3, 8},
     .values = {[3] = 2, [4] = 7}},
    {.layout = &packet_layout,
     .strings = {"", "", "\1\0/run/x\"\x1b\xfe"},
     .lengths = {[2] = 11},
     .values = {[3] = UINT64_MAX, [4] = UINT32_MAX}},
    {.layout = &packet_layout,
     .strings = {"\xc3", "caf\xc3", "\1\0\0name"},
     .lengths = {[2] = 7},
     .truncated = 0x3,
     .values = {[3] = (uint64_t)-2}},
    {.layout = &unsigned_packet_layout,
     .strings = {"a", "b", "\1\0"},
     .lengths = {[2] = 2},
     .values = {[3] = UINT32_MAX}},
    {.layout = &unsigned_packet_layout,
     .strings = {"a", "b", "\x0a\0\1\xbb\0\0\0\0\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1\2\0\0\0"},
     .lengths = {[2] = 28},
     .values = {[3] = UINT32_MAX - 1}},
    {.layout = &unsigned_packet_layout,
     .strings = {"a", "b", "\x10\0"},
     .lengths = {[2] = 2},
     .values = {[3] = 3}},
    /* Behind NULL pointers; unreadable; an address that is cut; addresses that are none. */
    {.layout = &packet_layout, .nulls = 0x1f},
    {.layout = &packet_layout, .faults = 0x1f},
    {.layout = &packet_layout, .strings = {"", "", ""}, .truncated = 0x7},
    {.layout = &packet_layout, .strings = {"", "", "\2"}},
    {.layout = &packet_layout, .strings = {"", "", "\2\0\x20\xfb\x7f\0\0"}, .lengths = {[2] = 7}},
    /* The kernel cuts at 15 bytes, through a character or not; what is shorter, it did not cut. */
    {.layout = &nothing_layout, .comm = "fifteen byte \xe2\x82"},
    {.layout = &nothing_layout, .comm = "bytes: 15 of \xc3\xa9"},
    {.layout = &nothing_layout, .comm = "bytes: 13 \xf0\x9f\x98"},
    {.layout = &nothing_layout, .comm = "fifteen bytes \x82"},
    {.layout = &nothing_layout, .comm = ""},
};

/* The bytes that BPF would send. */
struct bytes {
    _Alignas(8) char bytes[1024];
    size_t len;
};

static void append(struct bytes *record, const void *bytes, size_t len)
{
    if (record->len + len > sizeof(record->bytes))
        abort();
    memcpy(record->bytes + record->len, bytes, len);
    record->len += len;
}

static struct bytes make_record(const struct hit *hit)
{
    struct bytes record = {.len = 0}, data = {.len = 0};
    uint64_t values[WIRE_MAX_ARGS];
    for (size_t i = 0; i < WIRE_MAX_ARGS; i++) {
        size_t len = hit->strings[i] && !hit->lengths[i] ? strlen(hit->strings[i]) : hit->lengths[i];
        values[i] = hit->strings[i] ? data.len | (uint64_t)len << 32 : hit->values[i];
        if (len)
            append(&data, hit->strings[i], len);
    }
    const char *comm = hit->comm ? hit->comm : "app";
    struct wire_record head = {
        .ts = hit->ts ? hit->ts : TS,
        .pid = hit->pid,
        .tid = hit->tid,
        .cpu = hit->cpu,
        .faults = hit->faults,
        .truncated = hit->truncated,
        .n_values = (uint16_t)(hit->layout->n_values - hit->missing_values),
        .nulls = hit->nulls,
        .data_len = (uint32_t)data.len - hit->missing_data,
    };
    memcpy(head.comm, comm, strnlen(comm, sizeof(head.comm)));
    append(&record, &head, sizeof(head));
    append(&record, values, head.n_values * sizeof(*values));
    append(&record, data.bytes, head.data_len);
    return record;
}

void golden_hits(struct golden *golden)
{
    for (size_t i = 0; i < COUNT(hits); i++) {
        const struct hit *hit = &hits[i];
        struct bytes record = make_record(hit);
        struct event event;
        if (event_decode(record.bytes, record.len, &event))
            abort();
        event.ns_pid = hit->ns_pid;
        event.quote_big_ints = hit->quote_big_ints;
        uint64_t seq = hit->seq ? hit->seq : 1;
        int64_t time = hit->time ? hit->time : TIME;
        output_json.event(&golden->json, &event, hit->layout, seq, time);
        output_text.event(&golden->text, &event, hit->layout, seq, time);
    }
}
