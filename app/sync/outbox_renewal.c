/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's certificate is renewed by itself: in its last 30 days by the centre's time, when
 * the centre orders it, or when the centre names a seal key that is not here. The key stays, only
 * its certificate changes; what does not fit is refused and the old one goes on.
 * Thread: outbox. */
#include "sync/outbox_feed_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sync/sync_enrol.h"

enum {
    RENEW_BEFORE_S = 30 * 24 * 60 * 60,
    RENEW_AGAIN_MS = 24 * 60 * 60 * 1000, /* not sooner after one that went well */
};

void outbox_renewal_heartbeat(struct outbox *o, const struct sync_heartbeat_answer *said,
                              int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    (void)now_ms;
    if (!f->certificate_ends_s &&
        seal_cert_end(f->keys.device_cert, &f->certificate_ends_s, NULL) != 0)
        return;
    if (said->time_ms && f->certificate_ends_s - said->time_ms / 1000 < RENEW_BEFORE_S)
        f->renewal.is_wanted = true;
}

void outbox_renewal_order(struct outbox *o, int64_t now_ms)
{
    o->feed->renewal = (struct feed_want){.is_wanted = true, .at_ms = now_ms};
}

/* @return owned JSON, NULL with the reason in err */
static char *request_make(const struct outbox *o, struct err *err)
{
    const struct seal_paths *k = &o->feed->keys;
    bool is_sm2 = k->suite && strcmp(k->suite, SEAL_SUITE_SM2) == 0;
    YJ_CLEANUP(cleanup_free) char *csr = NULL;
    YJ_CLEANUP(cleanup_free) char *csr_sm2 = NULL;
    int rc = seal_csr_make(k->device_key, o->terminal, &csr, err);
    if (rc == 0 && is_sm2)
        rc = seal_csr_make(k->device_sm2_key, o->terminal, &csr_sm2, err);
    return rc ? NULL : sync_enrol_request(NULL, o->terminal, csr, csr_sm2);
}

bool outbox_renewal_send(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    char *body = request_make(o, &err);
    if (!body) {
        log_err(LOG_ERROR, "feed", &err);
        feed_want_failed(o, &o->feed->renewal, 0, now_ms);
        return false;
    }
    return feed_post(o, FEED_RENEWAL, "/v1/renewal", body, now_ms);
}

/* Records are sealed with, and connections prove themselves by, what is on the disk now. */
static int keys_reload(struct outbox *o, struct err *err)
{
    struct seal *fresh = NULL;
    int rc = seal_open(&o->feed->keys, o->terminal, &fresh, err);
    if (rc)
        return rc;
    /* The present key may have been replaced; then the new present one is right. */
    if (seal_use_centre_key(fresh, seal_centre_key_id(o->seal), NULL) != 0)
        log_line(LOG_INFO, "feed", "sealed to the centre's key %s from now on",
                 seal_centre_key_id(fresh));
    sync_client_set_seal(o->client, fresh);
    seal_close(o->seal);
    o->seal = fresh;
    return 0;
}

static int answer_take(struct outbox *o, const struct sync_answer *a, struct err *err)
{
    struct sync_enrolled enrolled = {0};
    char said[200];
    if (a->code)
        return ERR(err, a->code, "%s", a->detail);
    if (a->status != 200) {
        sync_message_problem(a->body, a->body_bytes, a->status, said, sizeof said);
        return ERR(err, ERR_SYNC_REJECTED, "%s", said);
    }
    int rc = a->content == SYNC_CONTENT_JSON
                 ? sync_enrol_answer(a->body, a->body_bytes, &enrolled, err)
                 : ERR(err, ERR_SYNC_NOT_CENTRE, "the answer is no JSON");
    if (rc == 0)
        rc = sync_enrol_install(&enrolled, &o->feed->keys, o->feed->centre_ca, o->terminal, err);
    sync_enrolled_clear(&enrolled);
    return rc ? rc : keys_reload(o, err);
}

void outbox_renewal_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    f->certificate_ends_s = 0; /* read anew for the next heartbeat */
    if (answer_take(o, a, &err) != 0) {
        err_prefix(&err, "the certificate is not renewed");
        log_err(LOG_WARN, "feed", &err);
        feed_want_failed(o, &f->renewal, a->retry_after_s, now_ms);
        return;
    }
    log_line(LOG_INFO, "feed", "the certificate is renewed");
    f->renewal = (struct feed_want){.at_ms = now_ms + RENEW_AGAIN_MS};
    if (o->is_open && store_setting_set(o->store, FEED_SETTING_RENEWAL, "", &err) != 0)
        log_err(LOG_WARN, "feed", &err); /* renewed once more after the next start: no harm */
    o->heartbeat_ms = now_ms;
}
