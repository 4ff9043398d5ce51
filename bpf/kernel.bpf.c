/* The programs of the kernel probes (-k). Each probe has one or more ways to be attached, which
 * src/probe/kernel_probe.c lists by the names of these programs; of an object only those of one way of one
 * probe are loaded. */
#include "proc.bpf.h"
#include "vfs.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
