/* HTTP/1.1 as this server speaks it: the head of a request from hostile bytes into a struct. */
#ifndef DEMO_HTTP_H
#define DEMO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_HEAD_MAX = 8192,
    HTTP_BODY_MAX = 65536,
    HTTP_HEADERS_MAX = 64,
};

/* One bit each, so that a resource can say which it has. */
enum http_method { HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4, HTTP_OTHER = 8 };

struct http_header {
    const char *name, *value;
};

/* Strings point into the head that was parsed. */
struct http_request {
    enum http_method method;
    const char *method_name; /* NULL when the request line made no sense; so is target */
    const char *target;      /* as it came: printable ASCII without blanks */
    const char *path;        /* target without scheme and host */
    int minor;               /* HTTP/1.minor */
    bool keep_alive, expects_continue, has_host, has_length;
    size_t content_length;
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t n_headers;
};

/* Length of the head that `data` starts with, its empty line included, or 0 while that isn't there yet. */
size_t http_head_length(const char *data, size_t len);

/* Takes a complete head apart, in place. Returns 0, or the status to refuse the request with; what was
 * understood until then stands in `ret` in any case. */
int http_parse(struct http_request *ret, char *head, size_t len);

/* Decodes the path up to the query into `ret`. False for what is no path inside a directory: escapes that
 * aren't, control bytes, ".." and anything longer than `size`. */
bool http_decode_path(const char *path, char *ret, size_t size);

/* The text that goes with a status; "Unknown" for those that this server never sends. */
const char *http_reason(int status);

#endif
