/* The same values come from constants, from registers and the stack, from behind a pointer, from a global
 * variable and from an array, because the compiler describes each of these in another way: gcc makes
 * "-4@$-42", "-4@%r8d", "-4@8(%rdi)", "-4@8+check_global(%rip)" and "-4@(%rdi,%rsi,4)" of them. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probes.h"

struct integers {
    int8_t i8;
    uint8_t u8;
    int16_t i16;
    uint16_t u16;
    int32_t i32;
    uint32_t u32;
    int64_t i64, i64_min;
    uint64_t u64_max, beyond_2_53;
    bool yes;
    demo_phase_t phase;
};

#define INTEGERS                                                                                            \
    {                                                                                                       \
        .i8 = -8, .u8 = 200, .i16 = -1600, .u16 = 65535, .i32 = -42, .u32 = UINT32_MAX, .i64 = -5000000000, \
        .i64_min = INT64_MIN, .u64_max = UINT64_MAX, .beyond_2_53 = (UINT64_C(1) << 53) + 1, .yes = true,   \
        .phase = DEMO_PHASE_HANDLE                                                                          \
    }

/* A macro, so that each site keeps the operands of its place. */
#define FIRE_INTEGERS(from)                                                                             \
    do {                                                                                                \
        counts_hit(COUNTS_CHECK_INTEGERS, DEMO_CHECK_INTEGERS_ENABLED());                               \
        DEMO_CHECK_INTEGERS((from).i8, (from).u8, (from).i16, (from).u16, (from).i32, (from).u32,       \
                            (from).i64, (from).i64_min, (from).u64_max, (from).beyond_2_53, (from).yes, \
                            (from).phase);                                                              \
    } while (0)

/* Neither static nor const, or the compiler would take its members for constants. */
struct integers check_global = INTEGERS;

static void integers_constant(void)
{
    const struct integers integers = INTEGERS;
    FIRE_INTEGERS(integers);
}

static APART void integers_global(void)
{
    FIRE_INTEGERS(check_global);
}

static APART void integers_pointer(const struct integers *integers)
{
    FIRE_INTEGERS(*integers);
}

/* More parameters than there are registers for: the rest is on the stack. */
static APART void integers_parameters(int8_t i8, uint8_t u8, int16_t i16, uint16_t u16, int32_t i32,
                                      uint32_t u32, int64_t i64, int64_t i64_min, uint64_t u64_max,
                                      uint64_t beyond_2_53, bool yes, demo_phase_t phase)
{
    counts_hit(COUNTS_CHECK_INTEGERS, DEMO_CHECK_INTEGERS_ENABLED());
    DEMO_CHECK_INTEGERS(i8, u8, i16, u16, i32, u32, i64, i64_min, u64_max, beyond_2_53, yes, phase);
}

struct floats {
    float single;
    double pi, largest, negative, nan, infinity;
};

struct floats check_floats = {.single = 0.1F,
                              .pi = 3.141592653589793,
                              .largest = DBL_MAX,
                              .negative = -0.5,
                              .nan = NAN,
                              .infinity = INFINITY};

static APART void floats_pointer(const struct floats *floats)
{
    counts_hit(COUNTS_CHECK_FLOATS, DEMO_CHECK_FLOATS_ENABLED());
    DEMO_CHECK_FLOATS(floats->single, floats->pi, floats->largest, floats->negative, floats->nan,
                      floats->infinity);
}

static APART void floats_parameters(float single, double pi, double largest, double negative, double nan,
                                    double infinity)
{
    counts_hit(COUNTS_CHECK_FLOATS, DEMO_CHECK_FLOATS_ENABLED());
    DEMO_CHECK_FLOATS(single, pi, largest, negative, nan, infinity);
}

/* On the stack, so that they are in memory for sure. */
static void strings(void)
{
    const char empty[] = "";
    const char *null = NULL;
    const char controls[] = "tab\t newline\n escape\x1b quote\" backslash\\ delete\x7f bell\a";
    const char invalid[] = "caf\xe9 \xf0\x9f\x98\x80 \xff\xfe \xc0\xaf end";
    char longer[301];

    for (size_t i = 0; i < sizeof(longer) - 1; i++)
        longer[i] = (char)('a' + i % 26);
    longer[sizeof(longer) - 1] = '\0';
    counts_hit(COUNTS_CHECK_STRINGS, DEMO_CHECK_STRINGS_ENABLED());
    DEMO_CHECK_STRINGS((const char *)empty, null, (const char *)controls, (const char *)invalid,
                       (const char *)longer);
}

static void *cold_page;

/* The text reaches its page through a descriptor, and the mapping is never touched: nothing stands in the
 * page table until somebody else reads there. (A literal of the program wouldn't do: the kernel maps whole
 * runs of pages around the one that is asked for.) */
static int cold_string(void)
{
    static const char text[] = "nobody has read this page before";
    void *page = MAP_FAILED;
    int fd = memfd_create("demo-app-cold", MFD_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (write(fd, text, sizeof(text)) == sizeof(text))
        page = mmap(NULL, sizeof(text), PROT_READ, MAP_PRIVATE, fd, 0);
    int err = page == MAP_FAILED ? -errno : 0;
    close(fd);
    if (err)
        return err;
    counts_hit(COUNTS_CHECK_COLD, DEMO_CHECK_COLD_ENABLED());
    DEMO_CHECK_COLD((const char *)page);
    cold_page = page;
    return 0;
}

int check_cold_is_resident(void)
{
    uint64_t entry, page = (uint64_t)(uintptr_t)cold_page / (uint64_t)sysconf(_SC_PAGESIZE);
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    ssize_t got = pread(fd, &entry, sizeof(entry), (off_t)(page * sizeof(entry)));
    close(fd);
    return got == sizeof(entry) ? (int)(entry >> 63) : -1;
}

static APART void table_element(const int32_t *values, uint32_t index)
{
    DEMO_CHECK_TABLE(index, values[index]);
}

/* The values go from -16000048 to 6000018 in steps of a prime. */
static void table(void)
{
    int32_t values[23];

    for (int32_t i = 0; i < 23; i++) {
        values[i] = (i - 16) * 1000003;
        counts_sum(check__table, value, values[i]);
    }
    for (uint32_t i = 0; i < 23; i++) {
        counts_hit(COUNTS_CHECK_TABLE, DEMO_CHECK_TABLE_ENABLED());
        table_element(values, i);
    }
}

int check_fire(void)
{
    const struct integers *v = &check_global;

    integers_constant();
    integers_global();
    integers_pointer(&check_global);
    integers_parameters(v->i8, v->u8, v->i16, v->u16, v->i32, v->u32, v->i64, v->i64_min, v->u64_max,
                        v->beyond_2_53, v->yes, v->phase);
    floats_pointer(&check_floats);
    floats_parameters(check_floats.single, check_floats.pi, check_floats.largest, check_floats.negative,
                      check_floats.nan, check_floats.infinity);
    strings();
    table();
    check_fire_annotated();
    return cold_string();
}
