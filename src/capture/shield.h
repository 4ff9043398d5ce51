/* Doing what must not stop half-way, even if tracer is killed meanwhile. Internal to src/capture. */
#ifndef TRACER_CAPTURE_SHIELD_H
#define TRACER_CAPTURE_SHIELD_H

#include <stddef.h>

typedef int shield_work_fn(void *context);

/* Calls `work` and returns what it does. It works on our memory and descriptors, and goes on to its end if we
 * are killed; what descriptors we had are closed after it then. */
int shield_run(shield_work_fn *work, void *context);

/* Closes all of them at once, each in a process of its own: closing a link takes the kernel a grace period,
 * and those that run at the same time share one. */
void shield_close(const int *fds, size_t count);

#endif
