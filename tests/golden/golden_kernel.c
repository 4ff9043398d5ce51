/* Kernel probes: what is listed of them, and their events as they come from the ring. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golden.h"
#include "output/output.h"

static const int64_t TIME = 1795180502123456789;

#define COUNT(array)         (sizeof(array) / sizeof(*(array)))
#define ABSENT(field)        (uint16_t)(1U << (field))
#define PLACE(offset, bytes) ((uint64_t)(offset) | (uint64_t)(sizeof(bytes) - 1) << 32)

struct hit {
    enum wire_kernel_probe kernel;
    uint64_t values[WIRE_MAX_ARGS];
    uint16_t nulls, faults, truncated;
    const char *data;
    size_t data_len;
};

static const struct hit hits[] = {
    {.kernel = WIRE_KERNEL_VFS_READ,
     .values = {4096, 65536, 0, 1723, 65024, 10955911, 3},
     .nulls = ABSENT(WIRE_VFS_READ_ERROR)},
    {.kernel = WIRE_KERNEL_VFS_READ,
     .values = {0, UINT64_MAX, 11, UINT64_MAX, UINT64_MAX, UINT64_MAX},
     .nulls = ABSENT(WIRE_VFS_READ_BYTES) | ABSENT(WIRE_VFS_READ_FD)},
    {.kernel = WIRE_KERNEL_EXEC,
     .values = {PLACE(0, "/bin/sh"), PLACE(7, "sh\0-c\0a \"b\"\n\0\0"), 4711, 1000},
     .data = "/bin/shsh\0-c\0a \"b\"\n\0\0",
     .data_len = 7 + sizeof("sh\0-c\0a \"b\"\n\0\0") - 1},
    /* The last argument is cut, within a character. */
    {.kernel = WIRE_KERNEL_EXEC,
     .values = {PLACE(0, "./x"), PLACE(3, "x\0\xff\0caf\xc3"), 0, UINT32_MAX},
     .truncated = 1U << WIRE_EXEC_FILENAME | 1U << WIRE_EXEC_ARGV,
     .data = "./xx\0\xff\0caf\xc3",
     .data_len = 3 + sizeof("x\0\xff\0caf\xc3") - 1},
    {.kernel = WIRE_KERNEL_EXEC,
     .values = {PLACE(0, "./x"), PLACE(3, ""), 1, 0},
     .faults = 1U << WIRE_EXEC_FILENAME,
     .data = "./x",
     .data_len = 3},
    {.kernel = WIRE_KERNEL_EXEC, .values = {PLACE(0, "no"), PLACE(2, "room"), 1, 0}},
    {.kernel = WIRE_KERNEL_EXIT,
     .values = {255, 0, 50123456, 60123456, 34541568, 1234567},
     .nulls = ABSENT(WIRE_EXIT_SIGNAL)},
    {.kernel = WIRE_KERNEL_EXIT,
     .values = {0, 9, 0, 60123456, 34541568, 0},
     .nulls = ABSENT(WIRE_EXIT_STATUS) | ABSENT(WIRE_EXIT_DURATION)},
};

static void put_event(struct golden *golden, const struct hit *hit, const struct event_layout *layout)
{
    const struct wire_record record = {
        .ts = 1758791749353,
        .pid = 4242,
        .tid = 4243,
        .cpu = 1,
        .faults = hit->faults,
        .truncated = hit->truncated,
        .comm = "sh",
        .n_values = (uint16_t)layout->n_values,
        .nulls = hit->nulls,
        .data_len = (uint32_t)hit->data_len,
    };
    const struct event event = {.record = &record, .values = hit->values, .data = hit->data};
    output_json.event(&golden->json, &event, layout, 1, TIME);
    output_text.event(&golden->text, &event, layout, 1, TIME);
}

void golden_kernel(struct golden *golden)
{
    static const struct output_kernel_way ways[KERNEL_PROBE_WAYS] = {
        {.state = OUTPUT_FAILS, .why = "this kernel does not have it"},
        {.state = OUTPUT_UNKNOWN, .why = "not permitted"},
        {.state = OUTPUT_WORKS},
    };
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++) {
        struct wire_spec spec;
        struct event_layout layout;
        _cleanup_free_ struct probe *probe = kernel_probe_make(&kernel_probes[i], &spec, &layout);
        if (!probe)
            abort();
        probe->id = (uint32_t)i + 1;
        output_json.list_kernel(&golden->json, &kernel_probes[i], ways);
        output_text.list_kernel(&golden->text, &kernel_probes[i], ways);
        output_json.probe(&golden->json, probe);
        output_text.probe(&golden->text, probe);
        for (size_t hit = 0; hit < COUNT(hits); hit++)
            if (hits[hit].kernel == i)
                put_event(golden, &hits[hit], &layout);
    }
}
