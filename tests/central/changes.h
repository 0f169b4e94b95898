/* SPDX-License-Identifier: Apache-2.0 */
/* GET /changes, and orders for a terminal. */
#ifndef YJ_CENTRAL_CHANGES_H
#define YJ_CENTRAL_CHANGES_H

#include "centre.h"
#include "request.h"

enum { CHANGES_CURSOR_BYTES = 24 };

/** A page of what happened for the peer's terminal. */
void changes_get(const struct centre *c, const struct request *q, struct reply *r);

/** The cursor of a serial. */
void changes_cursor(int64_t serial, char ret[CHANGES_CURSOR_BYTES]);

/**
 * Order something: "retry SEQUENCE", "resend FIRST LAST", "renew", "heartbeat".
 * @return 0, ERR_INVALID, a failure of the database. Blocks: a commit.
 */
int changes_order(struct ledger *l, const char *terminal, const char *const word[], int n_words,
                  struct err *err) YJ_CHECK;

#endif
