#include "response.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "http.h"

void response_text(struct response *ret, const char *format, ...)
{
    va_list args;

    *ret = (struct response){.status = 200, .type = "text/plain", .fd = -1};
    va_start(args, format);
    vsnprintf(ret->text, sizeof(ret->text), format, args);
    va_end(args);
    ret->body = ret->text;
    ret->length = strlen(ret->text);
}

void response_error(struct response *ret, int status)
{
    response_text(ret, "%d %s\n", status, http_reason(status));
    ret->status = status;
}

static int send_head(const struct response *response, const struct io *io, bool keep_alive)
{
    char head[512], date[64], allow[64] = "";
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    if (response->allow)
        snprintf(allow, sizeof(allow), "Allow: %s\r\n", response->allow);
    int len = snprintf(head, sizeof(head),
                       "HTTP/1.1 %d %s\r\n"
                       "Date: %s\r\n"
                       "Content-Type: %s\r\n"
                       "Content-Length: %zu\r\n"
                       "%sConnection: %s\r\n\r\n",
                       response->status, http_reason(response->status), date, response->type,
                       response->length, allow, keep_alive ? "keep-alive" : "close");
    return io_write(io, head, (size_t)len);
}

/* Never more than was announced, though the file may have grown; less, if it shrank, is an error. */
static int send_file(const struct response *response, const struct io *io, uint64_t *ret_bytes)
{
    char buffer[16384];

    for (size_t left = response->length; left;) {
        ssize_t got = read(response->fd, buffer, left < sizeof(buffer) ? left : sizeof(buffer));
        if (got <= 0)
            return got ? -errno : -ENODATA;
        int err = io_write(io, buffer, (size_t)got);
        if (err)
            return err;
        *ret_bytes += (uint64_t)got;
        left -= (size_t)got;
    }
    return 0;
}

int response_send(const struct response *response, const struct io *io, bool head_only, bool keep_alive,
                  uint64_t *ret_bytes)
{
    *ret_bytes = 0;
    int err = send_head(response, io, keep_alive);
    if (err || head_only)
        return err;
    if (response->fd >= 0)
        return send_file(response, io, ret_bytes);
    err = io_write(io, response->body, response->length);
    if (!err)
        *ret_bytes = response->length;
    return err;
}

void response_finish(struct response *response)
{
    if (response->fd >= 0)
        close(response->fd);
    response->fd = -1;
}
