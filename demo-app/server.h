/* The server: a port on loopback, a thread that accepts, a pool of workers. */
#ifndef DEMO_SERVER_H
#define DEMO_SERVER_H

#include <stdint.h>

struct server;

struct server_config {
    uint16_t port; /* 0: any free one */
    int threads;
    const char *root;   /* directory */
    const char *helper; /* program for POST /run */
};

/* Opens the root and the port; connections wait in the backlog. -errno; `ret_what` says what failed. The
 * config's strings must outlive the server. */
int server_open(struct server **ret, const struct server_config *config, const char **ret_what);

uint16_t server_port(const struct server *server);

/* Starts the threads. -errno. */
int server_start(struct server *server);

/* Ends the threads that run, connections first. */
void server_stop(struct server *server);

/* NULL is fine; stop it before. */
void server_free(struct server *server);

#endif
