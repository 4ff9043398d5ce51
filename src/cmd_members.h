/* Members of what arguments point to: finds the files that describe a traced file's types, and says what
 * became of the definition's annotations. */
#ifndef TRACER_CMD_MEMBERS_H
#define TRACER_CMD_MEMBERS_H

#include "probe/probe_member.h"

/* Resolves the members of the selected probes. `fd` and `path` are those the file was read with. Opens
 * nothing for a file without such probes. What can't be resolved is said and no failure; 0 or -ENOMEM. */
int cmd_members_resolve(struct probe_file *file, int fd, const char *path, const struct select *select,
                        struct diag *diag);

#endif
