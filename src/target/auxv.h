/* What the kernel told a program about itself when it started. Only src/target uses this. */
#ifndef TRACER_TARGET_AUXV_H
#define TRACER_TARGET_AUXV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct auxv {
    uint64_t interpreter; /* AT_BASE: where its dynamic loader stands; 0: it has none */
    uint64_t entry;       /* AT_ENTRY: the program's own first instruction */
};

/* /proc/PID/auxv of a 64-bit process. False when it can't be read; another word size leaves zeros. */
bool auxv_read(pid_t pid, struct auxv *ret_auxv);

#endif
