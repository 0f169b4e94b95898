/* SPDX-License-Identifier: Apache-2.0 */
/* Records: the request as the intake wants it, its answer as a reply. Workers. */
#include "records.h"

#include <string.h>

#include "intake.h"

void records_post(const struct centre *c, const struct request *q, struct reply *r)
{
    struct intake_answer a = {0};
    const struct intake_request request = {
        .path = strcmp(q->route->name, "ratings") == 0 ? INTAKE_RATINGS : INTAKE_APPLICATIONS,
        .peer = q->peer,
        .content_type = q->value[REQUEST_CONTENT_TYPE],
        .idempotency_key = q->value[REQUEST_IDEMPOTENCY_KEY],
        .body = q->body,
        .body_bytes = q->body_bytes};
    intake_take(c->keys, c->checker, c->ledger, &request, &a);
    r->status = a.status;
    r->type = a.status < 400 ? "application/json" : "application/problem+json";
    r->body = a.body;
    r->body_bytes = a.body ? strlen(a.body) : 0;
    r->is_repeat = a.is_repeat;
    r->sequence = a.sequence;
    memcpy(r->uuid, a.uuid, sizeof r->uuid);
}
