/* SPDX-License-Identifier: Apache-2.0 */
/* One command, one answer, over either layout of endpoints; and what to do when that fails.
 * Thread: the reader's. Nothing here waits for an answer: answers arrive on standing transfers.
 *
 *   free --send--> pending --answer--> free
 *                     | fault                        fault
 *                     v                        .-------------------.
 *                  draining --quiet for 60 ms--> syncing (11 FF or 12 FF) --its answer--> free
 *
 * Answers carry no mark of the command they belong to, so one that comes after its time-out could
 * be taken for the next command's. The module answers in order: once a command with an unmistakable
 * answer has been answered, nothing of before can follow. */
#include <string.h>

#include "drivers/reader/reader_priv.h"

enum {
    GAP_MS = 800,   /* between two pieces of one answer */
    HARD_MS = 3000, /* a line that never stops talking is no answer either */
    SYNC_MS = 1000,
    QUIET_MS = 60,       /* quiet time before the line counts as drained */
    DRAIN_MAX_MS = 2000, /* then go on in spite of the noise */
    OUT_MS = 500,
};

void reader_line_reset(struct driver *d)
{
    struct reader_line *l = &d->line;
    sam_stream_reset(&l->stream, l->is_split);
    l->is_pending = l->is_draining = l->is_syncing = false;
    l->n_bytes = l->n_bytes_seen = 0;
}

void reader_line_take(struct driver *d, enum sam_pipe pipe, const uint8_t *data, size_t n)
{
    struct reader_line *l = &d->line;
    l->n_bytes += n;
    size_t taken = sam_stream_push(&l->stream, pipe, data, n);
    if (taken == n)
        return;
    /* more than the longest answer without a frame in it: rubbish, begin again with the rest */
    sam_stream_reset(&l->stream, l->is_split);
    (void)sam_stream_push(&l->stream, pipe, data + taken, n - taken); /* fits: it is smaller */
}

static int first_byte_limit_ms(enum sam_command command)
{
    switch (command) {
    case SAM_FIND:
    case SAM_SELECT:
        return 600;
    case SAM_READ:
        return 3500;
    case SAM_READ_FINGERS:
        return 4000;
    case SAM_ADDED_ADDRESS:
    case SAM_MANAGEMENT:
        return 1500;
    case SAM_RESET:
        return 2500;
    case SAM_STATUS:
    case SAM_ID:
    case SAM_RF_SIZE:
        break;
    }
    return 500;
}

static int pipe_send(struct driver *d, uint8_t endpoint, const uint8_t *p, size_t n)
{
    size_t done = 0;
    int r = usb_out(d->usb, endpoint, p, n, OUT_MS, &done, NULL);
    return r == 0 && done != n ? ERR_USB_IO : r;
}

int reader_line_send(struct driver *d, enum sam_command command, bool must_skip, int64_t now_ms)
{
    struct reader_line *l = &d->line;
    uint8_t frame[SAM_COMMAND_MAX];
    size_t n = command == SAM_RF_SIZE ? sam_rf_size_build(d->settings.rf_max_bytes, frame)
                                      : sam_command_build(command, frame);
    sam_stream_reset(&l->stream, l->is_split); /* whatever still lay there was too late */
    l->n_bytes = l->n_bytes_seen = 0;
    int r = 0;
    if (l->is_split)
        r = pipe_send(d, l->out_head, frame, SAM_HEAD_BYTES);
    if (r == 0 && l->is_split)
        r = pipe_send(d, l->out_body, frame + SAM_HEAD_BYTES, n - SAM_HEAD_BYTES);
    else if (r == 0)
        r = pipe_send(d, l->out_body, frame, n);
    if (r != 0)
        return r;
    int limit_ms = l->is_syncing ? SYNC_MS : first_byte_limit_ms(command);
    l->is_pending = true;
    l->command = command;
    l->must_skip = must_skip;
    l->deadline_ms = now_ms + limit_ms;
    l->hard_deadline_ms = l->deadline_ms + HARD_MS;
    l->has_looked_again = false;
    return 0;
}

/* @return ERR_BUSY when no answer is complete, or what the answer says */
static int answer_next(struct driver *d, struct sam_answer *ret)
{
    struct reader_line *l = &d->line;
    int r;
    while ((r = sam_stream_next(&l->stream, ret)) != 0) {
        if (r > 0)
            r = sam_answer_check(l->command, ret, NULL);
        bool is_plain = r == 0 || r == ERR_READER_SAM; /* what 11 FF and 12 FF can mean */
        bool is_late = l->is_syncing ? !is_plain : r == ERR_READER_FRAME;
        if (!l->must_skip || !is_late)
            return r;
    }
    return ERR_BUSY;
}

int reader_line_collect(struct driver *d, int64_t now_ms, struct sam_answer *ret)
{
    struct reader_line *l = &d->line;
    int r = usb_listen_error(d->usb);
    if (r != 0)
        return r;
    r = answer_next(d, ret);
    if (r != ERR_BUSY)
        return r;
    if (l->n_bytes != l->n_bytes_seen) {
        l->n_bytes_seen = l->n_bytes;
        l->has_looked_again = false;
        /* once it has begun to speak only gaps count, but what it says may be a late answer */
        if (!l->must_skip || l->deadline_ms < now_ms + GAP_MS)
            l->deadline_ms = now_ms + GAP_MS;
    }
    if (now_ms < l->deadline_ms && now_ms < l->hard_deadline_ms)
        return ERR_BUSY;
    if (l->has_looked_again)
        return ERR_TIMEOUT;
    /* this thread may have slept too long itself: look once more at what is there already */
    l->has_looked_again = true;
    usb_wait(d->usb, 0);
    usb_wake(d->usb); /* usb_wait may have eaten one */
    r = answer_next(d, ret);
    return r == ERR_BUSY && l->n_bytes == l->n_bytes_seen ? ERR_TIMEOUT : r;
}

void reader_line_mistrust(struct driver *d, bool must_sync, int64_t now_ms)
{
    struct reader_line *l = &d->line;
    /* the answer to 12 FF is unlike any other; that to 11 FF is unlike 12 FF's */
    bool has_plain_answer =
        l->command == SAM_STATUS || l->command == SAM_RESET || l->command == SAM_RF_SIZE;
    l->sync_command = has_plain_answer ? SAM_ID : SAM_STATUS;
    l->is_pending = false;
    l->is_syncing = must_sync;
    l->is_draining = true;
    l->n_bytes_seen = l->n_bytes;
    l->quiet_ms = now_ms + QUIET_MS;
    l->drain_until_ms = now_ms + DRAIN_MAX_MS;
}

bool reader_line_is_free(struct driver *d, int64_t now_ms)
{
    struct reader_line *l = &d->line;
    if (l->is_pending)
        return false;
    if (!l->is_draining)
        return true;
    sam_stream_reset(&l->stream, l->is_split);
    if (l->n_bytes != l->n_bytes_seen) {
        l->n_bytes_seen = l->n_bytes;
        l->quiet_ms = now_ms + QUIET_MS;
    }
    l->is_draining = now_ms < l->quiet_ms && now_ms < l->drain_until_ms;
    return !l->is_draining;
}
