/* What a type's entry in DWARF says, and the entries of its members. */
#include "provider/member_dwarf.h"

#include <errno.h>

enum {
    MOST_QUALIFIERS = 64, /* typedefs and the like around a type */
    MOST_DIMENSIONS = 16,
    MOST_FIELD_BYTES = 64 << 20, /* of entries below records, for all searches in a file */
};

static Dwarf_Die entry_of(const struct member_ref *ref)
{
    Dwarf_Die entry;
    memcpy(&entry, ref, sizeof(entry));
    return entry;
}

/* False: there is none, or it is damaged. */
static bool number_of(Dwarf_Die *entry, unsigned name, uint64_t *ret)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    if (!dwarf_attr(entry, name, &attribute) || dwarf_formudata(&attribute, &value))
        return false;
    *ret = value;
    return true;
}

/* 1: it has a type, 0: none, which is void. */
static int type_of(Dwarf_Die *entry, Dwarf_Die *ret)
{
    Dwarf_Attribute attribute;
    if (!dwarf_attr(entry, DW_AT_type, &attribute))
        return 0;
    return dwarf_formref_die(&attribute, ret) ? 1 : -EBADMSG;
}

/* Whether a type of that kind only leads to another one. */
static bool is_wrapper(int tag)
{
    static const int tags[] = {
        DW_TAG_typedef,     DW_TAG_const_type,     DW_TAG_volatile_type, DW_TAG_restrict_type,
        DW_TAG_atomic_type, DW_TAG_immutable_type, DW_TAG_packed_type,   DW_TAG_shared_type,
    };
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        if (tag == tags[i])
            return true;
    return false;
}

/* Goes through typedefs and qualifiers, and from what stands in for a type to that type's own unit (gcc's
 * -fdebug-types-section). 1: *entry is what there is in the end; 0: that is void. */
static int strip(Dwarf_Die *entry, struct member_type *type)
{
    for (size_t i = 0; i < MOST_QUALIFIERS; i++) {
        Dwarf_Attribute signature;
        Dwarf_Die inner;
        int tag = dwarf_tag(entry), has_type;
        if (tag == DW_TAG_invalid)
            return -EBADMSG;
        if (is_wrapper(tag))
            has_type = type_of(entry, &inner);
        else if (dwarf_attr(entry, DW_AT_signature, &signature))
            has_type = dwarf_formref_die(&signature, &inner) ? 1 : -EBADMSG;
        else
            return 1;
        if (tag == DW_TAG_typedef && !type->alias)
            type->alias = member_dwarf_name(entry);
        if (has_type <= 0)
            return has_type;
        *entry = inner;
    }
    return -EBADMSG;
}

static void describe_base(Dwarf_Die *entry, struct member_type *type)
{
    static const struct {
        unsigned encoding;
        enum member_class class;
        bool is_signed;
    } encodings[] = {
        {DW_ATE_signed, MEMBER_CLASS_INTEGER, true},      {DW_ATE_unsigned, MEMBER_CLASS_INTEGER, false},
        {DW_ATE_signed_char, MEMBER_CLASS_INTEGER, true}, {DW_ATE_unsigned_char, MEMBER_CLASS_INTEGER, false},
        {DW_ATE_boolean, MEMBER_CLASS_BOOL, false},       {DW_ATE_float, MEMBER_CLASS_FLOAT, true},
        {DW_ATE_UTF, MEMBER_CLASS_INTEGER, false},        {DW_ATE_address, MEMBER_CLASS_INTEGER, false},
    };
    uint64_t encoding = 0;
    number_of(entry, DW_AT_encoding, &encoding);
    for (size_t i = 0; i < sizeof(encodings) / sizeof(*encodings); i++) {
        if (encodings[i].encoding != encoding)
            continue;
        type->class = encodings[i].class;
        type->is_signed = encodings[i].is_signed;
    }
    if (type->class == MEMBER_CLASS_INTEGER && type->size == 1 && type->name && !strcmp(type->name, "char"))
        type->class = MEMBER_CLASS_CHAR;
    uint64_t endianity;
    if (number_of(entry, DW_AT_endianity, &endianity) && endianity != DW_END_default)
        type->class = MEMBER_CLASS_OTHER; /* its bytes stand the other way round */
}

/* The sign is that of the type below, where the compiler says it; else there is none. */
static int describe_enum(Dwarf_Die *entry, struct member_type *type)
{
    Dwarf_Die below;
    uint64_t encoding = 0;
    struct member_type base = {0};
    type->class = MEMBER_CLASS_INTEGER;
    number_of(entry, DW_AT_encoding, &encoding);
    type->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    int has_type = type_of(entry, &below);
    if (has_type == 1)
        has_type = strip(&below, &base);
    if (has_type <= 0)
        return has_type;
    if (dwarf_tag(&below) == DW_TAG_base_type)
        describe_base(&below, &base);
    if (base.class == MEMBER_CLASS_INTEGER)
        type->is_signed = base.is_signed;
    if (!type->size)
        number_of(&below, DW_AT_byte_size, &type->size);
    return 0;
}

/* The number of elements of each dimension; 0: not known. */
static size_t dimensions_of(Dwarf_Die *array, uint64_t counts[MOST_DIMENSIONS])
{
    size_t n = 0, seen = 0;
    Dwarf_Die entry;
    for (int missing = dwarf_child(array, &entry); !missing && seen < MOST_DIMENSIONS; seen++) {
        if (dwarf_tag(&entry) == DW_TAG_subrange_type) {
            uint64_t last;
            counts[n] = 0;
            if (!number_of(&entry, DW_AT_count, &counts[n]) && number_of(&entry, DW_AT_upper_bound, &last))
                counts[n] = last + 1; /* -1: none */
            n++;
        }
        Dwarf_Die next;
        missing = dwarf_siblingof(&entry, &next);
        entry = next;
    }
    return n;
}

/* An array of several dimensions is one entry; what it is an array of is then the same entry without its
 * first dimension. */
static int describe_array(struct member_dwarf *dwarf, Dwarf_Die *entry, size_t skip, struct member_type *type)
{
    uint64_t counts[MOST_DIMENSIONS], elements = 1;
    size_t n = dimensions_of(entry, counts);
    Dwarf_Die element;
    type->class = MEMBER_CLASS_ARRAY;
    if (skip >= n || type_of(entry, &element) != 1)
        return -EBADMSG;
    for (size_t i = skip; i < n; i++)
        if (__builtin_mul_overflow(elements, counts[i], &elements))
            return -EBADMSG;
    type->count = counts[skip];
    type->has_target = true;
    type->target = member_dwarf_ref(&element, 0);
    if (skip + 1 < n) {
        type->target = member_dwarf_ref(entry, skip + 1);
    }
    struct member_type base = {0};
    int has_type = strip(&element, &base);
    if (has_type < 0)
        return has_type;
    struct member_ref element_ref = member_dwarf_ref(&element, 0);
    /* An array whose elements are arrays again by a typedef has no size here: its depth knows no bound. */
    bool nested = has_type && dwarf_tag(&element) == DW_TAG_array_type;
    int error = has_type && !nested ? member_dwarf_describe(&dwarf->source, &element_ref, &base) : 0;
    if (error || __builtin_mul_overflow(elements, base.size, &type->size))
        return -EBADMSG;
    return 0;
}

static int describe_pointer(Dwarf_Die *entry, struct member_type *type)
{
    Dwarf_Die target;
    type->class = MEMBER_CLASS_POINTER;
    if (!type->size) {
        uint8_t address_size = 0, offset_size;
        Dwarf_Die root;
        if (!dwarf_cu_die(entry->cu, &root, NULL, NULL, &address_size, &offset_size, NULL, NULL))
            return -EBADMSG;
        type->size = address_size;
    }
    int has_type = type_of(entry, &target);
    if (has_type == 1) {
        type->has_target = true;
        type->target = member_dwarf_ref(&target, 0);
    }
    return has_type < 0 ? has_type : 0;
}

static int describe_stripped(struct member_dwarf *dwarf, Dwarf_Die *entry, size_t skip,
                             struct member_type *type)
{
    int tag = dwarf_tag(entry);
    type->name = member_dwarf_name(entry);
    number_of(entry, DW_AT_byte_size, &type->size);
    switch (tag) {
    case DW_TAG_base_type:
        describe_base(entry, type);
        return 0;
    case DW_TAG_enumeration_type:
        type->tag = "enum";
        return describe_enum(entry, type);
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_class_type:
        type->tag = tag == DW_TAG_union_type ? "union" : tag == DW_TAG_class_type ? "class" : "struct";
        type->class = MEMBER_CLASS_RECORD;
        type->is_declared = dwarf_hasattr(entry, DW_AT_declaration);
        return 0;
    case DW_TAG_array_type:
        return describe_array(dwarf, entry, skip, type);
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return describe_pointer(entry, type);
    default:
        return 0;
    }
}

int member_dwarf_describe(struct member_source *source, const struct member_ref *ref, struct member_type *ret)
{
    struct member_type type = {0};
    Dwarf_Die entry = entry_of(ref);
    size_t skip = (size_t)entry.padding__;
    entry.padding__ = 0;
    int has_type = strip(&entry, &type);
    int error = has_type > 0 ? describe_stripped(member_dwarf_of(source), &entry, skip, &type) : has_type;
    if (error)
        return error;
    *ret = type;
    return 0;
}

/* A constant; before DWARF 3 an expression that adds one. A union's members have none. */
static bool field_offset(Dwarf_Die *entry, struct member_field *field)
{
    uint64_t bits;
    Dwarf_Attribute attribute;
    Dwarf_Op *expression;
    size_t len;
    field->is_bits = dwarf_hasattr(entry, DW_AT_bit_size);
    if (number_of(entry, DW_AT_data_bit_offset, &bits)) {
        field->offset = bits / 8;
        return true;
    }
    if (!dwarf_attr(entry, DW_AT_data_member_location, &attribute) ||
        number_of(entry, DW_AT_data_member_location, &field->offset))
        return true;
    if (dwarf_getlocation(&attribute, &expression, &len) || len != 1 || expression->atom != DW_OP_plus_uconst)
        return false;
    field->offset = expression->number;
    return true;
}

/* Fills *ret from an entry that is a field with a place of its own; false: it is something else. */
static bool read_field(Dwarf_Die *entry, struct member_field *ret)
{
    int tag = dwarf_tag(entry);
    Dwarf_Die type;
    struct member_field field = {.name = tag == DW_TAG_member ? member_dwarf_name(entry) : NULL};
    /* C++'s static members are declared there and stand elsewhere; a virtual base's place is computed. */
    if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || dwarf_hasattr(entry, DW_AT_external) ||
        type_of(entry, &type) != 1 || !field_offset(entry, &field))
        return false;
    field.type = member_dwarf_ref(&type, 0);
    *ret = field;
    return true;
}

int member_dwarf_next_field(struct member_source *source, const struct member_ref *record,
                            struct member_cursor *cursor, struct member_field *ret)
{
    struct member_dwarf *dwarf = member_dwarf_of(source);
    for (;;) {
        struct member_type unused = {0};
        Dwarf_Die before = entry_of(cursor->index ? &cursor->at : record), entry;
        bool is_first = !cursor->index++;
        if (is_first && strip(&before, &unused) != 1)
            return -EBADMSG;
        int missing = is_first ? dwarf_child(&before, &entry) : dwarf_siblingof(&before, &entry);
        if (missing)
            return missing < 0 ? -EBADMSG : 0;
        dwarf->field_bytes += dwarf_dieoffset(&entry) - dwarf_dieoffset(&before);
        bool is_lost = dwarf_tag(&entry) == DW_TAG_member && member_dwarf_lacks_name(&entry);
        if (dwarf->field_bytes > MOST_FIELD_BYTES || is_lost)
            return -EBADMSG;
        cursor->at = member_dwarf_ref(&entry, 0);
        if (read_field(&entry, ret))
            return 1;
    }
}
