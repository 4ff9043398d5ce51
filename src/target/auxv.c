#include "target/auxv.h"

#include <elf.h>
#include <string.h>

#include "target/proc_file.h"

/* A 32-bit program's vector has smaller items, of which two look like one with an impossible type. */
bool auxv_read(pid_t pid, struct auxv *ret_auxv)
{
    _cleanup_buf_ struct buf text = {0};
    if (proc_file_read(&text, "/proc/%d/auxv", pid))
        return false;
    struct auxv auxv = {0};
    for (size_t at = 0; at + sizeof(Elf64_auxv_t) <= text.len; at += sizeof(Elf64_auxv_t)) {
        Elf64_auxv_t item;
        memcpy(&item, text.data + at, sizeof(item));
        if (item.a_type == AT_BASE)
            auxv.interpreter = item.a_un.a_val;
        if (item.a_type == AT_ENTRY)
            auxv.entry = item.a_un.a_val;
    }
    *ret_auxv = auxv;
    return true;
}
