/* A request's way: its head is read, parsed, its body read, an answer made and sent. Whatever the client
 * does, each request that had a head (or too much of one) gets one request__start and one response__done,
 * and each connection one connection__close. A client that stops talking is dropped after fifteen seconds. */
#include "connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes.h"
#include "response.h"

#define REQUEST_TIME INT64_C(15000000000)
#define LINGER_TIME  INT64_C(1000000000)

enum { REQUESTS_MAX = 1000, LINGER_BYTES = 1 << 20 };

/* Fetches more bytes behind those that are there. */
static int fetch(struct connection *connection)
{
    ssize_t got = io_read(&connection->io, connection->data + connection->used,
                          sizeof(connection->data) - connection->used);
    if (got <= 0)
        return got ? (int)got : -ECONNRESET;
    connection->used += (size_t)got;
    return 0;
}

static void consume(struct connection *connection, size_t len)
{
    connection->used -= len;
    memmove(connection->data, connection->data + len, connection->used);
}

/* Empty lines before a request are to be passed over (RFC 9112, 2.2). */
static void skip_empty_lines(struct connection *connection)
{
    size_t len = 0;
    while (len < connection->used && (connection->data[len] == '\r' || connection->data[len] == '\n'))
        len++;
    consume(connection, len);
}

/* Returns 0 and the head's length, the status to refuse it with, or -errno when nobody waits for an answer.
 */
static int read_head(struct connection *connection, size_t *ret_len)
{
    for (;;) {
        skip_empty_lines(connection);
        size_t len = http_head_length(connection->data, connection->used);
        if (len > HTTP_HEAD_MAX || (!len && connection->used >= HTTP_HEAD_MAX))
            return memchr(connection->data, '\n', HTTP_HEAD_MAX) ? 431 : 414;
        *ret_len = len;
        if (len)
            return 0;
        int err = fetch(connection);
        if (err == -ETIMEDOUT && connection->used)
            return 408;
        if (err)
            return err;
    }
}

/* Reads until the body stands behind the head. Returns 0 or the status to refuse the request with. */
static int read_body(struct connection *connection, const struct http_request *request, size_t head_len)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    size_t end = head_len + request->content_length;

    if (request->expects_continue && connection->used < end &&
        io_write(&connection->io, go_on, sizeof(go_on) - 1))
        return 408;
    while (connection->used < end)
        if (fetch(connection))
            return 408;
    return 0;
}

/* Closing while bytes come in would reset the connection and could cost the client our last answer. */
static void linger(struct connection *connection)
{
    size_t drained = 0;
    ssize_t got;

    shutdown(connection->io.fd, SHUT_WR);
    connection->io.deadline = io_now() + LINGER_TIME;
    while (drained < LINGER_BYTES &&
           (got = io_read(&connection->io, connection->data, sizeof(connection->data))) > 0)
        drained += (size_t)got;
}

static double milliseconds_since(int64_t start)
{
    return (double)(io_now() - start) / 1e6;
}

/* Parses the head that read_head() got, or didn't, and says what it holds. Returns 0 or a status. */
static int start_request(struct connection *connection, uint64_t id, int refused, size_t head_len,
                         struct http_request *ret)
{
    *ret = (struct http_request){0};
    if (!refused)
        refused = http_parse(ret, connection->data, head_len);
    probe_request_start(connection->id, id, ret->method_name, ret->target);
    for (size_t i = 0; i < ret->n_headers; i++)
        probe_request_header(connection->id, id, ret->headers[i].name, ret->headers[i].value);
    return refused;
}

/* One request and its answer. Returns whether the connection stays open. */
static bool serve_request(struct connection *connection)
{
    struct http_request request;
    struct response response;
    size_t head_len;
    uint64_t bytes;

    connection->io.deadline = io_now() + REQUEST_TIME;
    int refused = read_head(connection, &head_len);
    if (refused < 0)
        return false;
    int64_t start = io_now();
    uint64_t id = atomic_fetch_add(connection->last_request_id, 1) + 1;
    connection->requests++;
    probe_request_phase(connection->id, id, DEMO_PHASE_PARSE);
    refused = start_request(connection, id, refused, head_len, &request);
    if (!refused && request.content_length) {
        probe_request_phase(connection->id, id, DEMO_PHASE_BODY);
        refused = read_body(connection, &request, head_len);
    }
    if (!refused) {
        probe_request_phase(connection->id, id, DEMO_PHASE_HANDLE);
        route(connection->site, id, &request, connection->data + head_len, &response);
    } else {
        response_error(&response, refused);
    }
    probe_request_phase(connection->id, id, DEMO_PHASE_SEND);
    bool keep_alive = !refused && request.keep_alive && connection->requests < REQUESTS_MAX;
    connection->io.deadline = io_now() + REQUEST_TIME;
    int err = response_send(&response, &connection->io, request.method == HTTP_HEAD, keep_alive, &bytes);
    keep_alive = keep_alive && !err;
    probe_response_done(connection->id, id, response.status, bytes, milliseconds_since(start), keep_alive);
    response_finish(&response);
    if (refused && !err)
        linger(connection);
    else if (keep_alive)
        consume(connection, head_len + request.content_length);
    return keep_alive;
}

void connection_serve(struct connection *connection, int fd, uint64_t id)
{
    connection->io = (struct io){.fd = fd, .stop_fd = connection->site->stop_fd};
    connection->id = id;
    connection->requests = 0;
    connection->used = 0;
    while (serve_request(connection))
        ;
    probe_connection_close(id, connection->requests);
    close(fd);
}
