/* Any bytes as an ELF file: headers, notes, symbols, argument strings. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "elf/arg_spec.h"
#include "elf/elf_note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_note(struct elf_file *file, const struct elf_note *note, size_t file_size)
{
    uint64_t offset, address;
    require(*note->provider && *note->name && note->args);
    require(note->offset < file_size && note->semaphore_offset < file_size);
    require(!elf_file_offset(file, note->address, true, &offset) && offset == note->offset);

    struct arg_spec_list args;
    if (arg_spec_list_parse(elf_file_machine(file), note->args, &args))
        return;
    for (size_t i = 0; i < args.count; i++)
        if (args.args[i].symbol)
            elf_file_symbol(file, args.args[i].symbol, args.args[i].symbol_len, &address);
    arg_spec_list_free(&args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz_elf_note", MFD_CLOEXEC);
    require(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);

    _cleanup_elf_file_ struct elf_file *file = NULL;
    _cleanup_elf_note_list_ struct elf_note_list list = {0};
    struct diag diag = {0};
    uint64_t address;
    int error = elf_file_open(fd, &file, &diag);
    if (!error) {
        elf_file_symbol(file, "counter", strlen("counter"), &address);
        error = elf_note_list_read(file, &list, &diag);
    }
    require(!error == !*diag.text);
    require(!error || (!list.notes && !list.count));
    require(!list.malformed == !*list.first_malformed.text);
    for (size_t i = 0; i < list.count; i++)
        check_note(file, &list.notes[i], size);
    return 0;
}
