/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to POST /v1/enquiries: data sharing from the registry, progress from the ledger. Serving
 * threads. Changes nothing and writes nothing down but one more enquiry in a count. */
#ifndef YJ_CENTRAL_ENQUIRIES_H
#define YJ_CENTRAL_ENQUIRIES_H

#include "intake.h"

/** @param doc  the body of a known terminal, whose member terminal is good; always fills ret */
void enquiries_take(const struct keyring *keys, struct ledger *ledger,
                    const struct intake_request *q, const json_t *doc, struct intake_answer *ret);

#endif
