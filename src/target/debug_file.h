/* Finds the files that distributions ship debug information in, apart from the programs. */
#ifndef TRACER_TARGET_DEBUG_FILE_H
#define TRACER_TARGET_DEBUG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

#define DEBUG_FILE_DIRECTORY "/usr/lib/debug"

/* What is looked for. Names come out of files and are hostile. */
struct debug_file_search {
    const char *directory; /* DEBUG_FILE_DIRECTORY */
    const char *path;      /* of the file it belongs to, as users see it: "/proc/PID/root/…" when it is in
                              another mount namespace */
    const char *build_id;  /* lower-case hex; NULL: not known */
    const char *name;      /* NULL: not known. Of .gnu_debuglink, in the places where such files are; or
                              of .gnu_debugaltlink, an absolute path or one seen from `path` */
    bool is_shared;        /* it is the latter */
};

/* Opens the next place where it may be. Start with *place 0. Whether it is the right one, the caller finds
 * out, and else asks for the next. 0, -ENOENT after the last, -ENOMEM. `ret_path` is the caller's to free.
 * Only regular files are opened; links inside another mount namespace lead nowhere out of it. */
int debug_file_open(const struct debug_file_search *search, size_t *place, int *ret_fd, char **ret_path);

#endif
