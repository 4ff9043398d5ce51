#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
    const char *name, *value, *help;
    size_t offset;
    enum { FLAG, NUMBER, TEXT, PROBE } kind;
    uint64_t least, most;
} rows[] = {
    {"requests", "N", "ask itself for N documents, print the counts and exit",
     offsetof(struct options, requests), NUMBER, 1, 1000000000},
    {"forever", NULL, "ask itself for twenty documents a second until SIGINT or SIGTERM",
     offsetof(struct options, forever), FLAG, 0, 0},
    {"hits", "N", "no server: fire the probe demo:tick N times, print the counts and exit",
     offsetof(struct options, hits), NUMBER, 1, 1000000000},
    {"probe", "NAME", "the probe that --hits fires: tick, tick__six or tick__text",
     offsetof(struct options, probe), PROBE, 0, 0},
    {"wait", NULL, "before the first probe, wait for a line or the end of standard input",
     offsetof(struct options, wait), FLAG, 0, 0},
    {"threads", "N", "workers (default 4), or threads that --hits uses (default 1)",
     offsetof(struct options, threads), NUMBER, 1, 64},
    {"clients", "N", "threads that ask (default 1: requests come in a fixed order)",
     offsetof(struct options, clients), NUMBER, 1, 64},
    {"port", "PORT", "port on 127.0.0.1 (default: any free one)", offsetof(struct options, port), NUMBER, 1,
     65535},
    {"root", "DIR", "directory to serve (default: www beside the program)", offsetof(struct options, root),
     TEXT, 0, 0},
    {"helper", "PATH", "program that POST /run runs (default: /bin/true)", offsetof(struct options, helper),
     TEXT, 0, 0},
    {"help", NULL, "print this text", offsetof(struct options, help), FLAG, 0, 0},
};

enum { N_ROWS = sizeof(rows) / sizeof(*rows) };

void options_help(void)
{
    puts("Usage: demo-app [OPTION]...\n"
         "A small web server with static probes, to try a tracer on. Without --requests, --forever and\n"
         "--hits it serves until SIGINT or SIGTERM. When it ends it prints one line of JSON: how often\n"
         "each probe was reached, and what the arguments add up to.\n");
    for (size_t i = 0; i < N_ROWS; i++) {
        char left[32];
        snprintf(left, sizeof(left), "--%s %s", rows[i].name, rows[i].value ? rows[i].value : "");
        printf("  %-16s %s\n", left, rows[i].help);
    }
    puts("\n  GET, HEAD  any file of the directory\n"
         "  POST /echo gives the body back\n"
         "  POST /run  runs the helper program and says its exit status");
}

static bool parse_number(const struct row *row, const char *text, uint64_t *ret)
{
    char *end;

    errno = 0;
    *ret = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && !errno && *ret >= row->least && *ret <= row->most)
        return true;
    fprintf(stderr, "demo-app: --%s %s: give a number from %llu to %llu\n", row->name, text,
            (unsigned long long)row->least, (unsigned long long)row->most);
    return false;
}

static bool complain(const char *what, const char *which)
{
    fprintf(stderr, "demo-app: %s %s: see demo-app --help\n", what, which);
    return false;
}

static bool set_value(struct options *ret, const struct row *row, const char *text)
{
    void *field = (char *)ret + row->offset;

    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return true;
    case TEXT:
        *(const char **)field = text;
        return true;
    case PROBE:
        return tick_find(text, field) || complain("--probe: no such probe:", text);
    case NUMBER:
        break;
    }
    return parse_number(row, text, field);
}

bool options_parse(struct options *ret, int argc, char **argv)
{
    struct option longs[N_ROWS + 1] = {0};
    int choice, index;

    *ret = (struct options){.clients = 1};
    for (size_t i = 0; i < N_ROWS; i++)
        longs[i] = (struct option){.name = rows[i].name,
                                   .has_arg = rows[i].kind == FLAG ? no_argument : required_argument};
    opterr = 0;
    while ((choice = getopt_long(argc, argv, ":", longs, &index)) != -1) {
        if (choice == ':')
            return complain("no value for", argv[optind - 1]);
        if (choice != 0)
            return complain("not an option or not used that way:", argv[optind - 1]);
        if (!set_value(ret, &rows[index], optarg))
            return false;
    }
    if (optind < argc)
        return complain("takes no operand:", argv[optind]);
    if (!ret->threads)
        ret->threads = ret->hits ? 1 : 4;
    if ((ret->requests > 0) + ret->forever + (ret->hits > 0) > 1)
        return complain("give one of", "--requests, --forever and --hits");
    if (ret->probe && !ret->hits)
        return complain("--probe goes with", "--hits");
    return true;
}
