/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that store records: each takes all that wait, one transaction for them, then answers
 * each.
 *
 *   workers ──store──► queue ──all that wait, at most 64──► one transaction ──► commit ──► workers
 *                        ▲                                     │ failed
 *                        └── what came meanwhile               └─► each on its own, once
 *
 * While a batch is on its way to the disk the next one gathers: the slower the disk, the larger the
 * batches. A batch of one record that fails is that record's failure; a larger one is done again
 * record by record, so that one that cannot be stored does not hold up others. When the database
 * cannot be reached, or it is not known whether it committed, nothing is tried again: the terminals
 * repeat. */
#ifndef YJ_CENTRAL_WRITER_H
#define YJ_CENTRAL_WRITER_H

#include "ledger.h"

struct writer;

/**
 * @param l  borrowed until writer_stop
 * @param n_threads  1..4: with two the one gathers and sends while the other waits for the disk
 * @return 0 or ERR_SYSTEM
 */
int writer_start(struct ledger *l, int n_threads, struct writer **ret, struct err *err) YJ_CHECK;

/** As ledger_store. Thread: any but the writer's. */
int writer_store(struct writer *w, const struct ledger_record *record, enum ledger_found *ret,
                 char **ret_answer, struct err *err) YJ_CHECK;

/** Store what waits, end. Accepts NULL. */
void writer_stop(struct writer *w);

#endif
