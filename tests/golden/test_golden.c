/* Compares what the formats write with the golden files. With GOLDEN_UPDATE=1 in the environment the files
 * are written anew instead; then `git diff` shows what has changed. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "golden.h"

static const struct {
    const char *name;
    void (*make)(struct golden *golden);
} files[] = {
    {"hits", golden_hits},
    {"records", golden_records},
    {"listing", golden_listing},
    {"kernel", golden_kernel},
    {"summary", golden_summary},
};

static bool update_file(const char *path, const struct buf *got)
{
    FILE *file = fopen(path, "w");
    bool written = file && fwrite(got->data, 1, got->len, file) == got->len;
    if (file && fclose(file))
        written = false;
    if (!written)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return written;
}

static void read_file(const char *path, struct buf *ret_bytes)
{
    _cleanup_fclose_ FILE *file = fopen(path, "r");
    for (int c; file && (c = getc(file)) != EOF;)
        buf_putc(ret_bytes, (char)c);
}

static size_t line_length(const char *text, size_t len)
{
    const char *end = len ? memchr(text, '\n', len) : NULL;
    return end ? (size_t)(end - text) : len;
}

static bool compare_lines(const char *path, const struct buf *expected, const struct buf *got)
{
    size_t e = 0, g = 0;
    for (int number = 1; e < expected->len || g < got->len; number++) {
        size_t e_len = line_length(expected->data + e, expected->len - e);
        size_t g_len = line_length(got->data + g, got->len - g);
        if (e_len != g_len || memcmp(expected->data + e, got->data + g, e_len)) {
            fprintf(stderr, "%s:%d\n  expected %.*s\n  got      %.*s\n", path, number, (int)e_len,
                    expected->data + e, (int)g_len, got->data + g);
            return false;
        }
        e += e_len + 1;
        g += g_len + 1;
    }
    return true;
}

/* Whatever went in: whole lines of UTF-8 without control characters. */
static bool check_bytes(const char *path, const struct buf *got)
{
    _cleanup_buf_ struct buf escaped = {0};
    size_t lines = 0;
    for (size_t i = 0, len; i < got->len; i += len + 1, lines++) {
        len = line_length(got->data + i, got->len - i);
        escape_append(&escaped, got->data + i, len);
    }
    if (escaped.len + lines == got->len && got->len && got->data[got->len - 1] == '\n')
        return true;
    fprintf(stderr, "%s: a line with control characters, with bytes that are no UTF-8, or without an end\n",
            path);
    return false;
}

static bool check(const char *name, const char *suffix, const struct buf *got, bool update)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.%s", GOLDEN_DIR, name, suffix);
    if (!check_bytes(path, got))
        return false;
    if (update)
        return update_file(path, got);
    _cleanup_buf_ struct buf expected = {0};
    read_file(path, &expected);
    return compare_lines(path, &expected, got);
}

int main(void)
{
    const char *variable = getenv("GOLDEN_UPDATE");
    bool update = variable && !strcmp(variable, "1"), good = true;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        struct golden golden = {0};
        files[i].make(&golden);
        good &= check(files[i].name, "jsonl", &golden.json, update);
        good &= check(files[i].name, "txt", &golden.text, update);
        buf_free(&golden.json);
        buf_free(&golden.text);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
