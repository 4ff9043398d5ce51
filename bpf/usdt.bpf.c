/* One generic handler for every USDT probe site. The attach cookie is the number of a wire_spec, which says
 * where each argument is; the handler copies, user space interprets.
 *
 * Two programs are made from it. `usdt_plain` serves files of whose selected sites none reads more than
 * constants and registers. `usdt_memory` is sleepable and serves those that read user memory: a page that the
 * program has not touched yet is brought in, where a plain program would read nothing.
 *
 * The shape is the verifier's, whose time is what loading takes: work on one argument stands in a global
 * function (verified once, not once per loop iteration) that gets and leaves everything through a pointer; so
 * does the whole long way (verified once, not once for each way into it). Settings are read-only data: what
 * they switch off isn't verified. A hit goes through the headers in this order: target, specs, operands,
 * members, filter, and send, fetch or summary; most take the short cut in quick.
 */
#include "fetch.bpf.h"
#include "filter.bpf.h"
#include "members.bpf.h"
#include "operands.bpf.h"
#include "quick.bpf.h"
#include "summary.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Counts the hit and begins with it. NULL: nobody wants it. */
static __always_inline struct wire_spec *take_hit(struct pt_regs *ctx, struct hit *hit, __u64 *ret_pid_tgid,
                                                  __u32 *ret_number)
{
    keep_to_task_stack(ctx);
    __u64 pid_tgid = current_ids(), number = bpf_get_attach_cookie(ctx);
    if (is_stopped() || !is_target((__u32)(pid_tgid >> 32)))
        return NULL;
    struct wire_spec *spec = find_spec(number);
    if (!spec)
        return NULL;
    __sync_fetch_and_add(&spec->hits, 1);
    begin_hit(hit, ctx);
    *ret_pid_tgid = pid_tgid;
    *ret_number = (__u32)number;
    return spec;
}

/* Whether the short cut will do. */
static __always_inline bool is_quick(const struct wire_spec *spec)
{
    return !summarises && spec->quick && sample_every <= 1;
}

/* All that the short cut is too short for: first reading. The result is whether the hit is wanted. */
__noinline int read_plain_way(struct hit *hit, struct wire_spec *spec, __u64 pid_tgid)
{
    if (!hit || !spec)
        return false;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        read_plain_arg(hit, &spec->args[i], i);
    return is_wanted(hit, spec, pid_tgid, TEXT_NOWHERE);
}

__noinline int read_memory_way(struct hit *hit, struct wire_spec *spec, __u64 pid_tgid)
{
    if (!hit || !spec)
        return false;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        read_memory_arg(hit, &spec->args[i], i);
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args && spec->n_members; i++)
        follow_member(hit, &spec->behind[i], i);
    return is_wanted(hit, spec, pid_tgid, TEXT_OF_USER);
}

/* Then sending. */
__noinline int send_without_data(struct hit *hit, struct wire_spec *spec, __u32 number, __u64 pid_tgid)
{
    if (!hit || !spec)
        return 0;
    return send_values(hit, spec, number, pid_tgid);
}

SEC("uprobe.multi")
int usdt_plain(struct pt_regs *ctx)
{
    struct hit hit;
    __u64 pid_tgid;
    __u32 number;
    struct wire_spec *spec = take_hit(ctx, &hit, &pid_tgid, &number);
    if (!spec)
        return 0;
    if (is_quick(spec)) {
        read_quick_args(&hit, spec);
        return send_quick(&hit, spec, number, pid_tgid);
    }
    begin_long_way(&hit);
    if (!read_plain_way(&hit, spec, pid_tgid))
        return 0;
    if (summarises)
        return summarise(&hit, spec, pid_tgid, TEXT_NOWHERE);
    return send_without_data(&hit, spec, number, pid_tgid);
}

SEC("uprobe.multi.s")
int usdt_memory(struct pt_regs *ctx)
{
    struct hit hit;
    __u64 pid_tgid;
    __u32 number;
    struct wire_spec *spec = take_hit(ctx, &hit, &pid_tgid, &number);
    if (!spec)
        return 0;
    if (is_quick(spec)) {
        read_quick_args(&hit, spec);
        if (!spec->n_fetches)
            return send_quick(&hit, spec, number, pid_tgid);
        if (send_quick_text(&hit, spec, number, pid_tgid))
            return 0;
    }
    begin_long_way(&hit);
    if (!read_memory_way(&hit, spec, pid_tgid))
        return 0;
    if (summarises)
        return summarise(&hit, spec, pid_tgid, TEXT_OF_USER);
    if (!spec->n_fetches)
        return send_without_data(&hit, spec, number, pid_tgid);
    for (int attempt = 0; attempt <= WIRE_MAX_ARGS * PAGES_A_FETCH; attempt++)
        if (!send_fetched(&hit, spec, number, pid_tgid))
            return 0;
    count_lost(spec); /* pages went as fast as they came */
    return 0;
}
