/* SPDX-License-Identifier: Apache-2.0 */
/* Opens stored records: what is inside, a case for each task, whose it is, what it puts right, and
 * tells the terminal. A thread of its own, so that no terminal waits for it.
 *
 *   state 0 ──took up to 64, locked──► unsealed? ─yes─► cases, applicant, corrections ─► state 1
 *      ▲                                  └──no──► kept, reported ────────────────────► state 2
 *      └── a failure: rolled back, tried again later
 *
 * Several centres on one PostgreSQL each take others. */
#ifndef YJ_CENTRAL_OPENER_H
#define YJ_CENTRAL_OPENER_H

#include "keyring.h"
#include "ledger.h"

struct opener;

/** Start the thread; both are borrowed until opener_stop. @return 0 or ERR_SYSTEM */
int opener_start(const struct keyring *keys, struct ledger *l, struct opener **ret,
                 struct err *err) YJ_CHECK;

/** Finish the record it is at, end. Accepts NULL. */
void opener_stop(struct opener *o);

/** Task ids of an opened application: member `tasks`, an array of ids or of objects with `id`.
 *  @param content  NULL allowed
 *  @return JSON array of distinct strings of 1..64 bytes, at most 64; empty when there is none */
json_t *opener_tasks(const json_t *content) YJ_CHECK;

#endif
