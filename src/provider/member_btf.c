/* Types as BTF has them: a header, a row of type records numbered from 1 in the order in which they stand,
 * and the names. The kernel's Documentation/bpf/btf.rst describes it. A record is three words, with more
 * behind them that depend on its kind. Where each one starts is noted once, and then a type is a number that
 * is known to be one and whose record is known to be all there.
 *
 * Most programs have none; it is for those that were stripped of DWARF and given this instead (pahole -J). */
#include "provider/member_source.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum {
    MOST_TYPES = 4000000,
    MOST_QUALIFIERS = 64, /* typedefs and the like around a type */
    MOST_NESTED = 16,     /* arrays of arrays */
    WORD = 4,
    TYPE_WORDS = 3,
    HEADER_BYTES = 24,
};

struct member_btf {
    struct member_source source;
    const uint8_t *bytes; /* the caller's */
    bool swapped;         /* not in our byte order */
    unsigned pointer_size;
    uint32_t strings; /* where the names start, and how many bytes they are; the last one is a NUL */
    uint32_t strings_size;
    uint32_t *types; /* where each record starts; types[0] is void, which has none */
    uint32_t n_types;
};

/* The fixed part of a record. */
struct record {
    const char *name; /* NULL: none */
    uint32_t kind;
    uint32_t vlen;
    bool flag;
    uint32_t size_or_type;
    uint32_t more; /* where the rest of it starts */
};

static struct member_btf *as_btf(struct member_source *source)
{
    return (struct member_btf *)source;
}

static struct member_ref ref_of(uint32_t type)
{
    return (struct member_ref){.words = {type}};
}

static uint32_t word_at(const struct member_btf *btf, uint32_t offset)
{
    uint32_t word;
    memcpy(&word, btf->bytes + offset, sizeof(word));
    return btf->swapped ? __builtin_bswap32(word) : word;
}

static const char *name_at(const struct member_btf *btf, uint32_t offset)
{
    const char *name = offset < btf->strings_size ? (const char *)btf->bytes + btf->strings + offset : "";
    return *name ? name : NULL;
}

/* Words behind the fixed part. False: a kind that came after this was written, whose length nobody knows. */
static bool words_behind(uint32_t kind, uint32_t vlen, uint64_t *ret)
{
    static const struct {
        bool known;
        uint8_t fixed;
        uint8_t each; /* of vlen */
    } kinds[] = {
        [BTF_KIND_INT] = {true, 1, 0},        [BTF_KIND_PTR] = {true, 0, 0},
        [BTF_KIND_ARRAY] = {true, 3, 0},      [BTF_KIND_STRUCT] = {true, 0, 3},
        [BTF_KIND_UNION] = {true, 0, 3},      [BTF_KIND_ENUM] = {true, 0, 2},
        [BTF_KIND_FWD] = {true, 0, 0},        [BTF_KIND_TYPEDEF] = {true, 0, 0},
        [BTF_KIND_VOLATILE] = {true, 0, 0},   [BTF_KIND_CONST] = {true, 0, 0},
        [BTF_KIND_RESTRICT] = {true, 0, 0},   [BTF_KIND_FUNC] = {true, 0, 0},
        [BTF_KIND_FUNC_PROTO] = {true, 0, 2}, [BTF_KIND_VAR] = {true, 1, 0},
        [BTF_KIND_DATASEC] = {true, 0, 3},    [BTF_KIND_FLOAT] = {true, 0, 0},
        [BTF_KIND_DECL_TAG] = {true, 1, 0},   [BTF_KIND_TYPE_TAG] = {true, 0, 0},
        [BTF_KIND_ENUM64] = {true, 0, 3},
    };
    if (kind >= sizeof(kinds) / sizeof(*kinds) || !kinds[kind].known)
        return false;
    *ret = kinds[kind].fixed + (uint64_t)kinds[kind].each * vlen;
    return true;
}

static struct record record_at(const struct member_btf *btf, uint32_t offset)
{
    uint32_t info = word_at(btf, offset + WORD);
    return (struct record){
        .name = name_at(btf, word_at(btf, offset)),
        .kind = BTF_INFO_KIND(info),
        .vlen = BTF_INFO_VLEN(info),
        .flag = BTF_INFO_KFLAG(info),
        .size_or_type = word_at(btf, offset + 2 * WORD),
        .more = offset + TYPE_WORDS * WORD,
    };
}

static bool has_type(const struct member_btf *btf, uint64_t type)
{
    return type && type < btf->n_types;
}

/* Goes through typedefs and qualifiers. 1: *type is a record that is there, and what it is; 0: void. */
static int strip(const struct member_btf *btf, uint32_t *type, struct record *record, const char **ret_alias)
{
    for (size_t i = 0; i < MOST_QUALIFIERS; i++) {
        if (!*type)
            return 0;
        if (!has_type(btf, *type))
            return -EBADMSG;
        *record = record_at(btf, btf->types[*type]);
        bool is_typedef = record->kind == BTF_KIND_TYPEDEF;
        if (!is_typedef && record->kind != BTF_KIND_CONST && record->kind != BTF_KIND_VOLATILE &&
            record->kind != BTF_KIND_RESTRICT && record->kind != BTF_KIND_TYPE_TAG)
            return 1;
        if (is_typedef && !*ret_alias)
            *ret_alias = record->name;
        *type = record->size_or_type;
    }
    return -EBADMSG;
}

static void describe_int(const struct member_btf *btf, const struct record *record, struct member_type *type)
{
    uint32_t encoding = BTF_INT_ENCODING(word_at(btf, record->more));
    type->is_signed = encoding & BTF_INT_SIGNED;
    type->class = encoding & BTF_INT_BOOL ? MEMBER_CLASS_BOOL : MEMBER_CLASS_INTEGER;
    if (type->size == 1 && type->name && !strcmp(type->name, "char"))
        type->class = MEMBER_CLASS_CHAR;
}

static int describe(const struct member_btf *btf, uint32_t number, unsigned depth, struct member_type *type);

/* The element's type, the index's type, the number of elements. */
static int describe_array(const struct member_btf *btf, const struct record *record, unsigned depth,
                          struct member_type *type)
{
    uint32_t element = word_at(btf, record->more);
    struct member_type described = {0};
    int error = depth < MOST_NESTED ? describe(btf, element, depth + 1, &described) : -EBADMSG;
    type->class = MEMBER_CLASS_ARRAY;
    type->has_target = element;
    type->target = ref_of(element);
    type->count = word_at(btf, record->more + 2 * WORD);
    if (!error && __builtin_mul_overflow(type->count, described.size, &type->size))
        error = -EBADMSG;
    return error;
}

static int describe_record(const struct member_btf *btf, const struct record *record, unsigned depth,
                           struct member_type *type)
{
    static const char *const tags[] = {
        [BTF_KIND_STRUCT] = "struct", [BTF_KIND_UNION] = "union", [BTF_KIND_ENUM] = "enum"};
    type->name = record->name;
    switch (record->kind) {
    case BTF_KIND_INT:
        type->size = record->size_or_type;
        describe_int(btf, record, type);
        return 0;
    case BTF_KIND_FLOAT:
        type->size = record->size_or_type;
        type->class = MEMBER_CLASS_FLOAT;
        return 0;
    case BTF_KIND_PTR:
        type->size = btf->pointer_size;
        type->class = MEMBER_CLASS_POINTER;
        type->has_target = record->size_or_type;
        type->target = ref_of(record->size_or_type);
        return 0;
    case BTF_KIND_ARRAY:
        return describe_array(btf, record, depth, type);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
        type->size = record->size_or_type;
        type->class = MEMBER_CLASS_RECORD;
        type->tag = tags[record->kind];
        return 0;
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64:
        type->size = record->size_or_type;
        type->class = MEMBER_CLASS_INTEGER;
        type->is_signed = record->flag;
        type->tag = tags[BTF_KIND_ENUM];
        return 0;
    case BTF_KIND_FWD:
        type->class = MEMBER_CLASS_RECORD;
        type->is_declared = true;
        type->tag = tags[record->flag ? BTF_KIND_UNION : BTF_KIND_STRUCT];
        return 0;
    default:
        return 0;
    }
}

static int describe(const struct member_btf *btf, uint32_t number, unsigned depth, struct member_type *type)
{
    struct record record;
    int is_there = strip(btf, &number, &record, &type->alias);
    return is_there == 1 ? describe_record(btf, &record, depth, type) : is_there;
}

static int btf_describe(struct member_source *source, const struct member_ref *ref, struct member_type *ret)
{
    struct member_type type = {0};
    int error = describe(as_btf(source), (uint32_t)ref->words[0], 0, &type);
    if (!error)
        *ret = type;
    return error;
}

static int btf_find(struct member_source *source, bool tagged, const char *name, size_t len,
                    struct member_ref *ret, struct diag *diag)
{
    (void)diag;
    const struct member_btf *btf = as_btf(source);
    uint32_t found = 0;
    for (uint32_t number = 1; number < btf->n_types; number++) {
        struct record record = record_at(btf, btf->types[number]);
        bool is_typedef = record.kind == BTF_KIND_TYPEDEF;
        bool is_tagged = record.kind == BTF_KIND_STRUCT || record.kind == BTF_KIND_UNION ||
                         record.kind == BTF_KIND_ENUM || record.kind == BTF_KIND_ENUM64;
        if (!record.name || (!is_tagged && (tagged || !is_typedef)) || strncmp(record.name, name, len) ||
            record.name[len])
            continue;
        if (!found || is_typedef)
            found = number;
    }
    if (!found)
        return -ENOENT;
    *ret = ref_of(found);
    return 0;
}

/* A member: name, type, offset in bits. With the flag, the offset's upper byte is a bit-field's width. */
static int btf_next_field(struct member_source *source, const struct member_ref *ref,
                          struct member_cursor *cursor, struct member_field *ret)
{
    const struct member_btf *btf = as_btf(source);
    struct record record;
    uint32_t number = (uint32_t)ref->words[0];
    const char *alias = NULL;
    if (strip(btf, &number, &record, &alias) != 1 ||
        (record.kind != BTF_KIND_STRUCT && record.kind != BTF_KIND_UNION))
        return -EBADMSG;
    if (cursor->index >= record.vlen)
        return 0;
    uint32_t at = record.more + (uint32_t)cursor->index++ * 3 * WORD;
    uint32_t offset = word_at(btf, at + 2 * WORD);
    uint32_t bits = record.flag ? BTF_MEMBER_BIT_OFFSET(offset) : offset;
    *ret = (struct member_field){
        .name = name_at(btf, word_at(btf, at)),
        .type = ref_of(word_at(btf, at + WORD)),
        .offset = bits / 8,
        .is_bits = bits % 8 || (record.flag && BTF_MEMBER_BITFIELD_SIZE(offset)),
    };
    return 1;
}

static void free_btf(struct member_btf *btf)
{
    free(btf->types);
    free(btf);
}

static void btf_free(struct member_source *source)
{
    free_btf(as_btf(source));
}

DEFINE_CLEANUP(btf, struct member_btf *, free_btf);

/* Notes where each record starts; they fill `from` to `to`. */
static int find_types(struct member_btf *btf, uint32_t from, uint32_t to)
{
    size_t most = (to - from) / (TYPE_WORDS * WORD) + 1;
    btf->types = calloc(most, sizeof(*btf->types));
    if (!btf->types)
        return -ENOMEM;
    for (btf->n_types = 1; from < to; btf->n_types++) {
        uint64_t behind;
        if (to - from < TYPE_WORDS * WORD || btf->n_types > MOST_TYPES)
            return -EBADMSG;
        struct record record = record_at(btf, from);
        if (!words_behind(record.kind, record.vlen, &behind) || behind > (to - record.more) / WORD)
            return -EBADMSG;
        btf->types[btf->n_types] = from;
        from = record.more + (uint32_t)behind * WORD;
    }
    return 0;
}

/* A section inside `size` bytes, counted from behind the header. */
static bool fits(uint32_t header_size, uint32_t offset, uint32_t len, size_t size)
{
    uint64_t end = (uint64_t)header_size + offset + len;
    return end <= size;
}

static int read_header(struct member_btf *btf, size_t size)
{
    uint16_t magic;
    if (size < HEADER_BYTES || size > UINT32_MAX)
        return -EBADMSG;
    memcpy(&magic, btf->bytes, sizeof(magic));
    btf->swapped = magic == __builtin_bswap16(BTF_MAGIC);
    uint32_t header_size = word_at(btf, offsetof(struct btf_header, hdr_len));
    uint32_t types = word_at(btf, offsetof(struct btf_header, type_off));
    uint32_t types_size = word_at(btf, offsetof(struct btf_header, type_len));
    uint32_t strings = word_at(btf, offsetof(struct btf_header, str_off));
    btf->strings_size = word_at(btf, offsetof(struct btf_header, str_len));
    if ((magic != BTF_MAGIC && !btf->swapped) || header_size < HEADER_BYTES ||
        !fits(header_size, types, types_size, size) || !fits(header_size, strings, btf->strings_size, size))
        return -EBADMSG;
    btf->strings = header_size + strings;
    if (!btf->strings_size || btf->bytes[btf->strings + btf->strings_size - 1])
        return -EBADMSG;
    return find_types(btf, header_size + types, header_size + types + types_size);
}

int member_btf_open(const uint8_t *bytes, size_t size, unsigned pointer_size, struct member_source **ret,
                    struct diag *diag)
{
    static const struct member_source_ops ops = {btf_find, btf_describe, btf_next_field, btf_free};
    _cleanup_(cleanup_btf) struct member_btf *btf = calloc(1, sizeof(*btf));
    if (!btf)
        return diag_set(diag, -ENOMEM, "out of memory");
    btf->source.ops = &ops;
    btf->bytes = bytes;
    btf->pointer_size = pointer_size;
    int error = read_header(btf, size);
    if (error == -EBADMSG)
        return diag_set(diag, error, "the debug information is damaged: .BTF is cut short or no BTF at all");
    if (error)
        return diag_set(diag, error, "out of memory");
    *ret = &take_pointer(btf)->source;
    return 0;
}
