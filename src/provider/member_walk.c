/* A path is walked as a compiler would: a name is a member of the record where we stand, at some offset in
 * it; when a pointer stands in between, what was added up so far is one load, and adding starts anew behind
 * it. An index steps along an array, or along what a pointer points to.
 *
 *     struct conn *conn    .local.id     .peer->id: written .peer.id
 *                          [0x18 + 8]    [0x40] [8]
 *
 * What the types say is as hostile as the rest of the file: a record can hold itself without a name, an array
 * can have 2^64 elements of 2^64 bytes. So looking at fields is counted and sums are checked. */
#include "provider/member_walk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "provider/member_declared.h"

enum {
    MOST_FIELDS = 50000, /* looked at for one path; real records have up to some hundreds */
    MOST_NESTED = 32,    /* records without a name in each other */
    MOST_TYPE_NAME = 8,  /* pointers and arrays in a type's name */
};

struct walk {
    struct member_source *source;
    struct diag *diag;
    const char *path;
    uint64_t fields_seen;
    /* Where we stand: at `offset` behind the last pointer, on something of type `ref`. */
    int32_t offsets[MEMBER_MOST_LOADS];
    size_t n_loads;
    uint64_t offset;
    struct member_ref ref;
    struct member_type type;
    bool is_bits;
};

static int fail_damaged(struct walk *walk)
{
    return diag_set(walk->diag, -EBADMSG, "the debug information is damaged");
}

static int stand_on(struct walk *walk, const struct member_ref *ref)
{
    walk->ref = *ref;
    int error = walk->source->ops->describe(walk->source, ref, &walk->type);
    return error == -EBADMSG ? fail_damaged(walk) : error;
}

/* "struct conn", "conn_t", "int"; for a type without any name what it is. */
static void append_plain_name(struct buf *out, const struct member_type *type)
{
    static const char *const nameless[] = {
        [MEMBER_CLASS_OTHER] = "void",    [MEMBER_CLASS_INTEGER] = "integer",
        [MEMBER_CLASS_CHAR] = "char",     [MEMBER_CLASS_BOOL] = "bool",
        [MEMBER_CLASS_FLOAT] = "float",   [MEMBER_CLASS_POINTER] = "pointer",
        [MEMBER_CLASS_RECORD] = "struct", [MEMBER_CLASS_ARRAY] = "array",
    };
    if (type->alias)
        buf_puts(out, type->alias);
    else if (type->name)
        buf_printf(out, "%s%s%s", type->tag ? type->tag : "", type->tag ? " " : "", type->name);
    else
        buf_puts(out, type->tag ? type->tag : nameless[type->class]);
}

static void put_in_front(struct buf *text, const char *more)
{
    struct buf joined = {0};
    buf_puts(&joined, more);
    buf_append(&joined, text->data ? text->data : "", text->len);
    buf_free(text);
    *text = joined;
}

/* As C writes it, without qualifiers. An array's dimensions stand in their order, all else is read from the
 * name outwards. */
static char *name_type(struct walk *walk, const struct member_type *outermost)
{
    _cleanup_buf_ struct buf name = {0}, behind = {0};
    struct member_type type = *outermost;
    for (size_t depth = 0; depth < MOST_TYPE_NAME; depth++) {
        bool is_array = type.class == MEMBER_CLASS_ARRAY;
        if (type.alias || (!is_array && type.class != MEMBER_CLASS_POINTER))
            break;
        if (is_array)
            buf_printf(&behind, "[%" PRIu64 "]", type.count);
        else
            put_in_front(&behind, "*");
        struct member_ref target = type.target;
        if (!type.has_target)
            type = (struct member_type){0};
        else if (walk->source->ops->describe(walk->source, &target, &type))
            break;
    }
    append_plain_name(&name, &type);
    if (behind.len)
        buf_printf(&name, "%s%s", *behind.data == '*' ? " " : "", buf_string(&behind));
    return buf_steal(&name);
}

/* Refuses the path at `at`: "WHAT is a TYPE, WHY". */
static int refuse_type(struct walk *walk, const struct member_type *type, const char *at, const char *why)
{
    _cleanup_free_ char *name = name_type(walk, type);
    if (!name)
        return -ENOMEM;
    if (at == walk->path)
        return diag_set(walk->diag, -EINVAL, "the argument is of type %s, %s", name, why);
    return diag_set(walk->diag, -EINVAL, "%.*s is of type %s, %s", (int)(at - walk->path), walk->path, name,
                    why);
}

/* What was added up is loaded, and we stand behind it. */
static int take_load(struct walk *walk)
{
    if (walk->n_loads == MEMBER_MOST_LOADS)
        return diag_set(walk->diag, -EINVAL, "that takes more than %d loads", MEMBER_MOST_LOADS);
    if (walk->offset > INT32_MAX)
        return diag_set(walk->diag, -EINVAL, "that is 0x%" PRIx64 " bytes away", walk->offset);
    walk->offsets[walk->n_loads++] = (int32_t)walk->offset;
    walk->offset = 0;
    return 0;
}

static int follow_pointer(struct walk *walk, const char *at)
{
    if (!walk->type.has_target)
        return refuse_type(walk, &walk->type, at, "and what it points to is not known");
    int error = take_load(walk);
    struct member_ref target = walk->type.target;
    return error ? error : stand_on(walk, &target);
}

/* A record that is only declared where its name is used is defined somewhere else. */
static int find_definition(struct walk *walk)
{
    const char *name = walk->type.name;
    if (!walk->type.is_declared)
        return 0;
    struct member_ref definition;
    int error = name
                    ? walk->source->ops->find(walk->source, true, name, strlen(name), &definition, walk->diag)
                    : -ENOENT;
    if (!error)
        error = stand_on(walk, &definition);
    if (error == -ENOENT || (!error && walk->type.is_declared))
        return diag_set(walk->diag, -ENODATA, "the debug information only declares %s %s", walk->type.tag,
                        name ? name : "");
    return error;
}

/* Steps to the record's next field, which lies at `*ret_at`. 1; 0: there is none any more. */
static int next_field(struct walk *walk, const struct member_ref *record, uint64_t offset,
                      struct member_cursor *cursor, struct member_field *ret_field, uint64_t *ret_at)
{
    uint64_t seen = cursor->index;
    int found = walk->source->ops->next_field(walk->source, record, cursor, ret_field);
    if (found != 1)
        return found;
    walk->fields_seen += cursor->index - seen;
    bool is_beyond = __builtin_add_overflow(offset, ret_field->offset, ret_at);
    return is_beyond || walk->fields_seen > MOST_FIELDS ? -EBADMSG : 1;
}

static int find_own_field(struct walk *walk, const struct member_ref *record, uint64_t offset,
                          const char *name, size_t len)
{
    struct member_cursor cursor = {0};
    struct member_field field;
    uint64_t at;
    int found;
    while ((found = next_field(walk, record, offset, &cursor, &field, &at)) == 1) {
        if (!field.name || strncmp(field.name, name, len) || field.name[len])
            continue;
        walk->offset = at;
        walk->is_bits = field.is_bits;
        int error = stand_on(walk, &field.type);
        return error ? error : 1;
    }
    return found;
}

/* 1 and walk stands on the field; 0: this record has none of that name. Fields of a record without a name
 * count as its owner's, as do those that a class inherits, unless it has one of the same name itself. */
static int find_field(struct walk *walk, const struct member_ref *record, uint64_t offset, const char *name,
                      size_t len, unsigned depth)
{
    struct member_cursor cursor = {0};
    struct member_field field;
    struct member_type type;
    uint64_t at;
    int found = find_own_field(walk, record, offset, name, len);
    if (found || depth == MOST_NESTED)
        return found;
    while ((found = next_field(walk, record, offset, &cursor, &field, &at)) == 1) {
        if (field.name)
            continue;
        int error = walk->source->ops->describe(walk->source, &field.type, &type);
        if (error)
            return error;
        if (type.class != MEMBER_CLASS_RECORD)
            continue;
        found = find_field(walk, &field.type, at, name, len, depth + 1);
        if (found)
            return found;
    }
    return found;
}

static int step_to_member(struct walk *walk, const char *at, const char *name, size_t len)
{
    struct member_type before = walk->type;
    int error = before.class == MEMBER_CLASS_POINTER ? follow_pointer(walk, at) : 0;
    if (error)
        return error;
    if (walk->type.class != MEMBER_CLASS_RECORD)
        return refuse_type(walk, &before, at, "which has no members");
    error = find_definition(walk);
    if (error)
        return error;
    struct member_type owner = walk->type;
    struct member_ref record = walk->ref;
    int found = find_field(walk, &record, walk->offset, name, len, 0);
    if (found == -EBADMSG)
        return fail_damaged(walk);
    if (found)
        return found < 0 ? found : 0;
    _cleanup_free_ char *owner_name = name_type(walk, &owner);
    return diag_set(walk->diag, -EINVAL, "%s has no member %.*s", owner_name ? owner_name : "it", (int)len,
                    name);
}

static int step_to_element(struct walk *walk, const char *at, uint64_t index)
{
    bool is_array = walk->type.class == MEMBER_CLASS_ARRAY;
    if (is_array && walk->type.count && index >= walk->type.count)
        return refuse_type(walk, &walk->type, at, "which has fewer elements");
    if (!is_array && walk->type.class != MEMBER_CLASS_POINTER)
        return refuse_type(walk, &walk->type, at, "which has no elements");
    struct member_ref target = walk->type.target;
    int error = !is_array               ? follow_pointer(walk, at)
                : walk->type.has_target ? stand_on(walk, &target)
                                        : -EBADMSG;
    if (!error)
        error = find_definition(walk);
    uint64_t distance;
    if (!error && (__builtin_mul_overflow(index, walk->type.size, &distance) ||
                   __builtin_add_overflow(walk->offset, distance, &walk->offset)))
        error = -EBADMSG;
    return error == -EBADMSG ? fail_damaged(walk) : error;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* One ".name" or "[number]"; *at goes behind it. */
static int take_step(struct walk *walk, const char **at)
{
    const char *start = *at, *end = start + 1;
    if (*start == '.') {
        while (is_name_byte(*end))
            end++;
        *at = end;
        if (end > start + 1)
            return step_to_member(walk, start, start + 1, (size_t)(end - start - 1));
    } else if (*start == '[') {
        char *behind = NULL;
        errno = 0;
        uint64_t index = *end >= '0' && *end <= '9' ? strtoull(end, &behind, 0) : 0;
        if (behind && *behind == ']' && !errno) {
            *at = behind + 1;
            return step_to_element(walk, start, index);
        }
    }
    return diag_set(walk->diag, -EINVAL, "a member is written .name or .name[3], not %.40s", start);
}

static int find_start(struct walk *walk, const char *type)
{
    struct member_declared declared = member_declared_parse(type);
    struct diag why = {0};
    int error = -ENOENT;
    if (!declared.name)
        return diag_set(walk->diag, -EINVAL, "the argument is of type %s, which has no members", type);
    if (declared.pointers > 1)
        return diag_set(walk->diag, -EINVAL, "the argument is of type %s, not a pointer to a structure",
                        type);
    error =
        walk->source->ops->find(walk->source, declared.tagged, declared.name, declared.len, &walk->ref, &why);
    if (error == -ENOENT)
        return diag_set(walk->diag, -ENODATA, "the debug information has no %s%.*s",
                        declared.tagged ? "struct " : "type ", (int)declared.len, declared.name);
    struct member_ref start = walk->ref;
    if (!error)
        error = stand_on(walk, &start);
    else
        return diag_set(walk->diag, error, "%s", why.text);
    if (error || declared.pointers)
        return error;
    /* "conn_t conn", where conn_t is a pointer itself: its value is the argument's, no load. */
    struct member_ref target = walk->type.target;
    if (walk->type.class != MEMBER_CLASS_POINTER || !walk->type.has_target)
        return diag_set(walk->diag, -EINVAL, "the argument is of type %s, not a pointer to a structure",
                        type);
    return stand_on(walk, &target);
}

static int fill_end(struct walk *walk, struct member_end *ret)
{
    struct member_end end = {.n_loads = walk->n_loads, .type = walk->type, .is_bits = walk->is_bits};
    memcpy(end.offsets, walk->offsets, sizeof(end.offsets));
    if (walk->type.has_target) {
        struct member_type target;
        struct member_ref ref = walk->type.target;
        if (walk->source->ops->describe(walk->source, &ref, &target))
            return fail_damaged(walk);
        end.points_text = target.class == MEMBER_CLASS_CHAR;
        end.holds_bytes = target.class == MEMBER_CLASS_INTEGER && target.size == 1;
    }
    end.type_name = name_type(walk, &walk->type);
    if (!end.type_name)
        return -ENOMEM;
    *ret = end;
    return 0;
}

int member_walk(struct member_source *source, const char *type, const char *path, struct member_end *ret,
                struct diag *diag)
{
    struct walk walk = {.source = source, .diag = diag, .path = path};
    int error = find_start(&walk, type);
    for (const char *at = path; *at && !error;)
        error = take_step(&walk, &at);
    if (!error)
        error = take_load(&walk);
    return error ? error : fill_end(&walk, ret);
}
