/* The executable mappings of files that /proc/PID/maps shows. Only src/target uses this. */
#ifndef TRACER_TARGET_MAPS_H
#define TRACER_TARGET_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define MAPS_DELETED " (deleted)" /* behind the path of a file that is no longer there */

/* Bytes that belong to somebody else; not NUL-terminated. */
struct text {
    const char *at, *end;
};

static inline size_t text_len(struct text text)
{
    return (size_t)(text.end - text.at);
}

static inline bool text_starts_with(struct text text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text_len(text) >= len && !memcmp(text.at, prefix, len);
}

static inline bool text_ends_with(struct text text, const char *suffix)
{
    size_t len = strlen(suffix);
    return text_len(text) >= len && !memcmp(text.end - len, suffix, len);
}

struct mapping {
    uint64_t start, end;
    uint64_t device, inode; /* device is major << 32 | minor */
    struct text path;       /* within maps.text, as it stands there */
};

struct maps {
    pid_t tid; /* /proc/TID is where the process's memory can be seen: its own number, or another thread's
                  when its first thread has ended */
    struct mapping *mappings; /* the lowest of each (device, inode, path), in the order of addresses */
    size_t count;
    struct buf text;
};

/* -ESRCH: the process has no memory, because it has exited or never had any (a kernel thread). */
int maps_read(pid_t pid, struct maps *ret_maps);
void maps_free(struct maps *maps);

#define _cleanup_maps_ _cleanup_(maps_free)

#endif
