/* The group that a hit belongs to in a summary: the values by which hits are told apart. By now nobody needs
 * the registers any longer: it is put together in their place.
 *
 * There are three functions that put in one field, because who may read text, and how, differs by program. */
#ifndef TRACER_GROUP_BPF_H
#define TRACER_GROUP_BPF_H

#include "filter.bpf.h"

/* Whether there is a summary. Then every spec has its part in it, and no record is sent. Global functions ask
 * too: the verifier of 6.1 looks also at those that are not called. */
const volatile bool summarises = false;

/* What the field's place holds of the start that this hit ends is not this hit's. */
static __always_inline void clear_field(struct wire_group *group, const struct wire_field *field)
{
    __u32 word = field->word;
    FORGET(word);
    if (field->form != WIRE_FORM_TEXT && word < WIRE_GROUP_WORDS)
        group->words[word] = 0;
    if (field->form == WIRE_FORM_TEXT && word <= WIRE_GROUP_WORDS - WIRE_FIELD_TEXT_WORDS)
        for (int i = 0; i < WIRE_FIELD_TEXT_WORDS; i++)
            group->words[word + i] = 0;
}

enum { FIELD_TEXT_SIZE = WIRE_FIELD_TEXT_WORDS * 8 };

/* Text that is a part of a group: it is to be the same bytes for the same text, up to the group's end.
 * Returns the length with the NUL; negative: it can't be read. */
static __always_inline long read_field_text(struct hit *hit, const struct wire_field *field, __u64 address,
                                            enum text_place place)
{
    __u32 word = field->word;
    FORGET(word);
    if (!address || word > WIRE_GROUP_WORDS - WIRE_FIELD_TEXT_WORDS)
        return -1;
    char *text = (char *)&hit->group.words[word];
    __u32 size = field->length ? field->length + 1 : FIELD_TEXT_SIZE;
    __u32 kind = field->length ? TEXT_ARRAY : TEXT_STRING;
    long len = place == TEXT_OF_USER ? read_text((struct text *)text, size, address, kind)
                                     : bpf_probe_read_kernel_str(text, FIELD_TEXT_SIZE, (void *)address);
    if (len == FIELD_TEXT_SIZE)
        text[WIRE_FIELD_TEXT_MAX] = '\0';
    return len;
}

/* Values that are shown as the same become the same bytes. */
static __always_inline __u64 unify(__u8 form, __u64 value)
{
    const __u64 nan4 = 0x7fc00000, nan8 = 0x7ff8000000000000;
    if (form == WIRE_FORM_BOOL)
        return value != 0;
    if (form == WIRE_FORM_FLOAT4) {
        value = (__u32)value;
        return (value & 0x7fffffff) > 0x7f800000 ? nan4 : value;
    }
    if (form == WIRE_FORM_FLOAT8 && (value & 0x7fffffffffffffff) > 0x7ff0000000000000)
        return nan8;
    return value;
}

static __always_inline void fill_field(struct hit *hit, const struct wire_field *field, __u32 i,
                                       __u64 pid_tgid, enum text_place place)
{
    struct wire_group *group = &hit->group;
    __u32 subject = field->subject, word = field->word, bit = 1U << (i & 7);
    if (subject == WIRE_NO_SUBJECT || word >= WIRE_GROUP_WORDS)
        return;
    group->absent |= bit;
    group->truncated &= ~bit;
    clear_field(group, field);
    if (subject < WIRE_MAX_ARGS) {
        if (has_none(hit, subject))
            return;
        __u64 value = hit->values[subject];
        if (field->form == WIRE_FORM_TEXT) {
            long len = place == TEXT_NOWHERE ? -1 : read_field_text(hit, field, value, place);
            if (len < 0)
                return;
            if (len > WIRE_FIELD_TEXT_MAX + 1)
                group->truncated |= bit;
        } else {
            group->words[word] = unify(field->form, value);
        }
    } else if (subject == WIRE_SUBJECT_COMM) {
        if (word > WIRE_GROUP_WORDS - WIRE_COMM_WORDS)
            return;
        bpf_get_current_comm(&group->words[word], WIRE_COMM_LEN);
    } else if (subject == WIRE_SUBJECT_CPU) {
        group->words[word] = bpf_get_smp_processor_id();
    } else {
        group->words[word] = subject == WIRE_SUBJECT_PID ? pid_tgid >> 32 : (__u32)pid_tgid;
    }
    group->absent &= ~bit;
}

__noinline int fill_plain_field(struct hit *hit, const struct wire_field *field, __u32 i, __u64 pid_tgid)
{
    if (summarises && hit && field)
        fill_field(hit, field, i, pid_tgid, TEXT_NOWHERE);
    return 0;
}

__noinline int fill_user_field(struct hit *hit, const struct wire_field *field, __u32 i, __u64 pid_tgid)
{
    if (summarises && hit && field)
        fill_field(hit, field, i, pid_tgid, TEXT_OF_USER);
    return 0;
}

__noinline int fill_kernel_field(struct hit *hit, const struct wire_field *field, __u32 i, __u64 pid_tgid)
{
    if (summarises && hit && field)
        fill_field(hit, field, i, pid_tgid, TEXT_OF_KERNEL);
    return 0;
}

__noinline int clear_group(struct hit *hit, const struct wire_spec *spec)
{
    if (!summarises || !hit || !spec)
        return 0;
    __u8 role = spec->summary.role;
    hit->group = (struct wire_group){
        .probe = role == WIRE_ROLE_COUNT || role == WIRE_ROLE_MEASURE ? spec->sampler : 0,
        .absent = (1U << WIRE_MAX_FIELDS) - 1,
    };
    return 0;
}

static __always_inline void fill_group(struct hit *hit, const struct wire_spec *spec, __u64 pid_tgid,
                                       enum text_place place)
{
    for (__u32 i = 0; i < WIRE_MAX_FIELDS && i < spec->summary.n_fields; i++) {
        if (place == TEXT_OF_USER)
            fill_user_field(hit, &spec->summary.fields[i], i, pid_tgid);
        else if (place == TEXT_OF_KERNEL)
            fill_kernel_field(hit, &spec->summary.fields[i], i, pid_tgid);
        else
            fill_plain_field(hit, &spec->summary.fields[i], i, pid_tgid);
    }
}

#endif
