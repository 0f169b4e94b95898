/* SPDX-License-Identifier: Apache-2.0 */
/* A record that puts an earlier application right. Serving threads, inside the transaction that
 * stores it. */
#ifndef YJ_CENTRAL_CORRECTION_H
#define YJ_CENTRAL_CORRECTION_H

#include "application.h"
#include "ledger.h"

/**
 * Close what the content covers of the open corrections, send waiting tasks back to "received",
 * link the record. What covers nothing is linked as held and told to the operators.
 * @param person  keyring_person of the applicant, "" unknown
 * @param tasks   ids of the record's tasks
 * @param cases   gets the cases of the corrected application for these tasks
 * @return 0 or a failure of the ledger
 */
int correction_take(struct ledger *l, const struct ledger_record *record, const json_t *content,
                    const char *person, const json_t *tasks, json_t *cases,
                    struct err *err) YJ_CHECK;

#endif
