#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "io.h"
#include "probes.h"
#include "queue.h"

struct worker {
    int index;
    pthread_t thread;
    struct server *server;
    struct connection connection;
};

struct server {
    int listen_fd;
    uint16_t port;
    struct site site;
    struct queue queue;
    _Atomic uint64_t last_request_id;
    pthread_t acceptor;
    int n_threads, n_running; /* workers; the acceptor comes after them */
    bool accepting;
    struct worker workers[];
};

static int listen_on(struct server *server, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int on = 1;

    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->listen_fd < 0 || setsockopt(server->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        bind(server->listen_fd, (struct sockaddr *)&address, len) || listen(server->listen_fd, SOMAXCONN) ||
        getsockname(server->listen_fd, (struct sockaddr *)&address, &len))
        return -errno;
    server->port = ntohs(address.sin_port);
    return 0;
}

int server_open(struct server **ret, const struct server_config *config, const char **ret_what)
{
    size_t size = sizeof(struct server) + (size_t)config->threads * sizeof(struct worker);
    struct server *server = calloc(1, size);
    int err = 0;

    *ret_what = "can't start the server";
    if (!server)
        return -ENOMEM;
    queue_init(&server->queue);
    server->n_threads = config->threads;
    server->listen_fd = -1;
    server->site.helper = config->helper;
    server->site.root_fd = -1;
    server->site.stop_fd = eventfd(0, EFD_CLOEXEC);
    if (server->site.stop_fd < 0)
        err = -errno;
    if (!err) {
        *ret_what = "can't open the document root";
        server->site.root_fd = open(config->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        err = server->site.root_fd < 0 ? -errno : 0;
    }
    if (!err) {
        *ret_what = "can't listen on that port of 127.0.0.1";
        err = listen_on(server, config->port);
    }
    if (err)
        server_free(server);
    else
        *ret = server;
    return err;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

/* What to do when accept() fails: nothing for a connection that is gone already, end when the program stops,
 * and give descriptors or memory a moment to become free. Returns whether to go on. */
static bool accept_again(const struct server *server, int error)
{
    if (error == EAGAIN || error == EINTR || error == ECONNABORTED)
        return true;
    return io_sleep(server->site.stop_fd, io_now() + 100000000) == 0;
}

static void *accept_connections(void *argument)
{
    struct server *server = argument;
    struct io io = {.fd = server->listen_fd, .stop_fd = server->site.stop_fd, .deadline = INT64_MAX};
    uint64_t conn_id = 0;

    while (!io_wait(&io, POLLIN)) {
        struct sockaddr_in peer = {0};
        socklen_t len = sizeof(peer);
        int on = 1;
        int fd = accept4(server->listen_fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            if (!accept_again(server, errno))
                break;
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        conn_id++;
        probe_connection_accept(conn_id, &peer);
        if (!queue_push(&server->queue, (struct queued){.fd = fd, .conn_id = conn_id})) {
            probe_connection_close(conn_id, 0);
            close(fd);
        }
    }
    return NULL;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct queued item;
    int depth;

    while ((depth = queue_pop(&worker->server->queue, &item))) {
        probe_worker_queue(worker->index, depth);
        connection_serve(&worker->connection, item.fd, item.conn_id);
    }
    return NULL;
}

int server_start(struct server *server)
{
    probe_server_start(server->port, server->n_threads);
    while (server->n_running < server->n_threads) {
        struct worker *worker = &server->workers[server->n_running];
        worker->index = server->n_running;
        worker->server = server;
        worker->connection.site = &server->site;
        worker->connection.last_request_id = &server->last_request_id;
        int err = pthread_create(&worker->thread, NULL, work, worker);
        if (err)
            return -err;
        server->n_running++;
    }
    int err = pthread_create(&server->acceptor, NULL, accept_connections, server);
    server->accepting = !err;
    return -err;
}

void server_stop(struct server *server)
{
    eventfd_write(server->site.stop_fd, 1);
    queue_close(&server->queue);
    if (server->accepting)
        pthread_join(server->acceptor, NULL);
    server->accepting = false;
    while (server->n_running)
        pthread_join(server->workers[--server->n_running].thread, NULL);
    probe_server_stop();
}

void server_free(struct server *server)
{
    if (!server)
        return;
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->site.root_fd >= 0)
        close(server->site.root_fd);
    if (server->site.stop_fd >= 0)
        close(server->site.stop_fd);
    queue_destroy(&server->queue);
    free(server);
}
