/* Reading texts of a process to compare hits by: those that filters ask for, and those that tell groups
 * apart. */
#ifndef TRACER_TEXT_BPF_H
#define TRACER_TEXT_BPF_H

#include "hit.bpf.h"

/* Room for the longest. */
struct text {
    char bytes[WIRE_TEXT_WORDS * 8];
};

enum text_kind {
    TEXT_STRING, /* up to its NUL, which is one of the `size` bytes */
    TEXT_ARRAY,  /* the same, in an array of `size` - 1 bytes; one that fills it has no NUL, and there may be
                    nothing behind it */
    TEXT_BYTES,  /* just so many */
};

/* Sizes of 64 bits, because of shorter ones the verifier of 6.1 forgets the bound. */
static __always_inline long read_text_once(struct text *text, __u64 size, __u64 address, __u32 kind)
{
    FORGET(size);
    if (size > sizeof(text->bytes))
        return -1;
    if (kind == TEXT_BYTES)
        return bpf_probe_read_user(text->bytes, (__u32)size, (void *)address);
    long len = bpf_probe_read_user_str(text->bytes, (__u32)size, (void *)address);
    __u64 filled = size - 1;
    FORGET(filled);
    if (len >= 0 || kind != TEXT_ARRAY || filled >= sizeof(text->bytes) ||
        bpf_probe_read_user(text->bytes, (__u32)filled, (void *)address))
        return len;
    return (long)size;
}

/* Brings in the pages, which are two at most. Of the room no more than `size` bytes are written. The result
 * is how many there are, with the NUL, or just not negative for TEXT_BYTES; negative: they can't be read. A
 * global function, verified once and not for each that asks. */
__noinline int read_text(struct text *text, __u32 size, __u64 address, __u32 kind)
{
    if (!text)
        return -1;
    long len = read_text_once(text, size, address, kind);
    for (__u32 page = 0; len < 0 && page <= 1; page++) {
        __u64 touch = page ? (address & ~(__u64)(PAGE - 1)) + PAGE : address;
        char byte;
        if (bpf_copy_from_user(&byte, 1, (void *)touch))
            break;
        len = read_text_once(text, size, address, kind);
    }
    return (int)len;
}

#endif
