#include "cli.h"

#include <string.h>

enum { HELP_COLUMN = 28 };

/* "  -p, --pid PID[,PID]", and the text from HELP_COLUMN on, line by line; below if there is no room beside.
 */
static void append_option(struct buf *out, char letter, const char *name, const char *argument,
                          const char *help)
{
    size_t start = out->len;
    if (letter)
        buf_printf(out, "  -%c, --%s", letter, name);
    else
        buf_printf(out, "      --%s", name);
    if (argument)
        buf_printf(out, " %s", argument);
    int column = (int)(out->len - start);
    if (column > HELP_COLUMN - 2) {
        buf_putc(out, '\n');
        column = 0;
    }
    while (help) {
        const char *end = strchr(help, '\n');
        int len = (int)(end ? end - help : (ptrdiff_t)strlen(help));
        buf_printf(out, "%*s%.*s\n", HELP_COLUMN - column, "", len, help);
        column = 0;
        help = end ? end + 1 : NULL;
    }
}

void cli_help(struct buf *out)
{
    buf_puts(out, "Usage: tracer [OPTION]... -p PID[,PID] | -x PATH | -- COMMAND [ARG]...\n"
                  "       tracer [OPTION]... -k NAME[,NAME]\n"
                  "       tracer -l [OPTION]... PATH... | -p PID[,PID] | -k\n"
                  "Show every hit of a program's static (USDT) probes, and of some of the kernel's,\n"
                  "as a line of JSON.\n"
                  "With -l, list the probes.\n");
#define OPTION_GROUP(title)                      buf_puts(out, "\n" title ":\n");
#define OPTION(id, letter, name, argument, help) append_option(out, letter, name, argument, help);
#include "options.def"
    buf_puts(out, "\n"
                  "Of an option that is not repeatable the last one counts, of -v and -q too.\n"
                  "\n"
                  "Exit status: 0 done, 1 failed while running, 2 wrong usage, 3 nothing matched,\n"
                  "4 not permitted. With a COMMAND its own (128 + signal if it was killed); 125 if\n"
                  "tracer failed, 126 if it can't be executed, 127 if it was not found.\n"
                  "\n"
                  "Examples:\n"
                  "  tracer -l /usr/lib/postgresql/15/bin/postgres\n"
                  "  tracer -l -p 4242\n"
                  "  tracer -p 4242 -t 'postgresql:query__*' |\n"
                  "      jq -c 'select(.type == \"usdt\").args'\n"
                  "  tracer -x /usr/sbin/h2o --duration 10s -o events.json\n"
                  "  tracer -o events.json -- ./server --port 8080\n"
                  "\n"
                  "Manual: tracer(1); the events: tracer-events(5); definitions: tracer-probes(5).\n");
}

void cli_version(struct buf *out)
{
    buf_puts(out, "tracer " TRACER_VERSION "\n");
}
