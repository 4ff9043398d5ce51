/* The part of a session that hears what targets do besides hitting probes: the programs of loader.bpf.c and
 * follow.bpf.c, and their ring buffer. */
#include <bpf/bpf.h>
#include <errno.h>

#include "base/cleanup.h"
#include "capture/libbpf_said.h"
#include "capture/session_private.h"
#include "capture/shield.h"

/* So many at a time: targets may fork without end, and while one is dealt with, which may mean reading files
 * and attaching to them, nobody empties the ring of hits. */
enum { BATCH = 32 };

static int take_notice(void *context, void *data, size_t len)
{
    struct session *session = context;
    const struct wire_notice *notice = data;
    if (len < sizeof(*notice))
        return 0;
    session->notice(session->notice_context, (enum wire_notice_kind)notice->kind, (pid_t)notice->pid);
    if (notice->kind == WIRE_CODE_MAPPED) {
        const __u64 held = (__u64)notice->pid << 32 | notice->tid;
        bpf_map_delete_elem(bpf_map__fd(session->loader->maps.held), &held);
    }
    return --session->notices_left ? 0 : -EAGAIN;
}

static int load_loader(struct session *session)
{
    struct loader_bpf *loader = session->loader = loader_bpf__open();
    if (!loader)
        return -errno;
    SET_TARGETS(loader->rodata, &session->config);
    if (!session->multi)
        bpf_program__set_expected_attach_type(loader->progs.code_mapped, 0);
    int error = bpf_map__reuse_fd(loader->maps.targets, bpf_map__fd(session->skeleton->maps.targets));
    return error ? error : loader_bpf__load(loader);
}

static int load_follow(struct session *session)
{
    struct follow_bpf *follow = session->follow = follow_bpf__open();
    if (!follow)
        return -errno;
    SET_TARGETS(follow->rodata, &session->config);
    follow->rodata->ends_are_told = kernel_has(session, WIRE_KERNEL_EXIT);
    int error = bpf_map__reuse_fd(follow->maps.targets, bpf_map__fd(session->skeleton->maps.targets));
    if (!error)
        error = bpf_map__reuse_fd(follow->maps.notices, bpf_map__fd(session->loader->maps.notices));
    if (!error)
        error = follow_bpf__load(follow);
    return error ? error : follow_bpf__attach(follow);
}

int session_watch(struct session *session, bool children, struct diag *diag)
{
    libbpf_listen();
    int error = load_loader(session);
    if (error)
        return libbpf_explain(diag, error, "load the program that watches dynamic loaders");
    session->notices =
        ring_buffer__new(bpf_map__fd(session->loader->maps.notices), take_notice, session, NULL);
    if (!session->notices)
        return libbpf_explain(diag, -errno, "listen for what targets load");
    if (children && (error = load_follow(session)))
        return libbpf_explain(diag, error, "load the programs that follow children");
    return 0;
}

/* The arguments of session_watch_loader(). */
struct loader_place {
    struct session *session;
    const char *path;
    pid_t pid;
    struct plan_site site;
    struct session_attached attached;
};

static int attach_loader(void *context)
{
    struct loader_place *place = context;
    struct session *session = place->session;
    return attach_sites(session->loader->progs.code_mapped, session->multi, place->path, place->pid,
                        &place->site, 1, &session->links, &place->attached);
}

int session_watch_loader(struct session *session, const char *path, uint64_t offset, pid_t pid,
                         struct diag *diag)
{
    struct loader_place place = {
        .session = session,
        .path = path,
        .pid = pid,
        .site = {.offset = offset},
    };
    libbpf_listen();
    int error = shield_run(attach_loader, &place);
    _cleanup_session_attached_ struct session_attached attached = place.attached;
    if (error)
        return libbpf_explain(diag, error, "watch the dynamic loader");
    if (attached.n_failures)
        return diag_set(diag, attached.failures[0].error, "%s",
                        session_failure_reason(&attached.failures[0]));
    return 0;
}

bool session_read_notices(struct session *session, session_notice_fn *notice, void *context)
{
    if (!session->notices)
        return false;
    session->notice = notice;
    session->notice_context = context;
    session->notices_left = BATCH;
    ring_buffer__consume(session->notices);
    uint64_t lost = __atomic_load_n(&session->loader->bss->notices_lost, __ATOMIC_ACQUIRE);
    if (session->follow)
        lost += __atomic_load_n(&session->follow->bss->notices_lost, __ATOMIC_ACQUIRE);
    if (lost != session->notices_lost_seen)
        notice(context, WIRE_CODE_MAPPED, 0);
    session->notices_lost_seen = lost;
    return ring__avail_data_size(ring_buffer__ring(session->notices, 0)) > 0;
}

int session_notice_fd(const struct session *session)
{
    return session->notices ? ring_buffer__epoll_fd(session->notices) : -1;
}

void session_answer(struct session *session, bool answering)
{
    if (session->loader)
        __atomic_store_n(&session->loader->bss->answering, answering, __ATOMIC_RELEASE);
}

uint32_t session_read_unanswered(const struct session *session)
{
    return session->loader ? __atomic_load_n(&session->loader->bss->unanswered, __ATOMIC_ACQUIRE) : 0;
}

void follow_close(struct session *session)
{
    ring_buffer__free(session->notices);
    follow_bpf__destroy(session->follow);
    loader_bpf__destroy(session->loader);
}
