#include "elf/elf_header.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "elf/elf_bytes.h"

int elf_header_pread(int fd, uint64_t offset, void *buffer, size_t size, struct diag *diag)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(fd, (char *)buffer + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int error = -errno;
            return diag_set(diag, error, "can't be read: %s", strerror(-error));
        }
        if (!got)
            return diag_set(diag, -EBADMSG, "was cut short while it was read");
        done += (size_t)got;
    }
    return 0;
}

static int check_kind(int fd, uint64_t *ret_size, struct diag *diag)
{
    static const struct {
        mode_t kind;
        const char *name;
    } others[] = {
        {S_IFDIR, "directory"},    {S_IFIFO, "FIFO"},    {S_IFCHR, "character device"},
        {S_IFBLK, "block device"}, {S_IFSOCK, "socket"},
    };
    struct stat status;
    if (fstat(fd, &status) < 0) {
        int error = -errno;
        return diag_set(diag, error, "can't be read: %s", strerror(-error));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if ((status.st_mode & S_IFMT) == others[i].kind)
            return diag_set(diag, -ENOEXEC, "is a %s, not an ELF file", others[i].name);
    if (!S_ISREG(status.st_mode))
        return diag_set(diag, -ENOEXEC, "is not a regular file");
    if (!status.st_size)
        return diag_set(diag, -ENOEXEC, "is empty");
    *ret_size = (uint64_t)status.st_size;
    return 0;
}

/* How many bytes of the first line can be shown: up to `most` of text, without breaking a character. */
static size_t shown_line(const char *text, size_t len, size_t most)
{
    size_t line = 0;
    while (line < len && line < most && text[line] != '\n' && text[line] != '\r') {
        size_t sequence = utf8_sequence(text + line, len - line);
        if (!sequence || (unsigned char)text[line] < 0x20 || text[line] == 0x7f)
            break;
        line += sequence;
    }
    return line;
}

/* Shows what the file starts with instead of an ELF header: its first line when that is text. A script has no
 * probes of its own, but what runs it may have. */
static int refuse_other_content(const uint8_t *bytes, size_t len, struct diag *diag)
{
    enum { MOST_TEXT = 32, MOST_BYTES = 4, MARK = 2 };
    const char *text = (const char *)bytes;
    size_t blanks = MARK;
    if (len > MARK && !memcmp(text, "#!", MARK)) {
        while (blanks < len && (text[blanks] == ' ' || text[blanks] == '\t'))
            blanks++;
        size_t interpreter = shown_line(text + blanks, len - blanks, len);
        return diag_set(diag, -ENOEXEC, "is a script, not an ELF file: give the program that runs it (%.*s)",
                        (int)interpreter, text + blanks);
    }
    size_t line = shown_line(text, len, MOST_TEXT);
    if (line >= MOST_BYTES)
        return diag_set(diag, -ENOEXEC, "not an ELF file (it starts with \"%.*s\")", (int)line, text);

    char hex[3 * MOST_BYTES + 1] = "";
    for (size_t i = 0; i < len && i < MOST_BYTES; i++)
        snprintf(hex + 3 * i, 4, " %02x", bytes[i]);
    return diag_set(diag, -ENOEXEC, "not an ELF file (it starts with the bytes%s)", hex);
}

static int refuse_cut_header(uint64_t size, struct diag *diag)
{
    return diag_set(diag, -EBADMSG, "is cut short: its %" PRIu64 " bytes end inside the ELF header", size);
}

/* The bytes of e_ident, which say how to read everything else. */
static int check_ident(const uint8_t *bytes, size_t len, struct diag *diag)
{
    if (memcmp(bytes, ELFMAG, len < SELFMAG ? len : SELFMAG) != 0)
        return refuse_other_content(bytes, len, diag);
    if (len < EI_NIDENT)
        return refuse_cut_header(len, diag);
    if (bytes[EI_CLASS] != ELFCLASS32 && bytes[EI_CLASS] != ELFCLASS64)
        return diag_set(diag, -EBADMSG, "has an ELF header of unknown class %u", bytes[EI_CLASS]);
    if (bytes[EI_DATA] != ELFDATA2LSB && bytes[EI_DATA] != ELFDATA2MSB)
        return diag_set(diag, -EBADMSG, "has an ELF header of unknown byte order %u", bytes[EI_DATA]);
    if (bytes[EI_VERSION] != EV_CURRENT)
        return diag_set(diag, -EBADMSG, "has an ELF header of unknown version %u", bytes[EI_VERSION]);
    return 0;
}

static int check_table(const char *what, uint64_t offset, uint64_t count, uint64_t entry_size,
                       uint64_t expected_entry_size, uint64_t file_size, struct diag *diag)
{
    if (!count)
        return 0;
    if (entry_size != expected_entry_size)
        return diag_set(diag, -EBADMSG, "is damaged: its %s are %" PRIu64 " bytes long instead of %" PRIu64,
                        what, entry_size, expected_entry_size);
    if (offset > file_size || count > (file_size - offset) / entry_size)
        return diag_set(diag, -EBADMSG,
                        "is cut short or damaged: its %" PRIu64 " %s at 0x%" PRIx64
                        " reach beyond its %" PRIu64 " bytes",
                        count, what, offset, file_size);
    return 0;
}

/* Numbers too large for 16 bits stand in the first section header: sh_size, sh_link and sh_info. */
static int resolve_extended_numbers(int fd, struct elf_header *header, struct diag *diag)
{
    bool is_64 = header->is_64, little_endian = header->little_endian;
    bool sections_extended = !header->n_sections && header->sections_offset;
    bool names_extended = header->names_section == SHN_XINDEX;
    bool segments_extended = header->n_segments == PN_XNUM;
    if (!sections_extended && !names_extended && !segments_extended)
        return 0;

    uint8_t first[sizeof(Elf64_Shdr)];
    size_t size = ELF_SIZE(is_64, Shdr);
    if (!header->sections_offset || header->sections_offset > header->file_size ||
        header->file_size - header->sections_offset < size)
        return diag_set(diag, -EBADMSG, "is cut short or damaged: its first section header is missing");
    int error = elf_header_pread(fd, header->sections_offset, first, size, diag);
    if (error)
        return error;
    if (sections_extended)
        header->n_sections = elf_bytes_word(first + ELF_OFFSET(is_64, Shdr, sh_size), is_64, little_endian);
    if (names_extended)
        header->names_section = elf_bytes_u32(first + ELF_OFFSET(is_64, Shdr, sh_link), little_endian);
    if (segments_extended)
        header->n_segments = elf_bytes_u32(first + ELF_OFFSET(is_64, Shdr, sh_info), little_endian);
    return 0;
}

/* `bytes` is a whole ELF header that has passed check_ident(). */
static int parse_header(int fd, const uint8_t *bytes, struct elf_header *header, struct diag *diag)
{
    bool is_64 = header->is_64 = bytes[EI_CLASS] == ELFCLASS64;
    bool little_endian = header->little_endian = bytes[EI_DATA] == ELFDATA2LSB;
#define HALF(member) elf_bytes_u16(bytes + ELF_OFFSET(is_64, Ehdr, member), little_endian)
#define WORD(member) elf_bytes_word(bytes + ELF_OFFSET(is_64, Ehdr, member), is_64, little_endian)
    header->type = HALF(e_type);
    header->machine = HALF(e_machine);
    header->segments_offset = WORD(e_phoff);
    header->sections_offset = WORD(e_shoff);
    header->n_segments = HALF(e_phnum);
    header->n_sections = HALF(e_shnum);
    header->names_section = HALF(e_shstrndx);

    int error = resolve_extended_numbers(fd, header, diag);
    if (!error)
        error = check_table("program headers", header->segments_offset, header->n_segments, HALF(e_phentsize),
                            ELF_SIZE(is_64, Phdr), header->file_size, diag);
    if (!error)
        error = check_table("section headers", header->sections_offset, header->n_sections, HALF(e_shentsize),
                            ELF_SIZE(is_64, Shdr), header->file_size, diag);
#undef HALF
#undef WORD
    if (!error && header->names_section && header->names_section >= header->n_sections)
        error =
            diag_set(diag, -EBADMSG,
                     "is damaged: the names of its %" PRIu64 " sections are said to be in section %" PRIu64,
                     header->n_sections, header->names_section);
    return error;
}

int elf_header_read(int fd, struct elf_header *ret_header, struct diag *diag)
{
    uint8_t bytes[sizeof(Elf64_Ehdr)];
    struct elf_header header = {0};
    int error = check_kind(fd, &header.file_size, diag);
    if (error)
        return error;
    size_t len = header.file_size < sizeof(bytes) ? (size_t)header.file_size : sizeof(bytes);
    error = elf_header_pread(fd, 0, bytes, len, diag);
    if (!error)
        error = check_ident(bytes, len, diag);
    if (!error && len < ELF_SIZE(bytes[EI_CLASS] == ELFCLASS64, Ehdr))
        error = refuse_cut_header(len, diag);
    if (!error)
        error = parse_header(fd, bytes, &header, diag);
    if (!error)
        *ret_header = header;
    return error;
}
