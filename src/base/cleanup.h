/* Locals that free themselves when they leave scope, for functions with several early returns.
 *
 * `DEFINE_CLEANUP(name, type, destructor)` makes `cleanup_name(type *)`; a local is then declared as
 * `_cleanup_(cleanup_name) type x = NULL;`. Destructors accept NULL. */
#ifndef TRACER_BASE_CLEANUP_H
#define TRACER_BASE_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

#define DEFINE_CLEANUP(name, type, destructor)                                                               \
    static inline void cleanup_##name(type *value)                                                           \
    {                                                                                                        \
        if (*value)                                                                                          \
            destructor(*value);                                                                              \
    }                                                                                                        \
    struct cleanup_##name##_needs_semicolon

static inline void cleanup_free(void *pointer)
{
    void **memory = pointer;
    free(*memory);
}

/* Closes a descriptor unless it is negative; errno survives. */
static inline void cleanup_close(int *fd)
{
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    errno = saved;
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        fclose(*file);
}

#define _cleanup_free_   _cleanup_(cleanup_free)
#define _cleanup_close_  _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)

/* Hands a self-freeing local over to somebody else: the local forgets it. */
#define take_pointer(pointer)                                                                                \
    ({                                                                                                       \
        __typeof__(pointer) taken_ = (pointer);                                                              \
        (pointer) = NULL;                                                                                    \
        taken_;                                                                                              \
    })

static inline int take_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

#endif
