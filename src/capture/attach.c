#include "capture/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/shield.h"

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
static const struct site_error {
    int error;
    const char *words;
} site_errors[] = {
    {-KERNEL_ENOTSUPP, "the instruction there can't be probed"},
    {-EOPNOTSUPP, "the instruction there can't be probed"},
    {-ENOEXEC, "what stands there is no instruction"},
    {-EINVAL, "another tracer holds that place with another semaphore"},
    {-EIO, "the file can't be read there"},
    {-EFAULT, "the process has no memory there, or none for the semaphore"},
    {-EBUSY, "the process has no memory for the semaphore"},
};

static const struct site_error *find_site_error(int error)
{
    for (size_t i = 0; i < sizeof(site_errors) / sizeof(*site_errors); i++)
        if (site_errors[i].error == error)
            return &site_errors[i];
    return NULL;
}

const char *session_failure_reason(const struct session_failure *failure)
{
    /* Semaphores are 16 bits wide, and the kernel wants them aligned. */
    if (failure->error == -EINVAL && failure->site->semaphore_offset % 2)
        return "its semaphore stands at an odd address";
    return find_site_error(failure->error)->words;
}

static int add_failure(struct session_attached *attached, const struct plan_site *site, int error)
{
    struct session_failure *failures =
        reallocarray(attached->failures, attached->n_failures + 1, sizeof(*failures));
    if (!failures)
        return -ENOMEM;
    attached->failures = failures;
    failures[attached->n_failures++] = (struct session_failure){.site = site, .error = error};
    return 0;
}

void session_attached_free(struct session_attached *attached)
{
    free(attached->failures);
    *attached = (struct session_attached){0};
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

static int fill_site_arrays(const struct plan_site *sites, size_t n, struct site_arrays *arrays)
{
    arrays->offsets = calloc(n, sizeof(*arrays->offsets));
    arrays->semaphores = calloc(n, sizeof(*arrays->semaphores));
    arrays->cookies = calloc(n, sizeof(*arrays->cookies));
    arrays->sites = calloc(n, sizeof(*arrays->sites));
    if (!arrays->offsets || !arrays->semaphores || !arrays->cookies || !arrays->sites)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        arrays->offsets[i] = sites[i].offset;
        arrays->semaphores[i] = sites[i].semaphore_offset;
        arrays->cookies[i] = sites[i].spec;
        arrays->sites[i] = &sites[i];
    }
    arrays->count = n;
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

/* A multi link fails as a whole and does not say for which site, so halve until the site stands alone. A
 * failure costs tens of milliseconds, so a range is not tried that is known to fail (`hopeless`): the second
 * half of one that did, after a first half that didn't. */
static int attach_range(struct bpf_program *program, bool multi, const char *path, pid_t pid,
                        const struct site_arrays *arrays, size_t first, size_t n, struct attach_links *links,
                        struct session_attached *attached, bool hopeless)
{
    if ((multi && !hopeless) || n == 1) {
        struct bpf_link *link = multi ? link_multi(program, path, pid, arrays, first, n)
                                      : link_perf_event(program, path, pid, arrays, first);
        int error = link ? keep_link(links, link) : -errno;
        if (!error) {
            attached->sites += n;
            return 0;
        }
        if (!find_site_error(error))
            return error;
        if (n == 1)
            return add_failure(attached, arrays->sites[first], error);
    }
    size_t failures = attached->n_failures;
    int error = attach_range(program, multi, path, pid, arrays, first, n / 2, links, attached, false);
    if (!error)
        error = attach_range(program, multi, path, pid, arrays, first + n / 2, n - n / 2, links, attached,
                             attached->n_failures == failures);
    return error;
}

int attach_sites(struct bpf_program *program, bool multi, const char *path, pid_t pid,
                 const struct plan_site *sites, size_t n, struct attach_links *links,
                 struct session_attached *attached)
{
    _cleanup_(free_site_arrays) struct site_arrays arrays = {0};
    if (!n)
        return 0;
    int error = fill_site_arrays(sites, n, &arrays);
    if (!error)
        error = attach_range(program, multi, path, pid, &arrays, 0, arrays.count, links, attached, false);
    return error;
}

/* Links through perf events are no faster closed side by side. */
static void close_at_once(struct bpf_link *const *links, size_t count)
{
    _cleanup_free_ int *fds = calloc(count + 1, sizeof(*fds));
    if (!fds)
        return;
    for (size_t i = 0; i < count; i++) {
        fds[i] = bpf_link__fd(links[i]);
        bpf_link__disconnect(links[i]);
    }
    shield_close(fds, count);
}

void attach_links_cut(struct attach_links *links, size_t count)
{
    if (links->multi && links->count > count + 1)
        close_at_once(links->links + count, links->count - count);
    while (links->count > count)
        bpf_link__destroy(links->links[--links->count]);
}

void attach_links_free(struct attach_links *links)
{
    attach_links_cut(links, 0);
    free(links->links);
    *links = (struct attach_links){0};
}
