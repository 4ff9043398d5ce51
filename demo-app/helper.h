/* Running the helper program: fork, exec, wait. */
#ifndef DEMO_HELPER_H
#define DEMO_HELPER_H

#include <stdint.h>

/* Runs `path` without arguments, with nothing to read, its output thrown away. 0: `ret_pid` was it and
 * `ret_status` is its exit status, or minus the signal that killed it, which is ours after ten seconds or
 * when the program stops. Else -errno: it couldn't be started. */
int helper_run(const char *path, int stop_fd, int *ret_pid, int *ret_status);

#endif
