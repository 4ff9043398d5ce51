#include "target/process.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "target/proc_file.h"

/* Of the flags in /proc/PID/stat: the task has been made by the kernel and has no user space. */
static const uint64_t FLAG_KERNEL_THREAD = 0x00200000;

enum { FLAGS_AFTER_STATE = 6 }; /* state is field 3 of stat, flags field 9 */

struct process_stat {
    char state;
    uint64_t flags;
};

/* The name in field 2 may hold anything, ") R 1 (" too, but what follows it are a letter and numbers: the
 * last parenthesis ends it. */
static int stat_parse(const char *text, struct process_stat *ret_stat)
{
    const char *name_end = strrchr(text, ')');
    if (!name_end || name_end[1] != ' ' || !isalpha((unsigned char)name_end[2]))
        return -EPROTO;
    const char *field = name_end + 2;
    char state = *field;
    for (int i = 0; i < FLAGS_AFTER_STATE; i++) {
        field = strchr(field, ' ');
        if (!field)
            return -EPROTO;
        field++;
    }
    *ret_stat = (struct process_stat){.state = state, .flags = strtoull(field, NULL, 10)};
    return 0;
}

static int stat_read(pid_t pid, struct process_stat *ret_stat)
{
    _cleanup_buf_ struct buf text = {0};
    int error = proc_file_read(&text, "/proc/%d/stat", pid);
    if (error)
        return error;
    const char *string = buf_string(&text);
    return string ? stat_parse(string, ret_stat) : -ENOMEM;
}

/* The numbers behind `key` in /proc/ID/status. The file escapes the name's newlines: each line is what it
 * says. */
static int status_read(pid_t id, const char *key, struct buf *text, const char **ret_numbers)
{
    int error = proc_file_read(text, "/proc/%d/status", id);
    if (error)
        return error;
    const char *string = buf_string(text);
    if (!string)
        return -ENOMEM;
    const char *line = strstr(string, key);
    if (!line)
        return -EPROTO;
    *ret_numbers = line + strlen(key);
    return 0;
}

/* The number of the process that the thread belongs to. */
static int process_of_thread(pid_t tid, pid_t *ret_pid)
{
    _cleanup_buf_ struct buf text = {0};
    const char *number;
    int error = status_read(tid, "\nTgid:\t", &text, &number);
    if (!error)
        *ret_pid = (pid_t)strtol(number, NULL, 10);
    return error;
}

/* From our namespace inwards there is a number for each, separated by tabs. */
int process_own_number(pid_t pid, uint32_t *ret_number)
{
    _cleanup_buf_ struct buf text = {0};
    const char *number;
    int error = status_read(pid, "\nNSpid:\t", &text, &number);
    if (error)
        return error;
    char *end;
    do {
        *ret_number = (uint32_t)strtoul(number, &end, 10);
        number = end + 1;
    } while (*end == '\t');
    return 0;
}

/* /proc/self is the reader as /proc numbers it: itself in its own namespace, nothing in one where it isn't.
 */
int process_check_proc(struct diag *diag)
{
    char self[16] = "";
    ssize_t len = readlink("/proc/self", self, sizeof(self) - 1);
    if (len > 0 && strtol(self, NULL, 10) == getpid())
        return 0;
    return diag_set(diag, -EINVAL,
                    "/proc does not show the pid namespace that tracer runs in: mount it there "
                    "(`mount -t proc proc /proc`, `unshare --mount-proc`)");
}

static int pidfd_of(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : fd;
}

static int explain_unreadable(pid_t pid, int error, struct diag *diag)
{
    /* What /proc doesn't show may exist all the same. */
    _cleanup_close_ int hidden = error == -ESRCH ? pidfd_of(pid) : -1;
    if (hidden >= 0 || error == -EACCES || error == -EPERM)
        return diag_set(diag, -EPERM, "process %d is hidden from this user by /proc: run as root", pid);
    if (error == -ESRCH)
        return diag_set(diag, -ESRCH, "there is no process %d", pid);
    return diag_set(diag, error, "cannot read /proc/%d: %s", pid, strerror(-error));
}

static bool has_ended(int pidfd)
{
    struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

/* The pidfd comes before what stat says, and the look whether it has ended comes last: should the number go
 * to another process in between, the pidfd has ended. */
int process_open(pid_t *pid, int *ret_pidfd, struct diag *diag)
{
    if (*pid <= 0)
        return diag_set(diag, -ESRCH, "there is no process %d: ids start at 1", *pid);
    pid_t process = 0;
    int error = process_check_proc(diag);
    if (error)
        return error;
    error = process_of_thread(*pid, &process);
    if (error)
        return explain_unreadable(*pid, error, diag);

    _cleanup_close_ int pidfd = pidfd_of(process);
    if (pidfd < 0)
        return diag_set(diag, pidfd, "cannot open process %d: %s", process, strerror(-pidfd));
    struct process_stat shown;
    error = stat_read(process, &shown);
    if (error)
        return explain_unreadable(process, error, diag);
    if (shown.flags & FLAG_KERNEL_THREAD)
        return diag_set(diag, -EINVAL, "%d is a kernel thread: it has no user space that could be traced",
                        process);
    if (has_ended(pidfd))
        return diag_set(diag, -ESRCH, "process %d has exited%s", process,
                        shown.state == 'Z' ? ": its parent hasn't collected it yet (a zombie)" : "");
    *pid = process;
    *ret_pidfd = take_fd(&pidfd);
    return 0;
}

bool process_has_memory(pid_t pid)
{
    _cleanup_buf_ struct buf pages = {0};
    if (proc_file_read(&pages, "/proc/%d/statm", pid))
        return false;
    const char *string = buf_string(&pages);
    return string && strtoull(string, NULL, 10);
}

int process_root_prefix(pid_t pid, char *ret_prefix, size_t size)
{
    char name[40];
    struct stat ours, theirs;
    snprintf(name, sizeof(name), "/proc/%d/ns/mnt", pid);
    if (stat("/proc/self/ns/mnt", &ours))
        return -errno;
    if (stat(name, &theirs))
        return errno == ENOENT ? -ESRCH : -errno;
    if (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino) {
        ret_prefix[0] = '\0';
        return 0;
    }
    int len = snprintf(ret_prefix, size, "/proc/%d/root", pid);
    return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

/* Numbers with blanks between them. */
static int append_numbers(const struct buf *text, pid_t **children, size_t *count)
{
    for (size_t i = 0; i < text->len; i++) {
        if (!isdigit((unsigned char)text->data[i]))
            continue;
        pid_t *grown = reallocarray(*children, *count + 1, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        *children = grown;
        pid_t *child = &grown[(*count)++];
        for (*child = 0; i < text->len && isdigit((unsigned char)text->data[i]); i++)
            *child = *child * 10 + (text->data[i] - '0');
    }
    return 0;
}

int process_list_children(pid_t pid, pid_t **ret_children, size_t *ret_count)
{
    _cleanup_task_list_ struct task_list tasks = {0};
    _cleanup_free_ pid_t *children = NULL;
    size_t count = 0;
    if (task_list_read(pid, &tasks))
        tasks.count = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        _cleanup_buf_ struct buf text = {0};
        if (!proc_file_read(&text, "/proc/%d/task/%d/children", pid, tasks.tids[i]) &&
            append_numbers(&text, &children, &count))
            return -ENOMEM;
    }
    *ret_children = take_pointer(children);
    *ret_count = count;
    return 0;
}

/* PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU

void process_own_pid_namespace(uint64_t *ret_device, uint64_t *ret_inode)
{
    struct stat status;
    *ret_device = *ret_inode = 0;
    if (stat("/proc/self/ns/pid", &status) || status.st_ino == FIRST_PID_NAMESPACE)
        return;
    *ret_device = status.st_dev;
    *ret_inode = status.st_ino;
}

int process_check_namespace(pid_t pid, struct diag *diag)
{
    uint64_t device, inode;
    struct stat status;
    char name[40];
    process_own_pid_namespace(&device, &inode);
    snprintf(name, sizeof(name), "/proc/%d/ns/pid", pid);
    if (!inode || stat(name, &status) || (status.st_dev == device && status.st_ino == inode))
        return 0;
    return diag_set(
        diag, -EINVAL,
        "process %d lives in a pid namespace inside the one that tracer runs in: run tracer in that "
        "one, or in the machine's first",
        pid);
}
