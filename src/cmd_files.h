/* What listing and tracing have in common: definitions, and reading files with their probes. Logs what users
 * should know about one. */
#ifndef TRACER_CMD_FILES_H
#define TRACER_CMD_FILES_H

#include <stdint.h>

#include "cli.h"
#include "probe/kernel_probe.h"
#include "probe/probe.h"
#include "probe/select.h"
#include "probe/span.h"
#include "probe/summary.h"
#include "probe/where.h"
#include "provider/provider_d.h"
#include "target/modules.h"

/* Start from {0}. */
struct cmd_files {
    struct provider_set definitions;
    char *installed; /* directory of installed definitions; NULL: none */
    struct select select;
    struct where *where;    /* NULL: no -w */
    struct summary summary; /* SUMMARY_NONE: events are wanted */
    struct span span;
};

/* Loads the definition files, the globs, the expressions and the summary of the command line. Logs what is
 * wrong with one.
 */
enum exit_status cmd_files_open(struct cmd_files *files, const struct cli *cli);
void cmd_files_close(struct cmd_files *files);

/* The kernel probes that -k names, or all if it names none. -EINVAL: wrong usage. */
int cmd_files_select_kernel(const struct cli *cli, struct kernel_selection *ret_selection, struct diag *diag);

/* Reads the ELF file at `path`; `ret_device` and `ret_inode` tell which file that is, as in struct module.
 * Unless `ret_fd` is NULL, the open file goes there: whatever `path` leads to later, this is what was read.
 */
int cmd_files_read_path(struct cmd_files *files, const char *path, struct probe_file **ret_file,
                        uint64_t *ret_device, uint64_t *ret_inode, int *ret_fd, struct diag *diag);

/* Reads a file that a process has mapped. */
int cmd_files_read_module(struct cmd_files *files, const struct module *module, struct probe_file **ret_file,
                          struct diag *diag);

/* Whether the probe is selected and can have hits that are wanted. Says with -v when only the latter is not
 * so. */
bool cmd_files_wants(struct cmd_files *files, const struct probe *probe);

/* When all files are known: 0, or the error of where_check() or summary_check(), when -w compares or a
 * summary names what none of the selected probes has. */
int cmd_files_check(const struct cmd_files *files, struct diag *diag);

/* Warns of patterns of -t that have matched nothing in all the files read, when others have. */
void cmd_files_warn_of_unmatched(const struct cmd_files *files);

/* What the summary is asked for with, for messages. */
const char *cmd_files_summary_option(const struct cmd_files *files);

/* What to exit with after this error. */
enum exit_status cmd_status_of(int error);

#endif
