#include "provider/provider_d.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/provider_entry.h"
#include "provider/provider_parser.h"

enum { MAX_FILE_SIZE = 1024 * 1024 };

static void free_provider(struct provider *provider)
{
    for (size_t i = 0; i < provider->n_probes; i++)
        provider_entry_free_probe(&provider->probes[i]);
    free(provider->probes);
    free(provider->name);
}

void provider_set_free(struct provider_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        free_provider(&set->providers[i]);
    free(set->providers);
    provider_remarks_free(&set->remarks);
    *set = (struct provider_set){0};
}

/* Moves what `more` has into `set`; of two with one name that of `more` stays, or with `keep` the one that
 * was there. Both are sorted. On failure no provider has moved. */
static int merge(struct provider_set *set, struct provider_set *more, bool keep)
{
    if (provider_remarks_move(&set->remarks, &more->remarks))
        return -ENOMEM;
    if (!more->count)
        return 0;
    struct provider *merged = calloc(set->count + more->count, sizeof(*merged));
    if (!merged)
        return -ENOMEM;
    size_t count = 0, old = 0, added = 0;
    while (old < set->count || added < more->count) {
        int order = old == set->count      ? 1
                    : added == more->count ? -1
                                           : strcmp(set->providers[old].name, more->providers[added].name);
        if (!order)
            free_provider(keep ? &more->providers[added++] : &set->providers[old++]);
        if (order < 0 || (!order && keep))
            merged[count++] = set->providers[old++];
        else
            merged[count++] = more->providers[added++];
    }
    free(set->providers);
    free(more->providers);
    set->providers = merged;
    set->count = count;
    *more = (struct provider_set){0};
    return 0;
}

static int parse(const char *file, const char *text, size_t len, struct provider_set *ret_set,
                 struct diag *diag)
{
    if (len > MAX_FILE_SIZE)
        return diag_set(diag, -EFBIG, "%s: larger than 1 MiB, which no provider definition is", file);
    return provider_parser_run(file, len ? text : "", len, ret_set, diag);
}

int provider_set_parse(struct provider_set *set, const char *file, const char *text, size_t len,
                       struct diag *diag)
{
    _cleanup_provider_set_ struct provider_set more = {0};
    int error = parse(file, text, len, &more, diag);
    if (error)
        return error;
    return merge(set, &more, false) ? diag_set(diag, -ENOMEM, "%s: out of memory", file) : 0;
}

/* Everything but a regular file is refused before it is read: reading a FIFO or a terminal would wait. */
static int open_regular(const char *path, int *ret_fd, struct diag *diag)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status)) {
        int error = -errno;
        return diag_set(diag, error, "%s: %s", path, strerror(-error));
    }
    if (S_ISDIR(status.st_mode))
        return diag_set(diag, -EISDIR, "%s: is a directory, not a provider definition", path);
    if (!S_ISREG(status.st_mode))
        return diag_set(diag, -EINVAL, "%s: is not a regular file", path);
    *ret_fd = take_fd(&fd);
    return 0;
}

/* Reads one byte more than is allowed at most, so that parse() sees that a file is too large. */
static int read_file(const char *path, struct buf *text, struct diag *diag)
{
    _cleanup_close_ int fd = -1;
    int error = open_regular(path, &fd, diag);
    if (error)
        return error;
    char *room = buf_reserve(text, MAX_FILE_SIZE + 1);
    if (!room)
        return diag_set(diag, -ENOMEM, "%s: out of memory", path);
    while (text->len <= MAX_FILE_SIZE) {
        ssize_t got = read(fd, room + text->len, MAX_FILE_SIZE + 1 - text->len);
        if (!got)
            return 0;
        if (got > 0)
            text->len += (size_t)got;
        else if (errno != EINTR)
            return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
    }
    return 0;
}

int provider_set_load(struct provider_set *set, const char *path, struct diag *diag)
{
    _cleanup_buf_ struct buf text = {0};
    int error = read_file(path, &text, diag);
    return error ? error : provider_set_parse(set, path, text.data, text.len, diag);
}

static bool is_installable(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t len = strlen(name);
    return len && strspn(name, allowed) == len;
}

int provider_set_load_installed(struct provider_set *set, const char *directory, const char *name,
                                struct diag *diag)
{
    if (provider_set_find(set, name))
        return 1;
    if (!is_installable(name))
        return 0;
    _cleanup_buf_ struct buf path = {0}, text = {0};
    buf_printf(&path, "%s/%s.d", directory, name);
    const char *file = buf_string(&path);
    if (!file)
        return diag_set(diag, -ENOMEM, "%s: out of memory", name);
    struct diag why = {0};
    int error = read_file(file, &text, &why);
    if (error == -ENOENT || error == -ENOTDIR || error == -ENAMETOOLONG)
        return 0;
    if (error) {
        if (diag)
            *diag = why;
        return error;
    }
    /* What the user loaded goes before what else the file may define. */
    _cleanup_provider_set_ struct provider_set more = {0};
    error = parse(file, text.data, text.len, &more, diag);
    if (error)
        return error;
    if (merge(set, &more, true))
        return diag_set(diag, -ENOMEM, "%s: out of memory", file);
    return provider_set_find(set, name) != NULL;
}

static int compare_name_with_provider(const void *key, const void *element)
{
    const struct provider *provider = element;
    return strcmp(key, provider->name);
}

const struct provider *provider_set_find(const struct provider_set *set, const char *provider)
{
    return set->count ? bsearch(provider, set->providers, set->count, sizeof(*set->providers),
                                compare_name_with_provider)
                      : NULL;
}

static int compare_name_with_probe(const void *key, const void *element)
{
    const struct provider_probe *probe = element;
    return strcmp(key, probe->name);
}

const struct provider_probe *provider_find_probe_for(const struct provider *provider, const char *probe,
                                                     size_t n_args)
{
    if (!provider->n_probes)
        return NULL;
    const struct provider_probe *last = bsearch(probe, provider->probes, provider->n_probes,
                                                sizeof(*provider->probes), compare_name_with_probe);
    if (!last)
        return NULL;
    const struct provider_probe *first = last, *end = provider->probes + provider->n_probes;
    while (last + 1 < end && !strcmp(last[1].name, probe))
        last++;
    while (first > provider->probes && !strcmp(first[-1].name, probe))
        first--;
    for (const struct provider_probe *one = first; one <= last; one++)
        if (one->n_args == n_args)
            return one;
    return last;
}
