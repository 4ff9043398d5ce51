/* Where lines go. A writer takes whole batches from a caller's buffer and never waits longer than it was told
 * to: a reader that has stopped reading can't keep us from being stopped ourselves.
 *
 * The process must ignore SIGPIPE; a reader that has gone is -EPIPE. */
#ifndef TRACER_OUTPUT_WRITER_H
#define TRACER_OUTPUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/diag.h"

enum { WRITER_BATCH = 65536 }; /* bytes that are worth a write */

struct writer;

/* Creates or empties the file at `path`, or with NULL takes standard output. A FIFO must have a reader
 * already: -ENXIO otherwise, rather than waiting for one. The result ends with writer_close(). */
int writer_open(const char *path, struct writer **ret_writer, struct diag *diag);

/* Writes to what `fd` is open on; the descriptor itself, and whether it blocks, stays the caller's. */
int writer_open_fd(int fd, struct writer **ret_writer, struct diag *diag);

/* How long a writer_write() may wait for a reader to make room: until `stop_fd` polls readable (-1: none;
 * -ECANCELED then), and no longer than `timeout_ms` (-1: for ever; -ETIMEDOUT then). At first there is
 * neither limit. What can be written without waiting is written all the same. Files on disk never wait. */
void writer_set_patience(struct writer *writer, int stop_fd, int timeout_ms);

/* Writes what the buffer holds and takes it out of there. On a failure the buffer keeps what was not
 * written, which a later call continues with: after -ECANCELED and -ETIMEDOUT to the byte. Others: -EPIPE,
 * -ENOSPC, -EIO …, and -ENOMEM for a buffer that has failed itself. */
int writer_write(struct writer *writer, struct buf *out);

/* Whether anybody can still read what is written: false for a pipe or socket that the other side has closed.
 * So one can stop without waiting for something to write. */
bool writer_has_reader(const struct writer *writer);

/* Accepts NULL. 0, or what the file system held back until now (-EDQUOT, -EIO …). */
int writer_close(struct writer *writer);

#endif
