/* Arrays that grow one by one. Private to this layer. */
#ifndef TRACER_PROVIDER_PROVIDER_ARRAY_H
#define TRACER_PROVIDER_PROVIDER_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/* Makes room for one element behind the `count` that are there: an array that is always asked this way has
 * room for the next power of two. NULL when memory ran out; the array is as it was then. */
static inline void *provider_array_room(void *array, size_t count, size_t element_size)
{
    if (count & (count - 1))
        return array;
    return reallocarray(array, count ? count * 2 : 1, element_size);
}

#endif
