/* DWARF that no compiler writes: forged, cut short, damaged. Whatever it is, resolving comes to an end, reads
 * nothing that isn't there, and says why nothing came of it. */
#include "member_fixture.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char damaged[] = "the debug information is damaged";

static void test_forged(void **state)
{
    (void)state;
    static const struct {
        const char *type, *member, *expected;
    } cases[] = {
        {"struct derived *", ".id", "+0x8 s4 INTEGER int"},
        {"struct derived *", ".tag", "+0x5 u1 INTEGER unsigned char"},
        {"struct holder *", ".good", "+0x18 s4 INTEGER int"},
        {"struct holder *", ".last", "+0x7fffffff u1 INTEGER unsigned char"},
        {"struct holder *", ".looped", "-EBADMSG .looped: "},
        {"struct holder *", ".pinged", "-EBADMSG .pinged: "},
        {"struct holder *", ".constant", "-EBADMSG .constant: "},
        {"struct holder *", ".pointer", "+0x8 u8 POINTER pointer ********"},
        {"struct holder *", ".pointer.x",
         "-EINVAL .pointer.x: .pointer is of type pointer ********, which has no members"},
        {"struct holder *", ".pointer[0][0][0]", "+0x8 +0x0 +0x0 +0x0 u8 POINTER pointer ********"},
        {"struct holder *", ".pointer[0][0][0][0]",
         "-EINVAL .pointer[0][0][0][0]: that takes more than 4 loads"},
        {"struct holder *", ".selves", "+0x0 u0 at[0] POINTER array[2][2][2][2][2][2][2][2]"},
        {"struct holder *", ".huge", "-EBADMSG .huge: "},
        {"struct holder *", ".big", "-EBADMSG .big: "},
        {"struct holder *", ".flat", "-EBADMSG .flat: "},
        {"struct holder *", ".far", "-EINVAL .far: that is 0x80000000 bytes away"},
        {"struct holder *", ".farthest", "-EINVAL .farthest: that is 0xffffffffffffffff bytes away"},
        {"struct holder *", ".wrapping.good", "-EBADMSG .wrapping.good: "},
        {"struct holder *", ".hidden.x",
         "-ENODATA .hidden.x: the debug information only declares struct hidden"},
        {"struct holder *", ".outside", "-EBADMSG .outside: "},
        {"struct holder *", ".inside", "-E"},
        {"struct nest *", ".x", "-EBADMSG .x: "},
        {"loop", ".x", "-EBADMSG .x: "},
        {"loop *", ".x", "-EBADMSG .x: "},
        {"ping *", ".x", "-EBADMSG .x: "},
    };
    _cleanup_close_ int fd = open_fixture("members_forged");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
        const char *got = resolved(types, cases[i].type, cases[i].member, NULL);
        if (strncmp(got, cases[i].expected, strlen(cases[i].expected)))
            assert_string_equal(got, cases[i].expected);
        if (!strncmp(got, "-EBADMSG", strlen("-EBADMSG")))
            assert_non_null(strstr(got, damaged));
    }
}

/* Entries without number may share one name of megabytes, so what costs time in proportion to it isn't done.
 */
static void test_endless_names_are_passed_over(void **state)
{
    (void)state;
    _cleanup_close_ int fd = open_fixture("members_forged");
    char type[300] = "struct ";
    for (size_t len = 255; len <= 256; len++) {
        memset(type + strlen("struct "), 'n', len);
        strcpy(type + strlen("struct ") + len, " *");
        _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
        const char *wanted =
            len == 255 ? "+0x0 s4 INTEGER int" : "-ENODATA .x: the debug information has no ";
        assert_memory_equal(resolved(types, type, ".x", NULL), wanted, strlen(wanted));
    }
}

static void test_greedy(void **state)
{
    (void)state;
    _cleanup_close_ int fd = open_fixture("members_greedy");
    _cleanup_member_types_ struct member_types *types = open_types(fd, -1);
    assert_string_equal(
        resolved(types, "struct any *", ".x", NULL),
        "-EBADMSG .x: the debug information is damaged: its abbreviations are too many or too "
        "long");
}

static void test_shared(void **state)
{
    (void)state;
    _cleanup_close_ int fd = open_fixture("members_shared"), shared = open_fixture("members_shared_part");
    _cleanup_member_types_ struct member_types *whole = open_types(fd, shared);
    assert_string_equal(resolved(whole, "struct split *", ".number", NULL), "+0xc u4 INTEGER unsigned int");
    _cleanup_member_types_ struct member_types *alone = open_types(fd, -1);
    assert_string_equal(
        resolved(alone, "struct split *", ".number", NULL),
        "-ENODATA .number: a part of its debug information is in members_shared_part, which is "
        "not there");
}

/* A copy of a file that can be written to. */
struct copy {
    int fd;
    uint8_t *bytes;
    size_t size;
};

static struct copy copy_of(const char *name)
{
    struct copy copy = {.fd = memfd_create(name, MFD_CLOEXEC)};
    _cleanup_close_ int fd = open_fixture(name);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    copy.size = (size_t)status.st_size;
    copy.bytes = malloc(copy.size);
    assert_non_null(copy.bytes);
    assert_int_equal(read(fd, copy.bytes, copy.size), status.st_size);
    assert_int_equal(write(copy.fd, copy.bytes, copy.size), status.st_size);
    return copy;
}

static void free_copy(struct copy *copy)
{
    close(copy->fd);
    free(copy->bytes);
}

#define _cleanup_copy_ _cleanup_(free_copy)

static Elf64_Shdr *find_section(const struct copy *copy, const char *name)
{
    const Elf64_Ehdr *header = (const void *)copy->bytes;
    Elf64_Shdr *sections = (void *)(copy->bytes + header->e_shoff);
    const char *names = (const char *)copy->bytes + sections[header->e_shstrndx].sh_offset;
    for (size_t i = 0; i < header->e_shnum; i++)
        if (!strcmp(names + sections[i].sh_name, name))
            return &sections[i];
    fail_msg("no section %s", name);
    return NULL;
}

static void write_at(const struct copy *copy, const void *bytes, size_t len, uint64_t offset)
{
    assert_int_equal(pwrite(copy->fd, bytes, len, (off_t)offset), (ssize_t)len);
}

/* 1: it was found where it is, 0: nothing came of it; anything else fails the test. */
static int try(const struct copy *copy)
{
    static const char *const members[] = {".local.cid_set.plaintext.master_id", ".hidden.secret",
                                          ".grid[1][2]", ".nameless_low", ".next.next.name"};
    _cleanup_member_types_ struct member_types *types = open_types(copy->fd, -1);
    int found = 0;
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        found += *resolved(types, "members_conn_p", members[i], NULL) == '+';
    return found;
}

enum { ALL_MEMBERS = 5 };

static const char *const sections[] = {".debug_info", ".debug_abbrev", ".debug_str"};
static const char *const programs[] = {"members_gcc_dwarf5", "members_clang_dwarf4"};
enum { N_SECTIONS = 3, N_PROGRAMS = 2 };

/* A section that ends early. The definitions stand in one unit, so somewhere it stops being found. */
static void test_cut_short(void **state)
{
    (void)state;
    for (size_t p = 0; p < N_PROGRAMS; p++) {
        _cleanup_copy_ struct copy copy = copy_of(programs[p]);
        assert_int_equal(try(&copy), ALL_MEMBERS);
        for (size_t s = 0; s < N_SECTIONS; s++) {
            Elf64_Shdr *section = find_section(&copy, sections[s]), whole = *section;
            uint64_t offset = (uint64_t)((uint8_t *)section - copy.bytes);
            for (uint64_t size = 0; size < whole.sh_size; size++) {
                Elf64_Shdr cut = whole;
                cut.sh_size = size;
                write_at(&copy, &cut, sizeof(cut), offset);
                int found = try(&copy);
                assert_in_range(found, 0, ALL_MEMBERS);
                if (size < 16 && s < 2)
                    assert_int_equal(found, 0);
            }
            write_at(&copy, &whole, sizeof(whole), offset);
        }
        assert_int_equal(try(&copy), ALL_MEMBERS);
    }
}

/* Cuts a section and resolves a member. */
static const char *resolved_cut(const struct copy *copy, const char *name, uint64_t size)
{
    const Elf64_Shdr *section = find_section(copy, name);
    Elf64_Shdr cut = *section;
    cut.sh_size = size;
    write_at(copy, &cut, sizeof(cut), (uint64_t)((const uint8_t *)section - copy->bytes));
    _cleanup_member_types_ struct member_types *types = open_types(copy->fd, -1);
    return resolved(types, "struct members_conn *", ".local.cid_set.plaintext.master_id", NULL);
}

static void assert_says_damaged(const char *got)
{
    if (strncmp(got, "-EBADMSG ", strlen("-EBADMSG ")) || !strstr(got, damaged))
        fail_msg("%s", got);
}

static void test_cut_short_says_so(void **state)
{
    (void)state;
    _cleanup_copy_ struct copy copy = copy_of("members_gcc_dwarf5");
    assert_string_equal(strstr(resolved_cut(&copy, ".debug_info", 11), damaged),
                        "the debug information is damaged: a unit's header can't be read");
    assert_string_equal(strstr(resolved_cut(&copy, ".debug_info", 64), damaged),
                        "the debug information is damaged: it is cut short");
}

/* A name that is missing is no reason to say that there is no such type or member. */
static void test_missing_names_say_so(void **state)
{
    (void)state;
    for (size_t p = 0; p < N_PROGRAMS; p++) {
        _cleanup_copy_ struct copy copy = copy_of(programs[p]);
        const Elf64_Shdr *section = find_section(&copy, ".debug_str");
        const uint8_t *strings = copy.bytes + section->sh_offset;
        size_t n_damaged = 0;
        for (uint64_t size = 1; size <= section->sh_size; size++) {
            if (strings[size - 1])
                continue;
            const char *got = resolved_cut(&copy, ".debug_str", size);
            n_damaged += *got == '-';
            if (*got == '-')
                assert_says_damaged(got);
        }
        assert_int_not_equal(n_damaged, 0);
    }
}

/* Every byte of what describes types, with some of its bits turned over. */
static void test_damaged_bytes(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0xff, 0x01, 0x80};
    for (size_t p = 0; p < N_PROGRAMS; p++) {
        _cleanup_copy_ struct copy copy = copy_of(programs[p]);
        for (size_t s = 0; s < 2; s++) {
            const Elf64_Shdr *section = find_section(&copy, sections[s]);
            for (uint64_t i = section->sh_offset; i < section->sh_offset + section->sh_size; i++) {
                uint8_t changed = copy.bytes[i] ^ masks[i % sizeof(masks)];
                write_at(&copy, &changed, 1, i);
                assert_in_range(try(&copy), 0, ALL_MEMBERS);
                write_at(&copy, &copy.bytes[i], 1, i);
            }
        }
        assert_int_equal(try(&copy), ALL_MEMBERS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_endless_names_are_passed_over),
        cmocka_unit_test(test_greedy),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_cut_short_says_so),
        cmocka_unit_test(test_missing_names_say_so),
        cmocka_unit_test(test_damaged_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
