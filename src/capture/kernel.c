/* The part of a session that attaches kernel probes: the programs of kernel.bpf.c, by ways that are tried one
 * after the other, since what a kernel has is not what it permits. Each attached probe has an object of its
 * own with the programs of one way, which shares its maps with the session's first object, that of the static
 * probes: ring, specs with their counts, filters, targets and the stop flag. So whatever holds for static
 * probes holds for these. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "capture/libbpf_said.h"
#include "capture/session_private.h"

/* The kernel's own "not supported", which reaches us from where it has no fexit (include/linux/errno.h). */
enum { ENOTSUPP = 524 };

/* Those that both objects have by the same name. What an object keeps for itself is named after it. */
static int share_maps(struct bpf_object *object, const struct bpf_object *first)
{
    struct bpf_map *map;
    bpf_object__for_each_map(map, object)
    {
        const struct bpf_map *shared = bpf_object__find_map_by_name(first, bpf_map__name(map));
        int error = shared ? bpf_map__reuse_fd(map, bpf_map__fd(shared)) : 0;
        if (error)
            return error;
    }
    return 0;
}

static int join_session(struct kernel_bpf *skeleton, const struct session *session,
                        const struct kernel_probe *kernel, uint32_t spec)
{
    const struct session_config *config = &session->config;
    SET_TARGETS(skeleton->rodata, config);
    SET_SENDING(skeleton->rodata, config);
    skeleton->rodata->kernel_specs[kernel - kernel_probes] = spec;
    skeleton->rodata->own_pid = (__u32)getpid();
    skeleton->rodata->min_duration = config->min_duration;
    skeleton->rodata->page_size = (__u64)sysconf(_SC_PAGESIZE);
    return share_maps(skeleton->obj, session->skeleton->obj);
}

static void choose_programs(struct kernel_bpf *skeleton, const struct kernel_way *way,
                            struct bpf_program **ret_programs)
{
    struct bpf_program *program;
    bpf_object__for_each_program(program, skeleton->obj) bpf_program__set_autoload(program, false);
    for (size_t i = 0; i < KERNEL_PROBE_PROGRAMS && way->programs[i]; i++) {
        ret_programs[i] = bpf_object__find_program_by_name(skeleton->obj, way->programs[i]);
        bpf_program__set_autoload(ret_programs[i], true);
    }
}

static void detach(struct kernel_attached *attached)
{
    for (size_t i = KERNEL_PROBE_PROGRAMS; i-- > 0;)
        bpf_link__destroy(attached->links[i]);
    kernel_bpf__destroy(attached->skeleton);
    *attached = (struct kernel_attached){0};
}

/* Without a session: just to see whether it works. */
static int attach(const struct session *session, const struct kernel_probe *kernel,
                  const struct kernel_way *way, uint32_t spec, struct kernel_attached *ret_attached)
{
    _cleanup_(detach) struct kernel_attached attached = {.probe =
                                                             (enum wire_kernel_probe)(kernel - kernel_probes),
                                                         .way = way,
                                                         .skeleton = kernel_bpf__open()};
    struct bpf_program *programs[KERNEL_PROBE_PROGRAMS] = {0};
    if (!attached.skeleton)
        return -errno;
    choose_programs(attached.skeleton, way, programs);
    int error = session ? join_session(attached.skeleton, session, kernel, spec) : 0;
    if (!error)
        error = kernel_bpf__load(attached.skeleton);
    for (size_t i = 0; i < KERNEL_PROBE_PROGRAMS && programs[i] && !error; i++) {
        attached.links[i] = bpf_program__attach(programs[i]);
        error = attached.links[i] ? 0 : -errno;
    }
    if (error)
        return error;
    *ret_attached = attached;
    attached = (struct kernel_attached){0};
    return 0;
}

/* Whoever may load programs at all is refused because of what is asked for. */
static int explain(struct diag *diag, int error)
{
    if (error == -EPERM)
        return diag_set(diag, -EOPNOTSUPP, "this kernel refuses it, whoever asks");
    if (error == -ENOENT || error == -ESRCH || error == -EOPNOTSUPP || error == -ENOTSUPP)
        return diag_set(diag, -EOPNOTSUPP, "this kernel does not have it");
    return libbpf_explain(diag, error, "attach it");
}

/* Whether we are permitted to load programs that look into the kernel: the smallest one that returns. */
static bool may_try(void)
{
    const struct bpf_insn program[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "may_try", "GPL", program,
                           sizeof(program) / sizeof(*program), NULL);
    int error = fd < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return error != -EPERM;
}

int session_try_kernel(const struct kernel_probe *kernel, const struct kernel_way *way, struct diag *why)
{
    _cleanup_(detach) struct kernel_attached attached = {0};
    libbpf_listen();
    if (!may_try())
        return libbpf_explain(why, -EPERM, "find out");
    int error = attach(NULL, kernel, way, 0, &attached);
    return error ? explain(why, error) : 0;
}

int session_attach_kernel(struct session *session, const struct kernel_probe *kernel, uint32_t spec,
                          const char *method, const char **ret_method, struct diag *diag)
{
    _cleanup_buf_ struct buf reasons = {0};
    struct kernel_attached *attached = &session->kernel[session->n_kernel];
    for (size_t i = 0; i < kernel_probe_count_ways(kernel); i++) {
        const struct kernel_way *way = &kernel->ways[i];
        struct diag why = {0};
        if (method && strcmp(way->method, method))
            continue;
        libbpf_listen();
        int error = attach(session, kernel, way, spec, attached);
        if (!error) {
            session->n_kernel++;
            *ret_method = way->method;
            diag_set(diag, 0, "%s", reasons.len ? buf_string(&reasons) : "");
            return 0;
        }
        explain(&why, error);
        buf_printf(&reasons, "%sthrough %s: %s", reasons.len ? "; " : "", way->method, why.text);
    }
    if (!may_try())
        return libbpf_explain(diag, -EPERM, "attach kernel probes");
    const char *text = buf_string(&reasons);
    return diag_set(diag, -EOPNOTSUPP, "kernel probe %s: %s", kernel->name,
                    text && *text ? text : "there is no such way");
}

uint64_t kernel_read_missed(const struct session *session)
{
    uint64_t missed = 0;
    for (size_t i = 0; i < session->n_kernel; i++) {
        const struct kernel_attached *attached = &session->kernel[i];
        struct bpf_program *program;
        bpf_object__for_each_program(program, attached->skeleton->obj) missed += session_missed_by(program);
        missed += __atomic_load_n(&attached->skeleton->bss->calls_forgotten, __ATOMIC_ACQUIRE);
        if (attached->way->loses_returns)
            missed += __atomic_load_n(&attached->skeleton->bss->calls_without_return, __ATOMIC_ACQUIRE);
    }
    return missed;
}

bool kernel_has(const struct session *session, enum wire_kernel_probe probe)
{
    for (size_t i = 0; i < session->n_kernel; i++)
        if (session->kernel[i].probe == probe)
            return true;
    return false;
}

void kernel_close(struct session *session)
{
    for (size_t i = session->n_kernel; i-- > 0;)
        detach(&session->kernel[i]);
}
