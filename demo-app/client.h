/* The client inside: threads that ask the server for what the plan says, over loopback. */
#ifndef DEMO_CLIENT_H
#define DEMO_CLIENT_H

#include <stdint.h>

struct clients;

struct clients_config {
    uint16_t port;
    int count;         /* threads; each takes whole runs of the plan in turn */
    uint64_t requests; /* how many together; 0: until stopped */
    int64_t pause;     /* nanoseconds before each request */
    int done_fd;       /* an eventfd that gets 1 from each thread that has finished */
};

struct clients_result {
    uint64_t requests, bytes; /* answers, and the bytes of their bodies */
    int error;                /* 0 or the first -errno; -ECANCELED: stopped early */
};

/* -errno when the threads can't be had; none runs then. */
int clients_start(struct clients **ret, const struct clients_config *config);

/* Cuts short what still runs. Waits, adds up and frees. */
struct clients_result clients_finish(struct clients *clients);

#endif
