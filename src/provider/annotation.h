/* The text of a comment as an annotation of an argument. Private to this layer. */
#ifndef TRACER_PROVIDER_ANNOTATION_H
#define TRACER_PROVIDER_ANNOTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "provider/arg_kind.h"
#include "provider/arg_note.h"
#include "provider/provider_lex.h"

enum { ANNOTATION_MAX_ENUMS = 1024, ANNOTATION_MAX_FIELDS = 12 };

/* What is to be shown of an argument, in a list where it is to be shown in several fields. */
struct annotation {
    char *name; /* of a further field; NULL for the first, which has the argument's name */
    struct arg_note note;
    enum arg_kind kind; /* with has_kind: instead of that of the C type */
    bool has_kind;
    struct provider_token length_arg; /* where note.length_arg stands; empty: there is none */
    struct annotation *next;
};

/* What is wrong with one, and where. */
struct annotation_error {
    const char *wrong;
    struct provider_token token;
};

/* Reads a comment, with its marks. Returns 1 for an annotation, which annotation_free() ends; 0 for prose; or
 * -EINVAL for what was clearly meant as an annotation but is none, or -ENOMEM. */
int annotation_parse(const struct provider_token *comment, struct annotation *ret_annotation,
                     struct annotation_error *ret_error);

void annotation_free(struct annotation *annotation);

#endif
