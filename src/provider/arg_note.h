/* What the comment behind an argument of a `.d` file says about it, which C's types can't: "hex[bytes_len]",
 * ".base.id:u32". man/tracer-probes.5 describes the notation. */
#ifndef TRACER_PROVIDER_ARG_NOTE_H
#define TRACER_PROVIDER_ARG_NOTE_H

#include <stddef.h>
#include <stdint.h>

/* A value and its name. */
struct arg_enum {
    int64_t value;
    char *name;
};

/* All zero: nothing is said. Strings are the note's, except `unit`. */
struct arg_note {
    char *member;      /* ".local.cid_set" or "+0x18+0x8": what lies behind the pointer; NULL: the argument */
    char *member_type; /* "u32", "ptr", "string": how to read it; NULL: as the debug information says */
    char *length_arg;  /* HEX and TEXT: so many bytes as this argument says, an integer of the same probe; */
    uint64_t length;   /* or so many bytes */
    const char *unit;  /* "ms", "us" or "ns": the number is a duration; or NULL */
    struct arg_enum *enums; /* sorted by value, each of them once */
    size_t n_enums;
};

/* Frees what it holds; all zero afterwards. */
void arg_note_free(struct arg_note *note);

#endif
