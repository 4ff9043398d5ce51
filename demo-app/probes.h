/* The probes of the server, one function each: it counts the hit and fires the probe.
 *
 * A probe costs one nop when nobody traces. Preparing its arguments can cost more, so each stands behind its
 * semaphore, which a tracer raises while it is attached: PROBE_WANTED() reads it, and counts. The functions
 * are inlined always; a function with several callers therefore makes a probe with several sites. */
#ifndef DEMO_PROBES_H
#define DEMO_PROBES_H

#include <arpa/inet.h>
#include <netinet/in.h>

#include "counts.h"
#include "demo_probes.h" /* made by dtrace from probes/demo.d */

typedef enum demo_phase {
    DEMO_PHASE_PARSE = 1,
    DEMO_PHASE_BODY = 2,
    DEMO_PHASE_HANDLE = 3,
    DEMO_PHASE_SEND = 4,
} demo_phase_t;

#define PROBE_WANTED(probe) counts_hit(COUNTS_##probe, DEMO_##probe##_ENABLED() != 0)
#define PROBE_FUNCTION      static inline __attribute__((always_inline)) void

PROBE_FUNCTION probe_server_start(uint16_t port, int threads)
{
    if (PROBE_WANTED(SERVER_START))
        DEMO_SERVER_START(port, threads);
}

PROBE_FUNCTION probe_server_stop(void)
{
    if (PROBE_WANTED(SERVER_STOP))
        DEMO_SERVER_STOP();
}

PROBE_FUNCTION probe_connection_accept(uint64_t conn_id, const struct sockaddr_in *address)
{
    counts_sum(connection__accept, conn_id, conn_id);
    if (PROBE_WANTED(CONNECTION_ACCEPT)) {
        char host[INET_ADDRSTRLEN] = "", peer[INET_ADDRSTRLEN + sizeof(":65535")];
        inet_ntop(AF_INET, &address->sin_addr, host, sizeof(host));
        snprintf(peer, sizeof(peer), "%s:%u", host, ntohs(address->sin_port));
        DEMO_CONNECTION_ACCEPT(conn_id, (const char *)peer);
    }
}

PROBE_FUNCTION probe_connection_close(uint64_t conn_id, uint64_t requests)
{
    counts_sum(connection__close, conn_id, conn_id);
    counts_sum(connection__close, requests, requests);
    if (PROBE_WANTED(CONNECTION_CLOSE))
        DEMO_CONNECTION_CLOSE(conn_id, requests);
}

PROBE_FUNCTION probe_worker_queue(int worker, int depth)
{
    counts_sum(worker__queue, worker, worker);
    counts_sum(worker__queue, depth, depth);
    if (PROBE_WANTED(WORKER_QUEUE))
        DEMO_WORKER_QUEUE(worker, depth);
}

PROBE_FUNCTION probe_request_start(uint64_t conn_id, uint64_t request_id, const char *method,
                                   const char *path)
{
    counts_sum(request__start, conn_id, conn_id);
    counts_sum(request__start, request_id, request_id);
    counts_path(request_id, path);
    if (PROBE_WANTED(REQUEST_START))
        DEMO_REQUEST_START(conn_id, request_id, method, path);
}

PROBE_FUNCTION probe_request_header(uint64_t conn_id, uint64_t request_id, const char *name,
                                    const char *value)
{
    counts_sum(request__header, request_id, request_id);
    if (PROBE_WANTED(REQUEST_HEADER))
        DEMO_REQUEST_HEADER(conn_id, request_id, name, value);
}

PROBE_FUNCTION probe_request_phase(uint64_t conn_id, uint64_t request_id, demo_phase_t phase)
{
    counts_sum(request__phase, phase, phase);
    if (PROBE_WANTED(REQUEST_PHASE))
        DEMO_REQUEST_PHASE(conn_id, request_id, phase);
}

PROBE_FUNCTION probe_response_done(uint64_t conn_id, uint64_t request_id, int status, uint64_t bytes,
                                   double duration_ms, bool keep_alive)
{
    counts_sum(response__done, request_id, request_id);
    counts_sum(response__done, status, status);
    counts_sum(response__done, bytes, bytes);
    counts_sum(response__done, keep_alive, keep_alive);
    counts_status(status);
    if (PROBE_WANTED(RESPONSE_DONE))
        DEMO_RESPONSE_DONE(conn_id, request_id, status, bytes, duration_ms, keep_alive);
}

PROBE_FUNCTION probe_helper_exit(uint64_t request_id, const char *path, int pid, int status)
{
    counts_sum(helper__exit, pid, pid);
    counts_sum(helper__exit, status, status);
    if (PROBE_WANTED(HELPER_EXIT))
        DEMO_HELPER_EXIT(request_id, path, pid, status);
}

#endif
