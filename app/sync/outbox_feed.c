/* SPDX-License-Identifier: Apache-2.0 */
/* Changes and orders of the centre. Thread: outbox.
 *
 *            newest_change differs, start, 30 min            200, a page
 *   RESTING ─────────────────────────────────────▶ ASKING ────────────────▶ one transaction with
 *      ▲                                              │                      its cursor
 *      │◀──── 30 s … 60 min ◀── anything else ────────┘                          │
 *      └──────────────────────── no more ◀───────────────────────────────────────┤
 *                                                    ASKING ◀───── has_more ─────┘
 *
 * A page that the centre cannot give, or that is wrong, is asked for again later, ever more slowly;
 * records go on meanwhile. */
#include "sync/outbox_feed_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sync/sync_feed.h"

/* Names of store_setting. */
#define SETTING_SEAL_KEY  "seal_key"
#define SETTING_RETENTION "retention_days"
#define SETTING_AS_OF     "feed_as_of_ms"

/* ---- start and end ---- */

static const char *keep(struct outbox_feed *f, const char *text)
{
    if (!text)
        return NULL;
    if (f->n_texts == YJ_COUNT(f->text))
        abort(); /* one for each text of outbox_feed_new */
    return f->text[f->n_texts++] = mem_strdup(text);
}

struct outbox_feed *outbox_feed_new(const struct outbox_cfg *cfg)
{
    struct outbox_feed *f = mem_zalloc(1, sizeof *f);
    const struct seal_paths *k = &cfg->keys;
    f->keys = (struct seal_paths){
        .device_key = keep(f, k->device_key),
        .device_cert = keep(f, k->device_cert),
        .centre_seal_cert = keep(f, k->centre_seal_cert),
        .centre_sign_cert = keep(f, k->centre_sign_cert),
        .suite = keep(f, k->suite),
        .centre_seal_next_cert = keep(f, k->centre_seal_next_cert),
        .device_sm2_key = keep(f, k->device_sm2_key),
        .device_sm2_cert = keep(f, k->device_sm2_cert),
    };
    f->centre_ca = keep(f, cfg->centre_ca);
    f->data_dir = keep(f, cfg->data_dir);
    if (cfg->takes_catalogue)
        f->catalogue_cert = keep(f, cfg->catalogue_cert);
    f->catalogue_dir = keep(f, cfg->catalogue_dir);
    return f;
}

void outbox_feed_free(struct outbox_feed *f)
{
    if (!f)
        return;
    sync_catalogue_free(f->fetch);
    for (size_t i = 0; i < f->n_texts; i++)
        free(f->text[i]);
    free(f);
}

static int64_t setting_int(struct outbox *o, const char *key)
{
    char text[32];
    return store_setting_get(o->store, key, text, sizeof text, NULL) == 0 ? strtoll(text, NULL, 10)
                                                                          : 0;
}

void outbox_feed_opened(struct outbox *o, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    char key[SYNC_KEY_ID_BYTES];
    struct err err = {0};
    if (store_setting_get(o->store, SETTING_SEAL_KEY, key, sizeof key, NULL) == 0 && key[0] &&
        strcmp(key, seal_centre_key_id(o->seal)) != 0 &&
        seal_use_centre_key(o->seal, key, &err) != 0)
        log_err(LOG_WARN, "feed", &err);
    f->as_of_ms = f->noted_as_of_ms = setting_int(o, SETTING_AS_OF);
    if (setting_int(o, FEED_SETTING_RENEWAL))
        f->renewal.is_wanted = true;
    outbox_catalogue_opened(o, now_ms);
}

/* ---- requests ---- */

void feed_want_failed(struct outbox *o, struct feed_want *w, int64_t retry_after_s, int64_t now_ms)
{
    int64_t wait = FEED_BACKOFF_MIN_MS;
    for (int i = 0; i < w->n_failures && wait < FEED_BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (wait > FEED_BACKOFF_MAX_MS)
        wait = FEED_BACKOFF_MAX_MS;
    if (w->n_failures < 32)
        w->n_failures++;
    if (retry_after_s > SYNC_PLAN_MAX_RETRY_AFTER_S)
        retry_after_s = SYNC_PLAN_MAX_RETRY_AFTER_S;
    if (wait < retry_after_s * 1000)
        wait = retry_after_s * 1000;
    /* Later by up to a quarter, so that terminals drift apart. */
    w->at_ms = now_ms + wait + sync_plan_random(&o->plan, wait / 4);
}

/* What is asked for, by what is on the line. */
static struct feed_want *want_of(struct outbox_feed *f, enum feed_request what)
{
    return what == FEED_PAGE ? &f->page : what == FEED_RENEWAL ? &f->renewal : &f->set;
}

static bool begun(struct outbox *o, enum feed_request what, int rc, const struct err *err,
                  int64_t now_ms)
{
    if (rc) {
        log_err(LOG_ERROR, "feed", err);
        feed_want_failed(o, want_of(o->feed, what), 0, now_ms);
        return false;
    }
    o->feed->request = what;
    o->line = LINE_FEED;
    return true;
}

bool feed_get(struct outbox *o, enum feed_request what, const char *path, int64_t first,
              int64_t last, int64_t now_ms)
{
    struct err err = {0};
    struct sync_get get = {.path = path, .first = first, .last = last};
    return begun(o, what, sync_client_get(o->client, SYNC_LANE_RECORDS, &get, &err), &err, now_ms);
}

bool feed_post(struct outbox *o, enum feed_request what, const char *path, char *body,
               int64_t now_ms)
{
    struct err err = {0};
    struct sync_post post = {.path = path};
    return begun(o, what, sync_client_post(o->client, SYNC_LANE_RECORDS, &post, body, &err), &err,
                 now_ms);
}

/* ---- a page of changes ---- */

static bool page_send(struct outbox *o, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    char path[SYNC_FEED_PATH_BYTES + 32];
    if (store_feed_cursor(o->store, f->asked, &err) != 0) {
        outbox_store_trouble(o, &err, now_ms);
        return false;
    }
    sync_feed_path(f->asked, path);
    return feed_get(o, FEED_PAGE, path, 0, -1, now_ms);
}

/* An order that names what is not here, or is in another state, has been done already. */
static int order_do(struct outbox *o, const struct sync_change *c, struct err *err)
{
    struct err ignored = {0};
    int n = 0, rc = 0;
    switch (c->order) {
    case SYNC_ORDER_RETRY:
        rc = store_feed_retry(o->store, c->first, &ignored);
        log_line(LOG_INFO, "feed", "order: record %" PRId64 " waits again%s", c->first,
                 rc == ERR_NOT_FOUND ? ": nothing to do" : "");
        break;
    case SYNC_ORDER_RESEND:
        rc = store_feed_resend(o->store, c->first, c->last, &n, &ignored);
        log_line(LOG_INFO, "feed", "order: records %" PRId64 " to %" PRId64 ": %d wait again",
                 c->first, c->last, n);
        break;
    case SYNC_ORDER_RENEW: /* in the same transaction: it must not be lost with the power */
        rc = store_setting_set(o->store, FEED_SETTING_RENEWAL, "1", &ignored);
        break;
    case SYNC_ORDER_HEARTBEAT:
        break;
    }
    if (rc == 0 || rc == ERR_NOT_FOUND)
        return 0;
    if (err)
        *err = ignored;
    return rc;
}

static int page_store(struct outbox *o, const struct sync_page *page, struct err *err)
{
    int rc = store_feed_begin(o->store, err);
    if (rc)
        return rc;
    for (size_t i = 0; rc == 0 && i < page->n; i++)
        rc = page->change[i].kind == SYNC_CHANGE_TASK
                 ? store_feed_task(o->store, &page->change[i].task, err)
                 : order_do(o, &page->change[i], err);
    if (rc == 0)
        rc = store_feed_commit(o->store, page->cursor, err);
    if (rc)
        store_feed_rollback(o->store);
    return rc;
}

/* Orders that act on what is not in the store, once the page is on the disk. */
static void page_obey(struct outbox *o, const struct sync_page *page, int64_t now_ms)
{
    for (size_t i = 0; i < page->n; i++) {
        const struct sync_change *c = &page->change[i];
        if (c->kind != SYNC_CHANGE_ORDER)
            continue;
        if (c->order == SYNC_ORDER_HEARTBEAT)
            o->heartbeat_ms = now_ms;
        else if (c->order == SYNC_ORDER_RENEW)
            outbox_renewal_order(o, now_ms);
    }
}

static void page_take(struct outbox *o, const struct sync_page *page, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    /* An order acts on what the centre has acknowledged so far. */
    if (outbox_confirms_write(o, &err) != 0 || page_store(o, page, &err) != 0) {
        feed_want_failed(o, &f->page, 0, now_ms);
        outbox_store_trouble(o, &err, now_ms);
        return;
    }
    if (page->n || page->n_skipped)
        log_line(LOG_INFO, "feed", "%zu changes taken, %zu of unknown kinds", page->n,
                 page->n_skipped);
    f->page.n_failures = 0;
    f->page.at_ms = page->has_more ? now_ms : now_ms + FEED_EVERY_MS;
    page_obey(o, page, now_ms);
}

static void page_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    YJ_CLEANUP(cleanup_free) void *page = NULL;
    struct sync_page *read = NULL;
    if (!o->is_open)
        return; /* asked again */
    if (a->code || a->status != 200 || a->content != SYNC_CONTENT_JSON) {
        log_line(LOG_WARN, "feed", "no changes (%s)", a->detail);
        feed_want_failed(o, &o->feed->page, a->retry_after_s, now_ms);
    } else if (sync_feed_read(a->body, a->body_bytes, o->feed->asked, &read, &err) != 0) {
        log_err(LOG_WARN, "feed", &err);
        feed_want_failed(o, &o->feed->page, 0, now_ms);
    } else {
        page = read;
        page_take(o, read, now_ms);
    }
}

/* ---- the answer to a heartbeat ---- */

/* A key that is not here: a renewal brings the keys that the centre has now. For one that is named
 * for the first time at once, else when it is time for one. */
static void key_want(struct outbox *o, const char *key, const struct err *err, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    f->renewal.is_wanted = true;
    if (strcmp(key, f->unknown_key) == 0)
        return;
    log_err(LOG_WARN, "feed", err);
    snprintf(f->unknown_key, sizeof f->unknown_key, "%s", key);
    f->renewal.at_ms = now_ms;
}

static void key_take(struct outbox *o, const char *key, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    struct err err = {0};
    if (!key[0] || strcmp(key, seal_centre_key_id(o->seal)) == 0)
        return;
    if (seal_use_centre_key(o->seal, key, &err) != 0) {
        key_want(o, key, &err, now_ms);
        return;
    }
    f->unknown_key[0] = '\0';
    log_line(LOG_INFO, "feed", "sealed to the centre's key %s from now on", key);
    if (o->is_open && store_setting_set(o->store, SETTING_SEAL_KEY, key, &err) != 0)
        log_err(LOG_WARN, "feed", &err); /* told again with the next answer */
}

static void retention_take(struct outbox *o, int days)
{
    struct err err = {0};
    char text[16];
    if (!days || !o->is_open || setting_int(o, SETTING_RETENTION) == days)
        return;
    snprintf(text, sizeof text, "%d", days);
    if (store_setting_set(o->store, SETTING_RETENTION, text, &err) != 0)
        log_err(LOG_WARN, "feed", &err);
    else
        log_line(LOG_INFO, "feed", "confirmed records are kept for %d days", days);
}

/* Nothing newer than our cursor: what we have is how it stands now. */
static void as_of_note(struct outbox *o, int64_t time_ms, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    char text[24];
    if (!time_ms)
        return;
    f->as_of_ms = time_ms;
    if (f->noted_as_of_ms && f->as_of_due_ms > now_ms)
        return;
    f->as_of_due_ms = now_ms + FEED_AS_OF_EVERY_MS;
    snprintf(text, sizeof text, "%" PRId64, time_ms);
    if (store_setting_set(o->store, SETTING_AS_OF, text, NULL) == 0)
        f->noted_as_of_ms = time_ms;
}

static void newest_take(struct outbox *o, const struct sync_heartbeat_answer *said, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    char cursor[128];
    bool was_wanted = f->page.is_wanted;
    f->page.is_wanted = said->has_newest_change; /* a centre before 1.4.0 keeps no feed */
    if (!said->has_newest_change || !o->is_open || store_feed_cursor(o->store, cursor, NULL) != 0)
        return;
    bool is_new = strcmp(cursor, said->newest_change) != 0;
    if (!is_new)
        as_of_note(o, said->time_ms, now_ms);
    if ((is_new || !was_wanted) && f->page.n_failures == 0)
        f->page.at_ms = now_ms;
}

void outbox_feed_heartbeat(struct outbox *o, const struct sync_heartbeat_answer *said,
                           int64_t now_ms)
{
    key_take(o, said->seal_key, now_ms);
    retention_take(o, said->retention_days);
    newest_take(o, said, now_ms);
    outbox_renewal_heartbeat(o, said, now_ms);
    outbox_catalogue_heartbeat(o, said->catalogue, now_ms);
}

void outbox_feed_status(struct outbox *o, struct sync_heartbeat *h)
{
    struct outbox_feed *f = o->feed;
    h->suite = f->keys.suite ? f->keys.suite : SEAL_SUITE_P256;
    h->seal_key = seal_centre_key_id(o->seal);
    h->catalogue = outbox_catalogue_number(f);
    if (!f->certificate_ends_s &&
        seal_cert_end(f->keys.device_cert, &f->certificate_ends_s, NULL) != 0)
        f->certificate_ends_s = 0;
    h->certificate_ends_s = f->certificate_ends_s;
}

/* ---- turns ---- */

static bool is_due(const struct feed_want *w, int64_t now_ms)
{
    return w->is_wanted && now_ms >= w->at_ms;
}

bool outbox_feed_send(struct outbox *o, bool has_records, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    bool is_turn = !(has_records && f->was_page_last);
    f->was_page_last = false;
    if (!o->is_open || !is_turn)
        return false;
    if (is_due(&f->page, now_ms) && page_send(o, now_ms))
        return f->was_page_last = true;
    if (is_due(&f->renewal, now_ms) && outbox_renewal_send(o, now_ms))
        return true;
    return !has_records && o->is_open && is_due(&f->set, now_ms) &&
           outbox_catalogue_send(o, now_ms);
}

void outbox_feed_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct outbox_feed *f = o->feed;
    enum feed_request what = f->request;
    f->request = FEED_NONE;
    if (what == FEED_PAGE)
        page_answered(o, a, now_ms);
    else if (what == FEED_RENEWAL)
        outbox_renewal_answered(o, a, now_ms);
    else
        outbox_catalogue_answered(o, a, now_ms);
    /* The line may have gone since the last heartbeat: look now, not in a minute. */
    if (a->code == ERR_SYNC_OFFLINE && o->heartbeat_ms > now_ms)
        o->heartbeat_ms = now_ms;
}

int64_t outbox_feed_due_ms(const struct outbox *o)
{
    const struct outbox_feed *f = o->feed;
    const struct feed_want *wants[] = {&f->page, &f->renewal, &f->set};
    int64_t due = INT64_MAX;
    for (size_t i = 0; o->is_open && i < YJ_COUNT(wants); i++)
        if (wants[i]->is_wanted && wants[i]->at_ms < due)
            due = wants[i]->at_ms;
    return due;
}
