/* Notes of files that are right, wrong, cut and mean, in both classes and byte orders. */
#include "elf_image.h"

#include <errno.h>
#include <stdlib.h>

#include "elf/elf_note.h"

static const struct {
    bool is_64;
    bool little_endian;
} variants[] = {{true, true}, {true, false}, {false, true}, {false, false}};
enum { VARIANTS = sizeof(variants) / sizeof(*variants) };

/* What reading an image gave; freed with outcome_free(). */
struct outcome {
    int error;
    struct diag diag;
    struct elf_note_list list;
};

static void read_fd(int fd, struct outcome *ret_outcome)
{
    struct elf_file *file = NULL;
    *ret_outcome = (struct outcome){0};
    ret_outcome->error = elf_file_open(fd, &file, &ret_outcome->diag);
    if (!ret_outcome->error)
        ret_outcome->error = elf_note_list_read(file, &ret_outcome->list, &ret_outcome->diag);
    elf_file_close(file);
}

static struct outcome read_image(const struct image *image, size_t len)
{
    struct outcome outcome;
    int fd = image_fd(image, len);
    read_fd(fd, &outcome);
    close(fd);
    return outcome;
}

static void outcome_free(struct outcome *outcome)
{
    elf_note_list_free(&outcome->list);
}

/* An image with the notes as its last bytes. */
static struct image image_with_notes(size_t variant, const struct image_note *notes, size_t count)
{
    struct image image = image_standard(variants[variant].is_64, variants[variant].little_endian);
    _cleanup_buf_ struct buf bytes = {0};
    for (size_t i = 0; i < count; i++)
        image_put_note(&image, &bytes, notes[i]);
    image_add(&image, ".note.stapsdt", SHT_NOTE, 0, 0, bytes.data, bytes.len);
    image_finish(&image);
    return image;
}

static const struct image_section *last_section(const struct image *image)
{
    return &image->sections[image->n_sections - 1];
}

static const struct image_note three_notes[] = {
    {.address = IMAGE_TEXT + 1,
     .base = IMAGE_BASE,
     .semaphore = IMAGE_DATA + 2,
     IMAGE_STRINGS("app\0start\0-4@%eax 8@%rdi")},
    {.address = IMAGE_TEXT, .base = IMAGE_BASE, IMAGE_STRINGS("app\0stop\0")},
    {.address = IMAGE_TEXT + IMAGE_TEXT_SIZE - 1,
     .base = IMAGE_BASE,
     .semaphore = IMAGE_DATA + IMAGE_DATA_SIZE - 2,
     IMAGE_STRINGS("other\0start\0-4@%eax 8@%rdi 1@$7")},
};

static void assert_note(const struct elf_note *note, const char *provider, const char *name, const char *args,
                        uint64_t address, uint64_t offset, uint64_t semaphore, uint64_t semaphore_offset)
{
    assert_string_equal(note->provider, provider);
    assert_string_equal(note->name, name);
    assert_string_equal(note->args, args);
    assert_int_equal(note->address, address);
    assert_int_equal(note->offset, offset);
    assert_int_equal(note->semaphore, semaphore);
    assert_int_equal(note->semaphore_offset, semaphore_offset);
}

static void assert_three_notes(const struct image *image, const struct outcome *outcome)
{
    uint64_t text = image->segments[0].offset, data = image->segments[1].offset;
    assert_string_equal(outcome->diag.text, "");
    assert_int_equal(outcome->error, 0);
    assert_string_equal(outcome->list.first_malformed.text, "");
    assert_int_equal(outcome->list.malformed, 0);
    assert_int_equal(outcome->list.count, 3);
    const struct elf_note *notes = outcome->list.notes;
    assert_note(&notes[0], "app", "start", "-4@%eax 8@%rdi", 0x1001, text + 1, 0x3002, data + 2);
    assert_note(&notes[1], "app", "stop", "", 0x1000, text, 0, 0);
    assert_note(&notes[2], "other", "start", "-4@%eax 8@%rdi 1@$7", 0x103f, text + 63, 0x300e, data + 14);
}

static void test_reads_every_field(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_three_notes(&image, &outcome);
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

static void test_reads_extended_numbering(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        image.extended = true;
        image_finish(&image);
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_three_notes(&image, &outcome);
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

static void test_reads_several_sections_in_order(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    _cleanup_buf_ struct buf first = {0}, rest = {0};
    image_put_note(&image, &first, three_notes[0]);
    image_put_note(&image, &rest, three_notes[1]);
    image_put_note(&image, &rest, three_notes[2]);
    image_add(&image, ".note.stapsdt", SHT_NOTE, 0, 0, first.data, first.len);
    image_add(&image, ".note.stapsdt", SHT_PROGBITS, 0, 0, rest.data, rest.len);
    image_finish(&image);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_three_notes(&image, &outcome);
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

static void test_gives_an_empty_list_without_the_section(void **state)
{
    (void)state;
    struct image image = image_standard(true, true);
    image_finish(&image);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.list.count, 0);
    assert_null(outcome.list.notes);
    assert_int_equal(outcome.list.malformed, 0);
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

/* The file was moved by 0x100 after the notes were written, or down by as much. */
static void test_corrects_addresses_by_the_base(void **state)
{
    (void)state;
    static const struct image_note notes[] = {
        {.address = IMAGE_TEXT - 0x100 + 5,
         .base = IMAGE_BASE - 0x100,
         .semaphore = IMAGE_DATA - 0x100 + 4,
         IMAGE_STRINGS("app\0up\0")},
        {.address = IMAGE_TEXT + 0x100 + 6, .base = IMAGE_BASE + 0x100, IMAGE_STRINGS("app\0down\0")},
        {.address = IMAGE_TEXT + 7, .base = 0, IMAGE_STRINGS("app\0no_base\0")},
    };
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, notes, 3);
        uint64_t text = image.segments[0].offset, data = image.segments[1].offset;
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_int_equal(outcome.list.malformed, 0);
        assert_int_equal(outcome.list.count, 3);
        assert_note(&outcome.list.notes[0], "app", "up", "", 0x1005, text + 5, 0x3004, data + 4);
        assert_note(&outcome.list.notes[1], "app", "down", "", 0x1006, text + 6, 0, 0);
        assert_note(&outcome.list.notes[2], "app", "no_base", "", 0x1007, text + 7, 0, 0);
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

static void test_takes_addresses_as_they_are_without_a_base_section(void **state)
{
    (void)state;
    static const struct image_note note = {
        .address = IMAGE_TEXT + 5, .base = 0x777, IMAGE_STRINGS("app\0start\0")};
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, &note, 1);
        char *name = memmem(image.bytes.data, image.bytes.len, ".stapsdt.base", 13);
        memcpy(name, ".another", 8);
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_int_equal(outcome.list.count, 1);
        assert_note(outcome.list.notes, "app", "start", "", 0x1005, image.segments[0].offset + 5, 0, 0);
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

/* One note that is wrong between two that are right: these are given, that one is named. */
static void assert_passed_over(size_t variant, const struct image_note *wrong, const char *why)
{
    struct image_note notes[] = {three_notes[0], *wrong, three_notes[1]};
    struct image image = image_with_notes(variant, notes, 3);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.error, 0);
    assert_string_equal(outcome.list.first_malformed.text, why);
    assert_int_equal(outcome.list.malformed, 1);
    assert_int_equal(outcome.list.count, 2);
    assert_string_equal(outcome.list.notes[0].name, "start");
    assert_string_equal(outcome.list.notes[1].name, "stop");
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

#define LITERAL(text) .strings = (text), .strings_size = sizeof(text) - 1

static void test_passes_over_what_makes_no_sense(void **state)
{
    (void)state;
    static const struct {
        struct image_note note;
        const char *why;
    } cases[] = {
        {{.address = IMAGE_TEXT, LITERAL("app\0name\0-4@%eax")}, "its arguments are without an end"},
        {{.address = IMAGE_TEXT, LITERAL("app\0name\0")}, "its arguments are without an end"},
        {{.address = IMAGE_TEXT, LITERAL("app\0name")}, "its name is without an end"},
        {{.address = IMAGE_TEXT, LITERAL("app")}, "its provider is without an end"},
        {{.address = IMAGE_TEXT, LITERAL("")}, "its provider is without an end"},
        {{.address = IMAGE_TEXT, LITERAL("\0name\0\0")}, "its provider is empty"},
        {{.address = IMAGE_TEXT, LITERAL("app\0\0\0")}, "its name is empty"},
        {{.address = IMAGE_TEXT, .type = 2, LITERAL("app\0name\0\0")}, "it is of type 2 instead of 3"},
        {{.address = IMAGE_TEXT - 1, LITERAL("app\0name\0\0")},
         "its site 0xfff is in no segment of the file"},
        {{.address = IMAGE_TEXT + 64, LITERAL("a\0b\0\0")}, "its site 0x1040 is in no segment of the file"},
        {{.address = 0, LITERAL("app\0name\0\0")}, "its site 0x0 is in no segment of the file"},
        {{.address = UINT32_MAX, LITERAL("app\0name\0\0")},
         "its site 0xffffffff is in no segment of the file"},
        {{.address = IMAGE_DATA, LITERAL("app\0name\0\0")},
         "its site 0x3000 is in a segment that isn't executable"},
        {{.address = IMAGE_TEXT, .semaphore = IMAGE_DATA + IMAGE_DATA_SIZE, LITERAL("app\0name\0\0")},
         "its semaphore 0x3010 is in no segment of the file"},
    };
    for (size_t variant = 0; variant < VARIANTS; variant++)
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
            char why[128];
            snprintf(why, sizeof(why), "note at 0x%x of .note.stapsdt: %s", variants[variant].is_64 ? 72 : 60,
                     cases[i].why);
            assert_passed_over(variant, &cases[i].note, why);
        }
}

static void test_counts_all_and_explains_the_first(void **state)
{
    (void)state;
    static const struct image_note notes[] = {
        {.address = IMAGE_TEXT, LITERAL("\0name\0\0")},
        {.address = IMAGE_DATA, LITERAL("app\0name\0\0")},
        {.address = IMAGE_TEXT, LITERAL("app\0\0\0")},
    };
    struct image image = image_with_notes(0, notes, 3);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.list.count, 0);
    assert_int_equal(outcome.list.malformed, 3);
    assert_string_equal(outcome.list.first_malformed.text,
                        "note at 0x0 of .note.stapsdt: its provider is empty");
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

static void test_ignores_notes_of_other_owners(void **state)
{
    (void)state;
    static const struct image_note notes[] = {
        {.owner = "GNU", .type = 3, IMAGE_STRINGS("a\0b\0")},
        {.owner = "stapsdt2", .type = 3, IMAGE_STRINGS("a\0b\0")},
        {.owner = "stapsdx", .type = 3, IMAGE_STRINGS("a\0b\0")},
        {.address = IMAGE_TEXT, .base = IMAGE_BASE, IMAGE_STRINGS("app\0stop\0")},
    };
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, notes, 4);
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_int_equal(outcome.list.malformed, 0);
        assert_int_equal(outcome.list.count, 1);
        assert_string_equal(outcome.list.notes[0].name, "stop");
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

/* The bytes are the list's business to keep and others' to escape. */
static void test_keeps_control_bytes(void **state)
{
    (void)state;
    static const struct image_note note = {
        .address = IMAGE_TEXT, .base = IMAGE_BASE, IMAGE_STRINGS("a\x1b[31m\n\0b\xff\0\x01 \x7f")};
    struct image image = image_with_notes(0, &note, 1);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.list.count, 1);
    assert_string_equal(outcome.list.notes[0].provider, "a\x1b[31m\n");
    assert_string_equal(outcome.list.notes[0].name, "b\xff");
    assert_string_equal(outcome.list.notes[0].args, "\x01 \x7f");
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

/* Writes a 32-bit number over the notes' section, whose first note then has sizes that can't be. */
static void test_stops_where_sizes_reach_beyond_the_section(void **state)
{
    (void)state;
    static const struct {
        size_t field; /* 0: of the owner, 4: of the descriptor */
        uint32_t value;
        const char *why;
    } cases[] = {
        {0, 0xffffffff, "its owner's name reaches beyond the section's end"},
        {0, 0xfffffffc, "its owner's name reaches beyond the section's end"},
        {0, 0x80000000, "its owner's name reaches beyond the section's end"},
        {4, 0xffffffff, "its descriptor reaches beyond the section's end"},
        {4, 0xfffffff0, "its descriptor reaches beyond the section's end"},
        {4, 0x1000, "its descriptor reaches beyond the section's end"},
    };
    for (size_t variant = 0; variant < VARIANTS; variant++)
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
            struct image image = image_with_notes(variant, three_notes, 3);
            _cleanup_buf_ struct buf number = {0};
            image_put(&image, &number, cases[i].value, 4);
            size_t second = variants[variant].is_64 ? 72 : 60;
            memcpy(image.bytes.data + last_section(&image)->offset + second + cases[i].field, number.data, 4);
            struct outcome outcome = read_image(&image, image.bytes.len);
            char why[128];
            snprintf(why, sizeof(why), "note at 0x%zx of .note.stapsdt: %s", second, cases[i].why);
            assert_int_equal(outcome.error, 0);
            assert_string_equal(outcome.list.first_malformed.text, why);
            assert_int_equal(outcome.list.malformed, 1);
            assert_int_equal(outcome.list.count, 1);
            assert_string_equal(outcome.list.notes[0].name, "start");
            outcome_free(&outcome);
            buf_free(&image.bytes);
        }
}

static void test_needs_three_addresses(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_standard(variants[variant].is_64, variants[variant].little_endian);
        _cleanup_buf_ struct buf bytes = {0};
        size_t size = variants[variant].is_64 ? 23 : 11;
        image_put(&image, &bytes, 8, 4);
        image_put(&image, &bytes, size, 4);
        image_put(&image, &bytes, 3, 4);
        buf_append(&bytes, "stapsdt", 8);
        for (size_t i = 0; i < size; i++)
            buf_putc(&bytes, 'x');
        image_add(&image, ".note.stapsdt", SHT_NOTE, 0, 0, bytes.data, bytes.len);
        image_finish(&image);
        struct outcome outcome = read_image(&image, image.bytes.len);
        assert_int_equal(outcome.list.count, 0);
        assert_int_equal(outcome.list.malformed, 1);
        assert_string_equal(
            outcome.list.first_malformed.text,
            size == 23 ? "note at 0x0 of .note.stapsdt: its 23 bytes are too few for three addresses"
                       : "note at 0x0 of .note.stapsdt: its 11 bytes are too few for three addresses");
        outcome_free(&outcome);
        buf_free(&image.bytes);
    }
}

static void assert_refused(const struct image *image, int error, const char *why)
{
    struct outcome outcome = read_image(image, image->bytes.len);
    assert_string_equal(outcome.diag.text, why);
    assert_int_equal(outcome.error, error);
    assert_int_equal(outcome.list.count, 0);
    assert_null(outcome.list.notes);
}

static void test_refuses_a_separate_debug_file(void **state)
{
    (void)state;
    static const char why[] =
        "is a separate debug file: the code of its probes isn't in it; name the program "
        "or library it belongs to";
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        image.sections[2].type = SHT_NOBITS;
        image_finish(&image);
        assert_refused(&image, -ENODATA, why);

        image.sections[2].type = SHT_PROGBITS;
        image.sections[image.n_sections - 1].type = SHT_NOBITS;
        image_finish(&image);
        assert_refused(&image, -ENODATA, why);
        buf_free(&image.bytes);
    }
}

static void test_refuses_a_relocatable_object(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        image.type = ET_REL;
        image_finish(&image);
        assert_refused(&image, -ENODATA,
                       "is a relocatable object: its probes get their addresses when it is linked; name the "
                       "program or library instead");
        buf_free(&image.bytes);
    }
}

static void test_passes_over_a_compressed_section(void **state)
{
    (void)state;
    struct image image = image_with_notes(0, three_notes, 3);
    image.sections[image.n_sections - 1].flags = SHF_COMPRESSED;
    image_finish(&image);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.list.count, 0);
    assert_int_equal(outcome.list.malformed, 1);
    assert_string_equal(outcome.list.first_malformed.text,
                        "note at 0x0 of .note.stapsdt: the section is compressed");
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

static void test_refuses_sections_that_overlap_without_end(void **state)
{
    (void)state;
    struct image image = image_with_notes(0, three_notes, 3);
    image.sections[image.n_sections - 1].offset = 0;
    image.sections[image.n_sections - 1].size = image.bytes.len;
    image.sections[image.n_sections] = *last_section(&image);
    image.n_sections++;
    image_finish(&image);
    char why[128];
    snprintf(why, sizeof(why),
             "is cut short or damaged: its section .note.stapsdt reaches beyond its %zu bytes",
             image.bytes.len);
    assert_refused(&image, -EBADMSG, why);
    buf_free(&image.bytes);
}

static void assert_sane(const struct outcome *outcome, size_t file_size)
{
    if (outcome->error) {
        assert_in_range(-outcome->error, 1, 4095);
        assert_true(*outcome->diag.text);
        assert_null(outcome->list.notes);
        return;
    }
    assert_true(!outcome->list.malformed == !*outcome->list.first_malformed.text);
    for (size_t i = 0; i < outcome->list.count; i++) {
        const struct elf_note *note = &outcome->list.notes[i];
        assert_true(*note->provider && *note->name && note->args);
        assert_true(note->offset < file_size);
        assert_true(note->semaphore_offset < file_size);
    }
}

static void test_survives_a_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        size_t header_size = variants[variant].is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
        for (size_t len = 0; len < image.bytes.len; len++) {
            struct outcome outcome = read_image(&image, len);
            assert_int_equal(outcome.error, len ? -EBADMSG : -ENOEXEC);
            assert_sane(&outcome, len);
            assert_true(len == 0 || len >= header_size ||
                        strstr(outcome.diag.text, "bytes end inside the ELF header"));
        }
        buf_free(&image.bytes);
    }
}

/* Where the notes of an image end: behind the descriptor, and behind its padding. */
static size_t note_end(const struct image *image, size_t count, bool padded)
{
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        end = (end + 3) & ~(size_t)3;
        end += 20 + (image->is_64 ? 24u : 12u) + three_notes[i].strings_size;
    }
    return padded ? (end + 3) & ~(size_t)3 : end;
}

/* The section ends at every byte of the notes: what is whole is given, what isn't is named. */
static void test_survives_a_section_that_ends_at_every_byte(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        struct image_section *section = &image.sections[image.n_sections - 1];
        size_t full = section->size;
        assert_int_equal(note_end(&image, 3, true), full);
        for (section->size = 0; section->size <= full; section->size++) {
            image_finish(&image);
            struct outcome outcome = read_image(&image, image.bytes.len);
            size_t whole = 0;
            while (whole < 3 && note_end(&image, whole + 1, false) <= section->size)
                whole++;
            /* Less than a header of zeros is padding, which in big-endian files a header starts with. */
            size_t start = note_end(&image, whole, true), zeros = variants[variant].little_endian ? 0 : 3;
            assert_int_equal(outcome.error, 0);
            assert_int_equal(outcome.list.count, whole);
            assert_int_equal(outcome.list.malformed, section->size > start + zeros ? 1 : 0);
            assert_sane(&outcome, image.bytes.len);
            outcome_free(&outcome);
        }
        buf_free(&image.bytes);
    }
}

static void test_survives_every_byte_changed(void **state)
{
    (void)state;
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        struct image image = image_with_notes(variant, three_notes, 3);
        int fd = image_fd(&image, image.bytes.len);
        for (size_t at = 0; at < image.bytes.len; at++)
            for (size_t i = 0; i < sizeof(changes); i++) {
                char changed = (char)(image.bytes.data[at] ^ changes[i]);
                assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
                struct outcome outcome;
                read_fd(fd, &outcome);
                assert_sane(&outcome, image.bytes.len);
                outcome_free(&outcome);
                assert_int_equal(pwrite(fd, &image.bytes.data[at], 1, (off_t)at), 1);
            }
        close(fd);
        buf_free(&image.bytes);
    }
}

/* The file shrinks between opening and reading, as when a build overwrites it. */
static void test_notices_a_file_cut_while_open(void **state)
{
    (void)state;
    struct image image = image_with_notes(0, three_notes, 3);
    int fd = image_fd(&image, image.bytes.len);
    struct elf_file *file = NULL;
    struct elf_note_list list = {0};
    struct diag diag = {0};
    assert_int_equal(elf_file_open(fd, &file, &diag), 0);
    assert_int_equal(ftruncate(fd, (off_t)last_section(&image)->offset + 10), 0);
    assert_int_equal(elf_note_list_read(file, &list, &diag), -EBADMSG);
    assert_string_equal(diag.text, "was cut short while it was read");
    assert_null(list.notes);
    elf_file_close(file);
    close(fd);
    buf_free(&image.bytes);
}

static void test_reads_many_notes(void **state)
{
    (void)state;
    enum { MANY = 10007 };
    struct image image = image_standard(true, true);
    _cleanup_buf_ struct buf bytes = {0};
    for (unsigned i = 0; i < MANY; i++) {
        char strings[32];
        int len = snprintf(strings, sizeof(strings), "app%cprobe%u%c4@$%u", '\0', i, '\0', i);
        image_put_note(&image, &bytes,
                       (struct image_note){.address = IMAGE_TEXT + i % IMAGE_TEXT_SIZE,
                                           .base = IMAGE_BASE,
                                           .strings = strings,
                                           .strings_size = (size_t)len + 1});
    }
    image_add(&image, ".note.stapsdt", SHT_NOTE, 0, 0, bytes.data, bytes.len);
    image_finish(&image);
    struct outcome outcome = read_image(&image, image.bytes.len);
    assert_int_equal(outcome.list.malformed, 0);
    assert_int_equal(outcome.list.count, MANY);
    assert_string_equal(outcome.list.notes[10006].name, "probe10006");
    assert_string_equal(outcome.list.notes[10006].args, "4@$10006");
    outcome_free(&outcome);
    buf_free(&image.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_every_field),
        cmocka_unit_test(test_reads_extended_numbering),
        cmocka_unit_test(test_reads_several_sections_in_order),
        cmocka_unit_test(test_gives_an_empty_list_without_the_section),
        cmocka_unit_test(test_corrects_addresses_by_the_base),
        cmocka_unit_test(test_takes_addresses_as_they_are_without_a_base_section),
        cmocka_unit_test(test_passes_over_what_makes_no_sense),
        cmocka_unit_test(test_counts_all_and_explains_the_first),
        cmocka_unit_test(test_ignores_notes_of_other_owners),
        cmocka_unit_test(test_keeps_control_bytes),
        cmocka_unit_test(test_stops_where_sizes_reach_beyond_the_section),
        cmocka_unit_test(test_needs_three_addresses),
        cmocka_unit_test(test_refuses_a_separate_debug_file),
        cmocka_unit_test(test_refuses_a_relocatable_object),
        cmocka_unit_test(test_passes_over_a_compressed_section),
        cmocka_unit_test(test_refuses_sections_that_overlap_without_end),
        cmocka_unit_test(test_survives_a_cut_at_every_byte),
        cmocka_unit_test(test_survives_a_section_that_ends_at_every_byte),
        cmocka_unit_test(test_survives_every_byte_changed),
        cmocka_unit_test(test_notices_a_file_cut_while_open),
        cmocka_unit_test(test_reads_many_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
