/* What the comment behind an argument of a `.d` file says about it, which C's types can't: "hex[bytes_len]",
 * ".base.id:u32". man/tracer-probes.5 describes the notation. */
#ifndef TRACER_PROVIDER_ARG_NOTE_H
#define TRACER_PROVIDER_ARG_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "provider/arg_kind.h"

/* A value and its name. */
struct arg_enum {
    int64_t value;
    char *name;
};

/* All zero: nothing is said. Strings are the note's, except `unit`. */
struct arg_note {
    char *member;      /* ".local.cid_set" or "+0x18+0x8": what lies behind the pointer; NULL: the argument */
    char *member_type; /* "u32": how to read it, one that arg_note_type_find() knows; NULL, which it is only
                          for names: as the debug information says */
    char *length_arg;  /* HEX and TEXT: so many bytes as this argument says, an integer of the same probe; */
    uint64_t length;   /* or so many bytes, 1 to INT64_MAX */
    const char *unit;  /* "ms", "us" or "ns": the number is a duration; or NULL */
    struct arg_enum *enums; /* sorted by value, each of them once */
    size_t n_enums;
};

/* What stands behind the colon of a member. */
struct arg_note_type {
    const char *name;
    uint8_t size; /* bytes; 0: nothing is loaded, the member's address is the value */
    bool is_signed;
    enum arg_kind kind;
};

/* NULL: there is no such type. */
const struct arg_note_type *arg_note_type_find(const char *name, size_t len);

/* Appends the annotation as one would write it: ".name.base hex[16]". `has_kind`: it gives the kind. */
void arg_note_print(const struct arg_note *note, bool has_kind, enum arg_kind kind, struct buf *out);

/* -ENOMEM: *ret_note is left alone. */
int arg_note_copy(const struct arg_note *note, struct arg_note *ret_note);

/* Frees what it holds; all zero afterwards. */
void arg_note_free(struct arg_note *note);

#endif
