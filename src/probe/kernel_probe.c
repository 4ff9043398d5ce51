#include "probe/kernel_probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* clang-format off */
#define UNSIGNED(name, bits, meaning) {name, "uint" #bits "_t", ARG_KIND_INTEGER, (bits) / 8, false, meaning}
#define SIGNED(name, bits, meaning)   {name, "int" #bits "_t", ARG_KIND_INTEGER, (bits) / 8, true, meaning}
#define STRING(name, meaning)         {name, "const char *", ARG_KIND_STRING, 8, false, meaning}
#define WAY(name, ...)                {.method = name, .programs = {__VA_ARGS__}}
#define STRINGS(name, meaning)        {name, "const char *const *", ARG_KIND_STRINGS, 8, false, meaning}

const struct kernel_probe kernel_probes[WIRE_KERNEL_PROBES] = {
    [WIRE_KERNEL_VFS_READ] = {
        .name = "vfs_read",
        .meaning = "a read(2) or pread(2) of a file, pipe, socket or device, when it is done",
        .fields = {
            [WIRE_VFS_READ_BYTES] = UNSIGNED("bytes", 64, "how many were read; null if it failed"),
            [WIRE_VFS_READ_REQUESTED] = UNSIGNED("requested", 64, "how many bytes were asked for"),
            [WIRE_VFS_READ_ERROR] = UNSIGNED("error", 32, "the error's number, see errno(3); null if there is none"),
            [WIRE_VFS_READ_DURATION] = UNSIGNED("duration_ns", 64, "how long it took"),
            [WIRE_VFS_READ_DEVICE] = UNSIGNED("device", 64, "the file's device, in the form of st_dev of stat(2)"),
            [WIRE_VFS_READ_INODE] = UNSIGNED("inode", 64, "the file's number on it"),
            [WIRE_VFS_READ_FD] = SIGNED("fd", 32, "the descriptor"),
        },
        .ways = {
            WAY("fexit", "vfs_read_fexit", "vfs_read_fentry"),
            {"kretprobe", {"vfs_read_kretprobe", "vfs_read_kprobe"}, .loses_returns = true},
            WAY("tracepoint", "vfs_read_sys_exit", "vfs_read_sys_enter"),
        },
    },
    [WIRE_KERNEL_EXEC] = {
        .name = "exec",
        .meaning = "a process runs another program now",
        .fields = {
            [WIRE_EXEC_FILENAME] = STRING("filename", "the program, as it was named to execve(2)"),
            [WIRE_EXEC_ARGV] = STRINGS("argv", "its arguments, up to 4096 bytes"),
            [WIRE_EXEC_PPID] = UNSIGNED("ppid", 32, "the parent"),
            [WIRE_EXEC_UID] = UNSIGNED("uid", 32, "the real user id"),
        },
        .ways = {WAY("tracepoint", "exec_tracepoint")},
    },
    [WIRE_KERNEL_EXIT] = {
        .name = "exit",
        .meaning = "a process ends, with its last thread",
        .fields = {
            [WIRE_EXIT_STATUS] = UNSIGNED("status", 8, "the exit status; null if a signal killed it"),
            [WIRE_EXIT_SIGNAL] = UNSIGNED("signal", 8, "the signal that killed it; null if none did"),
            [WIRE_EXIT_DURATION] = UNSIGNED("duration_ns", 64, "time since its last exec; null if that wasn't seen"),
            [WIRE_EXIT_AGE] = UNSIGNED("age_ns", 64, "time since it was created"),
            [WIRE_EXIT_PEAK] = UNSIGNED("peak_bytes", 64, "the most memory that it had at once"),
            [WIRE_EXIT_CPU] = UNSIGNED("cpu_ns", 64, "processor time of all its threads"),
        },
        .ways = {WAY("tracepoint", "exit_tracepoint", "exit_note_exec")},
    },
};
/* clang-format on */

static const struct kernel_probe *find(const char *name, size_t len)
{
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        if (strlen(kernel_probes[i].name) == len && !memcmp(kernel_probes[i].name, name, len))
            return &kernel_probes[i];
    return NULL;
}

static int unknown_name(const char *name, size_t len, struct diag *diag)
{
    _cleanup_buf_ struct buf known = {0};
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", kernel_probes[i].name);
    const char *names = buf_string(&known);
    return diag_set(diag, -EINVAL, "there is no kernel probe '%.*s'; there are %s", (int)len, name,
                    names ? names : "");
}

int kernel_selection_add(struct kernel_selection *selection, const char *names, struct diag *diag)
{
    for (const char *name = names, *end; name; name = *end ? end + 1 : NULL) {
        end = strchrnul(name, ',');
        const struct kernel_probe *kernel = find(name, (size_t)(end - name));
        if (!kernel)
            return unknown_name(name, (size_t)(end - name), diag);
        if (!kernel_selection_has(selection, kernel))
            selection->probes[selection->count++] = kernel;
    }
    return 0;
}

bool kernel_selection_has(const struct kernel_selection *selection, const struct kernel_probe *kernel)
{
    for (size_t i = 0; i < selection->count; i++)
        if (selection->probes[i] == kernel)
            return true;
    return false;
}

size_t kernel_probe_count_fields(const struct kernel_probe *kernel)
{
    size_t n = 0;
    while (n < WIRE_MAX_ARGS && kernel->fields[n].name)
        n++;
    return n;
}

size_t kernel_probe_count_ways(const struct kernel_probe *kernel)
{
    size_t n = 0;
    while (n < KERNEL_PROBE_WAYS && kernel->ways[n].method)
        n++;
    return n;
}

struct probe *kernel_probe_make(const struct kernel_probe *kernel, struct wire_spec *ret_spec,
                                struct event_layout *ret_layout)
{
    size_t n = kernel_probe_count_fields(kernel);
    struct made {
        struct probe probe;
        struct probe_arg args[WIRE_MAX_ARGS];
    } *made = calloc(1, sizeof(*made));
    if (!made)
        return NULL;
    made->probe = (struct probe){
        .method = kernel->ways[0].method,
        .provider = (char *)"kernel",
        .name = (char *)kernel->name,
        .args = made->args,
        .n_args = n,
    };
    *ret_spec = (struct wire_spec){.n_args = (uint16_t)n};
    *ret_layout = (struct event_layout){.probe = &made->probe, .n_values = n};
    for (size_t i = 0; i < n; i++) {
        const struct kernel_field *field = &kernel->fields[i];
        made->args[i] = (struct probe_arg){
            .name = (char *)field->name,
            .type = (char *)field->type,
            .kind = field->kind,
        };
        ret_layout->values[i] = (struct value_layout){
            .kind = field->kind,
            .size = field->size,
            .is_signed = field->is_signed,
        };
    }
    return &made->probe;
}
