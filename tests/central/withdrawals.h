/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that are not good any more. A terminal that is withdrawn loses every certificate it
 * has had until then, also one this centre did not issue; what is issued to it later is good. */
#ifndef YJ_CENTRAL_WITHDRAWALS_H
#define YJ_CENTRAL_WITHDRAWALS_H

#include <stdbool.h>

#include "db.h"

struct withdrawals;

/** @param db  borrowed. @return owned by the caller */
struct withdrawals *withdrawals_new(struct db *db);
void withdrawals_free(struct withdrawals *w); /* accepts NULL */

/**
 * What another instance or the command line has withdrawn counts after a second at the latest.
 * @param fingerprint  SHA-256 of the certificate, in hex
 * @return 0 or a failure of the database. Thread: any. Blocks: now and then a query.
 */
int withdrawals_check(struct withdrawals *w, const char *terminal, const char *fingerprint,
                      bool *ret, struct err *err) YJ_CHECK;

/** Withdraw every certificate of a terminal. Blocks: a commit. */
int withdrawals_add(struct db *db, const char *terminal, struct err *err) YJ_CHECK;

#endif
