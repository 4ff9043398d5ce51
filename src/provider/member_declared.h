/* An argument's C type as the definition writes it: which structure it points to. Private to this layer. */
#ifndef TRACER_PROVIDER_MEMBER_DECLARED_H
#define TRACER_PROVIDER_MEMBER_DECLARED_H

#include <stdbool.h>
#include <stddef.h>

struct member_declared {
    const char *name; /* inside the type's text; NULL: not one that somebody has given, as "unsigned long" */
    size_t len;
    bool tagged;       /* behind struct, union, class or enum */
    unsigned pointers; /* stars and brackets */
};

struct member_declared member_declared_parse(const char *type);

#endif
