#include "cmd_members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "elf/elf_debug.h"
#include "target/debug_file.h"

/* An ELF file and what it says of its types. */
struct described {
    int fd;
    char *path;
    struct elf_file *elf;
    struct elf_debug debug;
};

static void close_described(struct described *described)
{
    cleanup_close(&described->fd);
    free(described->path);
    elf_file_close(described->elf);
    elf_debug_free(&described->debug);
}

#define _cleanup_described_ _cleanup_(close_described)

static bool has_build_id(const struct elf_file *elf, const char *build_id)
{
    const char *own = elf_file_build_id(elf);
    return own && build_id && !strcmp(own, build_id);
}

/* Whether that is the file that is meant. Build ids are compared where both have one; a file without one is
 * told by the CRC of its contents, which takes reading all of it. */
static bool is_meant(const struct described *found, const char *build_id, const uint32_t *crc)
{
    uint32_t own_crc;
    if (build_id && elf_file_build_id(found->elf))
        return has_build_id(found->elf, build_id);
    return crc && !elf_debug_crc(found->fd, &own_crc) && own_crc == *crc;
}

/* -ENOENT: none of the places has it. Damaged ones count as not there, and -v says so. */
static int find_described(const struct debug_file_search *search, const uint32_t *crc, struct described *ret)
{
    size_t place = 0;
    for (;;) {
        _cleanup_described_ struct described found = {.fd = -1};
        struct diag why = {0};
        int error = debug_file_open(search, &place, &found.fd, &found.path);
        if (error)
            return error;
        error = elf_file_open(found.fd, &found.elf, &why);
        if (error == -ENOMEM)
            return error;
        if (!error && !is_meant(&found, search->build_id, crc))
            error = diag_set(&why, -ENOENT, "belongs to another file");
        if (!error)
            elf_debug_read(found.elf, &found.debug);
        if (!error && !found.debug.has_dwarf)
            error = diag_set(&why, -ENOENT, "has no debug information");
        if (error) {
            log_detail("%s %s", found.path, why.text);
            continue;
        }
        *ret = found;
        found = (struct described){.fd = -1};
        return 0;
    }
}

/* Where the types of one file are described. */
struct sources {
    struct elf_debug own;
    struct described separate;
    struct described shared;
};

static void close_sources(struct sources *sources)
{
    elf_debug_free(&sources->own);
    close_described(&sources->separate);
    close_described(&sources->shared);
}

static int find_separate(struct sources *sources, const struct probe_file *file, const char *path)
{
    const struct debug_file_search search = {
        .directory = DEBUG_FILE_DIRECTORY,
        .path = path,
        .build_id = file->build_id,
        .name = sources->own.link,
    };
    return find_described(&search, sources->own.link ? &sources->own.link_crc : NULL, &sources->separate);
}

/* What dwz has put into a file for several. */
static int find_shared(struct sources *sources, const char *path, const struct elf_debug *debug)
{
    const struct debug_file_search search = {
        .directory = DEBUG_FILE_DIRECTORY,
        .path = path,
        .build_id = debug->shared_id,
        .name = debug->shared,
        .is_shared = true,
    };
    return debug->shared ? find_described(&search, NULL, &sources->shared) : -ENOENT;
}

static int find_sources(struct sources *sources, const struct probe_file *file, int fd, const char *path,
                        struct member_files *ret_files)
{
    _cleanup_elf_file_ struct elf_file *elf = NULL;
    _cleanup_free_ char *real_path = realpath(path, NULL);
    const char *shown = real_path && strncmp(path, "/proc/", strlen("/proc/")) ? real_path : path;
    int error = elf_file_open(fd, &elf, NULL);
    if (!error)
        elf_debug_read(elf, &sources->own);
    if (!error && !sources->own.has_dwarf)
        error = find_separate(sources, file, shown);
    bool is_separate = sources->separate.fd >= 0;
    const struct elf_debug *debug = is_separate ? &sources->separate.debug : &sources->own;
    if (!error)
        error = find_shared(sources, is_separate ? sources->separate.path : shown, debug);
    *ret_files = (struct member_files){
        .fd = is_separate              ? sources->separate.fd
              : sources->own.has_dwarf ? fd
                                       : -1,
        .shared_fd = sources->shared.fd,
        .btf = sources->own.btf,
        .btf_size = sources->own.btf_size,
        .pointer_size = file->pointer_size,
    };
    return error == -ENOMEM ? error : 0;
}

static void say_source(const struct sources *sources, const struct probe_file *file,
                       const struct member_files *files)
{
    if (sources->separate.fd >= 0)
        log_detail("%s: its types are described in %s", file->path, sources->separate.path);
    else if (files->fd < 0 && files->btf)
        log_detail("%s: its types are described in its section .BTF", file->path);
    else if (files->fd < 0)
        log_detail("%s: has no debug information, and none was found by build id %s or the name %s",
                   file->path, file->build_id ? file->build_id : "(none)",
                   sources->own.link ? sources->own.link : "(none)");
}

static int resolve_by_types(struct probe_file *file, int fd, const char *path, const struct select *select,
                            struct diag *diag)
{
    _cleanup_(close_sources) struct sources sources = {.separate.fd = -1, .shared.fd = -1};
    _cleanup_member_types_ struct member_types *types = NULL;
    struct member_files files;
    int error = find_sources(&sources, file, fd, path, &files);
    if (!error) {
        say_source(&sources, file, &files);
        error = member_types_open(&files, &types, diag);
    }
    return error ? error : probe_members_resolve(file, select, types);
}

enum { NAMED_MISTAKES = 10 }; /* of one file, without -v */

static bool is_said(const char *const *said, size_t n, const char *why)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(said[i], why))
            return true;
    return false;
}

/* Mistakes are warnings, each of them once: a definition names the same member in many probes. */
static void say_passed_over(const struct probe_file *file, const struct select *select)
{
    const char *said[NAMED_MISTAKES];
    size_t n_said = 0;
    bool damage_said = false;
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        for (size_t k = 0; k < probe->n_args; k++) {
            const struct probe_arg *arg = &probe->args[k];
            if (!arg->passed_over || !select_matches(select, probe->provider, probe->name))
                continue;
            bool is_damage = arg->why_passed_over == -EBADMSG;
            bool is_new = is_damage ? !damage_said
                                    : arg->why_passed_over && n_said < NAMED_MISTAKES &&
                                          !is_said(said, n_said, arg->passed_over);
            damage_said |= is_damage;
            if (is_new && !is_damage)
                said[n_said++] = arg->passed_over;
            (is_new ? log_warning : log_detail)("%s: %s:%s: annotation of %s passed over: %s", file->path,
                                                probe->provider, probe->name, arg->name, arg->passed_over);
        }
    }
}

int cmd_members_resolve(struct probe_file *file, int fd, const char *path, const struct select *select,
                        struct diag *diag)
{
    int error = probe_members_need_types(file, select) ? resolve_by_types(file, fd, path, select, diag)
                                                       : probe_members_resolve(file, select, NULL);
    if (error)
        return diag_set(diag, error, "out of memory");
    say_passed_over(file, select);
    return 0;
}
