/* The names and the contents of the files that maps shows.
 *
 * The kernel writes a newline in a path as \012 and escapes nothing else, and puts " (deleted)" behind the
 * name of a file that is no longer there. Both are ambiguous, since a name may hold the text \012 or end in
 * " (deleted)". The link /proc/PID/map_files/START-END has the name unescaped, which settles the first;
 * asking whether a file of the full name exists and is the one that is mapped settles the second.
 *
 * Paths are for people. Files are opened through map_files only, which leads to the inode that is mapped
 * without walking any path: right in containers, after a replacement on disk, after deletion, and out of the
 * target's control. */
#include "target/modules.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "target/auxv.h"
#include "target/maps.h"
#include "target/process.h"

static const char ESCAPED_NEWLINE[] = "\\012";

/* The kernel writes the addresses without leading zeros here, but with them in maps. */
#define OPEN_PATH_FORMAT "/proc/%d/map_files/%" PRIx64 "-%" PRIx64

/* How the process's file names are to be shown. */
struct naming {
    pid_t tid;           /* maps.tid */
    char prefix[40];     /* process_root_prefix() */
    char root[PATH_MAX]; /* with a prefix: the process's root directory, named as maps names files; else "" */
};

/* Asks which file is mapped. What maps says of that isn't used where the file itself can be asked: on some
 * file systems (overlayfs, btrfs) the two differ, and one pair of numbers in maps may stand for two files.
 * False: nothing that could have probes. A device can be mapped too, and opening one has side effects. What
 * can't be looked at counts as a file: opening it says why not. */
static bool identify(struct module *module)
{
    struct statx shown;
    int flags = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    if (statx(AT_FDCWD, module->open_path, flags, STATX_TYPE | STATX_INO | STATX_MTIME | STATX_SIZE, &shown))
        return true;
    module->device = (uint64_t)shown.stx_dev_major << 32 | shown.stx_dev_minor;
    module->inode = shown.stx_ino;
    module->version = (uint64_t)shown.stx_mtime.tv_sec * 1000000000 + shown.stx_mtime.tv_nsec;
    module->version ^= shown.stx_size << 40;
    return S_ISREG(shown.stx_mode);
}

static bool is_named(const char *path, uint64_t inode)
{
    struct statx shown;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    return !statx(AT_FDCWD, path, flags, STATX_INO, &shown) && shown.stx_ino == inode;
}

static void append_unescaped(struct buf *out, struct text text)
{
    while (text.at < text.end) {
        bool newline = text_starts_with(text, ESCAPED_NEWLINE);
        buf_putc(out, newline ? '\n' : *text.at);
        text.at += newline ? strlen(ESCAPED_NEWLINE) : 1;
    }
}

static void append_true_name(struct buf *out, const char *open_path, struct text shown)
{
    if (!memmem(shown.at, text_len(shown), ESCAPED_NEWLINE, strlen(ESCAPED_NEWLINE))) {
        buf_append(out, shown.at, text_len(shown));
        return;
    }
    char name[PATH_MAX];
    ssize_t len = readlink(open_path, name, sizeof(name));
    if (len > 0 && (size_t)len < sizeof(name))
        buf_append(out, name, (size_t)len);
    else
        append_unescaped(out, shown);
}

/* The path for people. In another mount namespace, maps names files below that namespace's root; the
 * process's own root may lie deeper. */
static char *display_path(const struct naming *naming, const struct module *module, struct text shown)
{
    _cleanup_buf_ struct buf name = {0};
    append_true_name(&name, module->open_path, shown);
    if (name.failed)
        return NULL;

    struct text below = {.at = name.data, .end = name.data + name.len};
    const char *prefix = naming->prefix;
    size_t root_len = strlen(naming->root);
    if (text_starts_with(below, naming->root) && root_len < name.len && below.at[root_len] == '/')
        below.at += root_len;
    else
        prefix = "";

    struct buf path = {0};
    buf_puts(&path, prefix);
    buf_append(&path, below.at, text_len(below));
    const char *string = buf_string(&path);
    if (string && text_ends_with(below, MAPS_DELETED) && !is_named(string, module->inode))
        path.len -= strlen(MAPS_DELETED);
    return buf_steal(&path);
}

static void module_clear(struct module *module)
{
    free(module->path);
    free(module->open_path);
}

void module_list_free(struct module_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        module_clear(&list->modules[i]);
    free(list->modules);
    *list = (struct module_list){0};
}

static bool has_module(const struct module_list *list, const struct module *module)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->modules[i].device == module->device && list->modules[i].inode == module->inode)
            return true;
    return false;
}

/* Leaves out what is no file, or a file that is there already under another name. */
static int add_module(struct module_list *list, const struct naming *naming, const struct mapping *mapping,
                      bool is_loader)
{
    struct buf open_path = {0};
    buf_printf(&open_path, OPEN_PATH_FORMAT, naming->tid, mapping->start, mapping->end);
    struct module module = {
        .open_path = buf_steal(&open_path),
        .device = mapping->device,
        .inode = mapping->inode,
        .is_loader = is_loader,
    };
    bool wanted = module.open_path && identify(&module) && !has_module(list, &module);
    if (wanted)
        module.path = display_path(naming, &module, mapping->path);
    if (module.path) {
        list->modules[list->count++] = module;
        return 0;
    }
    int error = module.open_path && !wanted ? 0 : -ENOMEM;
    module_clear(&module);
    return error;
}

/* The loader's address is that of its first byte; its code, the lowest mapping from there on, follows. */
static const struct mapping *find_loader(const struct maps *maps)
{
    struct auxv auxv;
    if (!auxv_read(maps->tid, &auxv) || !auxv.interpreter)
        return NULL;
    for (size_t i = 0; i < maps->count; i++)
        if (maps->mappings[i].start >= auxv.interpreter)
            return &maps->mappings[i];
    return NULL;
}

static int make_modules(const struct naming *naming, const struct maps *maps, struct module_list *ret_list)
{
    const struct mapping *loader = find_loader(maps);
    _cleanup_module_list_ struct module_list list = {
        .modules = calloc(maps->count + 1, sizeof(struct module)),
    };
    int error = list.modules ? 0 : -ENOMEM;
    for (size_t i = 0; i < maps->count && !error; i++)
        error = add_module(&list, naming, &maps->mappings[i], &maps->mappings[i] == loader);
    if (error)
        return error;
    *ret_list = list;
    list = (struct module_list){0};
    return 0;
}

static int naming_of(pid_t tid, struct naming *ret_naming)
{
    *ret_naming = (struct naming){.tid = tid};
    int error = process_root_prefix(tid, ret_naming->prefix, sizeof(ret_naming->prefix));
    if (error || !ret_naming->prefix[0])
        return error == -ESRCH ? error : 0; /* not permitted to know: the path as it is shown */
    ssize_t len = readlink(ret_naming->prefix, ret_naming->root, sizeof(ret_naming->root) - 1);
    if (len <= 1) /* "/", or not known */
        len = 0;
    ret_naming->root[len] = '\0';
    return 0;
}

static int read_modules(pid_t pid, struct module_list *ret_list)
{
    _cleanup_maps_ struct maps maps = {0};
    struct naming naming;
    int error = maps_read(pid, &maps);
    if (!error)
        error = naming_of(maps.tid, &naming);
    if (!error)
        error = make_modules(&naming, &maps, ret_list);
    if (!error)
        ret_list->first_thread_ended = maps.tid != pid;
    return error;
}

int module_list_read(pid_t pid, struct module_list *ret_list, struct diag *diag)
{
    int error = read_modules(pid, ret_list);
    switch (error) {
    case 0:
        return 0;
    case -ESRCH:
        return diag_set(diag, error, "process %d has exited", pid);
    case -EPERM:
    case -EACCES:
        return diag_set(diag, -EACCES,
                        "not permitted to see what process %d has mapped: run as root, or with "
                        "CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH and CAP_CHECKPOINT_RESTORE",
                        pid);
    default:
        return diag_set(diag, error, "cannot read the mappings of process %d: %s", pid, strerror(-error));
    }
}

int module_open(const struct module *module, int *ret_fd, struct diag *diag)
{
    _cleanup_close_ int fd = open(module->open_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == EPERM)
        return diag_set(diag, -EPERM,
                        "%s: not permitted to open a file that another process has mapped: "
                        "CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN is needed, or root",
                        module->path);
    if (fd < 0 && errno == EACCES)
        return diag_set(diag, -EACCES,
                        "%s: not permitted to open a file that another user's process has mapped: "
                        "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are needed, or root",
                        module->path);
    struct stat shown;
    if (fd < 0 || fstat(fd, &shown)) {
        int error = errno == ESRCH ? -ENOENT : -errno;
        return diag_set(diag, error, "%s: %s", module->path,
                        error == -ENOENT ? "unmapped before it could be opened" : strerror(-error));
    }
    uint64_t device = (uint64_t)major(shown.st_dev) << 32 | minor(shown.st_dev);
    if (device != module->device || shown.st_ino != module->inode)
        return diag_set(diag, -ENOENT, "%s: unmapped before it could be opened", module->path);
    *ret_fd = take_fd(&fd);
    return 0;
}
