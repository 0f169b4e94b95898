/* SPDX-License-Identifier: Apache-2.0 */
/* A record that puts an earlier application right. The opener, inside its transaction. */
#ifndef YJ_CENTRAL_CORRECTION_H
#define YJ_CENTRAL_CORRECTION_H

#include "application.h"
#include "ledger.h"

/**
 * Close what the content covers of the open corrections, send waiting tasks back to "received",
 * link the record, tell the terminal. What covers nothing is linked as held and told to the
 * operators.
 * @param person  keyring_person of the applicant, "" unknown
 * @return 0 or a failure of the ledger
 */
int correction_take(struct ledger *l, const struct ledger_record *record, const json_t *content,
                    const char *person, struct err *err) YJ_CHECK;

#endif
