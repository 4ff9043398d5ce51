/* One generic handler for every USDT probe site. The attach cookie is the number of a wire_spec, which says
 * where each argument is; the handler copies, user space interprets.
 *
 * Two programs are made from it. `usdt_plain` serves files of whose selected sites none reads more than
 * constants and registers. `usdt_memory` is sleepable and serves those that read user memory: a page that the
 * program has not touched yet is brought in, where a plain program would read nothing.
 *
 * The shape is the verifier's: work on one argument stands in a global function (verified once, not once per
 * loop iteration) that gets and leaves everything through a pointer. A record with strings is built in a slot
 * of a pool and copied into the ring as it is long. While a page is fetched, which can take for ever, neither
 * a ring reservation nor a slot is held, since others need them: the record is given up and built anew. */
#include "common.bpf.h"
#include "filter.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* A string of the greatest length lies on two pages. */
enum { POOL_TRIES = 8, PAGES_A_STRING = 2 };

/* Sized before load to hold all specs that are known then. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct wire_spec);
} first_specs SEC(".maps");

const volatile __u32 n_first_specs = 1;

/* Those that come later. */
struct spec_chunk {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, WIRE_SPECS_A_CHUNK);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct wire_spec));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, WIRE_MAX_CHUNKS);
    __type(key, __u32);
    __array(values, struct spec_chunk);
} spec_chunks SEC(".maps");

/* Where a record with strings is put together. */
struct slot {
    __u32 claimed;
    __u32 values_len; /* of the payload */
    __u32 data_len;   /* behind them, so far */
    __u32 padding;
    struct wire_record record;
    /* Values, then string data; a string is read where it will stand, so one may reach behind the limit. */
    char payload[WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX + WIRE_STRING_MAX + 8];
};

/* Sized before load, to a power of two. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct slot);
} slots SEC(".maps");

const volatile __u32 slot_mask = 0;
const volatile __u32 string_limit = 256;

static __always_inline struct wire_spec *find_spec(__u64 number)
{
    __u32 index = (__u32)number;
    if (number < n_first_specs)
        return bpf_map_lookup_elem(&first_specs, &index);
    number -= n_first_specs;
    __u32 chunk = (__u32)(number / WIRE_SPECS_A_CHUNK);
    index = (__u32)(number % WIRE_SPECS_A_CHUNK);
    void *specs = bpf_map_lookup_elem(&spec_chunks, &chunk);
    return specs ? bpf_map_lookup_elem(specs, &index) : NULL;
}

static __always_inline __u64 extend(__u64 value, __u8 size, __u8 is_signed)
{
    __u32 unused_bits = (64 - size * 8) & 63;
    value <<= unused_bits;
    return is_signed ? (__u64)((__s64)value >> unused_bits) : value >> unused_bits;
}

static __always_inline void read_register(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    __u32 reg = arg->reg;
    if (arg->where == WIRE_CONSTANT)
        hit->values[i] = (__u64)arg->disp;
    else if (arg->where == WIRE_REGISTER && reg < SLOTS)
        hit->values[i] = extend(hit->regs[reg] >> (arg->shift & 63), arg->size, arg->is_signed);
    else
        hit->faults |= 1U << i;
}

static __always_inline __u64 memory_address(const struct hit *hit, const struct wire_arg *arg)
{
    __u64 address = (__u64)arg->disp;
    __u32 reg = arg->reg, index = arg->index;
    if (reg < SLOTS)
        address += hit->regs[reg];
    if (index < SLOTS)
        address += hit->regs[index] << (arg->scale & 3);
    return address;
}

/* The helpers want a constant size to know what they write. */
#define READ_SIZED(type)                                                          \
    ({                                                                            \
        type value_ = 0;                                                          \
        failed = bpf_probe_read_user(&value_, sizeof(value_), (void *)address) && \
                 bpf_copy_from_user(&value_, sizeof(value_), (void *)address);    \
        (__u64) value_;                                                           \
    })

static __always_inline void read_memory(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    __u64 address = memory_address(hit, arg), value = 0;
    bool failed = true;
    if (arg->size == 8)
        value = READ_SIZED(__u64);
    else if (arg->size == 4)
        value = READ_SIZED(__u32);
    else if (arg->size == 2)
        value = READ_SIZED(__u16);
    else if (arg->size == 1)
        value = READ_SIZED(__u8);
    if (failed)
        hit->faults |= 1U << i;
    else
        hit->values[i] = extend(value, arg->size, arg->is_signed);
}

__noinline int read_plain_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    read_register(hit, arg, i);
    return 0;
}

__noinline int read_memory_arg(struct hit *hit, const struct wire_arg *arg, __u32 i)
{
    if (!hit || !arg || i >= WIRE_MAX_ARGS)
        return 0;
    if (arg->where == WIRE_MEMORY)
        read_memory(hit, arg, i);
    else
        read_register(hit, arg, i);
    return 0;
}

static __always_inline long read_into_slot(struct slot *slot, __u32 start, __u32 size, __u64 address)
{
    FORGET(size);
    if (size > WIRE_STRING_MAX + 2)
        return -1;
    return bpf_probe_read_user_str(&slot->payload[start], size, (void *)address);
}

/* The end of the string can't be reached. What is to be shown of it, as much as the limit allows, may be
 * there all the same. */
static __always_inline long read_without_end(struct slot *slot, __u32 start, __u32 limit, __u64 address)
{
    FORGET(limit);
    if (!limit || limit > WIRE_STRING_MAX ||
        bpf_probe_read_user(&slot->payload[start], limit, (void *)address))
        return -1;
    return limit + 2;
}

/* Reads the string that value i points to and notes its place in the slot; or says which page is missing. */
__noinline int read_string(struct hit *hit, struct slot *slot, __u32 i)
{
    if (!hit || !slot || i >= WIRE_MAX_ARGS)
        return 0;
    __u64 address = hit->values[i], *place = &((__u64 *)slot->payload)[i];
    if (!address) {
        *place = WIRE_NULL_STRING;
        return 0;
    }
    __u32 data_len = slot->data_len, start = slot->values_len + data_len, limit = string_limit;
    if (data_len > WIRE_DATA_MAX || start > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX || limit > WIRE_STRING_MAX)
        return 0; /* for the verifier: none of these can be */
    if (limit > WIRE_DATA_MAX - data_len)
        limit = WIRE_DATA_MAX - data_len;
    /* Two bytes more than the limit: the NUL, and one that tells a string of just the limit from a longer. */
    long len = read_into_slot(slot, start, limit + 2, address);
    if (len < 0) {
        __u32 fetched = hit->waiting == i ? hit->fetched : 0;
        if (fetched < PAGES_A_STRING && !(hit->hopeless & (1U << i))) {
            hit->missing = fetched ? (address & ~(__u64)(PAGE - 1)) + fetched * PAGE : address;
            hit->waiting = i;
            hit->fetched = fetched + 1;
            return 0;
        }
        len = read_without_end(slot, start, limit, address);
    }
    if (len < 0) {
        *place = 0;
        hit->faults |= 1U << i;
        return 0;
    }
    /* Older kernels, 6.1 among them, return 0 for an empty string, without the NUL. */
    __u32 got = len ? (__u32)len - 1 : 0;
    if (got > limit) {
        got = limit;
        hit->truncated |= 1U << i;
    }
    *place = data_len | (__u64)got << 32;
    slot->data_len = data_len + got;
    return 0;
}

static __always_inline void count_lost(struct wire_spec *spec)
{
    __sync_fetch_and_add(&spec->lost, 1);
    __sync_fetch_and_add(&lost_total, 1);
}

static __always_inline __u32 lost_so_far(void)
{
    return *(volatile __u32 *)&lost_total;
}

static __always_inline void fill_record(struct wire_record *record, const struct hit *hit, __u64 pid_tgid,
                                        __u32 number, __u32 lost, __u32 n_values, __u32 data_len)
{
    record->ts = hit->ts;
    record->pid = (__u32)(pid_tgid >> 32);
    record->tid = (__u32)pid_tgid;
    record->cpu = bpf_get_smp_processor_id();
    record->spec = number;
    record->lost = lost;
    record->faults = (__u16)hit->faults;
    record->truncated = (__u16)hit->truncated;
    bpf_get_current_comm(record->comm, sizeof(record->comm));
    record->n_values = n_values;
    record->data_len = data_len;
}

/* A record without strings, of one of a few sizes, reserved and written in place. */
#define SEND_VALUES(n)                                                   \
    do {                                                                 \
        struct {                                                         \
            struct wire_record record;                                   \
            __u64 values[n];                                             \
        } * room_;                                                       \
        __u32 lost_ = lost_so_far();                                     \
        room_ = bpf_ringbuf_reserve(&events, sizeof(*room_), 0);         \
        if (!room_) {                                                    \
            count_lost(spec);                                            \
            return 0;                                                    \
        }                                                                \
        fill_record(&room_->record, hit, pid_tgid, number, lost_, n, 0); \
        for (int i_ = 0; i_ < (n); i_++)                                 \
            room_->values[i_] = hit->values[i_];                         \
        bpf_ringbuf_submit(room_, ring_flags());                         \
        return 0;                                                        \
    } while (0)

static __always_inline int send_values(const struct hit *hit, struct wire_spec *spec, __u32 number,
                                       __u64 pid_tgid)
{
    if (spec->n_args <= 2)
        SEND_VALUES(2);
    if (spec->n_args <= 6)
        SEND_VALUES(6);
    SEND_VALUES(WIRE_MAX_ARGS);
}

/* Sets up `hit` and counts it. NULL: nobody wants this hit. */
static __always_inline struct wire_spec *begin_hit(struct pt_regs *ctx, struct hit *hit, __u64 pid_tgid,
                                                   __u64 number)
{
    if (*(volatile __u32 *)&stopped || !is_target((__u32)(pid_tgid >> 32)))
        return NULL;
    struct wire_spec *spec = find_spec(number);
    if (!spec)
        return NULL;
    __sync_fetch_and_add(&spec->hits, 1);
    hit->ts = bpf_ktime_get_ns();
    for (int i = 0; i < SLOTS; i++)
        hit->regs[i] = ((const __u64 *)ctx)[i];
    for (int i = 0; i < WIRE_MAX_ARGS; i++)
        hit->values[i] = 0;
    hit->faults = 0;
    hit->truncated = 0;
    hit->missing = 0;
    hit->waiting = WIRE_MAX_ARGS;
    hit->fetched = 0;
    hit->hopeless = 0;
    return spec;
}

/* Asked when the arguments have been read. */
static __always_inline bool is_wanted(struct hit *hit, struct wire_spec *spec, __u64 pid_tgid, bool sleepable)
{
    if ((!spec->filter || filter_accepts(hit, spec->filter, pid_tgid, sleepable)) &&
        (sample_every <= 1 || sample_takes(find_spec(spec->sampler))))
        return true;
    __sync_fetch_and_add(&spec->filtered, 1);
    return false;
}

SEC("uprobe.multi")
int usdt_plain(struct pt_regs *ctx)
{
    struct hit hit;
    keep_to_task_stack(ctx);
    __u64 pid_tgid = current_ids(), number = bpf_get_attach_cookie(ctx);
    struct wire_spec *spec = begin_hit(ctx, &hit, pid_tgid, number);
    if (!spec)
        return 0;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        read_plain_arg(&hit, &spec->args[i], i);
    if (!is_wanted(&hit, spec, pid_tgid, false))
        return 0;
    return send_values(&hit, spec, (__u32)number, pid_tgid);
}

static __always_inline struct slot *claim_slot(void)
{
    __u32 index = bpf_get_smp_processor_id() & slot_mask;
    for (int i = 0; i < POOL_TRIES; i++) {
        struct slot *slot = bpf_map_lookup_elem(&slots, &index);
        if (slot && !__sync_val_compare_and_swap(&slot->claimed, 0, 1))
            return slot;
        index = (index + 1) & slot_mask;
    }
    return NULL;
}

static __always_inline void release_slot(struct slot *slot)
{
    __sync_lock_test_and_set(&slot->claimed, 0);
}

/* Values and strings from a claimed slot into the ring. */
__noinline int send_slot(struct hit *hit, struct slot *slot, struct wire_spec *spec, __u32 number,
                         __u64 pid_tgid)
{
    if (!hit || !slot || !spec)
        return 0;
    __u32 n_args = spec->n_args, data_len = slot->data_len, len = n_args * 8 + data_len;
    fill_record(&slot->record, hit, pid_tgid, number, lost_so_far(), n_args, data_len);
    __u64 flags = ring_flags();
    FORGET(len);
    if (len > WIRE_MAX_ARGS * 8 + WIRE_DATA_MAX)
        return 0; /* for the verifier */
    if (bpf_ringbuf_output(&events, &slot->record, sizeof(slot->record) + len, flags))
        count_lost(spec);
    return 0;
}

/* Reads the strings and sends the record; leaves hit->missing when a page must be fetched first. */
__noinline int send_strings(struct hit *hit, struct wire_spec *spec, __u32 number, __u64 pid_tgid)
{
    if (!hit || !spec)
        return 0;
    hit->missing = 0;
    hit->truncated = 0;
    struct slot *slot = claim_slot();
    if (!slot) {
        count_lost(spec);
        return 0;
    }
    slot->values_len = spec->n_args * 8;
    slot->data_len = 0;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        ((__u64 *)slot->payload)[i] = hit->values[i];
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args && !hit->missing; i++)
        if (spec->args[i].fetch == WIRE_FETCH_STRING && !(hit->faults & (1U << i)))
            read_string(hit, slot, i);
    if (!hit->missing)
        send_slot(hit, slot, spec, number, pid_tgid);
    release_slot(slot);
    return 0;
}

SEC("uprobe.multi.s")
int usdt_memory(struct pt_regs *ctx)
{
    struct hit hit;
    keep_to_task_stack(ctx);
    __u64 pid_tgid = current_ids(), number = bpf_get_attach_cookie(ctx);
    struct wire_spec *spec = begin_hit(ctx, &hit, pid_tgid, number);
    if (!spec)
        return 0;
    for (__u32 i = 0; i < WIRE_MAX_ARGS && i < spec->n_args; i++)
        read_memory_arg(&hit, &spec->args[i], i);
    if (!is_wanted(&hit, spec, pid_tgid, true))
        return 0;
    if (!spec->n_strings)
        return send_values(&hit, spec, (__u32)number, pid_tgid);

    for (int attempt = 0; attempt <= WIRE_MAX_ARGS * PAGES_A_STRING; attempt++) {
        char byte;
        send_strings(&hit, spec, (__u32)number, pid_tgid);
        if (!hit.missing)
            return 0;
        if (bpf_copy_from_user(&byte, 1, (void *)hit.missing))
            hit.hopeless |= 1U << (hit.waiting & 31);
    }
    count_lost(spec); /* pages went as fast as they came */
    return 0;
}
