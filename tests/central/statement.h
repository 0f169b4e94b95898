/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: JSON the centre has signed, in the form of an acknowledgement {ack, signature}. */
#ifndef YJ_CENTRAL_STATEMENT_H
#define YJ_CENTRAL_STATEMENT_H

#include "centre.h"
#include "request.h"

#define STATEMENT_TIME       "yijian-time-1\n"
#define STATEMENT_ATTACHMENT "yijian-attachment-1\n"

/**
 * Sign prefix and the compact JSON of what is said.
 * @return the body of the answer as a JSON object, owned by the caller; NULL with err
 */
json_t *statement_make(const struct keyring *k, const char *prefix, const json_t *said,
                       struct err *err) YJ_CHECK;

/** GET /time: {nonce, time}, for terminals whose clock is wrong; no certificate is needed. */
void statement_get_time(const struct centre *c, const struct request *q, struct reply *r);

#endif
