#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "cli.h"
#include "cmd.h"

static enum exit_status print(void (*text)(struct buf *out))
{
    _cleanup_buf_ struct buf out = {0};
    text(&out);
    if (buf_error(&out) || fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)) {
        log_error("cannot write to standard output: %m");
        return EXIT_STATUS_FAILED;
    }
    return EXIT_STATUS_DONE;
}

static int run(const struct cli *cli)
{
    int command_status = -1;
    enum exit_status status = EXIT_STATUS_DONE;
    switch (cli->mode) {
    case CLI_HELP:
        status = print(cli_help);
        break;
    case CLI_VERSION:
        status = print(cli_version);
        break;
    case CLI_LIST:
        status = cmd_list(cli);
        break;
    case CLI_TRACE:
        status = cmd_trace(cli, &command_status);
        break;
    }
    return command_status >= 0 ? command_status : cli_exit_status(cli, status);
}

/* A descriptor that we open must not become somebody's standard output. What was closed stays unusable: it is
 * opened the wrong way round, and a command that we run doesn't inherit it. */
static void occupy_standard_descriptors(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", flags[fd] | O_CLOEXEC);
}

int main(int argc, char **argv)
{
    occupy_standard_descriptors();
    _cleanup_cli_ struct cli cli = {0};
    struct diag diag = {0};
    int error = cli_parse(argc, argv, &cli, &diag);
    if (error) {
        log_error("%s", diag.text);
        return cli_exit_status(&cli, error == -EINVAL ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILED);
    }
    log_set_level(cli.log_level);
    return run(&cli);
}
