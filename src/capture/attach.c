#include "capture/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The kernel's own ENOTSUPP, which is no errno of user space: an instruction that can't be probed. */
enum { KERNEL_ENOTSUPP = 524 };

/* enum bpf_attach_type, include/uapi/linux/bpf.h of 6.6; Debian 12's header is older. */
enum { ATTACH_TYPE_UPROBE_MULTI = 48 };

/* Tries to link a do-nothing program to an offset of a file that can't be probed ("/", a directory). A kernel
 * that knows uprobe_multi gets as far as the file and says EBADF; one that doesn't rejects the link type with
 * EINVAL. A kernel that compares processes rejects a negative pid with EINVAL before it looks at the file;
 * 6.6 to 6.9, unless patched, compare threads and take it for a pid that isn't there
 * (kernel/trace/bpf_trace.c, bpf_uprobe_multi_link_attach). */
static int try_multi_link(int program, int pid)
{
    const unsigned long offset = 0;
    LIBBPF_OPTS(bpf_link_create_opts, opts);
    opts.uprobe_multi.path = "/";
    opts.uprobe_multi.offsets = &offset;
    opts.uprobe_multi.cnt = 1;
    opts.uprobe_multi.pid = (__u32)pid;
    int link = bpf_link_create(program, -1, (enum bpf_attach_type)ATTACH_TYPE_UPROBE_MULTI, &opts);
    if (link < 0)
        return -errno;
    close(link);
    return 0;
}

bool attach_has_uprobe_multi(void)
{
    const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    LIBBPF_OPTS(bpf_prog_load_opts, opts,
                .expected_attach_type = (enum bpf_attach_type)ATTACH_TYPE_UPROBE_MULTI);
    _cleanup_close_ int program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", nothing, 2, &opts);
    return program >= 0 && try_multi_link(program, 0) == -EBADF && try_multi_link(program, -1) == -EINVAL;
}

static int keep_link(struct attach_links *links, struct bpf_link *link)
{
    if (links->count == links->capacity) {
        size_t capacity = links->capacity ? links->capacity * 2 : 8;
        struct bpf_link **grown = reallocarray(links->links, capacity, sizeof(*grown));
        if (!grown) {
            bpf_link__destroy(link);
            return -ENOMEM;
        }
        links->links = grown;
        links->capacity = capacity;
    }
    links->links[links->count++] = link;
    return 0;
}

/* Errors that one site can cause: another one may do. All others concern the file or us. */
static bool is_site_error(int error)
{
    return error == -KERNEL_ENOTSUPP || error == -EINVAL || error == -EIO || error == -EOPNOTSUPP;
}

const char *session_site_error(int error)
{
    switch (error) {
    case -KERNEL_ENOTSUPP:
    case -EOPNOTSUPP:
        return "the instruction there can't be probed";
    case -EINVAL:
        return "another tracer holds that place with another semaphore";
    default:
        return strerror(-error);
    }
}

/* The sites to attach, in the form that uprobe_multi takes. */
struct site_arrays {
    unsigned long *offsets;
    unsigned long *semaphores;
    __u64 *cookies;
    const struct plan_site **sites;
    size_t count;
};

static void free_site_arrays(struct site_arrays *arrays)
{
    free(arrays->offsets);
    free(arrays->semaphores);
    free(arrays->cookies);
    free(arrays->sites);
}

static int fill_site_arrays(const struct plan_site *sites, size_t n, bool memory, struct site_arrays *arrays)
{
    arrays->offsets = calloc(n, sizeof(*arrays->offsets));
    arrays->semaphores = calloc(n, sizeof(*arrays->semaphores));
    arrays->cookies = calloc(n, sizeof(*arrays->cookies));
    arrays->sites = calloc(n, sizeof(*arrays->sites));
    if (!arrays->offsets || !arrays->semaphores || !arrays->cookies || !arrays->sites)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (sites[i].reads_memory != memory)
            continue;
        arrays->offsets[arrays->count] = sites[i].offset;
        arrays->semaphores[arrays->count] = sites[i].semaphore_offset;
        arrays->cookies[arrays->count] = sites[i].spec;
        arrays->sites[arrays->count++] = &sites[i];
    }
    return 0;
}

static struct bpf_link *link_multi(struct bpf_program *program, const char *path, pid_t pid,
                                   const struct site_arrays *arrays, size_t first, size_t n)
{
    LIBBPF_OPTS(bpf_uprobe_multi_opts, opts);
    opts.offsets = arrays->offsets + first;
    opts.ref_ctr_offsets = arrays->semaphores + first;
    opts.cookies = arrays->cookies + first;
    opts.cnt = n;
    return bpf_program__attach_uprobe_multi(program, pid ? pid : -1, path, NULL, &opts);
}

static struct bpf_link *link_perf_event(struct bpf_program *program, const char *path, pid_t pid,
                                        const struct site_arrays *arrays, size_t i)
{
    LIBBPF_OPTS(bpf_uprobe_opts, opts);
    opts.ref_ctr_offset = arrays->semaphores[i];
    opts.bpf_cookie = arrays->cookies[i];
    return bpf_program__attach_uprobe_opts(program, pid ? pid : -1, path, arrays->offsets[i], &opts);
}

/* A multi link fails as a whole and does not say for which site, so halve until the site stands alone. */
static int attach_range(struct bpf_program *program, bool multi, const char *path, pid_t pid,
                        const struct site_arrays *arrays, size_t first, size_t n, struct attach_links *links,
                        struct session_attached *attached)
{
    if (multi || n == 1) {
        struct bpf_link *link = multi ? link_multi(program, path, pid, arrays, first, n)
                                      : link_perf_event(program, path, pid, arrays, first);
        int error = link ? keep_link(links, link) : -errno;
        if (!error) {
            attached->sites += n;
            return 0;
        }
        if (!is_site_error(error))
            return error;
        if (n == 1) {
            if (!attached->failed++) {
                attached->first_failed = arrays->sites[first]->probe;
                attached->first_error = error;
            }
            return 0;
        }
    }
    int error = attach_range(program, multi, path, pid, arrays, first, n / 2, links, attached);
    if (!error)
        error = attach_range(program, multi, path, pid, arrays, first + n / 2, n - n / 2, links, attached);
    return error;
}

int attach_sites(struct bpf_program *program, bool multi, const char *path, pid_t pid,
                 const struct plan_site *sites, size_t n, bool memory, struct attach_links *links,
                 struct session_attached *attached)
{
    _cleanup_(free_site_arrays) struct site_arrays arrays = {0};
    if (!n)
        return 0;
    int error = fill_site_arrays(sites, n, memory, &arrays);
    if (!error && arrays.count)
        error = attach_range(program, multi, path, pid, &arrays, 0, arrays.count, links, attached);
    return error;
}

void attach_links_free(struct attach_links *links)
{
    for (size_t i = 0; i < links->count; i++)
        bpf_link__destroy(links->links[i]);
    free(links->links);
    *links = (struct attach_links){0};
}
