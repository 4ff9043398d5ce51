/* Reads comments as annotations. */
#ifndef TRACER_TESTS_PROVIDER_READ_ANNOTATION_H
#define TRACER_TESTS_PROVIDER_READ_ANNOTATION_H

#include "provider/annotation.h"

#include <errno.h>

#include "describe.h"

/* Takes a copy that ends where the comment ends, so that a sanitizer sees every byte read behind it. */
static inline int parse(const char *comment, char **ret_copy, struct annotation *annotation,
                        struct annotation_error *error)
{
    size_t len = strlen(comment);
    *ret_copy = malloc(len);
    assert_non_null(*ret_copy);
    memcpy(*ret_copy, comment, len);
    struct provider_token token = {PROVIDER_TOKEN_COMMENT, *ret_copy, len};
    return annotation_parse(&token, annotation, error);
}

static inline void assert_says(const char *comment, const char *expected)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "prose"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result != 1)
        fail_msg("%s: %d, %s", comment, result, error.wrong);
    for (const struct annotation *field = &annotation; field; field = field->next) {
        buf_printf(&text, "%s%s", field == &annotation ? "" : " and ", field->name ? field->name : "");
        buf_printf(&text, "%s%s", field->name ? " " : "", field->has_kind ? describe_kind(field->kind) : "");
        describe_note(&text, &field->note);
    }
    assert_string_equal(buf_string(&text), expected);
}

static inline void assert_prose(const char *comment)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "an annotation"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result)
        fail_msg("%s: %d, %s", comment, result, error.wrong);
}

static inline void assert_wrong(const char *comment, const char *wrong, const char *token)
{
    _cleanup_free_ char *copy = NULL;
    _cleanup_(annotation_free) struct annotation annotation = {0};
    struct annotation_error error = {.wrong = "not said"};
    int result = parse(comment, &copy, &annotation, &error);
    if (result != -EINVAL)
        fail_msg("%s: %d", comment, result);
    assert_string_equal(error.wrong, wrong);
    assert_int_equal(error.token.len, strlen(token));
    assert_memory_equal(error.token.text, token, error.token.len);
}

#endif
