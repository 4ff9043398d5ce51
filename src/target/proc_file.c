#include "target/proc_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>

enum {
    NAME_SIZE = 96,        /* "/proc/2147483647/task/2147483647/children" and the like */
    READ_SIZE = 64 * 1024, /* the kernel gives maps a page at a time; other files may come whole */
};

int proc_file_read(struct buf *out, const char *format, ...)
{
    char name[NAME_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(name, sizeof(name), format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof(name))
        return -ENAMETOOLONG;

    _cleanup_close_ int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    for (;;) {
        char *end = buf_reserve(out, READ_SIZE);
        if (!end)
            return -ENOMEM;
        ssize_t got = read(fd, end, READ_SIZE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (!got)
            return 0;
        out->len += (size_t)got;
    }
}

int task_list_read(pid_t pid, struct task_list *ret_list)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "/proc/%d/task", pid);
    DIR *directory = opendir(name);
    if (!directory)
        return errno == ENOENT ? -ESRCH : -errno;

    struct buf tids = {0};
    for (struct dirent *entry; (entry = readdir(directory));) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10); /* 0 for "." and ".." */
        if (tid > 0)
            buf_append(&tids, &tid, sizeof(tid));
    }
    closedir(directory);
    if (buf_error(&tids)) {
        buf_free(&tids);
        return -ENOMEM;
    }
    *ret_list = (struct task_list){.tids = (void *)tids.data, .count = tids.len / sizeof(pid_t)};
    return 0;
}

void task_list_free(struct task_list *list)
{
    free(list->tids);
    *list = (struct task_list){0};
}
