#include "cmd_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd_members.h"

/* Definitions stand at ../share/tracer/probes, seen from the program: true of an installation under any
 * prefix, and of the build directory. */
static char *installed_definitions(void)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (len <= 0)
        return NULL;
    self[len] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(self, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    _cleanup_buf_ struct buf path = {0};
    buf_printf(&path, "%s/share/tracer/probes", self);
    return buf_steal(&path);
}

/* Says what is remarked on the definitions that were read since the last time. */
static void say_remarks(struct cmd_files *files)
{
    struct provider_remarks *remarks = &files->definitions.remarks;
    for (size_t i = 0; i < remarks->count; i++)
        (remarks->items[i].is_warning ? log_warning : log_detail)("%s", remarks->items[i].text);
    provider_remarks_free(remarks);
}

const char *cmd_files_summary_option(const struct cmd_files *files)
{
    static const char *const options[] = {[SUMMARY_NONE] = "",
                                          [SUMMARY_COUNT] = "-c",
                                          [SUMMARY_HIST] = "--hist",
                                          [SUMMARY_LATENCY] = "--latency"};
    return options[files->summary.kind];
}

/* Without --by counts, and what kernel probes tell, are told apart by process. */
static enum exit_status read_summary(struct cmd_files *files, const struct cli *cli)
{
    struct summary *summary = &files->summary;
    struct diag diag = {0};
    const char *by = cli->by;
    int error = 0;
    if (cli->count) {
        error = summary_parse_count(summary, &diag);
        by = by ? by : "pid";
    } else if (cli->hist) {
        error = summary_parse_hist(summary, cli->hist, &diag);
        by = !by && cli->kernel ? "pid" : by;
    } else if (cli->latency) {
        error = summary_parse_latency(summary, cli->latency, &diag);
    }
    if (error)
        diag_prefix(&diag, "%s", cmd_files_summary_option(files));
    if (!error && by) {
        error = summary_parse_by(summary, by, &diag);
        if (error)
            diag_prefix(&diag, "--by");
    }
    if (!error)
        return EXIT_STATUS_DONE;
    log_error("%s", diag.text);
    return EXIT_STATUS_USAGE;
}

static enum exit_status read_span(struct cmd_files *files, const struct cli *cli)
{
    struct diag diag = {0};
    if (!cli->span || !span_parse(&files->span, cli->span, &diag))
        return EXIT_STATUS_DONE;
    log_error("--span: %s", diag.text);
    return EXIT_STATUS_USAGE;
}

enum exit_status cmd_files_open(struct cmd_files *files, const struct cli *cli)
{
    struct diag diag = {0};
    files->installed = installed_definitions();
    for (size_t i = 0; i < cli->globs.count; i++) {
        if (!select_add(&files->select, cli->globs.items[i], &diag))
            continue;
        log_error("-t: %s", diag.text);
        return EXIT_STATUS_USAGE;
    }
    for (size_t i = 0; i < cli->wheres.count; i++) {
        const char *text = cli->wheres.items[i];
        if (!where_add(&files->where, text, strlen(text), &diag))
            continue;
        log_error("-w: %s", diag.text);
        return EXIT_STATUS_USAGE;
    }
    enum exit_status status = read_summary(files, cli);
    if (!status)
        status = read_span(files, cli);
    if (status)
        return status;
    for (size_t i = 0; i < cli->definitions.count; i++) {
        int error = provider_set_load(&files->definitions, cli->definitions.items[i], &diag);
        if (!error)
            continue;
        log_error("%s", diag.text);
        return cmd_status_of(error);
    }
    say_remarks(files);
    return EXIT_STATUS_DONE;
}

int cmd_files_select_kernel(const struct cli *cli, struct kernel_selection *ret_selection, struct diag *diag)
{
    *ret_selection = (struct kernel_selection){0};
    for (size_t i = 0; cli->kernel && !cli->kernels.count && i < WIRE_KERNEL_PROBES; i++)
        ret_selection->probes[ret_selection->count++] = &kernel_probes[i];
    for (size_t i = 0; i < cli->kernels.count; i++) {
        if (!kernel_selection_add(ret_selection, cli->kernels.items[i], diag))
            continue;
        diag_prefix(diag, "-k");
        return -EINVAL;
    }
    return 0;
}

void cmd_files_close(struct cmd_files *files)
{
    select_free(&files->select);
    where_free(files->where);
    summary_free(&files->summary);
    span_free(&files->span);
    provider_set_free(&files->definitions);
    free(files->installed);
    *files = (struct cmd_files){0};
}

/* The notes win, but who has written the definition should know. */
static void say_misfits(const struct cmd_files *files, const struct probe_file *file)
{
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        if (probe->misfit && select_matches(&files->select, probe->provider, probe->name))
            log_detail("%s: %s:%s does not fit its definition: %s", file->path, probe->provider, probe->name,
                       probe->misfit);
    }
}

static int read_file(struct cmd_files *files, int fd, const char *path, struct probe_file **ret_file,
                     struct diag *diag)
{
    struct diag warning = {0};
    int error = probe_file_read(fd, path, &files->definitions, files->installed, ret_file, &warning, diag);
    if (*warning.text)
        log_warning("%s", warning.text);
    say_remarks(files);
    if (error) {
        diag_prefix(diag, "%s", path);
        return error;
    }
    if ((*ret_file)->malformed)
        log_warning("%s: %zu malformed probe note%s passed over; the first: %s", path, (*ret_file)->malformed,
                    (*ret_file)->malformed == 1 ? "" : "s", (*ret_file)->first_malformed.text);
    if ((*ret_file)->args_left_out)
        log_warning("%s: %zu argument%s left out: of each probe the first %d are listed", path,
                    (*ret_file)->args_left_out, (*ret_file)->args_left_out == 1 ? "" : "s", ARG_SPEC_MOST);
    say_misfits(files, *ret_file);
    error = cmd_members_resolve(*ret_file, fd, path, &files->select, diag);
    if (error) {
        probe_file_free(*ret_file);
        *ret_file = NULL;
    }
    return error;
}

int cmd_files_read_path(struct cmd_files *files, const char *path, struct probe_file **ret_file,
                        uint64_t *ret_device, uint64_t *ret_inode, int *ret_fd, struct diag *diag)
{
    struct stat status;
    /* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status)) {
        int error = -errno;
        return diag_set(diag, error, "%s: %s", path, strerror(-error));
    }
    int error = read_file(files, fd, path, ret_file, diag);
    if (error)
        return error;
    *ret_device = (uint64_t)major(status.st_dev) << 32 | minor(status.st_dev);
    *ret_inode = status.st_ino;
    if (ret_fd)
        *ret_fd = take_fd(&fd);
    return 0;
}

int cmd_files_read_module(struct cmd_files *files, const struct module *module, struct probe_file **ret_file,
                          struct diag *diag)
{
    _cleanup_close_ int fd = -1;
    int error = module_open(module, &fd, diag);
    return error ? error : read_file(files, fd, module->path, ret_file, diag);
}

static void log_left_out(const struct probe *probe, const char *option, const struct diag *why)
{
    log_detail("left out by %s: %s:%s of %s: %s", option, probe->provider, probe->name, probe->file->path,
               why->text);
}

bool cmd_files_wants(struct cmd_files *files, const struct probe *probe)
{
    struct diag why = {0};
    if (!select_matches(&files->select, probe->provider, probe->name))
        return false;
    if (files->where && !where_applies(files->where, probe, &why)) {
        log_left_out(probe, "-w", &why);
        return false;
    }
    if (!summary_applies(&files->summary, probe, &why)) {
        log_left_out(probe, cmd_files_summary_option(files), &why);
        return false;
    }
    span_meet(&files->span, probe);
    return true;
}

void cmd_files_warn_of_unmatched(const struct cmd_files *files)
{
    const char *pattern;
    for (size_t at = 0; (pattern = select_next_unmatched(&files->select, &at));)
        log_warning("-t '%s' matches none of the probes there", pattern);
}

int cmd_files_check(const struct cmd_files *files, struct diag *diag)
{
    int error = files->where ? where_check(files->where, diag) : 0;
    if (error)
        diag_prefix(diag, "-w");
    if (!error)
        error = summary_check(&files->summary, diag);
    return error ? error : span_check(&files->span, diag);
}

enum exit_status cmd_status_of(int error)
{
    return error == -EPERM || error == -EACCES ? EXIT_STATUS_NOT_PERMITTED : EXIT_STATUS_FAILED;
}
