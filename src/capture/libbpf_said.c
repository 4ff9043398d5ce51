#include "capture/libbpf_said.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* libbpf's last complaint, for the one line that we print ourselves. */
static char said[256];

__attribute__((format(printf, 2, 0))) static int hear(enum libbpf_print_level level, const char *format,
                                                      va_list arguments)
{
    if (level == LIBBPF_WARN && !*said) {
        vsnprintf(said, sizeof(said), format, arguments);
        said[strcspn(said, "\n")] = '\0';
    }
    return 0;
}

int libbpf_explain(struct diag *diag, int error, const char *what)
{
    switch (error) {
    case -EPERM:
        return diag_set(diag, error,
                        "not permitted to %s: run as root, or with CAP_BPF and CAP_PERFMON "
                        "(and see `dmesg` if the kernel is locked down)",
                        what);
    case -ENOSYS:
        return diag_set(diag, error, "cannot %s: BPF is switched off in this kernel (CONFIG_BPF_SYSCALL)",
                        what);
    case -EACCES: /* not for want of privilege */
        return diag_set(diag, -EINVAL,
                        "cannot %s: this kernel's verifier refuses them; that is a defect of tracer", what);
    case -EMFILE:
        return diag_set(diag, error,
                        "cannot %s: that takes more open files than `ulimit -Hn` allows here; raise that, or "
                        "select fewer probes with -t",
                        what);
    case -ENOMEM:
        return diag_set(diag, error, "cannot %s: not enough memory (a smaller --buffer may do)", what);
    default:
        return diag_set(diag, error, "cannot %s: %s%s%s%s", what, strerror(-error), *said ? " (" : "", said,
                        *said ? ")" : "");
    }
}

bool libbpf_complained_of(const char *map)
{
    const char *found = strstr(said, map); /* (map) or 'map' */
    return found && found > said && strchr("('", found[-1]);
}

void libbpf_listen(void)
{
    *said = '\0';
    libbpf_set_print(hear);
}
