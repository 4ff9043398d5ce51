#include "provider/member.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/member_source.h"
#include "provider/member_walk.h"

struct member_types {
    struct member_files files;
    struct member_source *source; /* NULL: not opened yet, or `error` */
    int error;
    struct diag why;
};

int member_types_open(const struct member_files *files, struct member_types **ret_types, struct diag *diag)
{
    struct member_types *types = calloc(1, sizeof(*types));
    if (!types)
        return diag_set(diag, -ENOMEM, "out of memory");
    types->files = *files;
    *ret_types = types;
    return 0;
}

void member_types_free(struct member_types *types)
{
    if (!types)
        return;
    if (types->source)
        types->source->ops->free(types->source);
    free(types);
}

bool member_is_offset(const struct arg_note *note)
{
    return !note->member || *note->member == '+';
}

/* DWARF before BTF, which is there for what has no DWARF. What went wrong once isn't tried again. */
static int open_source(struct member_types *types, struct diag *diag)
{
    const struct member_files *files = &types->files;
    if (!types->source && !types->error) {
        if (files->fd >= 0)
            types->error = member_dwarf_open(files->fd, files->shared_fd, &types->source, &types->why);
        else if (files->btf)
            types->error = member_btf_open(files->btf, files->btf_size, files->pointer_size, &types->source,
                                           &types->why);
        else
            types->error = diag_set(&types->why, -ENODATA, "there is no debug information");
    }
    return types->error ? diag_set(diag, types->error, "%s", types->why.text) : 0;
}

static void take_named_type(struct member_chain *chain, const struct arg_note_type *named)
{
    chain->kind = named->kind;
    chain->size = named->size;
    chain->is_signed = named->is_signed;
    chain->is_address = !named->size;
}

static bool is_readable_size(uint64_t size, enum member_class class)
{
    return size == 4 || size == 8 || (class != MEMBER_CLASS_FLOAT && (size == 1 || size == 2));
}

/* As debug information has it. Arrays and structures stay where they are. */
static int take_own_type(struct member_chain *chain, const struct member_end *end, struct diag *diag)
{
    static const enum arg_kind kinds[] = {
        [MEMBER_CLASS_OTHER] = ARG_KIND_INTEGER,  [MEMBER_CLASS_INTEGER] = ARG_KIND_INTEGER,
        [MEMBER_CLASS_CHAR] = ARG_KIND_INTEGER,   [MEMBER_CLASS_BOOL] = ARG_KIND_BOOL,
        [MEMBER_CLASS_FLOAT] = ARG_KIND_FLOAT,    [MEMBER_CLASS_POINTER] = ARG_KIND_POINTER,
        [MEMBER_CLASS_RECORD] = ARG_KIND_POINTER, [MEMBER_CLASS_ARRAY] = ARG_KIND_POINTER,
    };
    const struct member_type *type = &end->type;
    chain->kind = kinds[type->class];
    chain->is_address = type->class == MEMBER_CLASS_RECORD || type->class == MEMBER_CLASS_ARRAY;
    chain->is_signed = type->is_signed;
    if (end->points_text)
        chain->kind = ARG_KIND_STRING;
    if (chain->is_address) {
        chain->length = type->size;
        if (end->holds_bytes && type->class == MEMBER_CLASS_ARRAY && type->size)
            chain->kind = ARG_KIND_HEX;
        return 0;
    }
    if (end->is_bits)
        return diag_set(diag, -EINVAL, "that is a bit-field, which can't be read");
    if (type->class == MEMBER_CLASS_OTHER || !is_readable_size(type->size, type->class))
        return diag_set(diag, -EINVAL, "that is of type %s, %" PRIu64 " bytes, which can't be read",
                        end->type_name, type->size);
    chain->size = (uint8_t)type->size;
    return 0;
}

/* A string in an array of characters begins where the array does. */
static int resolve_by_types(struct member_types *types, const char *type, const struct arg_note *note,
                            const struct arg_note_type *named, struct member_chain *chain, struct diag *diag)
{
    struct member_end end;
    int error = types ? open_source(types, diag) : diag_set(diag, -ENODATA, "there is no debug information");
    if (!error)
        error = member_walk(types->source, type, note->member, &end, diag);
    if (error)
        return error;
    memcpy(chain->offsets, end.offsets, sizeof(chain->offsets));
    chain->n_loads = end.n_loads;
    chain->type = end.type_name;
    bool stays = end.type.class == MEMBER_CLASS_ARRAY || end.type.class == MEMBER_CLASS_RECORD;
    if (!named)
        return take_own_type(chain, &end, diag);
    take_named_type(chain, named);
    if (stays && named->kind == ARG_KIND_STRING) {
        chain->is_address = true;
        chain->size = 0;
    }
    if (chain->is_address)
        chain->length = end.type.size;
    return 0;
}

/* "+0x18+0x8": what stands at 0x18 is a pointer, and the member 8 bytes behind where it points. */
static int resolve_by_offsets(const struct arg_note *note, const struct arg_note_type *named,
                              struct member_chain *chain, struct diag *diag)
{
    if (!named)
        return diag_set(diag, -EINVAL, "an offset needs a type behind it");
    for (const char *at = note->member; *at;) {
        char *end = NULL;
        errno = 0;
        unsigned long long offset =
            at[0] == '+' && at[1] >= '0' && at[1] <= '9' ? strtoull(at + 1, &end, 0) : 0;
        if (!end || errno || offset > INT32_MAX || (*end && *end != '+'))
            return diag_set(diag, -EINVAL, "an offset is written +0x18 and at most 0x7fffffff, not %.40s",
                            at);
        if (chain->n_loads == MEMBER_MOST_LOADS)
            return diag_set(diag, -EINVAL, "that takes more than %d loads", MEMBER_MOST_LOADS);
        chain->offsets[chain->n_loads++] = (int32_t)offset;
        at = end;
    }
    take_named_type(chain, named);
    return 0;
}

/* The type as C has it, where only its name in an annotation is known. */
static char *c_type_of(const struct arg_note_type *named)
{
    static const char *const words[] = {
        [ARG_KIND_BOOL] = "bool", [ARG_KIND_POINTER] = "void *", [ARG_KIND_STRING] = "const char *"};
    char number[16];
    if (named->kind == ARG_KIND_FLOAT)
        return strdup(named->size == 4 ? "float" : "double");
    if (named->kind != ARG_KIND_INTEGER)
        return strdup(words[named->kind]);
    snprintf(number, sizeof(number), "%sint%d_t", named->is_signed ? "" : "u", 8 * named->size);
    return strdup(number);
}

static int resolve(struct member_types *types, const char *type, const struct arg_note *note,
                   struct member_chain *chain, struct diag *diag)
{
    const char *word = note->member_type;
    const struct arg_note_type *named = word ? arg_note_type_find(word, strlen(word)) : NULL;
    if (word && !named)
        return diag_set(diag, -EINVAL, "there is no type %s", word);
    int error = *note->member == '+' ? resolve_by_offsets(note, named, chain, diag)
                                     : resolve_by_types(types, type, note, named, chain, diag);
    if (error || !named)
        return error;
    free(chain->type);
    chain->type = c_type_of(named);
    return chain->type ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

int member_resolve(struct member_types *types, const char *type, const struct arg_note *note,
                   struct member_chain **ret_chain, struct diag *diag)
{
    _cleanup_member_chain_ struct member_chain *chain = calloc(1, sizeof(*chain));
    if (!chain)
        return diag_set(diag, -ENOMEM, "out of memory");
    int error = resolve(types, type, note, chain, diag);
    if (error) {
        diag_prefix(diag, "%s", note->member);
        return error;
    }
    *ret_chain = take_pointer(chain);
    return 0;
}

void member_chain_free(struct member_chain *chain)
{
    if (!chain)
        return;
    free(chain->type);
    free(chain);
}
