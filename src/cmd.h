/* The commands behind the options: they wire the layers together. Each logs its own messages and returns the
 * exit status. */
#ifndef TRACER_CMD_H
#define TRACER_CMD_H

#include "cli.h"

enum exit_status cmd_list(const struct cli *cli);

/* Returns what cli_exit_status() shall see, or with *ret_command_status set to something else than -1, the
 * status of the command that was run. */
enum exit_status cmd_trace(const struct cli *cli, int *ret_command_status);

#endif
