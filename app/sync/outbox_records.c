/* SPDX-License-Identifier: Apache-2.0 */
/* The store side of the outbox: opening and opening again, sealing and committing, the print
 * journal, retention. Thread: outbox. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "sync/outbox_feed.h"

static void emit_code(struct outbox *o, enum outbox_event_kind kind, uint64_t tag, int code)
{
    struct outbox_event event = {.kind = kind, .tag = tag, .code = code};
    o->emit(o->arg, &event);
}

static void store_state_tell(struct outbox *o, int code)
{
    if (o->has_told_store && o->store_code == code)
        return;
    o->has_told_store = true;
    o->store_code = code;
    emit_code(o, OUTBOX_EVENT_STORE_STATE, 0, code);
}

static void unfinished_tell(void *arg, const struct journal_entry *entry)
{
    struct outbox *o = arg;
    struct outbox_event event = {.kind = OUTBOX_EVENT_UNFINISHED};
    event.journal = *entry;
    o->emit(o->arg, &event);
}

void outbox_store_trouble(struct outbox *o, const struct err *err, int64_t now_ms)
{
    log_err(LOG_ERROR, "store", err);
    /* The row is gone or in another state, since a new database took this one's place while the
     * answer was on its way: the store itself is well. */
    if (err->code == ERR_NOT_FOUND)
        return;
    store_state_tell(o, err->code);
    /* A full disk leaves the database whole; after anything else it is checked from the start. */
    if (err->code == ERR_STORE_FULL) {
        o->space_ms = now_ms + OUTBOX_STORE_RETRY_MS;
        return;
    }
    store_close(o->store);
    o->is_open = false;
    o->lease.at = o->lease.n = 0; /* the next opening ends all leases */
    outbox_confirms_drop(o);
    o->file.is_taken = false;
    o->store_retry_ms = now_ms + OUTBOX_STORE_RETRY_MS;
}

static void mirror_kick(struct outbox *o)
{
    if (o->mirror)
        store_mirror_kick(o->mirror);
}

static void store_try_open(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    bool was_damaged = false;
    int rc = store_open(o->store, clock_wall_ms(), &was_damaged, &err);
    if (rc) {
        if (!o->has_told_store || o->store_code != rc)
            log_err(LOG_ERROR, "store", &err);
        store_state_tell(o, rc);
        o->store_retry_ms = now_ms + OUTBOX_STORE_RETRY_MS;
        return;
    }
    o->is_open = true;
    o->space_ms = o->purge_ms = now_ms;
    mirror_kick(o);
    outbox_feed_opened(o, now_ms);
    if (was_damaged) {
        log_line(LOG_ERROR, "store", "%s", store_damage_text(o->store));
        store_state_tell(o, ERR_STORE_DAMAGED);
    }
}

static bool same_pair(const struct counter_pair *a, const struct counter_pair *b)
{
    return a->today == b->today && a->total == b->total;
}

static bool same_counters(const struct service_counters *a, const struct service_counters *b)
{
    return a->day == b->day && same_pair(&a->own, &b->own) && a->has_hall == b->has_hall &&
           a->has_province == b->has_province && same_pair(&a->hall, &b->hall) &&
           same_pair(&a->province, &b->province);
}

/* What the centre counted belongs to its own day: on another one it says nothing about today, only
 * about all days. */
void outbox_counters_refresh(struct outbox *o)
{
    struct clock_civil c = clock_civil_of(clock_wall_ms());
    struct service_counters next = o->figures;
    struct err err = {0};
    int day = c.year * 10000 + c.month * 100 + c.day;
    if (next.day != day)
        next.hall.today = next.province.today = 0;
    next.day = day;
    if (!o->is_open)
        return;
    if (store_count_applications(o->store, day, &next.own.today, &next.own.total, &err) != 0) {
        log_err(LOG_WARN, "store", &err); /* nobody waits for a figure; a real fault shows itself */
        return;
    }
    if (same_counters(&next, &o->told_counters))
        return;
    o->told_counters = next;
    struct outbox_event event = {.kind = OUTBOX_EVENT_COUNTERS, .counters = next};
    o->emit(o->arg, &event);
}

static void unfinished_report(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    o->has_told_unfinished = true;
    if (store_unfinished(o->store, clock_wall_ms(), unfinished_tell, o, &err) != 0)
        outbox_store_trouble(o, &err, now_ms);
}

static void retention_do(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    int n_purged = 0;
    o->purge_ms = now_ms + OUTBOX_PURGE_MS;
    if (store_purge(o->store, clock_wall_ms(), &n_purged, &err) != 0)
        outbox_store_trouble(o, &err, now_ms);
    else if (n_purged) {
        log_line(LOG_INFO, "store", "%d confirmed records purged", n_purged);
        o->purge_ms = now_ms + 1; /* there may be more, after what waits meanwhile */
    }
}

/* The log of writes may have grown while the disk refused to take it back. Told once. */
static void log_tend(struct outbox *o)
{
    struct err err = {0};
    int64_t bytes = 0;
    int rc = store_tend_log(o->store, &bytes, &err);
    bool is_long = bytes >> 20 >= STORE_LOG_ALARM_MIB;
    if (rc && !o->is_log_told)
        log_err(LOG_ERROR, "store", &err);
    if (is_long && !o->is_log_told)
        log_line(LOG_ERROR, "store", "the log of writes has grown to %" PRId64 " MiB", bytes >> 20);
    o->is_log_told = is_long;
}

/* A second place that fails is told once and tried again; it holds up nothing. */
static void mirror_do(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    int rc = store_mirror_tend(o->store, o->mirror, now_ms, &err);
    const struct err *why = rc ? &err : &store_mirror_state(o->mirror)->why;
    if (why->code == o->mirror_code)
        return;
    if (why->code)
        log_err(LOG_ERROR, "mirror", why);
    else
        log_line(LOG_INFO, "mirror", "works again");
    o->mirror_code = why->code;
}

void outbox_store_tend(struct outbox *o, int64_t now_ms)
{
    if (!o->is_open && now_ms >= o->store_retry_ms)
        store_try_open(o, now_ms);
    if (o->is_open && now_ms >= o->space_ms) {
        struct err err = {0};
        int rc = store_check_space(o->store, &err);
        if (rc == 0 && o->store_code != 0)
            rc = store_check_write(o->store, &err);
        o->space_ms = now_ms + (rc ? OUTBOX_STORE_RETRY_MS : OUTBOX_SPACE_CHECK_MS);
        log_tend(o);
        if (rc == 0 || rc == ERR_STORE_FULL)
            store_state_tell(o, rc);
        else
            outbox_store_trouble(o, &err, now_ms);
        outbox_link_refresh(o);
    }
    if (o->is_open && !o->has_told_unfinished) {
        unfinished_report(o, now_ms);
        outbox_counters_refresh(o);
    }
    if (o->is_open && now_ms >= o->purge_ms)
        retention_do(o, now_ms);
    if (o->is_open && o->mirror)
        mirror_do(o, now_ms);
}

struct sign_arg {
    const struct seal *seal;
    int64_t wall_ms;
};

/* store_sign_fn: runs inside the transaction. */
static int record_sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    const struct sign_arg *a = arg;
    int rc = seal_sign_envelope(a->seal, env, err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = seal_token_make(a->seal, env, a->wall_ms, token, RECORD_TOKEN_BYTES, err);
    return rc;
}

static bool draft_is_valid(const struct outbox_draft *d)
{
    static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t about = strlen(d->about);
    return d->is_valid && d->json && strspn(d->matter_code, word) == strlen(d->matter_code) &&
           (about == 0 || (about == 24 && strspn(d->about, "0123456789") == 24)) &&
           (d->kind == RECORD_RATING || about == 0) &&
           bytes_utf8_valid(d->matter_name, strlen(d->matter_name));
}

/* Sealed files of a draft. */
struct sealed_files {
    uint8_t *bytes[SEAL_MAX_ATTACHMENTS];
};

static void files_free(struct sealed_files *f)
{
    for (size_t i = 0; i < YJ_COUNT(f->bytes); i++)
        free(f->bytes[i]);
}

static int files_seal(struct outbox *o, struct outbox_draft *d, struct seal_envelope *env,
                      struct sealed_files *ret, struct err *err)
{
    int64_t total = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < d->n_attachments; i++) {
        struct outbox_attachment *a = &d->attachment[i];
        rc = seal_attachment(o->seal, a->name, a->type, a->bytes, a->n_bytes, &ret->bytes[i],
                             &env->attachment[i], err);
        if (a->bytes)
            bytes_wipe(a->bytes, a->n_bytes);
        if (rc == 0)
            total += env->attachment[i].bytes;
        if (total > STORE_MAX_FILES_BYTES)
            rc = ERR(err, ERR_TOO_BIG, "the attachments of a record are too big together");
    }
    env->n_attachments = d->n_attachments;
    return rc;
}

static int draft_commit(struct outbox *o, struct outbox_draft *d, struct record_ref *ret,
                        struct err *err)
{
    struct sign_arg sign = {.seal = o->seal, .wall_ms = clock_wall_ms()};
    struct store_draft record = {
        .matter_name = d->matter_name, .wall_ms = sign.wall_ms, .sign = record_sign, .arg = &sign};
    uint8_t *sealed = NULL;
    YJ_CLEANUP(files_free) struct sealed_files files = {0};
    if (!o->is_open)
        return ERR(err, o->store_code ? o->store_code : ERR_STORE_OPEN, "the store is not usable");
    if (!draft_is_valid(d))
        return ERR(err, ERR_INVALID, "the record's matter or number is not of the right form");
    record.env.kind = d->kind;
    snprintf(record.env.about, sizeof record.env.about, "%s", d->about);
    snprintf(record.env.matter, sizeof record.env.matter, "%s", d->matter_code);
    clock_rfc3339(record.wall_ms, record.env.sealed_at, sizeof record.env.sealed_at);
    record.env.form = SEAL_FORM_2;
    record.env.uptime_ms = clock_mono_ms();
    snprintf(record.env.boot_id, sizeof record.env.boot_id, "%s", o->boot_id);
    outbox_time_text(o, record.env.centre_time, sizeof record.env.centre_time);
    int rc = seal_uuid(record.env.uuid, err);
    if (rc == 0)
        rc = files_seal(o, d, &record.env, &files, err);
    record.attachment = (const void *const *)files.bytes;
    if (rc == 0)
        rc = seal_record(o->seal, d->json, strlen(d->json), &sealed, &record.sealed_bytes,
                         &record.env, err);
    bytes_wipe(d->json, strlen(d->json));
    if (rc == 0) {
        record.sealed = sealed;
        rc = store_commit_record(o->store, &record, ret, err);
    }
    free(sealed);
    return rc;
}

static bool is_store_code(int code)
{
    return code == ERR_STORE_FULL || code == ERR_STORE_WRITE || code == ERR_STORE_DAMAGED;
}

static void put_do(struct outbox *o, const struct outbox_request *request, int64_t now_ms)
{
    struct err err = {0};
    struct outbox_event event = {.kind = OUTBOX_EVENT_STORED, .tag = request->tag};
    int rc = draft_commit(o, request->draft, &event.record, &err);
    outbox_draft_free(request->draft);
    if (rc) {
        emit_code(o, OUTBOX_EVENT_STORE_FAILED, request->tag, rc);
        if (o->is_open && is_store_code(rc))
            outbox_store_trouble(o, &err, now_ms);
        else
            log_err(LOG_ERROR, "outbox", &err);
        return;
    }
    o->emit(o->arg, &event);
    log_line(LOG_INFO, "outbox", "record %" PRId64 " stored", event.record.sequence);
    /* The visitor has his answer. */
    if (store_settle(o->store, &err) != 0)
        log_err(LOG_WARN, "store", &err); /* the next commit meets the same fault and says so */
    outbox_counters_refresh(o);
    o->space_ms = now_ms;
    mirror_kick(o);
    if (sync_plan_kick(&o->plan, false, now_ms))
        o->is_contacted = false;
    outbox_link_refresh(o);
}

static void journal_do(struct outbox *o, const struct outbox_request *request, int64_t now_ms)
{
    struct err err = {0};
    int rc =
        o->is_open
            ? store_journal_set(o->store, request->sequence, request->state, clock_wall_ms(), &err)
            : ERR(&err, o->store_code ? o->store_code : ERR_STORE_OPEN, "the store is not usable");
    emit_code(o, OUTBOX_EVENT_JOURNALED, request->tag, rc);
    if (rc && o->is_open && is_store_code(rc))
        outbox_store_trouble(o, &err, now_ms);
}

void outbox_request_do(struct outbox *o, const struct outbox_request *request, int64_t now_ms)
{
    if (request->kind == REQUEST_PUT)
        put_do(o, request, now_ms);
    else
        journal_do(o, request, now_ms);
}
