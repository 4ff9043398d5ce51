/* How a probe stands in a file
 *
 * The macros of <sys/sdt.h> (DTRACE_PROBE, STAP_PROBE) put one `nop` into the code and one note into section
 * .note.stapsdt, which is not loaded. The same probe inlined at five places has five notes. A note is an
 * ordinary ELF note (two sizes, a type, the owner, a descriptor; see note_walk.h) of owner "stapsdt", type 3,
 * whose descriptor holds, in the file's class and byte order:
 *
 *     address of the nop
 *     address of section .stapsdt.base when the file was linked
 *     address of the semaphore, or 0
 *     provider NUL  name NUL  arguments NUL
 *
 * Nothing relocates a section that isn't loaded. So when a tool such as prelink moved the code afterwards,
 * the addresses in the notes went stale; the one-byte section .stapsdt.base moved along, and its distance
 * from where it was is what is missing from the other two addresses.
 *
 * uprobes are placed by file offset, not by address. The offset comes from the PT_LOAD segment that holds the
 * address, and a note whose address is in none, or in one that isn't executable, can't be a probe.
 *
 * In a separate debug file the notes are real but the code they speak of is not there (SHT_NOBITS), so
 * offsets through its program headers would hit arbitrary bytes; in a relocatable object (.o) the addresses
 * are filled in by the linker only. Both are refused. */
#include "elf/elf_note.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "elf/elf_bytes.h"
#include "elf/elf_file_private.h"
#include "elf/note_walk.h"

#define NOTE_SECTION ".note.stapsdt"
#define BASE_SECTION ".stapsdt.base"
#define NOTE_OWNER   "stapsdt"
enum { NOTE_TYPE = 3, FIRST_CAPACITY = 64 };

struct reader {
    const struct elf_file *file;
    struct elf_note_list list;
    size_t capacity;
    bool has_base;
    uint64_t base; /* where .stapsdt.base is now */
};

/* A part of a note, being consumed from the front. */
struct span {
    const uint8_t *at;
    size_t left;
};

static void pass_over(struct elf_note_list *list, const struct note_entry *entry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void pass_over(struct elf_note_list *list, const struct note_entry *entry, const char *format, ...)
{
    if (list->malformed++)
        return;
    _cleanup_buf_ struct buf why = {0};
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(&why, format, arguments);
    va_end(arguments);
    const char *text = buf_string(&why);
    diag_set(&list->first_malformed, 0, "note at 0x%zx of " NOTE_SECTION ": %s", entry->offset,
             text ? text : "out of memory");
}

/* NULL when no NUL follows. */
static const char *take_string(struct span *span)
{
    const char *string = (const char *)span->at;
    const uint8_t *end = memchr(span->at, '\0', span->left);
    if (!end)
        return NULL;
    span->left -= (size_t)(end + 1 - span->at);
    span->at = end + 1;
    return string;
}

static uint64_t take_word(const struct reader *reader, struct span *span)
{
    const struct elf_header *header = &reader->file->header;
    uint64_t word = elf_bytes_word(span->at, header->is_64, header->little_endian);
    span->at += elf_file_pointer_size(reader->file);
    span->left -= elf_file_pointer_size(reader->file);
    return word;
}

/* No section is at address 0, so a base of 0 was never filled in. */
static uint64_t moved(const struct reader *reader, uint64_t address, uint64_t base)
{
    return !reader->has_base || !base ? address : address + (reader->base - base);
}

static bool locate(struct reader *reader, const struct note_entry *entry, struct elf_note *note)
{
    int error = elf_file_offset(reader->file, note->address, true, &note->offset);
    if (error) {
        pass_over(&reader->list, entry,
                  error == -EINVAL ? "its site 0x%" PRIx64 " is in a segment that isn't executable"
                                   : "its site 0x%" PRIx64 " is in no segment of the file",
                  note->address);
        return false;
    }
    if (note->semaphore && elf_file_offset(reader->file, note->semaphore, false, &note->semaphore_offset)) {
        pass_over(&reader->list, entry, "its semaphore 0x%" PRIx64 " is in no segment of the file",
                  note->semaphore);
        return false;
    }
    return true;
}

static struct elf_note *append(struct reader *reader)
{
    struct elf_note_list *list = &reader->list;
    if (list->count == reader->capacity) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : FIRST_CAPACITY;
        struct elf_note *notes = reallocarray(list->notes, capacity, sizeof(*notes));
        if (!notes)
            return NULL;
        list->notes = notes;
        reader->capacity = capacity;
    }
    return &list->notes[list->count];
}

static int store(struct reader *reader, const struct elf_note *found, const char *provider, const char *name,
                 const char *args)
{
    struct elf_note *note = append(reader);
    if (!note)
        return -ENOMEM;
    *note = *found;
    note->provider = strdup(provider);
    note->name = strdup(name);
    note->args = strdup(args);
    reader->list.count++; /* from here on the list frees what there is of it */
    return note->provider && note->name && note->args ? 0 : -ENOMEM;
}

static int read_entry(struct reader *reader, const struct note_entry *entry)
{
    if (entry->owner_size != sizeof(NOTE_OWNER) || memcmp(entry->owner, NOTE_OWNER, sizeof(NOTE_OWNER)) != 0)
        return 0;
    struct elf_note_list *list = &reader->list;
    if (entry->type != NOTE_TYPE) {
        pass_over(list, entry, "it is of type %" PRIu32 " instead of %d", entry->type, NOTE_TYPE);
        return 0;
    }
    struct span span = {entry->desc, entry->desc_size};
    if (span.left < 3 * elf_file_pointer_size(reader->file)) {
        pass_over(list, entry, "its %zu bytes are too few for three addresses", span.left);
        return 0;
    }
    struct elf_note note = {.address = take_word(reader, &span)};
    uint64_t base = take_word(reader, &span);
    note.semaphore = take_word(reader, &span);
    note.address = moved(reader, note.address, base);
    if (note.semaphore)
        note.semaphore = moved(reader, note.semaphore, base);

    const char *provider = take_string(&span);
    const char *name = provider ? take_string(&span) : NULL;
    const char *args = name ? take_string(&span) : NULL;
    if (!args)
        pass_over(list, entry, "its %s without an end",
                  name       ? "arguments are"
                  : provider ? "name is"
                             : "provider is");
    else if (!*provider || !*name)
        pass_over(list, entry, "its %s is empty", *provider ? "name" : "provider");
    else if (locate(reader, entry, &note))
        return store(reader, &note, provider, name, args);
    return 0;
}

static int read_section(struct reader *reader, const GElf_Shdr *header, struct diag *diag)
{
    if (header->sh_flags & SHF_COMPRESSED) {
        pass_over(&reader->list, &(struct note_entry){0}, "the section is compressed");
        return 0;
    }
    _cleanup_free_ uint8_t *bytes = NULL;
    int error = elf_file_section_bytes(reader->file, header, &bytes, diag);
    if (error)
        return error;
    struct note_walk walk = {
        .bytes = bytes,
        .size = header->sh_size,
        .align = 4, /* <sys/sdt.h> says so, whatever the section's alignment became */
        .little_endian = reader->file->header.little_endian,
    };
    struct note_entry entry;
    const char *why;
    while (note_walk_next(&walk, &entry, &why))
        if (read_entry(reader, &entry))
            return diag_set(diag, -ENOMEM, "out of memory");
    if (why)
        pass_over(&reader->list, &entry, "%s", why);
    return 0;
}

/* What must be known before the first note makes sense. */
struct survey {
    bool has_notes;
    bool has_code;     /* an executable section with its bytes */
    bool code_is_gone; /* one without */
    bool notes_are_gone;
    bool out_of_file;
    uint64_t note_bytes; /* of all sections together: more than the file has when they overlap */
};

static struct survey survey_sections(struct reader *reader)
{
    struct survey survey = {0};
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; elf_file_next_section(reader->file, &section, &header);) {
        bool gone = header.sh_type == SHT_NOBITS;
        if (header.sh_flags & SHF_EXECINSTR && header.sh_size) {
            survey.code_is_gone |= gone;
            survey.has_code |= !gone;
        }
        const char *name = elf_file_section_name(reader->file, &header);
        if (!name)
            continue;
        if (!strcmp(name, BASE_SECTION)) {
            reader->has_base = true;
            reader->base = header.sh_addr;
        } else if (!strcmp(name, NOTE_SECTION)) {
            survey.has_notes = true;
            survey.notes_are_gone |= gone;
            if (gone)
                continue;
            survey.note_bytes += header.sh_size;
            survey.out_of_file |= !elf_file_section_fits(reader->file, &header) ||
                                  survey.note_bytes > reader->file->header.file_size;
        }
    }
    return survey;
}

/* libjvm.so, which has the most, comes to 60 KiB. */
#define MOST_NOTE_BYTES (UINT64_C(64) << 20)

static int check_survey(const struct reader *reader, const struct survey *survey, struct diag *diag)
{
    if (reader->file->header.type == ET_REL)
        return diag_set(diag, -ENODATA,
                        "is a relocatable object: its probes get their addresses when it is linked; name the "
                        "program or library instead");
    if ((survey->code_is_gone && !survey->has_code) || survey->notes_are_gone)
        return diag_set(diag, -ENODATA,
                        "is a separate debug file: the code of its probes isn't in it; name the program or "
                        "library it belongs to");
    if (survey->out_of_file)
        return diag_set(diag, -EBADMSG,
                        "is cut short or damaged: its section " NOTE_SECTION " reaches beyond its %" PRIu64
                        " bytes",
                        reader->file->header.file_size);
    if (survey->note_bytes > MOST_NOTE_BYTES)
        return diag_set(diag, -EFBIG, "has %" PRIu64 " bytes of probe notes, more than any real file",
                        survey->note_bytes);
    return 0;
}

int elf_note_list_read(struct elf_file *file, struct elf_note_list *ret_list, struct diag *diag)
{
    struct reader reader = {.file = file};
    struct survey survey = survey_sections(&reader);
    if (!survey.has_notes) {
        *ret_list = reader.list;
        return 0;
    }
    int error = check_survey(&reader, &survey, diag);
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; !error && elf_file_next_section(file, &section, &header);) {
        const char *name = elf_file_section_name(file, &header);
        if (name && !strcmp(name, NOTE_SECTION))
            error = read_section(&reader, &header, diag);
    }
    if (error)
        elf_note_list_free(&reader.list);
    else
        *ret_list = reader.list;
    return error;
}

void elf_note_list_free(struct elf_note_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->notes[i].provider);
        free(list->notes[i].name);
        free(list->notes[i].args);
    }
    free(list->notes);
    *list = (struct elf_note_list){0};
}
