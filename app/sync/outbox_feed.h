/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre tells the terminal, inside the outbox thread: changes and orders, the key to seal
 * to, how long records are kept, a renewed certificate, a newer catalogue. All of it goes through
 * the records lane, one request at a time (LINE_FEED), and none of it may hold up a record: what
 * fails here waits on its own and never changes the retry plan. Thread: outbox. */
#ifndef YJ_SYNC_OUTBOX_FEED_H
#define YJ_SYNC_OUTBOX_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sync/outbox.h"
#include "sync/sync_client.h"
#include "sync/sync_message.h"
#include "types/enquiry.h"

struct outbox_feed; /* struct outbox has one, from start to end */

/** @param cfg  copied. @return owned by the caller */
struct outbox_feed *outbox_feed_new(const struct outbox_cfg *cfg) YJ_CHECK;
/** Accepts NULL. */
void outbox_feed_free(struct outbox_feed *f);

/** The store has been opened: what the centre said before the restart holds again. */
void outbox_feed_opened(struct outbox *o, int64_t now_ms);

/** The answer to a heartbeat: key, retention, newest change, catalogue. Drain rate, poll distance
 *  and figures are the link's own. */
void outbox_feed_heartbeat(struct outbox *o, const struct sync_heartbeat_answer *said,
                           int64_t now_ms);

/** Fill the members of "status" that are known here: suite, seal_key, catalogue,
 *  certificate_ends_s. Texts are borrowed until the next call of this header. */
void outbox_feed_status(struct outbox *o, struct sync_heartbeat *h);

/**
 * The line is idle and the plan lets records flow: begin a request when one is due.
 * @param has_records  records wait, too: then changes take every second turn at most and catalogue
 *                     files do not go at all
 * @return true: a request was started, the answer belongs to outbox_feed_answered
 */
bool outbox_feed_send(struct outbox *o, bool has_records, int64_t now_ms);

/** The request of outbox_feed_send ended, whatever came of it. */
void outbox_feed_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);

/** @return when outbox_feed_send wants to be called, INT64_MAX: not by time */
int64_t outbox_feed_due_ms(const struct outbox *o);

/**
 * A question about progress while the centre cannot be asked: answered as it was last told.
 * @param ret  owned by the caller, enquiry_answer_free
 * @return 0, ERR_NOT_FOUND (nothing was told about this number, or the question has none),
 *         ERR_STORE_*
 */
int outbox_feed_progress(struct outbox *o, const struct enquiry *asked, struct enquiry_answer **ret,
                         struct err *err) YJ_CHECK;

/** NOTE_CATALOGUE: which signed set the kiosk uses, and what became of the one that was fetched.
 *  @param code  0, or why the fetched set was refused */
void outbox_feed_catalogue(struct outbox *o, const char *digest, int code, int64_t now_ms);

#endif
