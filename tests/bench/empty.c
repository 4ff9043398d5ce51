/* bench_empty PID FILE OFFSET: attaches a BPF program that does nothing to that place in the process, by
 * uprobe_multi as tracer does. What a hit costs then is the least that any tracer of this kind can cost. Says
 * "ready" and stays until standard input ends. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* enum bpf_attach_type, include/uapi/linux/bpf.h of 6.6; Debian 12's header is older. */
enum { ATTACH_TYPE_UPROBE_MULTI = 48 };

static int fail(const char *what)
{
    fprintf(stderr, "bench_empty: %s: %s\n", what, strerror(errno));
    return 1;
}

static int load_program(void)
{
    const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    LIBBPF_OPTS(bpf_prog_load_opts, opts,
                .expected_attach_type = (enum bpf_attach_type)ATTACH_TYPE_UPROBE_MULTI);
    return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "empty", "GPL", nothing, 2, &opts);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: bench_empty PID FILE OFFSET\n", stderr);
        return 2;
    }
    int program = load_program();
    if (program < 0)
        return fail("can't load the program");
    const unsigned long offset = strtoul(argv[3], NULL, 0);
    LIBBPF_OPTS(bpf_link_create_opts, opts);
    opts.uprobe_multi.path = argv[2];
    opts.uprobe_multi.offsets = &offset;
    opts.uprobe_multi.cnt = 1;
    opts.uprobe_multi.pid = (__u32)strtoul(argv[1], NULL, 10);
    if (bpf_link_create(program, -1, (enum bpf_attach_type)ATTACH_TYPE_UPROBE_MULTI, &opts) < 0)
        return fail("can't attach (uprobe_multi needs Linux 6.6)");
    fputs("bench_empty: ready\n", stderr);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
