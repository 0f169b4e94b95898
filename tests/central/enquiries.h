/* SPDX-License-Identifier: Apache-2.0 */
/* Answers questions of a visitor at a terminal (schemas enquiry and enquiry_answer of the
 * contract). Nothing of them is written down: no log, no table, a count. */
#ifndef YJ_CENTRAL_ENQUIRIES_H
#define YJ_CENTRAL_ENQUIRIES_H

#include "centre.h"
#include "request.h"

/** POST /enquiries: check the question and answer it. Blocks: reads records and opens them. */
void enquiries_post(const struct centre *c, const struct request *q, struct reply *r);

#endif
