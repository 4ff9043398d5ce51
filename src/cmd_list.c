#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture/session.h"
#include "cmd.h"
#include "cmd_files.h"
#include "output/output.h"
#include "output/writer.h"
#include "target/modules.h"
#include "target/process.h"

/* A file whose probes are listed. */
struct listed {
    struct probe_file *file;
    uint64_t device;
    uint64_t inode;
};

struct listing {
    const struct cli *cli;
    const struct output_format *format;
    struct cmd_files files;
    struct listed *listed;
    size_t n_listed;
    const struct probe **probes; /* the selected ones of all files */
    size_t n_probes;
    size_t found;            /* probes, selected or not */
    size_t selected;         /* by -t */
    enum exit_status status; /* the first failure's */
};

static void fail(struct listing *listing, int error, const struct diag *diag)
{
    log_error("%s", diag->text);
    if (!listing->status)
        listing->status = cmd_status_of(error);
}

static bool is_listed(const struct listing *listing, uint64_t device, uint64_t inode)
{
    for (size_t i = 0; i < listing->n_listed; i++)
        if (listing->listed[i].device == device && listing->listed[i].inode == inode)
            return true;
    return false;
}

/* Takes the file over. */
static int keep_file(struct listing *listing, const struct listed *listed)
{
    struct listed *all = reallocarray(listing->listed, listing->n_listed + 1, sizeof(*all));
    if (!all) {
        probe_file_free(listed->file);
        return -ENOMEM;
    }
    listing->listed = all;
    all[listing->n_listed++] = *listed;
    return 0;
}

static void add_file(struct listing *listing, const struct listed *listed)
{
    struct diag diag = {.text = "out of memory"};
    const struct probe_file *file = listed->file;
    if (keep_file(listing, listed)) {
        fail(listing, -ENOMEM, &diag);
        return;
    }
    const struct probe **probes =
        reallocarray(listing->probes, listing->n_probes + file->n_probes + 1, sizeof(*probes));
    if (!probes) {
        fail(listing, -ENOMEM, &diag);
        return;
    }
    listing->probes = probes;
    listing->found += file->n_probes;
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        listing->selected += select_matches(&listing->files.select, probe->provider, probe->name);
        if (cmd_files_wants(&listing->files, probe))
            probes[listing->n_probes++] = probe;
    }
    /* What can't be read whole must not look as if it were. */
    if (file->malformed && !listing->status)
        listing->status = EXIT_STATUS_FAILED;
}

static void add_path(struct listing *listing, const char *path)
{
    struct listed listed = {0};
    struct diag diag = {0};
    int error =
        cmd_files_read_path(&listing->files, path, &listed.file, &listed.device, &listed.inode, NULL, &diag);
    if (error)
        fail(listing, error, &diag);
    else if (is_listed(listing, listed.device, listed.inode))
        probe_file_free(listed.file);
    else
        add_file(listing, &listed);
}

static void add_module(struct listing *listing, const struct module *module)
{
    struct listed listed = {.device = module->device, .inode = module->inode};
    struct diag diag = {0};
    if (is_listed(listing, module->device, module->inode))
        return;
    int error = cmd_files_read_module(&listing->files, module, &listed.file, &diag);
    if (!error)
        add_file(listing, &listed);
    else if (error == -ENOEXEC)
        log_detail("passed over: %s", diag.text);
    else
        fail(listing, error, &diag);
}

static void add_process(struct listing *listing, pid_t pid)
{
    _cleanup_module_list_ struct module_list modules = {0};
    _cleanup_close_ int pidfd = -1;
    struct diag diag = {0};
    int error = process_open(&pid, &pidfd, &diag);
    if (!error)
        error = module_list_read(pid, &modules, &diag);
    if (error)
        fail(listing, error, &diag);
    for (size_t i = 0; i < modules.count; i++)
        add_module(listing, &modules.modules[i]);
}

/* As sort(1) would sort the lines "PATH PROVIDER:PROBE" in the C locale. */
static int compare_probes(const void *left, const void *right)
{
    const struct probe *const *a = left, *const *b = right;
    const char *left_parts[] = {(*a)->file->path, " ", (*a)->provider, ":", (*a)->name};
    const char *right_parts[] = {(*b)->file->path, " ", (*b)->provider, ":", (*b)->name};
    const char *l = "", *r = "";
    for (size_t i = 0, j = 0;;) {
        while (!*l && i < 5)
            l = left_parts[i++];
        while (!*r && j < 5)
            r = right_parts[j++];
        if (*l != *r || !*l)
            return (unsigned char)*l - (unsigned char)*r;
        l++;
        r++;
    }
}

static void write_out(struct listing *listing, struct buf *out)
{
    struct writer *writer = NULL;
    struct diag diag = {0};
    int error = writer_open(listing->cli->output, &writer, &diag);
    if (error) {
        fail(listing, error, &diag);
        return;
    }
    error = writer_write(writer, out);
    int late = writer_close(writer);
    if (!error)
        error = late;
    if (error && error != -EPIPE) {
        diag_set(&diag, error, "cannot write %s: %s",
                 listing->cli->output ? listing->cli->output : "standard output", strerror(-error));
        fail(listing, error, &diag);
    }
}

static void write_probes(struct listing *listing)
{
    _cleanup_buf_ struct buf out = {0};
    bool verbose = listing->cli->log_level == LOG_LEVEL_VERBOSE;
    if (listing->n_probes)
        qsort(listing->probes, listing->n_probes, sizeof(*listing->probes), compare_probes);
    for (size_t i = 0; i < listing->n_probes; i++)
        listing->format->list(&out, listing->probes[i], verbose);
    write_out(listing, &out);
}

static void list_kernel(struct listing *listing)
{
    _cleanup_buf_ struct buf out = {0};
    struct kernel_selection selection;
    struct diag diag = {0};
    signal(SIGPIPE, SIG_IGN);
    if (cmd_files_select_kernel(listing->cli, &selection, &diag)) {
        log_error("%s", diag.text);
        listing->status = EXIT_STATUS_USAGE;
        return;
    }
    for (size_t i = 0; i < selection.count; i++) {
        const struct kernel_probe *kernel = selection.probes[i];
        struct output_kernel_way ways[KERNEL_PROBE_WAYS];
        struct diag reasons[KERNEL_PROBE_WAYS];
        for (size_t way = 0; way < kernel_probe_count_ways(kernel); way++) {
            int error = session_try_kernel(kernel, &kernel->ways[way], &reasons[way]);
            ways[way].state = error == -EPERM ? OUTPUT_UNKNOWN : error ? OUTPUT_FAILS : OUTPUT_WORKS;
            ways[way].why = error ? reasons[way].text : NULL;
        }
        listing->format->list_kernel(&out, kernel, ways);
    }
    write_out(listing, &out);
}

static void list_all(struct listing *listing)
{
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < listing->cli->n_pids; i++)
        add_process(listing, listing->cli->pids[i]);
    for (size_t i = 0; i < listing->cli->paths.count; i++)
        add_path(listing, listing->cli->paths.items[i]);
    struct diag diag = {0};
    if (listing->selected && cmd_files_check(&listing->files, &diag)) {
        log_error("%s", diag.text);
        listing->status = EXIT_STATUS_USAGE;
        return;
    }
    write_probes(listing);
    if (listing->selected)
        cmd_files_warn_of_unmatched(&listing->files);
    if (listing->status || listing->n_probes)
        return;
    if (listing->selected)
        log_error("-w is true of none of the %zu probes there; -v says why", listing->selected);
    else if (listing->found)
        log_error("none of the %zu probes there matches -t", listing->found);
    else
        log_error("no probes there: the files were built without them");
    listing->status = EXIT_STATUS_NOTHING_MATCHED;
}

static void close_listing(struct listing *listing)
{
    for (size_t i = 0; i < listing->n_listed; i++)
        probe_file_free(listing->listed[i].file);
    free(listing->listed);
    free(listing->probes);
    cmd_files_close(&listing->files);
}

enum exit_status cmd_list(const struct cli *cli)
{
    _cleanup_(close_listing) struct listing listing = {
        .cli = cli,
        .format = output_format_find(cli->format),
    };
    listing.status = cmd_files_open(&listing.files, cli);
    if (!listing.status)
        (cli->kernel ? list_kernel : list_all)(&listing);
    return listing.status;
}
