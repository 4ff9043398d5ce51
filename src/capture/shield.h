/* Doing what must not stop half-way, even if tracer is killed meanwhile. Internal to src/capture. */
#ifndef TRACER_CAPTURE_SHIELD_H
#define TRACER_CAPTURE_SHIELD_H

typedef int shield_work_fn(void *context);

/* Calls `work` and returns what it does. It works on our memory and descriptors, and goes on to its end if we
 * are killed; what descriptors we had are closed after it then. */
int shield_run(shield_work_fn *work, void *context);

#endif
