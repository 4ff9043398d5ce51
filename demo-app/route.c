#include "route.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper.h"
#include "probes.h"

struct call {
    const struct site *site;
    uint64_t request_id;
    const char *path; /* decoded */
    const char *body;
    size_t body_len;
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".json", "application/json"},
};

static const char *type_of(const char *path)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        size_t suffix = strlen(types[i].suffix);
        if (len > suffix && !strcmp(path + len - suffix, types[i].suffix))
            return types[i].type;
    }
    return "application/octet-stream";
}

/* Opens a regular file below the root, component by component, so that no symbolic link leads out of it.
 * Cuts `path` up. Returns -1 when there is none; O_NONBLOCK keeps a FIFO from holding the worker. */
static int open_below(int root_fd, char *path, size_t *ret_size)
{
    struct stat info;
    char *rest = path, *name = strsep(&rest, "/");
    int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);

    for (; fd >= 0 && name; name = strsep(&rest, "/")) {
        if (!*name && rest)
            continue;
        int parent = fd;
        fd = openat(parent, *name ? name : "index.html",
                    rest ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                         : O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        close(parent);
    }
    if (fd >= 0 && (fstat(fd, &info) || !S_ISREG(info.st_mode))) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0)
        *ret_size = (size_t)info.st_size;
    return fd;
}

static void route_file(const struct call *call, struct response *ret)
{
    char path[HTTP_HEAD_MAX];
    size_t size, len = strlen(call->path);

    memcpy(path, call->path, len + 1);
    int fd = open_below(call->site->root_fd, path, &size);
    if (fd < 0) {
        response_error(ret, 404);
        return;
    }
    *ret = (struct response){.status = 200, .type = type_of(call->path), .fd = fd, .length = size};
    if (call->path[len - 1] == '/')
        ret->type = type_of("index.html");
}

static void route_echo(const struct call *call, struct response *ret)
{
    *ret = (struct response){.status = 200,
                             .type = "application/octet-stream",
                             .fd = -1,
                             .body = call->body,
                             .length = call->body_len};
}

static void route_run(const struct call *call, struct response *ret)
{
    int pid, status;

    if (helper_run(call->site->helper, call->site->stop_fd, &pid, &status)) {
        response_error(ret, 500);
        return;
    }
    probe_helper_exit(call->request_id, call->site->helper, pid, status);
    response_text(ret, "%d\n", status);
}

static const struct resource {
    const char *path;
    int methods;
    const char *allow;
    void (*handle)(const struct call *call, struct response *ret);
} resources[] = {
    {"/echo", HTTP_POST, "POST", route_echo},
    {"/run", HTTP_POST, "POST", route_run},
    {NULL, HTTP_GET | HTTP_HEAD, "GET, HEAD", route_file}, /* every other path */
};

void route(const struct site *site, uint64_t request_id, const struct http_request *request, const char *body,
           struct response *ret)
{
    char path[HTTP_HEAD_MAX];
    const struct resource *resource = resources;
    struct call call = {.site = site,
                        .request_id = request_id,
                        .path = path,
                        .body = body,
                        .body_len = request->content_length};

    if (request->method == HTTP_OTHER) {
        response_error(ret, 501);
        return;
    }
    if (!http_decode_path(request->path, path, sizeof(path))) {
        response_error(ret, 400);
        return;
    }
    while (resource->path && strcmp(resource->path, path))
        resource++;
    if (!(resource->methods & (int)request->method)) {
        response_error(ret, 405);
        ret->allow = resource->allow;
        return;
    }
    resource->handle(&call, ret);
}
