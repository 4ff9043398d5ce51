#include "capture/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Room is given back in pieces of this part of the ring: for each record it would take the programs' cache
 * line from them. */
enum { GIVE_BACK_PART = 16 };

struct ring_layout ring_layout(uint64_t size)
{
    uint32_t shift = 0;
    while (UINT64_C(1) << shift < size && 1 << shift < WIRE_CHUNK_MAX)
        shift++;
    return (struct ring_layout){
        .size = size,
        .chunks = (uint32_t)(size >> shift),
        .chunk_shift = shift,
        .stride = (UINT32_C(1) << shift) + WIRE_PLACE_MAX,
    };
}

int ring_open(struct ring *ring, int map, const struct ring_layout *layout, struct wire_ring *shared)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t bytes = ((size_t)layout->chunks * layout->stride + page - 1) / page * page;
    void *chunks = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (chunks == MAP_FAILED)
        return -errno;
    *ring = (struct ring){.layout = *layout, .shared = shared, .chunks = chunks, .mapped = bytes};
    return 0;
}

void ring_close(struct ring *ring)
{
    if (ring->chunks)
        munmap(ring->chunks, ring->mapped);
    *ring = (struct ring){0};
}

static struct wire_record *next_place(const struct ring *ring)
{
    const struct ring_layout *layout = &ring->layout;
    uint64_t place = ring->tail & (layout->size - 1);
    uint64_t in_chunk = place & ((UINT64_C(1) << layout->chunk_shift) - 1);
    return (void *)(ring->chunks + (place >> layout->chunk_shift) * layout->stride + in_chunk);
}

static bool is_sane(const struct ring *ring, uint64_t len, uint64_t head)
{
    return len >= sizeof(struct wire_record) && len <= WIRE_PLACE_MAX && len % WIRE_PLACE_STEP == 0 &&
           len <= head - ring->tail;
}

static void give_back(struct ring *ring, uint64_t bytes)
{
    __atomic_sub_fetch(&ring->shared->used, bytes, __ATOMIC_RELEASE);
}

int ring_consume(struct ring *ring, session_record_fn *record, void *context)
{
    uint64_t head = __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE), kept = 0;
    int count = 0, error = 0;
    while (!error && ring->tail != head) {
        struct wire_record *place = next_place(ring);
        uint64_t word = __atomic_load_n(&place->place, __ATOMIC_ACQUIRE),
                 len = word & ~(uint64_t)WIRE_WITHDRAWN;
        if (!word)
            break;
        if (!is_sane(ring, len, head)) {
            error = -EBADMSG;
            break;
        }
        if (word == len) {
            error = record(context, place, len);
            count++;
        }
        memset(place, 0, len);
        ring->tail += len;
        kept += len;
        if (kept >= ring->layout.size / GIVE_BACK_PART) {
            give_back(ring, kept);
            kept = 0;
            head = __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE);
        }
    }
    if (kept)
        give_back(ring, kept);
    return error < 0 ? error : count;
}

bool ring_is_drained(const struct ring *ring)
{
    return __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE) == ring->tail;
}
