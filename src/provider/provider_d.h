/* Provider definitions: the D files that `dtrace -h` takes, which name a probe's arguments and give their C
 * types. */
#ifndef TRACER_PROVIDER_PROVIDER_D_H
#define TRACER_PROVIDER_PROVIDER_D_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "provider/arg_kind.h"
#include "provider/arg_note.h"
#include "provider/provider_remark.h"

struct provider_arg {
    char *name;               /* NULL when the definition names none */
    char *type;               /* the C type, blanks folded: "const char *" */
    enum arg_kind kind;       /* of what is to be shown: by the annotation, or else by the type */
    enum arg_kind plain_kind; /* of the argument itself, by its type: where the annotation is of no use */
    bool has_kind;            /* the annotation says it, of the member too if there is one */
    unsigned char width;      /* in bytes, by its type, see arg_width.h; 0: not known */
    struct arg_note note;     /* length_arg is "argN" or the name of an argument of the probe, an integer */
};

/* Whether the probe's argument number `i` has that name, its own or else "argN". */
bool provider_arg_is_called(const struct provider_arg *arg, size_t i, const char *name);

/* A further field, in which an argument is shown in another way. */
struct provider_field {
    struct provider_arg arg;
    size_t of; /* which argument */
};

struct provider_probe {
    char *name; /* as the note has it: "query__start", also when the file says query-start */
    struct provider_arg *args;
    size_t n_args;
    struct provider_field *fields; /* besides one for each argument */
    size_t n_fields;
};

struct provider {
    char *name;
    struct provider_probe *probes; /* sorted by name, then by number of arguments */
    size_t n_probes;
};

/* All definitions that were loaded. Start from {0}. */
struct provider_set {
    struct provider *providers;
    size_t count;
    struct provider_remarks remarks; /* on all files that were read: for whoever has read them to say */
};

/* Adds the providers that stand in `text` (any bytes, no NUL needed). `file` is for messages. A provider
 * that the set has already is replaced. -EINVAL: the diag says "file:line:column: what is wrong: text" (both
 * count from 1; a column is a character, a tab too), and the set is as it was; -EFBIG: larger than 1 MiB;
 * -ENOMEM. */
int provider_set_parse(struct provider_set *set, const char *file, const char *text, size_t len,
                       struct diag *diag);

/* The same for a file on disk. Other errors from opening and reading it (-EISDIR …), said in the diag. */
int provider_set_load(struct provider_set *set, const char *path, struct diag *diag);

/* Loads `directory`/NAME.d, where NAME is a provider that a note names (so hostile: a name with a slash, a
 * leading dot or a byte outside [A-Za-z0-9_-] is never looked up). Returns 1 when the set has that provider
 * now or had it before, 0 when there is no such file or it defines others, or an error as above. What the
 * set has already is never replaced. */
int provider_set_load_installed(struct provider_set *set, const char *directory, const char *name,
                                struct diag *diag);

/* NULL when the set does not know it. The result is the set's. */
const struct provider *provider_set_find(const struct provider_set *set, const char *provider);

/* A definition may describe several versions of a program, and thus one probe several times with different
 * numbers of arguments. This finds the one for a note with `n_args` arguments; where there is none, the one
 * with the most. */
const struct provider_probe *provider_find_probe_for(const struct provider *provider, const char *probe,
                                                     size_t n_args);

void provider_set_free(struct provider_set *set);

#define _cleanup_provider_set_ _cleanup_(provider_set_free)

#endif
