/* Any bytes as an ELF file: what it says of its debug information, and members by its DWARF and by its BTF.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "elf/elf_debug.h"
#include "provider/member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_chain(const struct member_chain *chain)
{
    require(chain->n_loads && chain->n_loads <= MEMBER_MOST_LOADS && chain->type && *chain->type);
    require(chain->is_address == !chain->size);
    require(chain->size <= 8 && !(chain->size & (chain->size - 1)));
    for (size_t i = 0; i < chain->n_loads; i++)
        require(chain->offsets[i] >= 0);
}

static void resolve_members(const struct member_files *files)
{
    static char types[][32] = {"struct conn *", "conn_t *", "struct holder *",
                               "struct nest *", "loop",     "int *"};
    static char members[][32] = {".id",           ".next.next.id", ".name", ".grid[1][2]", ".hidden.secret",
                                 ".looped",       ".selves",       ".key",  ".state",      ".low",
                                 ".wrapping.good"};
    _cleanup_member_types_ struct member_types *known = NULL;
    require(!member_types_open(files, &known, NULL));
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++) {
            const struct arg_note note = {.member = members[k]};
            _cleanup_member_chain_ struct member_chain *chain = NULL;
            struct diag diag = {0};
            int error = member_resolve(known, types[i], &note, &chain, &diag);
            require(!error == !*diag.text && !error == (chain != NULL));
            if (chain)
                check_chain(chain);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz_probe_member", MFD_CLOEXEC);
    require(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
    _cleanup_elf_file_ struct elf_file *file = NULL;
    if (elf_file_open(fd, &file, NULL))
        return 0;
    _cleanup_elf_debug_ struct elf_debug debug;
    elf_debug_read(file, &debug);
    require(!debug.shared == !debug.shared_id && !debug.btf == !debug.btf_size);
    const unsigned pointer_size = elf_file_pointer_size(file);
    resolve_members(&(struct member_files){.fd = fd, .shared_fd = fd, .pointer_size = pointer_size});
    resolve_members(&(struct member_files){.fd = -1,
                                           .shared_fd = -1,
                                           .btf = debug.btf,
                                           .btf_size = debug.btf_size,
                                           .pointer_size = pointer_size});
    return 0;
}
