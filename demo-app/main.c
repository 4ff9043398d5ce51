/* One run: open, say so, wait to be let go, serve, print the counts. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "check.h"
#include "client.h"
#include "counts.h"
#include "options.h"
#include "server.h"
#include "tick.h"

#define PAUSE INT64_C(50000000) /* of each client between the requests of --forever */

static int fail(const char *what, int err)
{
    fprintf(stderr, "demo-app: %s: %s\n", what, strerror(-err));
    return 1;
}

/* The members that all modes have. */
static void print_start(const struct options *options, const char *mode)
{
    printf("{\"app\":\"demo-app\",\"pid\":%d,\"mode\":\"%s\",\"threads\":%" PRIu64 ",", getpid(), mode,
           options->threads);
    counts_print(stdout);
}

static int print_end(void)
{
    puts("}");
    return fflush(stdout) ? fail("can't write to standard output", -errno) : 0;
}

/* Waits for a line or the end of standard input. False when a signal came first. */
static bool wait_for_line(int signal_fd)
{
    struct pollfd fds[] = {{.fd = signal_fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    char byte = 0;

    while (byte != '\n') {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents)
            return false;
        if (read(STDIN_FILENO, &byte, 1) <= 0)
            break;
    }
    return true;
}

/* Waits for a signal, or, if there are clients, until all of them are done. */
static void wait_for_end(int signal_fd, int done_fd, uint64_t clients)
{
    struct pollfd fds[] = {{.fd = signal_fd, .events = POLLIN}, {.fd = done_fd, .events = POLLIN}};
    eventfd_t more;

    for (uint64_t done = 0; !clients || done < clients;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents)
            return;
        if (!eventfd_read(done_fd, &more))
            done += more;
    }
}

static int run_ticks(const struct options *options)
{
    int64_t cpu_ns;

    fprintf(stderr, "demo-app: ready: pid %d\n", getpid());
    if (options->wait)
        wait_for_line(-1);
    int err = tick_run(options->probe, options->hits, (int)options->threads, &cpu_ns);
    if (err)
        return fail("can't start the threads", err);
    print_start(options, "hits");
    printf("\"hits\":%" PRIu64 ",\"cpu_ns\":%" PRId64 ",\"cpu_ns_per_hit\":%.3f", options->hits, cpu_ns,
           (double)cpu_ns / (double)options->hits);
    return print_end();
}

static int print_counts(const struct options *options, const struct clients_result *asked)
{
    static const char *const words[] = {"null", "false", "true"};
    const char *cold = words[check_cold_is_resident() + 1];

    print_start(options, options->requests ? "requests" : options->forever ? "forever" : "serve");
    printf("\"requests\":%" PRIu64 ",\"bytes\":%" PRId64 ",\"asked\":{\"requests\":%" PRIu64
           ",\"bytes\":%" PRIu64 "},\"cold_resident\":%s",
           atomic_load(&counts_hits[COUNTS_REQUEST_START]),
           atomic_load(&counts_sums[COUNTS_SUM_response__done_bytes]), asked->requests, asked->bytes, cold);
    return print_end();
}

/* Whether the clients did what they should. Returns the exit status. */
static int judge(const struct options *options, const struct clients_result *asked)
{
    if (asked->error && asked->error != -ECANCELED)
        return fail("asking itself", asked->error);
    if (asked->requests >= options->requests)
        return 0;
    fprintf(stderr, "demo-app: stopped after %" PRIu64 " of %" PRIu64 " requests\n", asked->requests,
            options->requests);
    return 1;
}

/* Runs the opened server, its own clients, and both down again. Returns the exit status. */
static int run_server(const struct options *options, struct server *server, int signal_fd, int done_fd)
{
    struct clients_config config = {.port = server_port(server),
                                    .count = (int)options->clients,
                                    .requests = options->requests,
                                    .pause = options->forever ? PAUSE : 0,
                                    .done_fd = done_fd};
    bool asks = options->requests || options->forever;
    struct clients_result asked = {0};
    struct clients *clients = NULL;
    int err = server_start(server);

    if (!err)
        err = check_fire();
    if (!err && asks)
        err = clients_start(&clients, &config);
    if (!err)
        wait_for_end(signal_fd, done_fd, asks ? options->clients : 0);
    if (clients)
        asked = clients_finish(clients);
    server_stop(server);
    if (err)
        return fail("can't start", err);
    int status = judge(options, &asked);
    return print_counts(options, &asked) ? 1 : status;
}

/* The directory www beside the program, which is where the build puts both. */
static const char *default_root(char ret[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", ret, PATH_MAX - sizeof("www"));

    ret[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(ret, '/');
    strcpy(slash ? slash + 1 : ret, "www");
    return ret;
}

/* The signals that end the program come through a descriptor, in whichever thread. */
static int open_signals(void)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    struct options options;
    struct server *server;
    char beside[PATH_MAX];
    const char *what;

    if (!options_parse(&options, argc, argv))
        return 2;
    if (options.help) {
        options_help();
        return fflush(stdout) ? fail("can't write to standard output", -errno) : 0;
    }
    if (options.hits)
        return run_ticks(&options);

    struct server_config config = {.port = (uint16_t)options.port,
                                   .threads = (int)options.threads,
                                   .root = options.root ? options.root : default_root(beside),
                                   .helper = options.helper ? options.helper : "/bin/true"};
    int signal_fd = open_signals(), done_fd = eventfd(0, EFD_CLOEXEC);
    if (signal_fd < 0 || done_fd < 0)
        return fail("can't start", -errno);
    int err = server_open(&server, &config, &what);
    if (err)
        return fail(what, err);
    fprintf(stderr, "demo-app: ready: pid %d, http://127.0.0.1:%u/\n", getpid(), server_port(server));
    int status = 1;
    if (!options.wait || wait_for_line(signal_fd))
        status = run_server(&options, server, signal_fd, done_fd);
    else
        fputs("demo-app: stopped before the start\n", stderr);
    server_free(server);
    close(done_fd);
    close(signal_fd);
    return status;
}
