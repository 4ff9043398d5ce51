/* Reading under /proc. Only src/target uses this. */
#ifndef TRACER_TARGET_PROC_FILE_H
#define TRACER_TARGET_PROC_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Appends the whole file, whose name the format makes, to `out`. -ESRCH where there is no such file, which
 * under /proc/PID means that the process is gone. */
int proc_file_read(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct task_list {
    pid_t *tids;
    size_t count;
};

/* The threads that the process has now. A thread that starts meanwhile may be missing. */
int task_list_read(pid_t pid, struct task_list *ret_list);
void task_list_free(struct task_list *list);

#define _cleanup_task_list_ _cleanup_(task_list_free)

#endif
