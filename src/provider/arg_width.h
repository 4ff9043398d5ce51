/* How wide a C type says an argument is. The note is the truth; this is to notice that a definition speaks of
 * another version of the program. Private to this layer, but for ARG_WIDTH_POINTER. */
#ifndef TRACER_PROVIDER_ARG_WIDTH_H
#define TRACER_PROVIDER_ARG_WIDTH_H

#include <stddef.h>

enum {
    ARG_WIDTH_UNKNOWN = 0,
    ARG_WIDTH_POINTER = 255, /* that of a pointer on the program's machine, as `long` and size_t have it */
};

/* In bytes, for a type as arg_kind_of_type() takes it. Only of C's own types and the usual typedefs. */
unsigned char arg_width_of_type(const char *type, size_t len);

#endif
