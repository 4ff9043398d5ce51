#include "capture/session.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "capture/libbpf_said.h"
#include "capture/session_private.h"
#include "capture/shield.h"

/* What a kernel can do is found out by trying. Its release only explains why it could not. */
static bool is_too_old(char *ret_release, size_t size)
{
    struct utsname name;
    int major, minor;
    if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
        return false;
    snprintf(ret_release, size, "%d.%d", major, minor);
    return major < 6 || (major == 6 && minor < 1);
}

static int explain_load(struct diag *diag, int error)
{
    char release[32];
    if (error != -EPERM && error != -ENOSYS && is_too_old(release, sizeof(release)))
        return diag_set(diag, -EOPNOTSUPP,
                        "cannot load the BPF programs: Linux %s is too old, tracer needs 6.1 or later",
                        release);
    int explained = summary_explain(diag, error);
    return explained ? explained : libbpf_explain(diag, error, "load the BPF programs");
}

unsigned session_slot_count(void)
{
    unsigned wanted = (unsigned)libbpf_num_possible_cpus() * 2, count = 16;
    while (count < wanted && count < 256)
        count *= 2;
    return count;
}

static int configure(struct usdt_bpf *skeleton, const struct session_config *config, bool multi)
{
    SET_TARGETS(skeleton->rodata, config);
    SET_SENDING(skeleton->rodata, config);
    const struct ring_layout ring = ring_layout(config->buffer_size);
    int error = bpf_map__set_max_entries(skeleton->maps.events, ring.chunks);
    if (!error)
        error = bpf_map__set_value_size(skeleton->maps.events, ring.stride);
    if (!error)
        error = bpf_map__set_max_entries(skeleton->maps.first_specs, config->n_specs);
    if (!error)
        error = bpf_map__set_max_entries(skeleton->maps.slots, session_slot_count());
    if (!error && config->only_target)
        error = bpf_map__set_max_entries(skeleton->maps.targets, 1);
    if (!error && config->filters)
        error = bpf_map__set_max_entries(skeleton->maps.filters, WIRE_MAX_FILTERS);
    if (!error)
        error = summary_configure(skeleton, &config->summary);
    if (!error)
        error = bpf_program__set_autoload(skeleton->progs.usdt_plain, config->plain);
    if (!error)
        error = bpf_program__set_autoload(skeleton->progs.usdt_memory, config->memory);
    if (!error && !multi) {
        bpf_program__set_expected_attach_type(skeleton->progs.usdt_plain, 0);
        bpf_program__set_expected_attach_type(skeleton->progs.usdt_memory, 0);
    }
    return error;
}

/* That the bell has rung is all there is to know. */
static int hear_bell(void *context, void *data, size_t len)
{
    (void)context, (void)data, (void)len;
    return 0;
}

static int open_ring(struct session *session)
{
    const struct ring_layout layout = ring_layout(session->config.buffer_size);
    session->bell = ring_buffer__new(bpf_map__fd(session->skeleton->maps.bell), hear_bell, NULL, NULL);
    if (!session->bell)
        return -errno;
    return ring_open(&session->ring, bpf_map__fd(session->skeleton->maps.events), &layout,
                     &session->skeleton->data_shared->shared.ring);
}

int session_open(const struct session_config *config, struct session **ret_session, struct diag *diag)
{
    _cleanup_session_ struct session *session = calloc(1, sizeof(*session));
    if (!session)
        return diag_set(diag, -ENOMEM, "out of memory");
    libbpf_listen();
    session->skeleton = usdt_bpf__open();
    if (!session->skeleton)
        return libbpf_explain(diag, -errno, "read the BPF programs");
    session->multi = !config->perf_events && attach_has_uprobe_multi();
    session->links.multi = session->multi;
    int error = configure(session->skeleton, config, session->multi);
    if (!error)
        error = usdt_bpf__load(session->skeleton);
    if (error)
        return explain_load(diag, error);
    session->config = *config;
    error = open_ring(session);
    if (error)
        return libbpf_explain(diag, error, "make the buffer for events");
    error = specs_open(&session->specs, bpf_map__fd(session->skeleton->maps.first_specs), config->n_specs,
                       bpf_map__fd(session->skeleton->maps.spec_chunks));
    if (error)
        return libbpf_explain(diag, error, "make room for the probe sites");
    *ret_session = take_pointer(session);
    return 0;
}

static int detach(void *context)
{
    struct session *session = context;
    attach_links_free(&session->links);
    return 0;
}

void session_free(struct session *session)
{
    if (!session)
        return;
    session_answer(session, false);
    if (session->links.count)
        shield_run(detach, session);
    follow_close(session);
    kernel_close(session);
    ring_close(&session->ring);
    ring_buffer__free(session->bell);
    specs_close(&session->specs);
    usdt_bpf__destroy(session->skeleton);
    free(session);
}

int session_add_target(struct session *session, pid_t pid, struct diag *diag)
{
    __u32 key = (__u32)pid;
    __u8 value = WIRE_TARGET_NAMED;
    if (bpf_map_update_elem(bpf_map__fd(session->skeleton->maps.targets), &key, &value, BPF_ANY))
        return libbpf_explain(diag, -errno, "add a process");
    return 0;
}

void session_remove_target(struct session *session, pid_t pid)
{
    __u32 key = (__u32)pid;
    __u8 value;
    int targets = bpf_map__fd(session->skeleton->maps.targets);
    if (bpf_map_lookup_elem(targets, &key, &value) || value != WIRE_TARGET_NAMED)
        return;
    bpf_map_delete_elem(targets, &key);
}

bool session_has_target(const struct session *session, pid_t pid)
{
    __u32 key = (__u32)pid;
    __u8 value;
    return !bpf_map_lookup_elem(bpf_map__fd(session->skeleton->maps.targets), &key, &value);
}

pid_t session_next_target(const struct session *session, pid_t pid)
{
    const __u32 key = (__u32)pid;
    __u32 next = 0;
    bool any = !bpf_map_get_next_key(bpf_map__fd(session->skeleton->maps.targets), &key, &next);
    return any ? (pid_t)next : 0;
}

int session_set_filter(struct session *session, uint32_t number, const struct wire_filter *filter,
                       struct diag *diag)
{
    if (bpf_map_update_elem(bpf_map__fd(session->skeleton->maps.filters), &number, filter, BPF_ANY))
        return libbpf_explain(diag, -errno, "add a filter");
    return 0;
}

int session_set_spec(struct session *session, uint32_t number, const struct wire_spec *spec,
                     struct diag *diag)
{
    int error = specs_reserve(&session->specs, number);
    if (error == -E2BIG)
        return diag_set(diag, error, "too many different probe sites; select fewer probes with -t");
    if (error)
        return libbpf_explain(diag, error, "make room for probe sites");
    *specs_at(&session->specs, number) = *spec;
    return 0;
}

bool session_limits_last(const struct session *session)
{
    return session->multi;
}

/* The arguments of session_attach(). */
struct attachment {
    struct session *session;
    const char *path;
    pid_t pid;
    const struct plan_site *sites;
    size_t n;
    size_t links_before;
    struct session_attached attached;
};

/* All by one program, so by one link: detaching takes a grace period for each. */
static struct bpf_program *choose_program(const struct attachment *to)
{
    struct usdt_bpf *skeleton = to->session->skeleton;
    return plan_sites_read_memory(to->sites, to->n) ? skeleton->progs.usdt_memory
                                                    : skeleton->progs.usdt_plain;
}

static int attach(void *context)
{
    struct attachment *to = context;
    struct session *session = to->session;
    int error = attach_sites(choose_program(to), session->multi, to->path, to->pid, to->sites, to->n,
                             &session->links, &to->attached);
    if (error)
        attach_links_cut(&session->links, to->links_before);
    return error;
}

int session_attach(struct session *session, const char *path, pid_t pid, const struct plan_site *sites,
                   size_t n, struct session_attached *ret_attached, struct diag *diag)
{
    struct attachment to = {.session = session, .path = path, .pid = pid, .sites = sites, .n = n};
    libbpf_listen();
    to.links_before = session->links.count;
    int error = shield_run(attach, &to);
    if (error)
        session_attached_free(&to.attached);
    if (error == -ESRCH)
        return diag_set(diag, error, "process %d has exited", (int)pid);
    if (error)
        return libbpf_explain(diag, error, "attach to the probes");
    *ret_attached = to.attached;
    return 0;
}

const char *session_attach_method(const struct session *session)
{
    return session->multi ? "uprobe_multi" : "perf events";
}

int session_consume(struct session *session, session_record_fn *record, void *context)
{
    return ring_consume(&session->ring, record, context);
}

bool session_is_drained(const struct session *session)
{
    return ring_is_drained(&session->ring);
}

int session_fd(const struct session *session)
{
    return ring_buffer__epoll_fd(session->bell);
}

void session_arm_bell(struct session *session, size_t level)
{
    /* What rang up to now is forgotten before, so that no strike is that comes after. */
    ring_buffer__consume(session->bell);
    __atomic_store_n(&session->skeleton->data_shared->shared.bell_level, level, __ATOMIC_RELAXED);
    __atomic_store_n(&session->skeleton->data_shared->shared.bell_armed, 1, __ATOMIC_SEQ_CST);
}

void session_stop(struct session *session)
{
    __atomic_store_n(&session->skeleton->data_shared->shared.stopped, 1, __ATOMIC_SEQ_CST);
    session_answer(session, false);
}

struct session_counts session_read_counts(const struct session *session, uint32_t spec)
{
    const struct wire_spec *wire = specs_at(&session->specs, spec);
    struct session_counts counts;
    counts.filtered = __atomic_load_n(&wire->filtered, __ATOMIC_ACQUIRE);
    counts.taken = __atomic_load_n(&wire->taken, __ATOMIC_ACQUIRE);
    counts.lost = __atomic_load_n(&wire->lost, __ATOMIC_ACQUIRE);
    counts.hits = __atomic_load_n(&wire->hits, __ATOMIC_ACQUIRE);
    return counts;
}

uint64_t session_missed_by(const struct bpf_program *program)
{
    struct bpf_prog_info info = {0};
    __u32 len = sizeof(info);
    int fd = bpf_program__fd(program);
    return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.recursion_misses : 0;
}

uint64_t session_read_missed(const struct session *session)
{
    return session_missed_by(session->skeleton->progs.usdt_plain) +
           session_missed_by(session->skeleton->progs.usdt_memory) + kernel_read_missed(session);
}

uint32_t session_read_lost(const struct session *session)
{
    return __atomic_load_n(&session->skeleton->data_shared->shared.lost_total, __ATOMIC_ACQUIRE);
}
