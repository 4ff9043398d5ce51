/* A program's debug information can lie apart from it, as in packages that end in -dbgsym. Two things lead
 * there: the build id, a hash that both files carry, and the name in .gnu_debuglink.
 *
 *     /usr/lib/debug/.build-id/ab/cdef….debug
 *     beside the program, in .debug beside it, in /usr/lib/debug/ and the program's directory
 *
 * What such files have in common may again be in a file of its own (dwz), which is named by its path or found
 * by its own build id. For a program in another mount namespace the places are looked at there as well: its
 * root is then the root for all links on the way. */
#include "target/debug_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/buf.h"

/* "/proc/PID/root" at the start of the path, or "/", and what is below it. */
static const char *split_root(const char *path, struct buf *root)
{
    size_t digits = strncmp(path, "/proc/", 6) ? 0 : strspn(path + 6, "0123456789");
    const char *below = path + 6 + digits;
    if (!digits || strncmp(below, "/root/", 6)) {
        buf_puts(root, "/");
        return path;
    }
    buf_append(root, path, (size_t)(below + 5 - path));
    return below + 5;
}

/* Links lead nowhere out of the root, and nothing but a regular file is opened: opening a device can have
 * effects, and a FIFO waits. */
static int open_below(const char *root, const char *path)
{
    _cleanup_close_ int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    _cleanup_close_ int found =
        root_fd < 0 ? -1 : (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
    struct stat status;
    if (found < 0 || fstat(found, &status) || !S_ISREG(status.st_mode))
        return -ENOENT;
    char reopen[64];
    snprintf(reopen, sizeof(reopen), "/proc/self/fd/%d", found);
    int fd = open(reopen, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return fd < 0 ? -ENOENT : fd;
}

struct place {
    const struct debug_file_search *search;
    const char *below;    /* the path in its root */
    size_t directory_len; /* of its directory, with the slash */
};

static bool put_by_build_id(const struct place *place, struct buf *path)
{
    const char *id = place->search->build_id;
    if (!id || strlen(id) < 3)
        return false;
    buf_printf(path, "%s/.build-id/%.2s/%s.debug", place->search->directory, id, id + 2);
    return true;
}

static bool put_beside(const struct place *place, struct buf *path, const char *before, const char *between)
{
    const char *name = place->search->name;
    if (!name || !place->directory_len)
        return false;
    buf_printf(path, "%s%.*s%s%s", before, (int)place->directory_len, place->below, between, name);
    return true;
}

static bool put_own_directory(const struct place *place, struct buf *path)
{
    const char *name = place->search->name;
    if (!place->search->is_shared || !name || *name != '/')
        return put_beside(place, path, "", "");
    buf_puts(path, name);
    return true;
}

static bool put_debug_directory(const struct place *place, struct buf *path)
{
    return !place->search->is_shared && put_beside(place, path, "", ".debug/");
}

static bool put_global_directory(const struct place *place, struct buf *path)
{
    return !place->search->is_shared && put_beside(place, path, place->search->directory, "");
}

/* False: there is no such place. */
static bool (*const places[])(const struct place *place, struct buf *path) = {
    put_by_build_id,
    put_own_directory,
    put_debug_directory,
    put_global_directory,
};
enum { N_PLACES = sizeof(places) / sizeof(*places) };

/* -ENOENT: nothing there, or no such place. */
static int try_place(const struct place *at, size_t i, const char *root, int *ret_fd, char **ret_path)
{
    _cleanup_buf_ struct buf path = {0}, shown = {0};
    if (!places[i](at, &path))
        return -ENOENT;
    const char *below = buf_string(&path);
    if (!below)
        return -ENOMEM;
    _cleanup_close_ int fd = open_below(root, below);
    if (fd < 0)
        return fd;
    buf_printf(&shown, "%s%s", strcmp(root, "/") ? root : "", below);
    *ret_path = buf_steal(&shown);
    if (!*ret_path)
        return -ENOMEM;
    *ret_fd = take_fd(&fd);
    return 0;
}

int debug_file_open(const struct debug_file_search *search, size_t *place, int *ret_fd, char **ret_path)
{
    _cleanup_buf_ struct buf root = {0};
    const char *below = split_root(search->path, &root);
    const char *slash = strrchr(below, '/');
    const struct place at = {search, below, *below == '/' ? (size_t)(slash - below) + 1 : 0};
    const char *own_root = buf_string(&root);
    if (!own_root)
        return -ENOMEM;
    /* All of them in the file's own root; of ours, where that is another one, what goes by build id. */
    size_t n = (size_t)N_PLACES + (strcmp(own_root, "/") != 0);
    int error = -ENOENT;
    while (error == -ENOENT && *place < n) {
        size_t i = (*place)++;
        error = try_place(&at, i % N_PLACES, i < N_PLACES ? own_root : "/", ret_fd, ret_path);
    }
    return error;
}
