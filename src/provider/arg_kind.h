/* What an argument means, beyond its width and sign, which are the note's. */
#ifndef TRACER_PROVIDER_ARG_KIND_H
#define TRACER_PROVIDER_ARG_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum arg_kind {
    ARG_KIND_INTEGER, /* a number; enums and characters too */
    ARG_KIND_BOOL,    /* true or false */
    ARG_KIND_FLOAT,   /* float or double, by the size */
    ARG_KIND_POINTER, /* "0x…" */
    ARG_KIND_STRING,  /* the NUL-terminated text behind it */
    /* Those that no C type gives, only an annotation (arg_note.h): */
    ARG_KIND_HEX,      /* so many bytes behind it, as a string of hexadecimal digits */
    ARG_KIND_TEXT,     /* so many bytes behind it, as text */
    ARG_KIND_SOCKADDR, /* the struct sockaddr behind it: "127.0.0.1:8443" */
    ARG_KIND_ENUM,     /* the name of the value, or its digits in a string */
    ARG_KIND_STRINGS,  /* texts one behind the other, each with a NUL; of kernel probes only */
};

/* Whether what is shown lies behind the value, which is a pointer. */
static inline bool arg_kind_is_fetched(enum arg_kind kind)
{
    return kind == ARG_KIND_STRING || kind == ARG_KIND_HEX || kind == ARG_KIND_TEXT ||
           kind == ARG_KIND_SOCKADDR || kind == ARG_KIND_STRINGS;
}

/* The kind that a C type gives, with qualifiers, in any order, as it stands in a `.d` file: "const char *",
 * "char[16]" and D's "string" are strings, another pointer (function pointers and arrays too) a pointer,
 * float, double and long double a float, bool and _Bool a bool, everything else an integer. */
enum arg_kind arg_kind_of_type(const char *type, size_t len);

#endif
