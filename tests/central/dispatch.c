/* SPDX-License-Identifier: Apache-2.0 */
/* Answers requests. Workers; shares the centre (each part of it locks for itself). */
#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "counters.h"
#include "withdrawals.h"

/* Faults in front of the centre: nothing is stored. @return true when this was the answer */
static bool fault_before(const struct centre *c, const struct fault *fault, struct reply *r)
{
    switch (fault->kind) {
    case FAULT_HTTP_500:
        reply_problem(r, 500, NULL, "fault on order", NULL);
        return true;
    case FAULT_HTTP_503:
        reply_problem(r, 503, NULL, "fault on order", NULL);
        return true;
    case FAULT_HTTP_429:
        reply_problem(r, 429, NULL, "fault on order", NULL);
        return true;
    case FAULT_REFUSE_403:
        reply_problem(r, 403, NULL, "fault on order", NULL);
        return true;
    case FAULT_REFUSE_422:
        reply_problem(r, 422, NULL, "fault on order", NULL);
        return true;
    case FAULT_BARE_200:
        reply_text(r, 200, "application/json", "{}");
        return true;
    case FAULT_HTML:
        reply_text(r, 200, "text/html; charset=utf-8",
                   "<!DOCTYPE html><title>Sign in</title><p>Please sign in to use this network.");
        return true;
    case FAULT_SLOW:
        fault_plan_sleep(c->faults, fault->slow_ms);
        return false;
    case FAULT_NONE:
    case FAULT_DROP_AFTER_COMMIT:
    case FAULT_BAD_SIGNATURE:
    case FAULT_DUPLICATE:
    case FAULT_SLOW_COMMIT:
    case FAULT_WRONG_TIME:
        break;
    }
    return false;
}

/* Replace the signature by a genuine one over something else. */
static void spoil_signature(const struct centre *c, struct reply *r)
{
    struct keyring_blob sig = {0};
    struct err err;
    char *at = r->body ? strstr(r->body, "\"signature\":\"") : NULL;
    if (!at || keyring_sign(c->keys, "not an acknowledgement", "", 0, &sig, &err) < 0)
        return;
    YJ_CLEANUP(cleanup_free) char *b64 = keyring_b64(sig.data, sig.bytes);
    keyring_blob_free(&sig);
    size_t head = (size_t)(at - r->body), n = head + strlen(b64) + 32;
    char *body = mem_zalloc(n, 1);
    snprintf(body, n, "%.*s\"signature\":\"%s\"}", (int)head, r->body, b64);
    free(r->body);
    r->body = body;
    r->body_bytes = strlen(body);
}

/* In the contract's order. @return true when this was the answer */
static bool refused(const struct centre *c, const struct dispatch *d, struct reply *r)
{
    const struct route *route = d->match->route;
    const struct peer *peer = d->request->peer;
    if (!route) {
        if (!d->match->allow)
            reply_problem(r, 404, NULL, "no such resource", NULL);
        else
            reply_problem(r, 405, NULL, "not with this method", d->match->allow);
        r->allow = d->match->allow;
    } else if (d->seen_bytes > route->max_body) {
        reply_problem(r, 413, NULL, "the body is too long", NULL);
    } else if (route->needs_terminal && peer->state == PEER_ABSENT) {
        reply_problem(r, 401, NULL, "no certificate", "a terminal shows its device certificate");
    } else if (route->needs_terminal &&
               (peer->state != PEER_KNOWN || peer->ends_s < clock_wall_ms() / 1000)) {
        reply_problem(r, 403, NULL, "unknown certificate",
                      "not a certificate of a terminal of this centre");
    } else if (route->needs_terminal) {
        struct err err = {0};
        bool is_withdrawn = false;
        if (withdrawals_check(c->withdrawals, peer->terminal, peer->fingerprint, &is_withdrawn,
                              &err) < 0)
            reply_unavailable(r, &err);
        else if (is_withdrawn)
            reply_problem(r, 403, NULL, "withdrawn certificate",
                          "this certificate is not good any more");
    }
    return r->status != 0;
}

static void log_request(const struct dispatch *d, const struct reply *r, int status,
                        const struct fault *fault)
{
    const struct peer *peer = d->request->peer;
    log_line(LOG_INFO, "request", "%s %d terminal=%s uuid=%s sequence=%lld%s%s %zu B %lld ms",
             d->match->route ? d->match->route->name : "other", status,
             peer->state == PEER_KNOWN ? peer->terminal : "-", *r->uuid ? r->uuid : "-",
             (long long)r->sequence, r->is_repeat ? " repeat" : "",
             fault->kind != FAULT_NONE ? " fault" : "", d->seen_bytes,
             (long long)(clock_mono_ms() - d->began_ms));
}

bool dispatch_run(const struct centre *c, const struct dispatch *d, struct reply *r)
{
    const struct route *route = d->match->route;
    struct fault fault = {0};
    struct request q = *d->request;
    reply_init(r);
    if (route)
        fault = fault_plan_take(c->faults, route->is_record, route->tells_time);
    if (fault.kind == FAULT_WRONG_TIME)
        q.time_shift_ms = FAULT_TIME_SHIFT_MS;
    if (!fault_before(c, &fault, r) && !refused(c, d, r)) {
        route->handle(c, &q, r);
        if (fault.kind == FAULT_DUPLICATE) {
            reply_clear(r);
            route->handle(c, &q, r);
        }
        if (fault.kind == FAULT_SLOW_COMMIT)
            fault_plan_sleep(c->faults, fault.slow_ms);
        if (fault.kind == FAULT_BAD_SIGNATURE && (r->status == 201 || r->status == 200))
            spoil_signature(c, r);
    }
    if (r->status == 429 && !r->retry_after_s)
        r->retry_after_s = 1;
    bool is_dropped = fault.kind == FAULT_DROP_AFTER_COMMIT;
    counters_add(c->counters, route ? route->name : "other", r->status,
                 clock_mono_ms() - d->began_ms);
    if (!route || !route->is_silent)
        log_request(d, r, is_dropped ? 0 : r->status, &fault);
    return !is_dropped;
}
