/* What /proc/PID/maps says.
 *
 * A line is "START-END PERMS OFFSET MAJOR:MINOR INODE", blanks, and the path, which may hold any byte but a
 * newline.
 *
 * One read(2) gives whole lines, about a page of them; between two reads the target may map and unmap. The
 * kernel promises (Documentation/filesystems/proc.rst) that addresses never go backwards and that what stays
 * mapped during the whole walk is shown. A mapping that was split or joined meanwhile may show up as two
 * lines, or as one that is no longer true. */
#include "target/maps.h"

#include <limits.h>

#include "target/proc_file.h"

/* What the kernel itself makes a file of: memory without a name that a person gave. */
static const char *const MEMORY_NAMES[] = {"/dev/zero (deleted)", "/anon_hugepage (deleted)", "/SYSV"};

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : INT_MAX;
}

/* Takes a number and the separator behind it from the line. */
static bool take_number(struct text *line, int base, char separator, uint64_t *ret_value)
{
    uint64_t value = 0;
    const char *first = line->at;
    while (line->at < line->end && digit_value(*line->at) < base)
        value = value * (unsigned)base + (unsigned)digit_value(*line->at++);
    if (line->at == first || line->at == line->end || *line->at != separator)
        return false;
    line->at++;
    *ret_value = value;
    return true;
}

static bool take_permissions(struct text *line, bool *ret_executable)
{
    static const size_t len = sizeof("r-xp ") - 1;
    if (text_len(*line) < len || line->at[len - 1] != ' ')
        return false;
    *ret_executable = line->at[2] == 'x';
    line->at += len;
    return true;
}

/* False for a line that is no executable mapping. */
static bool parse_line(struct text line, struct mapping *ret_mapping)
{
    struct mapping mapping = {0};
    bool executable;
    uint64_t offset, major, minor;
    if (!take_number(&line, 16, '-', &mapping.start) || !take_number(&line, 16, ' ', &mapping.end) ||
        !take_permissions(&line, &executable) || !executable || !take_number(&line, 16, ' ', &offset) ||
        !take_number(&line, 16, ':', &major) || !take_number(&line, 16, ' ', &minor) ||
        !take_number(&line, 10, ' ', &mapping.inode))
        return false;
    while (line.at < line.end && *line.at == ' ')
        line.at++;
    mapping.device = major << 32 | minor;
    mapping.path = line;
    *ret_mapping = mapping;
    return true;
}

/* Anonymous memory has no path, the kernel's own mappings are called [something]. */
static bool is_file(const struct mapping *mapping)
{
    if (!text_starts_with(mapping->path, "/"))
        return false;
    for (size_t i = 0; i < sizeof(MEMORY_NAMES) / sizeof(MEMORY_NAMES[0]); i++)
        if (text_starts_with(mapping->path, MEMORY_NAMES[i]) && text_ends_with(mapping->path, MAPS_DELETED))
            return false;
    return true;
}

static int compare_number(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_address(const void *a, const void *b)
{
    const struct mapping *left = a, *right = b;
    return compare_number(left->start, right->start);
}

static int compare_path(struct text left, struct text right)
{
    size_t left_len = text_len(left), right_len = text_len(right);
    int order = memcmp(left.at, right.at, left_len < right_len ? left_len : right_len);
    return order ? order : compare_number(left_len, right_len);
}

/* By the path too: on an overlay of several file systems two files may show the same numbers. */
static int compare_identity(const struct mapping *left, const struct mapping *right)
{
    int order = compare_number(left->device, right->device);
    if (!order)
        order = compare_number(left->inode, right->inode);
    return order ? order : compare_path(left->path, right->path);
}

static int compare_identity_then_address(const void *a, const void *b)
{
    int order = compare_identity(a, b);
    return order ? order : compare_address(a, b);
}

/* Keeps the lowest mapping of each file by each of its names, in the order of addresses. Gives how many are
 * left. */
static size_t keep_one_per_file(struct mapping *mappings, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(mappings, count, sizeof(*mappings), compare_identity_then_address);
    for (size_t i = 0; i < count; i++)
        if (!kept || compare_identity(&mappings[kept - 1], &mappings[i]))
            mappings[kept++] = mappings[i];
    if (kept)
        qsort(mappings, kept, sizeof(*mappings), compare_address);
    return kept;
}

/* Appends a struct mapping to `out` for each executable mapping of a file. */
static void parse_lines(struct text maps, struct buf *out)
{
    while (maps.at < maps.end) {
        const char *newline = memchr(maps.at, '\n', text_len(maps));
        struct text line = {.at = maps.at, .end = newline ? newline : maps.end};
        struct mapping mapping;
        if (parse_line(line, &mapping) && is_file(&mapping))
            buf_append(out, &mapping, sizeof(mapping));
        maps.at = newline ? newline + 1 : maps.end;
    }
}

/* Reads the maps through the process's own number, or, when its first thread has ended and has no memory any
 * more, through a thread that has. */
static int read_text(pid_t pid, struct buf *out, pid_t *ret_tid)
{
    *ret_tid = pid;
    int error = proc_file_read(out, "/proc/%d/maps", pid);
    if (out->len || (error && error != -ESRCH))
        return error;
    _cleanup_task_list_ struct task_list tasks = {0};
    error = task_list_read(pid, &tasks);
    for (size_t i = 0; !error && !out->len && i < tasks.count; i++) {
        *ret_tid = tasks.tids[i];
        int gone = proc_file_read(out, "/proc/%d/maps", tasks.tids[i]);
        error = gone == -ESRCH ? 0 : gone;
    }
    return error ? error : out->len ? 0 : -ESRCH;
}

int maps_read(pid_t pid, struct maps *ret_maps)
{
    _cleanup_maps_ struct maps maps = {0};
    _cleanup_buf_ struct buf found = {0};
    int error = read_text(pid, &maps.text, &maps.tid);
    if (error)
        return error;
    parse_lines((struct text){.at = maps.text.data, .end = maps.text.data + maps.text.len}, &found);
    if (buf_error(&found))
        return -ENOMEM;
    maps.mappings = (void *)take_pointer(found.data);
    maps.count = keep_one_per_file(maps.mappings, found.len / sizeof(struct mapping));
    *ret_maps = maps;
    maps = (struct maps){0};
    return 0;
}

void maps_free(struct maps *maps)
{
    buf_free(&maps->text);
    free(maps->mappings);
    *maps = (struct maps){0};
}
