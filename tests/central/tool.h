/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a ledger from the command line, also while `serve` runs on it. Each prints to
 * standard output. `tool_record` prints the opened record: personal data, by intention. */
#ifndef YJ_CENTRAL_TOOL_H
#define YJ_CENTRAL_TOOL_H

#include "keyring.h"
#include "ledger.h"

/**
 * {envelope without sealed, received_at, repeats, is_opened, event_low, event_high, opened, cases};
 * opened is null when the centre's key does not open it, the bare text as a string when it is not
 * JSON.
 * @return 0, ERR_NOT_FOUND when there is none
 */
int tool_record(struct ledger *l, const struct keyring *keys, enum ledger_key key, const char *text,
                struct err *err) YJ_CHECK;

/** One line a record: uuid terminal sequence kind number digest ("-" for no number). */
int tool_list(struct ledger *l, struct err *err) YJ_CHECK;

/** The JSON of ledger_gaps. */
int tool_gaps(struct ledger *l, struct err *err) YJ_CHECK;

/**
 * Check every record again from its bytes: digest, signature, certificate at the time of arrival,
 * place in the chain, own acknowledgement, opening. One line a complaint, then a summary.
 * @return 0, or ERR_SEAL_SIGNATURE when there was a complaint
 */
int tool_verify(struct ledger *l, const struct keyring *keys, struct err *err) YJ_CHECK;

#endif
