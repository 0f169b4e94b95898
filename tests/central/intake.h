/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's answer to one request of a known terminal: checks in the contract's order, one
 * durable transaction, one signed acknowledgement. Knows neither HTTP library nor sockets.
 * Stricter than the contract in one point: a known uuid and digest under another sequence (or a
 * known sequence and digest under another uuid) is a conflict, since no acknowledgement fits both.
 */
#ifndef YJ_CENTRAL_INTAKE_H
#define YJ_CENTRAL_INTAKE_H

#include "checker.h"
#include "keyring.h"
#include "ledger.h"
#include "peer.h"

enum intake_path { INTAKE_APPLICATIONS, INTAKE_RATINGS };

struct intake_request {
    enum intake_path path;
    const struct peer *peer;
    const char *content_type;    /* NULL: absent */
    const char *idempotency_key; /* NULL: absent */
    const char *body;
    size_t body_bytes;
};

struct intake_answer {
    int status; /* HTTP */
    char *body; /* JSON; a problem (RFC 9457) from 400 on; owned by the holder */
    bool is_repeat;
    /* For the log, empty when the request was not understood. */
    char uuid[37];
    int64_t sequence;
};

/** Work on one request; always fills ret. Thread: any. Blocks: a durable commit. */
void intake_take(const struct keyring *keys, struct checker *checker, struct ledger *ledger,
                 const struct intake_request *request, struct intake_answer *ret);

/** A problem body; owned by the caller. @param type  NULL: "about:blank" */
char *intake_problem(int status, const char *type, const char *title, const char *detail) YJ_CHECK;

#endif
