/* The files that a process has mapped as code. */
#ifndef TRACER_TARGET_MODULES_H
#define TRACER_TARGET_MODULES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/diag.h"

struct module {
    char *path; /* as the target's maps show it, unescaped, without " (deleted)"; for a process in another
                   mount namespace its name there, behind process_root_prefix(). For display only */
    char *open_path; /* "/proc/PID/map_files/START-END": opens the very inode that is mapped */
    uint64_t device; /* major << 32 | minor, as stat(2) has it */
    uint64_t inode;
    uint64_t version; /* differs when the number has gone to another file, or the file was written to */
    bool is_loader;   /* the process's dynamic loader */
};

struct module_list {
    struct module *modules; /* one per (device, inode), in the order of addresses */
    size_t count;
    bool first_thread_ended; /* the process lives on in its other threads */
};

/* Each file with at least one executable mapping. -ESRCH: the process has exited (maps read empty);
 * -EACCES: not permitted; -ENOMEM. */
int module_list_read(pid_t pid, struct module_list *ret_list, struct diag *diag);
void module_list_free(struct module_list *list);

/* Opens the mapped file for reading, close-on-exec. -EPERM where map_files needs CAP_CHECKPOINT_RESTORE or
 * CAP_SYS_ADMIN; -ENOENT: unmapped meanwhile. */
int module_open(const struct module *module, int *ret_fd, struct diag *diag);

#define _cleanup_module_list_ _cleanup_(module_list_free)

#endif
