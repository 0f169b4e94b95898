/* SPDX-License-Identifier: Apache-2.0 */
/* A newer signed catalogue set from the centre. Thread: outbox.
 *
 *   the centre's number is another ──▶ manifest ──signature good──▶ pieces, one request at a time
 *                                          │                             │
 *                                          ▼ refused, unreachable        ▼ all there
 *                                 30 s … 60 min, then again       incoming, OUTBOX_EVENT_CATALOGUE
 *                                          ▲                             │
 *                                          └──── the kiosk refuses it ◀──┴──▶ it is in use */
#include "sync/outbox_feed_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { STEP_BUDGET_MS = 30, PATH_BYTES = 1024, STAGED_WAIT_MS = 10 * 60 * 1000 };

#define SETTING_NUMBER "catalogue_number"
#define SETTING_DIGEST "catalogue_digest"

void outbox_catalogue_opened(struct outbox *o, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    char text[24];
    (void)now_ms;
    if (store_setting_get(o->store, SETTING_NUMBER, text, sizeof text, NULL) != 0 ||
        store_setting_get(o->store, SETTING_DIGEST, f->digest_noted, sizeof f->digest_noted,
                          NULL) != 0)
        return;
    f->number_noted = strtoll(text, NULL, 10);
}

int64_t outbox_catalogue_number(const struct outbox_feed *f)
{
    return f->in_use[0] && strcmp(f->in_use, f->digest_noted) == 0 ? f->number_noted : 0;
}

/* The set of the centre's number is known by this digest. */
static void number_note(struct outbox *o, const char *digest)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    char text[24];
    f->number_noted = f->number_wanted;
    snprintf(f->digest_noted, sizeof f->digest_noted, "%s", digest);
    snprintf(text, sizeof text, "%" PRId64, f->number_noted);
    if (store_setting_set(o->store, SETTING_DIGEST, digest, &err) != 0 ||
        store_setting_set(o->store, SETTING_NUMBER, text, &err) != 0)
        log_err(LOG_WARN, "feed", &err); /* found out again after the next start */
}

static void fetch_end(struct outbox_feed *f)
{
    sync_catalogue_free(f->fetch);
    f->fetch = NULL;
}

void outbox_catalogue_heartbeat(struct outbox *o, int64_t number, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    if (number != f->number_wanted) { /* another one: what was refused may be good now */
        f->number_wanted = number;
        f->has_told = false;
        f->refused[0] = '\0';
        fetch_end(f);
        bool is_staged = number && number == f->number_noted; /* fetched before the restart */
        f->set = (struct feed_want){.at_ms = is_staged ? now_ms + STAGED_WAIT_MS : now_ms};
    }
    f->set.is_wanted = f->catalogue_cert && f->has_in_use && number && !f->has_told &&
                       outbox_catalogue_number(f) != number;
}

void outbox_feed_catalogue(struct outbox *o, const char *digest, int code, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    snprintf(f->in_use, sizeof f->in_use, "%s", digest);
    f->has_in_use = true;
    if (code && f->has_told) {
        log_line(LOG_WARN, "feed", "the catalogue of number %" PRId64 " is not taken: %s",
                 f->number_wanted, err_name(code));
        if (code != ERR_BUSY && code != ERR_STORE_FULL && code != ERR_STORE_WRITE)
            snprintf(f->refused, sizeof f->refused, "%s", f->digest_noted);
        feed_want_failed(o, &f->set, 0, now_ms);
    }
    f->has_told = f->has_told && !code && strcmp(f->in_use, f->digest_noted) != 0;
    if (o->heartbeat_ms > now_ms && !code && o->is_contacted)
        o->heartbeat_ms = now_ms; /* the centre hears which one is in use */
}

/* The set is whole: it is the kiosk's turn. */
static void fetch_finish(struct outbox *o, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    if (sync_catalogue_finish(f->fetch, &err) != 0) {
        log_err(LOG_ERROR, "feed", &err);
        feed_want_failed(o, &f->set, 0, now_ms);
        return;
    }
    number_note(o, sync_catalogue_digest(f->fetch));
    fetch_end(f);
    log_line(LOG_INFO, "feed", "catalogue %" PRId64 " has come: %s", f->number_noted,
             f->digest_noted);
    f->has_told = true;
    f->set.is_wanted = false;
    struct outbox_event event = {.kind = OUTBOX_EVENT_CATALOGUE};
    o->emit(o->arg, &event);
}

bool outbox_catalogue_send(struct outbox *o, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    char base[PATH_BYTES];
    bool is_whole = false;
    if (!f->fetch)
        return feed_get(o, FEED_MANIFEST, "/v1/catalogue", 0, -1, now_ms);
    if (f->in_use[0])
        snprintf(base, sizeof base, "%s/catalogue/sets/%s", f->data_dir, f->in_use);
    const char *dir = f->in_use[0] ? base : f->catalogue_dir;
    if (sync_catalogue_step(f->fetch, dir, STEP_BUDGET_MS, &is_whole, &f->piece, &err) != 0) {
        log_err(LOG_WARN, "feed", &err);
        feed_want_failed(o, &f->set, 0, now_ms);
        return false;
    }
    if (is_whole)
        fetch_finish(o, now_ms);
    else if (f->piece.path[0])
        return feed_get(o, FEED_PIECE, f->piece.path, f->piece.first, f->piece.last, now_ms);
    return false; /* the time is over: it goes on with the next turn */
}

static void manifest_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct seal_verifier *publisher = NULL;
    struct err err = {0};
    int rc = manifest_publisher_open(f->catalogue_cert, &publisher, &err);
    if (rc == 0)
        rc = sync_catalogue_begin(f->data_dir, a->body, a->body_bytes, publisher, &f->fetch, &err);
    seal_verifier_close(publisher);
    if (rc) {
        err_prefix(&err, "the centre's catalogue is refused");
        log_err(LOG_WARN, "feed", &err);
        feed_want_failed(o, &f->set, 0, now_ms);
        return;
    }
    const char *digest = sync_catalogue_digest(f->fetch);
    if (strcmp(digest, f->refused) == 0) { /* still the same: no reason to fetch it again */
        fetch_end(f);
        feed_want_failed(o, &f->set, 0, now_ms);
    } else if (strcmp(digest, f->in_use) == 0) { /* it came by stick */
        number_note(o, digest);
        fetch_end(f);
        sync_catalogue_drop(f->data_dir);
        f->set.is_wanted = false;
    }
}

void outbox_catalogue_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    bool is_manifest = !f->fetch;
    bool is_good =
        a->code == 0 &&
        (is_manifest ? a->status == 200 && a->content == SYNC_CONTENT_JSON : a->status < 429);
    if (!o->is_open)
        return; /* asked again */
    if (!is_good) {
        log_line(LOG_WARN, "feed", "no catalogue (%s)", a->detail);
        feed_want_failed(o, &f->set, a->retry_after_s, now_ms);
    } else if (is_manifest) {
        manifest_answered(o, a, now_ms);
    } else if (sync_catalogue_take(f->fetch, a->status, a->body, a->body_bytes, &err) != 0) {
        log_err(LOG_WARN, "feed", &err);
        fetch_end(f); /* what is whole stays on the disk; the manifest is asked for anew */
        feed_want_failed(o, &f->set, 0, now_ms);
    } else {
        f->set.n_failures = 0; /* it moves on, if only from cut to cut */
    }
}
