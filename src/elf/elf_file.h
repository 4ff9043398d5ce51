/* An ELF file of any class, byte order and machine, opened for reading only what probes need: its build id,
 * where addresses stand in the file, and symbols. Every byte is taken as hostile. The only user of libelf,
 * together with elf_note. */
#ifndef TRACER_ELF_ELF_FILE_H
#define TRACER_ELF_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"

struct elf_file;

/* Opens the ELF file behind `fd`. The descriptor stays the caller's and must stay open until
 * elf_file_close(); the file is never mapped, so that one cut short under us can't raise SIGBUS. Only
 * regular files are read; open with O_NONBLOCK, so that open(2) doesn't wait for a FIFO's writer either.
 * -ENOEXEC: no ELF file (empty, text, a directory, a device, FIFO …: the diag says which);
 * -EBADMSG: cut short or inconsistent headers; others from reading. */
int elf_file_open(int fd, struct elf_file **ret_file, struct diag *diag);
void elf_file_close(struct elf_file *file);

/* EM_… of <elf.h>. */
unsigned elf_file_machine(const struct elf_file *file);
/* 4 or 8: bytes of a pointer. */
unsigned elf_file_pointer_size(const struct elf_file *file);
/* Whether it is always loaded at its link-time addresses (ET_EXEC). */
bool elf_file_is_fixed(const struct elf_file *file);
/* Lower-case hex of NT_GNU_BUILD_ID, or NULL when there is none. */
const char *elf_file_build_id(const struct elf_file *file);

/* Where the byte that is loaded at `address` stands in the file, by the PT_LOAD segments. -ENOENT: in no
 * segment's file part; -EINVAL with executable = true: the segment isn't executable. */
int elf_file_offset(const struct elf_file *file, uint64_t address, bool executable, uint64_t *ret_offset);

/* Link-time address of a defined symbol by exact name (`name` needs no NUL), from .symtab, then .dynsym; a
 * global or weak one before a local one. Reads the tables once and scans them at each call.
 * -ENOENT: none. -ENOTUNIQ: several of equal rank at different addresses. */
int elf_file_symbol(struct elf_file *file, const char *name, size_t len, uint64_t *ret_address);

DEFINE_CLEANUP(elf_file, struct elf_file *, elf_file_close);
#define _cleanup_elf_file_ _cleanup_(cleanup_elf_file)

#endif
