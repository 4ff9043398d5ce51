/* Tells when a target has mapped more code, and holds it until that code's probes are attached.
 *
 * Dynamic loaders call an empty function, _dl_debug_state, for debuggers to put a breakpoint on: when they
 * are about to change what is mapped and when they have done so, before the new code's constructors run
 * (glibc: elf/dl-debug.c, elf/link.h at r_brk; musl has it too). The program here stands on that function.
 *
 * A program can't sleep until user space answers. It looks again and again, and yields the processor between
 * two looks. That is harmless whatever becomes of us: no signal, no stop, and it is bounded. Should user
 * space not answer in time, because it is stopped, say, nobody is held again until it does. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "notice.bpf.h"
#include "stack.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
    PATIENCE_NS = 2000000000,
    MOST_LOOKS = 1 << 23, /* bpf_loop()'s limit */
};

/* Threads (as of current_ids()) that are held. User space lets one go by deleting it here. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, __u8);
} held SEC(".maps");

/* User space answers now. When it no longer does, nobody waits. */
__u32 answering = 0;

/* Let go without an answer. */
__u32 unanswered = 0;

struct wait {
    __u64 ids;
    __u64 deadline;
    void *memory; /* of the thread's own, and there */
    bool is_over; /* for another reason than that it took too long */
};

/* This way of reading memory calls cond_resched() on its way (__get_user_pages() in mm/gup.c), and fails in a
 * thread that is being killed. */
static bool yield(const struct wait *wait)
{
    char byte;
    return !bpf_copy_from_user_task(&byte, 1, wait->memory, bpf_get_current_task_btf(), 0);
}

static long look(__u32 number, struct wait *wait)
{
    wait->is_over = !bpf_map_lookup_elem(&held, &wait->ids) || !*(volatile __u32 *)&answering || !yield(wait);
    return wait->is_over || bpf_ktime_get_ns() > wait->deadline;
}

SEC("uprobe.multi.s")
int code_mapped(struct pt_regs *ctx)
{
    struct wait wait = {
        .ids = current_ids(),
        .deadline = bpf_ktime_get_ns() + PATIENCE_NS,
        .memory = (void *)PT_REGS_SP(ctx),
    };
    const __u8 here = 1;
    keep_to_task_stack(ctx);
    if (!is_target(wait.ids >> 32))
        return 0;
    if (!*(volatile __u32 *)&answering) {
        send_notice(WIRE_CODE_MAPPED, wait.ids);
        return 0;
    }
    /* There may be no room for one more, or for the notice. */
    bool hold = !bpf_map_update_elem(&held, &wait.ids, &here, BPF_ANY);
    if (send_notice(WIRE_CODE_MAPPED, wait.ids) && hold) {
        bpf_loop(MOST_LOOKS, look, &wait, 0);
        if (!wait.is_over)
            *(volatile __u32 *)&answering = 0;
    }
    if (!wait.is_over)
        __sync_fetch_and_add(&unanswered, 1);
    bpf_map_delete_elem(&held, &wait.ids);
    return 0;
}
