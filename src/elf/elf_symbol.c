/* Symbols by name, for operands such as 44+CheckpointStats(%rip). */
#include "elf/elf_file_private.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* What the symbols seen so far say about a name. A global or weak one is what the linker would have taken; a
 * local one (a function's static variable) counts when there is no doubt which one is meant. */
struct search {
    const char *name;
    size_t len;
    bool global; /* `address` is a global's */
    bool found;
    bool ambiguous; /* another one of the same rank stands elsewhere */
    uint64_t address;
};

/* A real file has a handful of operands with symbols. One made to have us search a large table again and
 * again is given up, symbols not found, after so many of them: about two seconds' worth. Where all symbols
 * share one name of megabytes, comparing it is what takes the time. */
#define MOST_SYMBOLS_SEEN UINT64_C(200000000)
enum { BYTES_LIKE_A_SYMBOL = 64 };

/* Adds to `work` what comparing costs. */
static bool has_name(const struct search *search, const Elf_Data *strings, uint64_t offset, uint64_t *work)
{
    if (offset >= strings->d_size || search->len >= strings->d_size - offset)
        return false;
    const char *name = (const char *)strings->d_buf + offset;
    if (name[search->len])
        return false;
    *work += search->len / BYTES_LIKE_A_SYMBOL;
    return !memcmp(name, search->name, search->len);
}

/* Undefined, absolute, common and thread-local symbols have no address in the file. */
static bool has_address(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS && symbol->st_shndx != SHN_COMMON &&
           type != STT_TLS && type != STT_SECTION && type != STT_FILE;
}

static void consider(struct search *search, const GElf_Sym *symbol)
{
    bool global = GELF_ST_BIND(symbol->st_info) != STB_LOCAL;
    if (search->found && search->global && !global)
        return;
    if (!search->found || search->global != global) {
        search->found = true;
        search->global = global;
        search->ambiguous = false;
        search->address = symbol->st_value;
    } else if (search->address != symbol->st_value) {
        search->ambiguous = true;
    }
}

static Elf_Data *load_section(const struct elf_file *file, Elf_Scn *section)
{
    GElf_Shdr header;
    if (!section || !gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS ||
        (header.sh_flags & SHF_COMPRESSED) || !elf_file_section_fits(file, &header))
        return NULL;
    Elf_Data *data = elf_getdata(section, NULL);
    return data && data->d_buf ? data : NULL;
}

/* Searches the first table of that type; the ELF specification allows no second one. */
static void search_table(struct elf_file *file, GElf_Word type, struct search *search)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    do
        if (!elf_file_next_section(file, &section, &header))
            return;
    while (header.sh_type != type);

    Elf_Data *symbols = load_section(file, section);
    Elf_Data *strings = load_section(file, elf_getscn(file->elf, header.sh_link));
    size_t count = symbols ? symbols->d_size / gelf_fsize(file->elf, ELF_T_SYM, 1, EV_CURRENT) : 0;
    if (!strings || count > INT_MAX)
        return;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (++file->symbols_seen > MOST_SYMBOLS_SEEN) {
            search->found = false;
            return;
        }
        if (gelf_getsym(symbols, (int)i, &symbol) &&
            has_name(search, strings, symbol.st_name, &file->symbols_seen) && has_address(&symbol))
            consider(search, &symbol);
    }
}

static int search_tables(struct elf_file *file, const char *name, size_t len, uint64_t *ret_address)
{
    struct search search = {.name = name, .len = len};
    search_table(file, SHT_SYMTAB, &search);
    if (!search.found)
        search_table(file, SHT_DYNSYM, &search);
    if (!search.found)
        return -ENOENT;
    if (search.ambiguous)
        return -ENOTUNIQ;
    *ret_address = search.address;
    return 0;
}

/* Where there are many operands with symbols, most name the same one as that before. */
int elf_file_symbol(struct elf_file *file, const char *name, size_t len, uint64_t *ret_address)
{
    struct elf_symbol_answer *last = &file->last_symbol;
    if (!len)
        return -ENOENT;
    if (len > sizeof(last->name))
        return search_tables(file, name, len, ret_address);
    if (len != last->len || memcmp(name, last->name, len)) {
        last->error = search_tables(file, name, len, &last->address);
        last->len = len;
        memcpy(last->name, name, len);
    }
    if (!last->error)
        *ret_address = last->address;
    return last->error;
}
