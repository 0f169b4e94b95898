/* SPDX-License-Identifier: Apache-2.0 */
/* Files of records, in pieces, after their record: core verbs of tus 1.0.
 *
 *            HEAD: offset                  204: offset            200, signed
 *   next ───────────────▶ PATCH piece ───────────────▶ PATCH … ───────────────▶ confirmed
 *                            │ 409: ask again by HEAD
 *                            │ 460: from 0, refused after three times
 *                            │ 404, 413, 415: refused
 *                            └ line down: later, from where the centre says
 *
 * A new record waits for one piece at most. Thread: outbox. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    PIECE_MIN_BYTES = 16 * 1024,
    PIECE_MAX_BYTES = 256 * 1024,
    PIECE_SLOW_MS = 5000, /* a piece that takes longer is too big for this line */
    PIECE_FAST_MS = 1000,
    MAX_SPOILT = 3,
    MAX_CONFLICTS = 3, /* in a row: then it is a fault that is waited for */
};

static void path_of(const struct store_attachment_ref *ref, char *path, size_t cap)
{
    snprintf(path, cap, "/v1/attachments/%s/%s", ref->uuid, ref->what.digest);
}

static void trouble(struct outbox *o, const struct err *err, int64_t now_ms)
{
    o->file.is_taken = false;
    outbox_store_trouble(o, err, now_ms);
}

/* @return whether there is one in hand */
static bool take_next(struct outbox *o, int64_t now_ms)
{
    struct err err = {0};
    bool is_found = false;
    if (o->file.is_taken)
        return true;
    if (store_next_attachment(o->store, &o->file.ref, &is_found, &err) != 0 ||
        (is_found && store_attachment_note_attempt(o->store, &o->file.ref, &err) != 0)) {
        trouble(o, &err, now_ms);
        return false;
    }
    o->file.is_taken = is_found;
    o->file.offset = -1; /* ask first */
    o->file.n_spoilt = o->file.n_conflicts = 0;
    return is_found;
}

static int piece_send(struct outbox *o, const char *path, struct err *err)
{
    uint8_t *piece = mem_zalloc((size_t)o->file.piece_bytes + 1, 1);
    int n = store_attachment_read(o->store, &o->file.ref, o->file.offset, piece,
                                  (size_t)o->file.piece_bytes, err);
    if (n < 0) {
        free(piece);
        return n;
    }
    return sync_client_patch(o->client, path, o->file.offset, piece, (size_t)n, err);
}

bool outbox_attachment_send(struct outbox *o, int64_t now_ms)
{
    char path[160];
    struct err err = {0};
    if (o->link.n_attachments == 0 || !take_next(o, now_ms))
        return false;
    if (!o->file.piece_bytes)
        o->file.piece_bytes = PIECE_MAX_BYTES;
    path_of(&o->file.ref, path, sizeof path);
    int rc =
        o->file.offset < 0 ? sync_client_head(o->client, path, &err) : piece_send(o, path, &err);
    if (rc) {
        if (rc == ERR_SYSTEM)
            log_err(LOG_ERROR, "sync", &err);
        else
            trouble(o, &err, now_ms);
        o->file.is_taken = false;
        return false;
    }
    o->file.sent_ms = now_ms;
    o->line = LINE_ATTACHMENT;
    return true;
}

static void refuse(struct outbox *o, const char *reason, int64_t now_ms)
{
    struct err err = {0};
    log_line(LOG_ERROR, "sync", "attachment %d of record %" PRId64 " set aside: %.40s",
             o->file.ref.index, o->file.ref.sequence, reason);
    o->file.is_taken = false;
    if (o->is_open && store_attachment_refuse(o->store, &o->file.ref, reason, &err) != 0)
        outbox_store_trouble(o, &err, now_ms);
}

static int ack_read(struct outbox *o, const struct sync_answer *a, char **ret_json,
                    char **ret_signature, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *ack = NULL;
    size_t n = 0;
    int rc = sync_message_stored(a->body, a->body_bytes, &ack, ret_signature, err);
    if (rc == 0)
        rc = seal_verify_statement(seal_centre(o->seal), "yijian-attachment-1\n", ack,
                                   *ret_signature, ret_json, &n, err);
    return rc ? rc
              : sync_message_attachment_fits(*ret_json, n, o->file.ref.uuid, &o->file.ref.what,
                                             err);
}

/* @return whether the centre has proven that it has the whole */
static bool confirm(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct err err = {0};
    YJ_CLEANUP(cleanup_free) char *json = NULL;
    YJ_CLEANUP(cleanup_free) char *signature = NULL;
    if (ack_read(o, a, &json, &signature, &err) != 0) {
        log_err(LOG_WARN, "sync", &err);
        return false;
    }
    o->file.is_taken = false;
    if (o->is_open && store_attachment_confirm(o->store, &o->file.ref, json, signature,
                                               clock_wall_ms(), &err) != 0)
        outbox_store_trouble(o, &err, now_ms);
    else
        log_line(LOG_INFO, "sync", "attachment %d of record %" PRId64 " confirmed",
                 o->file.ref.index, o->file.ref.sequence);
    return true;
}

/* The size of a piece follows the line. */
static void piece_adapt(struct outbox *o, int64_t now_ms)
{
    int64_t took = now_ms - o->file.sent_ms;
    if (took > PIECE_SLOW_MS && o->file.piece_bytes > PIECE_MIN_BYTES)
        o->file.piece_bytes /= 2;
    else if (took < PIECE_FAST_MS && o->file.piece_bytes < PIECE_MAX_BYTES)
        o->file.piece_bytes *= 2;
}

/* @return false: this answer does not come from the centre */
static bool moved_on(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    bool was_head = o->file.offset < 0;
    if (a->upload_offset < 0 || a->upload_offset > o->file.ref.what.bytes)
        return false;
    /* A piece that was taken but leads nowhere would be sent again without end. */
    if (!was_head && a->upload_offset <= o->file.offset)
        return false;
    if (!was_head) { /* the answer to a HEAD says nothing about how long a piece takes */
        piece_adapt(o, now_ms);
        o->file.n_conflicts = 0;
    }
    o->file.offset = a->upload_offset;
    return true;
}

bool outbox_attachment_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    char reason[512];
    bool was_head = o->file.offset < 0;
    if (was_head ? a->status == 200 : a->status == 204)
        return moved_on(o, a, now_ms);
    if (!was_head && a->status == 200 && a->content == SYNC_CONTENT_JSON)
        return confirm(o, a, now_ms);
    if (!was_head && a->status == 409) {
        o->file.offset = -1;
        return ++o->file.n_conflicts < MAX_CONFLICTS;
    }
    if (!was_head && a->status == 460) {
        o->file.offset = 0;
        if (++o->file.n_spoilt >= MAX_SPOILT)
            refuse(o, "460 the centre finds another digest, three times", now_ms);
        return true;
    }
    /* A HEAD has no body that could say who speaks: only a PATCH is believed a refusal. */
    if (was_head && (a->status == 404 || a->status == 413)) {
        o->file.offset = 0;
        return true;
    }
    bool is_refusal = (a->status == 404 || a->status == 413 || a->status == 415) &&
                      a->content == SYNC_CONTENT_PROBLEM;
    if (!is_refusal)
        return false;
    sync_message_problem(a->body, a->body_bytes, a->status, reason, sizeof reason);
    refuse(o, reason, now_ms);
    return true;
}

void outbox_attachment_failed(struct outbox *o)
{
    o->file.is_taken = false; /* the next one, or the same from where the centre says */
    if (o->file.piece_bytes > PIECE_MIN_BYTES)
        o->file.piece_bytes /= 2;
}
