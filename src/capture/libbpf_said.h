/* Why libbpf or the kernel refused, in one line of ours. Internal to src/capture. */
#ifndef TRACER_CAPTURE_LIBBPF_SAID_H
#define TRACER_CAPTURE_LIBBPF_SAID_H

#include <stdbool.h>

#include "base/diag.h"

/* From now on libbpf's complaints come here, and none has come yet. */
void libbpf_listen(void);

/* "cannot WHAT: …" for an errno, with libbpf's first complaint since libbpf_listen(). Returns the error, or
 * -EINVAL where the errno could be taken for want of privilege and isn't. */
int libbpf_explain(struct diag *diag, int error, const char *what);

/* That first complaint is about this map. */
bool libbpf_complained_of(const char *map);

#endif
