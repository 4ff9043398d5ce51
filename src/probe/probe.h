/* A probe as users see it: one provider:probe of one file, with all its call sites and with its arguments
 * named by a definition where there is one. */
#ifndef TRACER_PROBE_PROBE_H
#define TRACER_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "elf/arg_spec.h"
#include "elf/elf_file.h"
#include "provider/arg_kind.h"
#include "provider/arg_note.h"
#include "provider/member.h"
#include "provider/provider_d.h"

struct probe_arg {
    char *name;                 /* unique among the probe's arguments: "arg0", or the definition's */
    char *type;                 /* C type: the definition's, or "int32_t" and the like from the note */
    enum arg_kind kind;         /* of what is shown: the member's, where there is a chain */
    char *annotation;           /* the definition's, as one would write it: "hex[16]"; or NULL */
    struct arg_note note;       /* the same, as far as it is followed */
    struct member_chain *chain; /* to the member that is meant; NULL: the argument itself is */
    size_t length_arg;    /* HEX, TEXT: so many bytes as this argument says; PROBE_NO_ARG: a fixed number */
    bool member_has_kind; /* the annotation says how the member is to be shown: */
    enum arg_kind member_kind;
    char *passed_over;   /* why the annotation is not followed, or a part of it; or NULL */
    int why_passed_over; /* -EINVAL: a mistake in it; -EBADMSG: damage in the file; 0: nobody's fault */
    char *unreadable;    /* why it can't be read at some sites, or at all of them; or NULL */
};

#define PROBE_NO_ARG SIZE_MAX

struct probe_site {
    uint64_t address;
    uint64_t offset;
    uint64_t semaphore;        /* 0: none */
    uint64_t semaphore_offset; /* 0: none */
    char *spec;                /* the note's argument string */
    struct arg_spec_list args; /* parsed, pointing into spec */
    int64_t *symbol_disp;      /* per argument: what its symbol adds to the displacement; 0 */
    int *symbol_error;         /* per argument: its symbol can't be resolved, as elf_file_symbol() puts it;
                                  -EADDRNOTAVAIL: its address is not known before the program runs; else 0 */
};

struct probe {
    uint32_t id;                   /* 0 until the probe is part of a trace; unique in the run */
    const struct probe_file *file; /* NULL: a kernel probe */
    const char *method;            /* how a kernel probe is attached; NULL: a static probe */
    char *provider;
    char *name;
    struct probe_arg *args; /* as many as the site with the most arguments has */
    size_t n_args;
    char *misfit; /* what its definition says otherwise than the notes, which are right; or NULL */
    struct probe_site *sites; /* sorted by address */
    size_t n_sites;
};

static inline bool probe_is_kernel(const struct probe *probe)
{
    return probe->method;
}

/* One ELF file with probes. */
struct probe_file {
    char *path;       /* as users see it */
    char *build_id;   /* NULL: none */
    unsigned machine; /* EM_… */
    unsigned pointer_size;
    struct probe *probes; /* sorted by provider, name */
    size_t n_probes;
    size_t malformed; /* notes passed over, and why the first of them was */
    struct diag first_malformed;
    size_t args_left_out; /* of all sites, behind the first ARG_SPEC_MOST of each */
};

/* Whether that argument of that site can be read, as far as the file tells. */
bool probe_site_can_read(const struct probe_file *file, const struct probe_site *site, size_t i);

/* Reads the file behind `fd` (only during the call). `path` is for users. Definitions come from `set`, which
 * grows by what `directory` (NULL: none) has installed for the providers found; a definition file there that
 * can't be read is passed over, with the reason in `ret_warning` (may be NULL).
 * Errors as of elf_file_open() and elf_note_list_read(). The result is freed with probe_file_free(). */
int probe_file_read(int fd, const char *path, struct provider_set *set, const char *directory,
                    struct probe_file **ret_file, struct diag *ret_warning, struct diag *diag);
void probe_file_free(struct probe_file *file);

DEFINE_CLEANUP(probe_file, struct probe_file *, probe_file_free);
#define _cleanup_probe_file_ _cleanup_(cleanup_probe_file)

#endif
