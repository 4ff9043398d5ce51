#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "io.h"
#include "plan.h"

#define ANSWER_TIME INT64_C(60000000000)

struct client {
    struct clients *clients;
    int index;
    pthread_t thread;
    struct io io; /* fd -1: not connected */
    struct clients_result result;
    struct planned planned;
};

struct clients {
    struct clients_config config;
    int stop_fd, n_running;
    struct client clients[];
};

static int client_connect(struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(client->clients->config.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;

    client->io.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->io.fd < 0)
        return -errno;
    setsockopt(client->io.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return connect(client->io.fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

static void client_disconnect(struct client *client)
{
    if (client->io.fd >= 0)
        close(client->io.fd);
    client->io.fd = -1;
}

/* The head of an answer, and behind it in the same buffer the first bytes of the body. */
struct answer {
    char head[HTTP_HEAD_MAX];
    size_t head_len, used;
};

static int read_head(const struct io *io, struct answer *ret)
{
    ret->head_len = ret->used = 0;
    while (!ret->head_len) {
        if (ret->used == HTTP_HEAD_MAX)
            return -EPROTO;
        ssize_t got = io_read(io, ret->head + ret->used, HTTP_HEAD_MAX - ret->used);
        if (got <= 0)
            return got ? (int)got : -ECONNRESET;
        ret->used += (size_t)got;
        ret->head_len = http_head_length(ret->head, ret->used);
    }
    return 0;
}

/* The text after `name` in the head, NULL when it isn't there. The server writes names in one way only. */
static const char *find_field(const struct answer *answer, const char *name)
{
    const char *at = memmem(answer->head, answer->head_len, name, strlen(name));
    return at ? at + strlen(name) : NULL;
}

static int read_answer(struct client *client, bool *ret_close)
{
    struct answer answer;
    char buffer[16384];
    int err = read_head(&client->io, &answer);

    if (err)
        return err;
    const char *length = find_field(&answer, "\r\nContent-Length: ");
    if (!length)
        return -EPROTO;
    *ret_close = find_field(&answer, "\r\nConnection: close\r\n");
    size_t body = client->planned.no_body ? 0 : strtoul(length, NULL, 10);
    size_t got = answer.used - answer.head_len;
    while (got < body) {
        size_t left = body - got;
        ssize_t more = io_read(&client->io, buffer, left < sizeof(buffer) ? left : sizeof(buffer));
        if (more <= 0)
            return more ? (int)more : -ECONNRESET;
        got += (size_t)more;
    }
    if (got > body)
        return -EPROTO;
    client->result.requests++;
    client->result.bytes += body;
    return 0;
}

/* Told to stop, a client still takes the answer that it has asked for: both sides count the same. */
static int client_request(struct client *client, uint64_t n)
{
    bool closing = false;
    int64_t pause = client->clients->config.pause;
    int err = io_sleep(client->clients->stop_fd, io_now() + pause);

    if (err)
        return err;
    client->io.deadline = io_now() + ANSWER_TIME;
    plan_request(&client->planned, n);
    if (client->io.fd < 0)
        err = client_connect(client);
    if (!err)
        err = io_write(&client->io, client->planned.text, client->planned.len);
    if (!err)
        err = read_answer(client, &closing);
    if (err || closing || client->planned.last)
        client_disconnect(client);
    return err;
}

/* Client 0 takes the first run of the plan, client 1 the second one, and so on. */
static void *client_run(void *argument)
{
    struct client *client = argument;
    const struct clients_config *config = &client->clients->config;
    uint64_t run = (uint64_t)client->index, n = run * PLAN_LENGTH + 1;

    while (!client->result.error && (!config->requests || n <= config->requests)) {
        client->result.error = client_request(client, n);
        if (n++ % PLAN_LENGTH == 0)
            n += (uint64_t)(config->count - 1) * PLAN_LENGTH;
    }
    client_disconnect(client);
    eventfd_write(config->done_fd, 1);
    return NULL;
}

int clients_start(struct clients **ret, const struct clients_config *config)
{
    size_t size = sizeof(struct clients) + (size_t)config->count * sizeof(struct client);
    struct clients *clients = calloc(1, size);
    int err = 0;

    if (!clients)
        return -ENOMEM;
    clients->config = *config;
    clients->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (clients->stop_fd < 0)
        err = errno;
    while (!err && clients->n_running < config->count) {
        struct client *client = &clients->clients[clients->n_running];
        *client =
            (struct client){.clients = clients, .index = clients->n_running, .io = {.fd = -1, .stop_fd = -1}};
        err = pthread_create(&client->thread, NULL, client_run, client);
        if (!err)
            clients->n_running++;
    }
    if (err)
        clients_finish(clients);
    else
        *ret = clients;
    return -err;
}

struct clients_result clients_finish(struct clients *clients)
{
    struct clients_result total = {0};

    if (clients->stop_fd >= 0)
        eventfd_write(clients->stop_fd, 1);
    while (clients->n_running) {
        struct client *client = &clients->clients[--clients->n_running];
        pthread_join(client->thread, NULL);
        total.requests += client->result.requests;
        total.bytes += client->result.bytes;
        if (client->result.error)
            total.error = client->result.error;
    }
    if (clients->stop_fd >= 0)
        close(clients->stop_fd);
    free(clients);
    return total;
}
