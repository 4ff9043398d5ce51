/* The programs of tests/fixtures/members, and resolving members by their debug information. */
#ifndef TEST_PROVIDER_MEMBER_FIXTURE_H
#define TEST_PROVIDER_MEMBER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "provider/member.h"

/* The fixtures lie beside the test program. */
static inline int open_fixture(const char *name)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
    assert_true(len > 0 && len < (ssize_t)sizeof(path));
    path[len] = '\0';
    char *directory_end = strrchr(path, '/');
    size_t room = sizeof(path) - (size_t)(directory_end - path);
    assert_true((size_t)snprintf(directory_end, room, "/fixtures/members/%s", name) < room);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail_msg("%s is not there", path);
    return fd;
}

static inline struct member_types *open_types(int fd, int shared_fd)
{
    const struct member_files files = {.fd = fd, .shared_fd = shared_fd, .pointer_size = 8};
    struct member_types *types = NULL;
    assert_int_equal(member_types_open(&files, &types, NULL), 0);
    return types;
}

/* A chain as text: "+0x8 +0x10 u4 INTEGER uint32_t"; what can't be resolved as "-EINVAL why". The result is
 * good until the next call. */
static inline const char *resolved(struct member_types *types, const char *type, const char *member,
                                   const char *member_type)
{
    static const char *const kinds[] = {"INTEGER", "BOOL", "FLOAT",    "POINTER", "STRING",
                                        "HEX",     "TEXT", "SOCKADDR", "ENUM"};
    static char text[1024];
    char path[256], word[32];
    snprintf(path, sizeof(path), "%s", member);
    snprintf(word, sizeof(word), "%s", member_type ? member_type : "");
    const struct arg_note note = {.member = path, .member_type = member_type ? word : NULL};
    _cleanup_member_chain_ struct member_chain *chain = NULL;
    struct diag why = {0};
    int error = member_resolve(types, type, &note, &chain, &why);
    if (error) {
        assert_null(chain);
        const char *name = error == -EINVAL    ? "EINVAL"
                           : error == -ENODATA ? "ENODATA"
                           : error == -EBADMSG ? "EBADMSG"
                                               : "another error";
        snprintf(text, sizeof(text), "-%s %s", name, why.text);
        return text;
    }
    assert_string_equal(why.text, "");
    assert_in_range(chain->n_loads, 1, MEMBER_MOST_LOADS);
    size_t len = 0;
    for (size_t i = 0; i < chain->n_loads; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "+0x%x ", (unsigned)chain->offsets[i]);
    len +=
        (size_t)snprintf(text + len, sizeof(text) - len, "%s%d ", chain->is_signed ? "s" : "u", chain->size);
    if (chain->is_address)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "at[%d] ", (int)chain->length);
    snprintf(text + len, sizeof(text) - len, "%s %s", kinds[chain->kind], chain->type);
    return text;
}

/* The same, made from numbers: what is expected. */
static inline const char *expected(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline const char *expected(const char *format, ...)
{
    static char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return text;
}

#endif
