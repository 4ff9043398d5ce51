#include "capture/specs.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Takes over `fd` when it succeeds. */
static int add_array(struct specs *specs, int map, int fd, uint32_t entries)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t bytes = (entries * sizeof(struct wire_spec) + page - 1) / page * page;
    struct specs_array *arrays = reallocarray(specs->arrays, specs->n_arrays + 1, sizeof(*arrays));
    if (!arrays)
        return -ENOMEM;
    specs->arrays = arrays;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (memory == MAP_FAILED)
        return -errno;
    arrays[specs->n_arrays++] = (struct specs_array){.fd = fd, .specs = memory, .bytes = bytes};
    return 0;
}

int specs_open(struct specs *specs, int first, uint32_t n_first, int outer)
{
    specs->outer = outer;
    specs->n_first = n_first;
    return add_array(specs, first, -1, n_first);
}

static int add_chunk(struct specs *specs)
{
    LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
    _cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "specs", sizeof(__u32),
                                            sizeof(struct wire_spec), WIRE_SPECS_A_CHUNK, &opts);
    if (fd < 0)
        return -errno;
    __u32 number = (__u32)specs->n_arrays - 1;
    int error = add_array(specs, fd, fd, WIRE_SPECS_A_CHUNK);
    if (error)
        return error;
    take_fd(&fd);
    struct specs_array *added = &specs->arrays[specs->n_arrays - 1];
    if (!bpf_map_update_elem(specs->outer, &number, &added->fd, BPF_ANY))
        return 0;
    error = -errno;
    munmap(added->specs, added->bytes);
    close(added->fd);
    specs->n_arrays--;
    return error;
}

int specs_reserve(struct specs *specs, uint32_t number)
{
    if (number < specs->n_first)
        return 0;
    uint32_t chunk = (number - specs->n_first) / WIRE_SPECS_A_CHUNK;
    if (chunk >= WIRE_MAX_CHUNKS)
        return -E2BIG;
    while (specs->n_arrays <= chunk + 1) {
        int error = add_chunk(specs);
        if (error)
            return error;
    }
    return 0;
}

struct wire_spec *specs_at(const struct specs *specs, uint32_t number)
{
    if (number < specs->n_first)
        return &specs->arrays[0].specs[number];
    number -= specs->n_first;
    return &specs->arrays[1 + number / WIRE_SPECS_A_CHUNK].specs[number % WIRE_SPECS_A_CHUNK];
}

void specs_close(struct specs *specs)
{
    for (size_t i = 0; i < specs->n_arrays; i++) {
        munmap(specs->arrays[i].specs, specs->arrays[i].bytes);
        cleanup_close(&specs->arrays[i].fd);
    }
    free(specs->arrays);
    *specs = (struct specs){0};
}
