#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "cmd.h"
#include "cmd_files.h"
#include "output/output.h"
#include "output/writer.h"
#include "target/modules.h"
#include "target/process.h"

struct listing {
    const struct cli *cli;
    const struct output_format *format;
    struct cmd_files files;
    struct writer *writer;
    struct buf out;
    size_t found; /* probes, selected or not */
    size_t matched;
    enum exit_status status; /* the first failure's */
};

static void fail(struct listing *listing, int error, const struct diag *diag)
{
    log_error("%s", diag->text);
    if (!listing->status)
        listing->status = cmd_status_of(error);
}

static void list_file(struct listing *listing, const struct probe_file *file)
{
    for (size_t i = 0; i < file->n_probes; i++) {
        const struct probe *probe = &file->probes[i];
        listing->found++;
        if (!select_matches(&listing->files.select, probe->provider, probe->name))
            continue;
        listing->matched++;
        listing->format->list(&listing->out, probe, listing->cli->log_level == LOG_LEVEL_VERBOSE);
    }
    /* What can't be read whole must not look as if it were. */
    if (file->malformed && !listing->status)
        listing->status = EXIT_STATUS_FAILED;
}

static void list_path(struct listing *listing, const char *path)
{
    _cleanup_probe_file_ struct probe_file *file = NULL;
    struct diag diag = {0};
    int error = cmd_files_read_path(&listing->files, path, &file, NULL, NULL, &diag);
    if (error)
        fail(listing, error, &diag);
    else
        list_file(listing, file);
}

static void list_process(struct listing *listing, pid_t pid)
{
    _cleanup_module_list_ struct module_list modules = {0};
    _cleanup_close_ int pidfd = -1;
    struct diag diag = {0};
    int error = process_open(&pid, &pidfd, &diag);
    if (!error)
        error = module_list_read(pid, &modules, &diag);
    if (error)
        fail(listing, error, &diag);
    for (size_t i = 0; i < modules.count; i++) {
        _cleanup_probe_file_ struct probe_file *file = NULL;
        error = cmd_files_read_module(&listing->files, &modules.modules[i], &file, &diag);
        if (!error)
            list_file(listing, file);
        else if (error == -ENOEXEC)
            log_detail("passed over: %s", diag.text);
        else
            fail(listing, error, &diag);
    }
}

static void list_all(struct listing *listing)
{
    struct diag diag = {0};
    signal(SIGPIPE, SIG_IGN);
    int error = writer_open(listing->cli->output, &listing->writer, &diag);
    if (error) {
        fail(listing, error, &diag);
        return;
    }
    for (size_t i = 0; i < listing->cli->n_pids; i++)
        list_process(listing, listing->cli->pids[i]);
    for (size_t i = 0; i < listing->cli->paths.count; i++)
        list_path(listing, listing->cli->paths.items[i]);
    error = buf_error(&listing->out);
    if (!error)
        error = writer_write(listing->writer, &listing->out);
    int late = writer_close(take_pointer(listing->writer));
    if (!error)
        error = late;
    if (error && error != -EPIPE) {
        diag_set(&diag, error, "cannot write %s: %s",
                 listing->cli->output ? listing->cli->output : "standard output", strerror(-error));
        fail(listing, error, &diag);
    }
}

enum exit_status cmd_list(const struct cli *cli)
{
    struct listing listing = {.cli = cli, .format = output_format_find(cli->format)};
    listing.status = cmd_files_open(&listing.files, cli);
    if (!listing.status) {
        list_all(&listing);
        if (!listing.status && !listing.matched) {
            if (listing.found)
                log_error("none of the %zu probes there matches -t", listing.found);
            else
                log_error("no probes there: the files were built without them");
            listing.status = EXIT_STATUS_NOTHING_MATCHED;
        }
    }
    buf_free(&listing.out);
    cmd_files_close(&listing.files);
    return listing.status;
}
