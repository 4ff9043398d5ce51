#include "plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ALPHABET    "abcdefghijklmnopqrstuvwxyz"
#define FIVE(text)  text text text text text
#define LONG_HEADER "X-Long: " FIVE(ALPHABET ALPHABET) FIVE(ALPHABET ALPHABET) "\r\n"

enum flags { CLOSE = 1, HTTP_1_0 = 2 };

static const struct row {
    const char *method, *target;
    const char *headers; /* besides those that every request has */
    int body;            /* bytes of body */
    int padding;         /* bytes of a header that does nothing else */
    enum flags flags;
} rows[] = {
    {"GET", "/", NULL, 0, 0, 0},
    {"GET", "/hello.txt", "Accept: text/plain\r\nAccept-Language: de, en;q=0.5\r\n", 0, 0, 0},
    {"HEAD", "/large.txt", NULL, 0, 0, 0},
    {"POST", "/echo?kind=small", NULL, 23, 0, 0},
    {"GET", "/large.txt", "Connection: close\r\n", 0, 0, CLOSE},
    {"GET", "/missing", "X-Quotes: \"double\" and \\back\\\r\n", 0, 0, 0},
    {"GET", "http://127.0.0.1/index.html?page=2&name=a%20b", NULL, 0, 0, 0},
    {"POST", "/run", NULL, 0, 0, CLOSE}, /* closed by the client, without a word */
    {"GET", "/hello.txt", NULL, 0, 0, HTTP_1_0 | CLOSE},
    {"POST", "/hello.txt", NULL, 101, 0, 0}, /* 405 */
    {"GET", "/run", NULL, 0, 0, 0},          /* 405 */
    {"GET", "/../hello.txt", NULL, 0, 0, 0}, /* 400; the connection goes on, as it does below */
    {"GET", "/%2e%2e/%2e%2e/etc/passwd", NULL, 0, 0, 0},
    {"POST", "/echo", LONG_HEADER, 4099, 0, CLOSE},
    {"GET", "/hello.txt", NULL, 0, 9001, CLOSE}, /* 431 */
    {"GET", "//hello.txt", NULL, 0, 0, 0},
    {"GET ", "/two-blanks", NULL, 0, 0, CLOSE}, /* 400 */
    {"DELETE", "/hello.txt", NULL, 0, 0, 0},    /* 501 */
    {"GET", "/hello.txt", "X-Latin1: caf\xe9\r\nX-Utf8: caf\xc3\xa9\r\nX-Empty:\r\nX-Tab: a\tb\r\n", 0, 0, 0},
    {"HEAD", "/missing", NULL, 0, 0, 0},
    {"GET", "/index.html", NULL, 0, 6007, 0},
    {"POST", "/echo", "Transfer-Encoding: chunked\r\n", 0, 0, CLOSE}, /* 501 */
    {"GET", "/www-is-no-file/", NULL, 0, 0, CLOSE},
};

_Static_assert(sizeof(rows) / sizeof(*rows) == PLAN_LENGTH, "the plan has as many requests as it says");

__attribute__((format(printf, 2, 3))) static void append(struct planned *planned, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int len = vsnprintf(planned->text + planned->len, sizeof(planned->text) - planned->len, format, args);
    va_end(args);
    planned->len += (size_t)len;
}

static void append_letters(struct planned *planned, int count)
{
    for (int i = 0; i < count; i++)
        planned->text[planned->len++] = ALPHABET[i % 26];
}

void plan_request(struct planned *ret, uint64_t n)
{
    const struct row *row = &rows[(n - 1) % PLAN_LENGTH];

    ret->len = 0;
    ret->no_body = !strcmp(row->method, "HEAD");
    ret->last = row->flags & CLOSE;
    append(ret, "%s %s HTTP/1.%d\r\nHost: 127.0.0.1\r\nUser-Agent: demo-client\r\nX-Request: %" PRIu64 "\r\n",
           row->method, row->target, row->flags & HTTP_1_0 ? 0 : 1, n);
    if (row->headers)
        append(ret, "%s", row->headers);
    if (row->padding) {
        append(ret, "X-Padding: ");
        append_letters(ret, row->padding);
        append(ret, "\r\n");
    }
    if (row->body)
        append(ret, "Content-Length: %d\r\n", row->body);
    append(ret, "\r\n");
    append_letters(ret, row->body);
}
