/* SPDX-License-Identifier: Apache-2.0 */
/* The network side of the outbox: what is sent when, and what an answer means.
 * Thread: outbox. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "sync/outbox_feed.h"

void outbox_link_refresh(struct outbox *o)
{
    struct link_status next = o->link;
    struct store_counts counts = {0};
    if (o->is_open && store_count(o->store, &counts, NULL) == 0) {
        int64_t age = counts.n_waiting ? clock_wall_ms() - counts.oldest_wall_ms : 0;
        next.n_waiting = counts.n_waiting;
        next.n_quarantined = counts.n_quarantined;
        next.n_attachments = counts.n_attachments;
        o->free_mib = counts.free_bytes >> 20;
        next.oldest_age_ms = age > 0 ? age : 0;
    }
    o->link = next;
    const struct link_status *last = &o->told_link;
    bool is_changed = next.is_online != last->is_online || next.cause != last->cause ||
                      next.n_waiting != last->n_waiting ||
                      next.n_quarantined != last->n_quarantined ||
                      next.n_attachments != last->n_attachments;
    if (!is_changed && o->has_told_link)
        return;
    o->has_told_link = true;
    o->told_link = next;
    struct outbox_event event = {.kind = OUTBOX_EVENT_LINK, .link = next};
    o->emit(o->arg, &event);
}

static void link_set(struct outbox *o, int cause, const char *detail)
{
    if (o->link.cause != cause || !o->has_told_link)
        log_line(cause ? LOG_WARN : LOG_INFO, "sync", "%s (%s)", cause ? err_name(cause) : "online",
                 detail);
    o->link.cause = cause;
    o->link.is_online = cause == 0;
}

static void heartbeat_plan(struct outbox *o, int64_t now_ms)
{
    /* A fifth earlier or later, so that terminals switched on together drift apart. */
    int64_t poll_ms = (int64_t)o->poll_s * 1000;
    o->heartbeat_ms = now_ms + poll_ms * 4 / 5 + sync_plan_random(&o->plan, poll_ms * 2 / 5);
}

/* Not even started: treated like a line that is down, so that it is tried again later. */
static void post_failed(struct outbox *o, const struct err *err, int64_t now_ms)
{
    log_err(LOG_ERROR, "sync", err);
    sync_plan_failure(&o->plan, SYNC_FAILURE_LINK, 0, now_ms);
}

static void heartbeat_send(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    outbox_link_refresh(o);
    struct sync_heartbeat h = {.terminal = o->terminal,
                               .version = o->version,
                               .boot_id = o->boot_id,
                               .device = o->has_devices ? o->device : NULL,
                               .n_waiting = o->link.n_waiting,
                               .oldest_age_s = o->link.oldest_age_ms / 1000,
                               .n_quarantined = o->link.n_quarantined,
                               .has_staff_call = o->takes_staff_call,
                               .staff = o->staff,
                               .staff_wall_ms = o->staff_wall_ms,
                               .has_status = o->takes_status,
                               .uptime_ms = clock_mono_ms(),
                               .clock_wall_ms = clock_wall_ms(),
                               .free_mib = o->free_mib,
                               .n_attachments = o->link.n_attachments,
                               .mirror_behind =
                                   o->mirror ? store_mirror_state(o->mirror)->n_behind : -1};
    outbox_feed_status(o, &h);
    heartbeat_plan(o, now_ms);
    struct sync_post post = {.path = "/v1/heartbeat"};
    if (sync_client_post(o->client, SYNC_LANE_RECORDS, &post, sync_message_heartbeat(&h), &err) ==
        0)
        o->line = LINE_HEARTBEAT;
    else
        post_failed(o, &err, now_ms);
}

/* @return whether there was something to send */
static bool record_send(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    bool is_found = false;
    store_record_clear(&o->current);
    /* Noted before the first byte leaves: after a crash it is sent again, and the centre
     * answers a repetition with the same acknowledgement. */
    if (outbox_lease_next(o, &o->current, &is_found, &err) != 0) {
        outbox_store_trouble(o, &err, now_ms);
        return true;
    }
    if (!is_found)
        return false;
    const struct seal_envelope *env = &o->current.env;
    struct sync_post post = {.path = env->kind == RECORD_APPLICATION ? "/v1/applications"
                                                                     : "/v1/ratings",
                             .key = env->uuid};
    char *body = seal_envelope_json(env, o->current.sealed, o->current.sealed_bytes);
    if (sync_client_post(o->client, SYNC_LANE_RECORDS, &post, body, &err) == 0)
        o->line = LINE_RECORD;
    else
        post_failed(o, &err, now_ms);
    sync_plan_sent(&o->plan, now_ms);
    return true;
}

/* The line is free and the centre is there: what goes next? Records first; what the centre tells
 * takes every second turn at most; files of records when no record waits. */
static void next_send(struct outbox *o, enum sync_plan_state state, int64_t now_ms)
{
    bool may_send = sync_plan_may_send(&o->plan, now_ms);
    if (state == SYNC_PLAN_FLOW && outbox_feed_send(o, o->link.n_waiting > 0, now_ms))
        return;
    if (!may_send || !o->is_open)
        return;
    if (record_send(o, now_ms))
        return;
    if (state == SYNC_PLAN_PROBE)
        sync_plan_success(&o->plan);
    outbox_link_refresh(o); /* the last group of confirmations is written now */
    if (o->is_open && outbox_attachment_send(o, now_ms))
        sync_plan_sent(&o->plan, now_ms);
}

void outbox_link_tend(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    /* Whatever the line does: a request that hangs holds up no acknowledgement. */
    if (o->is_open && o->confirms.n > 0 && now_ms >= o->confirms.due_ms) {
        if (outbox_confirms_write(o, &err) != 0)
            outbox_store_trouble(o, &err, now_ms);
        outbox_link_refresh(o);
    }
    if (o->line != LINE_IDLE)
        return;
    enum sync_plan_state state = sync_plan_now(&o->plan, now_ms);
    bool is_due = now_ms >= o->heartbeat_ms && now_ms >= o->plan.hold_ms;
    if (is_due || (state == SYNC_PLAN_PROBE && !o->is_contacted)) {
        heartbeat_send(o, now_ms);
        return;
    }
    if (state != SYNC_PLAN_WAIT && o->is_open)
        next_send(o, state, now_ms);
}

/* The request ended and nothing came of it. */
static void request_failed(struct outbox *o, int code, enum sync_failure cause,
                           const struct sync_answer *answer, int64_t now_ms)
{
    struct err err = {0};
    o->is_contacted = false;
    sync_plan_failure(&o->plan, cause, answer->retry_after_s, now_ms);
    link_set(o, code, answer->detail);
    /* Our clock, or theirs? Only the centre's own word decides. */
    if (answer->is_date_wrong)
        (void)outbox_time_ask(o, now_ms); /* asked at most every half a minute */
    if (o->line == LINE_ATTACHMENT)
        outbox_attachment_failed(o);
    if (!o->is_open)
        return;
    int rc = outbox_confirms_write(o, &err);
    if (rc == 0 && o->line == LINE_RECORD)
        rc = store_release(o->store, o->current.env.sequence, code, &err);
    if (rc == 0)
        rc = outbox_lease_end(o, code, &err);
    if (rc)
        outbox_store_trouble(o, &err, now_ms);
}

int outbox_failure_of(const struct sync_answer *a, enum sync_failure *ret_cause)
{
    *ret_cause = SYNC_FAILURE_LINK;
    if (a->code)
        return a->code;
    if (a->status == 401 || a->status == 403) {
        *ret_cause = SYNC_FAILURE_REFUSED;
        return ERR_SYNC_REFUSED;
    }
    if (a->status == 429 || (a->status == 503 && a->retry_after_s > 0)) {
        *ret_cause = SYNC_FAILURE_THROTTLED;
        return ERR_SYNC_THROTTLED;
    }
    if (a->status >= 500) {
        *ret_cause = SYNC_FAILURE_SERVER;
        return ERR_SYNC_SERVER;
    }
    return 0;
}

static void heartbeat_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    enum sync_failure cause;
    struct sync_heartbeat_answer said = {0};
    int code = outbox_failure_of(a, &cause);
    if (code == 0 && (a->status != 200 || a->content != SYNC_CONTENT_JSON ||
                      sync_message_heartbeat_answer(a->body, a->body_bytes, &said, &err) != 0))
        code = ERR_SYNC_NOT_CENTRE;
    if (code) {
        request_failed(o, code, cause, a, now_ms);
        return;
    }
    if (said.poll_s != o->poll_s) {
        o->poll_s = said.poll_s;
        heartbeat_plan(o, now_ms);
    }
    /* A centre that has just said so for the first time hears of a call that waits. */
    if (said.takes_staff_call && !o->takes_staff_call && o->staff != STAFF_NOT_CALLED)
        o->heartbeat_ms = now_ms;
    o->takes_staff_call = said.takes_staff_call;
    o->takes_status = said.takes_status;
    sync_plan_drain(&o->plan, said.drain_per_min, now_ms);
    outbox_time_note(o, said.time_ms, now_ms);
    o->figures = said.figures;
    outbox_counters_refresh(o);
    o->is_contacted = true;
    sync_plan_contact(&o->plan);
    link_set(o, 0, a->detail);
    outbox_feed_heartbeat(o, &said, now_ms);
}

/* The one way to "delivered": signature, uuid, terminal, sequence and digest all fit. */
static int ack_check(struct outbox *o, const struct sync_answer *a, char **ret_json,
                     char **ret_signature, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *ack = NULL;
    size_t n = 0;
    int rc = sync_message_stored(a->body, a->body_bytes, &ack, ret_signature, err);
    if (rc == 0)
        rc = seal_verify_ack(seal_centre(o->seal), ack, *ret_signature, ret_json, &n, err);
    if (rc == 0)
        rc = sync_message_ack_fits(*ret_json, n, &o->current.env, err);
    return rc;
}

static void record_confirm(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    YJ_CLEANUP(cleanup_free) char *json = NULL;
    YJ_CLEANUP(cleanup_free) char *signature = NULL;
    if (ack_check(o, a, &json, &signature, &err) != 0) {
        log_err(LOG_WARN, "sync", &err);
        request_failed(o, ERR_SYNC_NOT_CENTRE, SYNC_FAILURE_LINK, a, now_ms);
        return;
    }
    sync_plan_success(&o->plan);
    link_set(o, 0, a->detail);
    if (!o->is_open)
        return; /* sent again later; the centre answers the same */
    int rc = outbox_confirm_add(o, o->current.env.sequence, json, signature, &err);
    json = signature = NULL; /* the group's now */
    if (rc)
        outbox_store_trouble(o, &err, now_ms);
}

static void record_reject(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    char reason[512];
    sync_message_problem(a->body, a->body_bytes, a->status, reason, sizeof reason);
    log_line(LOG_ERROR, "sync", "record %" PRId64 " set aside: HTTP %d", o->current.env.sequence,
             a->status);
    /* The centre itself spoke: the line is good and the next record may go. */
    sync_plan_success(&o->plan);
    link_set(o, 0, a->detail);
    if (o->is_open && store_quarantine(o->store, o->current.env.sequence, reason, &err) != 0)
        outbox_store_trouble(o, &err, now_ms);
}

static void attachment_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    enum sync_failure cause;
    int code = outbox_failure_of(a, &cause);
    if (code == 0 && !outbox_attachment_answered(o, a, now_ms))
        code = ERR_SYNC_NOT_CENTRE;
    if (code) {
        request_failed(o, code, cause, a, now_ms);
        return;
    }
    sync_plan_success(&o->plan);
    link_set(o, 0, a->detail);
}

static void record_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    enum sync_failure cause;
    int code = outbox_failure_of(a, &cause);
    bool is_rejected = a->status == 409 || a->status == 413 || a->status == 422;
    if (code)
        request_failed(o, code, cause, a, now_ms);
    else if (a->status == 201 && a->content == SYNC_CONTENT_JSON)
        record_confirm(o, a, now_ms);
    else if (is_rejected && a->content == SYNC_CONTENT_PROBLEM)
        record_reject(o, a, now_ms);
    else
        request_failed(o, ERR_SYNC_NOT_CENTRE, SYNC_FAILURE_LINK, a, now_ms);
}

void outbox_answer(struct outbox *o, const struct sync_answer *answer, int64_t now_ms)
{
    if (answer->lane == SYNC_LANE_ENQUIRIES) {
        outbox_ask_answered(o, answer, now_ms);
        return;
    }
    if (answer->lane == SYNC_LANE_TIME) {
        outbox_time_answered(o, answer, now_ms);
        return;
    }
    if (o->line == LINE_HEARTBEAT)
        heartbeat_answered(o, answer, now_ms);
    else if (o->line == LINE_RECORD)
        record_answered(o, answer, now_ms);
    else if (o->line == LINE_ATTACHMENT)
        attachment_answered(o, answer, now_ms);
    else if (o->line == LINE_FEED)
        outbox_feed_answered(o, answer, now_ms);
    o->line = LINE_IDLE;
    store_record_clear(&o->current);
    outbox_link_refresh(o);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int outbox_sleep_ms(const struct outbox *o, int64_t now_ms)
{
    int64_t until = now_ms + OUTBOX_SPACE_CHECK_MS;
    if (!o->is_open)
        until = sooner(until, o->store_retry_ms);
    else
        until = sooner(until, sooner(o->space_ms, o->purge_ms));
    if (o->is_open && o->mirror)
        until = sooner(until, store_mirror_state(o->mirror)->due_ms);
    if (o->line == LINE_IDLE) {
        int64_t heartbeat = o->heartbeat_ms > o->plan.hold_ms ? o->heartbeat_ms : o->plan.hold_ms;
        until = sooner(until, heartbeat);
        if (o->plan.state == SYNC_PLAN_WAIT)
            until = sooner(until, o->plan.next_ms);
        if (o->plan.state == SYNC_PLAN_PROBE && !o->is_contacted)
            until = now_ms;
        if (o->plan.state == SYNC_PLAN_FLOW)
            until = sooner(until, outbox_feed_due_ms(o));
        /* In PROBE the one record that tries keeps the distance, too. */
        if (o->plan.state != SYNC_PLAN_WAIT && o->is_open && o->plan.drain_per_min &&
            o->plan.send_ms > now_ms)
            until = sooner(until, o->plan.send_ms);
    }
    if (o->is_open && o->confirms.n > 0)
        until = sooner(until, o->confirms.due_ms);
    until = sooner(until, net_watch_due_ms(o->net));
    return until > now_ms ? (int)(until - now_ms) : 0;
}
