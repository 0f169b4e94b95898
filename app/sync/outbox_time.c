/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's time: learnt when our own clock cannot judge certificates, kept for the records.
 *
 *     TLS refused for its dates → GET /v1/time on a connection that proves nothing, with a nonce
 *         → a statement signed by the centre over nonce and time → certificates are judged by it
 *
 * What a liar on the line can do: withhold the answer. The nonce is new each time, the key that
 * signs has been here since enrolment. Thread: outbox. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"

enum { ASK_EVERY_MS = 30 * 1000, NOTE_EVERY_MS = 10 * 60 * 1000, WRONG_BY_MS = 5 * 60 * 1000 };

bool outbox_time_ask(struct outbox *o, int64_t now_ms)
{
    uint8_t nonce[16];
    char path[64];
    struct err err = {0};
    if (sync_client_is_busy(o->client, SYNC_LANE_TIME) || now_ms < o->time_ask_ms)
        return false;
    o->time_ask_ms = now_ms + ASK_EVERY_MS;
    if (seal_random(nonce, sizeof nonce, &err) != 0) {
        log_err(LOG_ERROR, "sync", &err);
        return false;
    }
    bytes_hex(nonce, sizeof nonce, o->nonce);
    snprintf(path, sizeof path, "/v1/time?nonce=%s", o->nonce);
    struct sync_get get = {.path = path, .last = -1};
    if (sync_client_get(o->client, SYNC_LANE_TIME, &get, &err) != 0) {
        log_err(LOG_ERROR, "sync", &err);
        return false;
    }
    return true;
}

static int answer_read(struct outbox *o, const struct sync_answer *a, int64_t *ret_ms,
                       struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *statement = NULL;
    YJ_CLEANUP(cleanup_free) char *signature = NULL;
    YJ_CLEANUP(cleanup_free) char *json = NULL;
    size_t n = 0;
    if (a->code)
        return ERR(err, a->code, "%s", a->detail);
    if (a->status != 200 || a->content != SYNC_CONTENT_JSON)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "no time: %s", a->detail);
    int rc = sync_message_stored(a->body, a->body_bytes, &statement, &signature, err);
    if (rc == 0)
        rc = seal_verify_statement(seal_centre(o->seal), "yijian-time-1\n", statement, signature,
                                   &json, &n, err);
    return rc ? rc : sync_message_time(json, n, o->nonce, ret_ms, err);
}

void outbox_time_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    int64_t time_ms = 0;
    int rc = answer_read(o, a, &time_ms, &err);
    o->nonce[0] = '\0'; /* good for one answer */
    sync_client_forget(o->client, SYNC_LANE_TIME);
    if (rc) {
        log_err(LOG_WARN, "sync", &err);
        return;
    }
    sync_client_set_time(o->client, time_ms);
    outbox_time_note(o, time_ms, now_ms);
    log_line(LOG_WARN, "sync",
             "certificates are judged by the centre's time: our clock is %" PRId64 " s off",
             (clock_wall_ms() - time_ms) / 1000);
    /* The wait was for the dates: go on at once. */
    o->heartbeat_ms = now_ms;
    sync_plan_contact(&o->plan);
}

void outbox_time_note(struct outbox *o, int64_t time_ms, int64_t now_ms)
{
    char text[24];
    if (!time_ms)
        return;
    o->centre_time_ms = time_ms;
    o->centre_time_mono_ms = now_ms;
    int64_t off = clock_wall_ms() - time_ms;
    bool is_wrong = off > WRONG_BY_MS || off < -WRONG_BY_MS;
    if (is_wrong && !o->is_clock_wrong)
        log_line(LOG_WARN, "sync", "the clock is %" PRId64 " s off (%s)", off / 1000,
                 err_name(ERR_SYNC_CLOCK));
    o->is_clock_wrong = is_wrong;
    if (!o->is_open || now_ms < o->time_note_ms)
        return;
    o->time_note_ms = now_ms + NOTE_EVERY_MS;
    clock_rfc3339(time_ms, text, sizeof text);
    struct err err = {0};
    if (store_setting_set(o->store, "centre_time", text, &err) != 0)
        log_err(LOG_WARN, "store", &err); /* tried again in ten minutes */
}

void outbox_time_text(struct outbox *o, char *text, size_t cap)
{
    text[0] = '\0';
    if (o->centre_time_ms)
        clock_rfc3339(o->centre_time_ms, text, cap);
    else if (o->is_open && store_setting_get(o->store, "centre_time", text, cap, NULL) != 0)
        text[0] = '\0';
}
