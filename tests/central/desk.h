/* SPDX-License-Identifier: Apache-2.0 */
/* The departments' desk: orders of the control socket about applications. Main thread. */
#ifndef YJ_CENTRAL_DESK_H
#define YJ_CENTRAL_DESK_H

#include "keyring.h"
#include "ledger.h"

/** @return true when the line begins with advance, correct, cases or order. */
bool desk_is_order(const char *line);

/**
 * Carry out one order.
 *   advance NUMBER TASK CODE
 *   correct NUMBER field|material ID REASON [TEXT]   reasons: words of the contract
 *   cases NUMBER → {uuid, number, cases:[{task, case_no, state, code}], corrections:[{serial, kind,
 *                   id, reason, text, opened_at, closed_at, closed_by}],
 *                   correcting:[{uuid, number, received_at, outcome}]}
 *   order TERMINAL (retry SEQUENCE | resend FIRST LAST | renew | heartbeat)
 * A number of a correcting record stands for the application it belongs to.
 * @param line     is taken apart
 * @param ret_text what to answer with its LF, owned by the caller, bytes_free_wiped()
 * @return 0, ERR_INVALID, ERR_NOT_FOUND, a failure of the ledger
 */
int desk_order(struct ledger *l, char *line, char **ret_text, struct err *err) YJ_CHECK;

/** Index applicants of records stored before the ledger had an index. Once, before serving. */
int desk_index(struct ledger *l, const struct keyring *keys, struct err *err) YJ_CHECK;

#endif
