#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tick.h"

/* The command line, every value within its limits. Strings are argv's, NULL where none was given. */
struct options {
    uint64_t port, threads, clients, requests, hits;
    const char *root, *helper;
    enum tick_probe probe;
    bool forever, wait, help;
};

/* False after one line on stderr: the program shall exit with 2. */
bool options_parse(struct options *ret, int argc, char **argv);

void options_help(void);

#endif
