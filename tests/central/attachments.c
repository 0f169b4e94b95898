/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments. Workers; what is common is in the database, and its row locks order two instances.
 *
 *     listed ──PATCH at `received`──→ received grows ──last byte──→ digest fits: answer, for ever
 *       ▲                                                              │ no
 *       └───────────────── pieces dropped, received = 0 ◄──────────────┘ 460 */
#include "attachments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "db.h"
#include "statement.h"

enum { STATUS_MISMATCH = 460, MAX_BYTES = 16 << 20 };

/* One attachment as it stands. */
struct standing {
    const char *uuid, *digest, *suite;
    struct db_rows *rows; /* suite and answer are in it */
    int64_t bytes, received;
    const char *answer; /* "" until it is complete */
};

static void standing_drop(struct standing *s)
{
    db_rows_free(s->rows);
}

/* @param terminal  NULL: any. @return 0, ERR_NOT_FOUND, ERR_DENIED (another terminal's) */
static int look(struct db_conn *conn, const char *uuid, const char *digest, const char *terminal,
                struct standing *ret, struct err *err)
{
    const struct db_value arg[] = {db_t(uuid), db_t(digest)};
    struct db_rows *rows = NULL;
    int r = db_run(conn,
                   "SELECT r.terminal, a.bytes, a.received, a.answer, r.suite FROM record r"
                   " LEFT JOIN attachment a ON a.uuid = r.uuid AND a.digest = $2"
                   " WHERE r.uuid = $1",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r < 0)
        return r;
    *ret = (struct standing){.uuid = uuid, .digest = digest, .rows = rows};
    if (db_rows_count(rows) == 0)
        return ERR(err, ERR_NOT_FOUND, "no such record");
    if (terminal && strcmp(db_text(rows, 0, 0), terminal) != 0)
        return ERR(err, ERR_DENIED, "another terminal's record");
    if (db_is_null(rows, 0, 1))
        return ERR(err, ERR_NOT_FOUND, "the record does not list this attachment");
    ret->bytes = db_int(rows, 0, 1);
    ret->received = db_int(rows, 0, 2);
    ret->answer = db_text(rows, 0, 3);
    ret->suite = db_text(rows, 0, 4);
    return 0;
}

static void answer_failure(struct reply *r, int code, const struct err *err)
{
    if (code == ERR_NOT_FOUND)
        reply_problem(r, 404, NULL, "no such attachment", err->msg);
    else if (code == ERR_DENIED)
        reply_problem(r, 403, NULL, "another terminal", "the record belongs to another terminal");
    else
        reply_unavailable(r, err);
}

void attachments_head(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    struct db_conn *conn = NULL;
    YJ_CLEANUP(standing_drop) struct standing s = {0};
    int code = db_take(c->db, &conn, &err);
    if (code == 0)
        code = look(conn, q->param[0], q->param[1], q->peer->terminal, &s, &err);
    db_give(conn);
    if (code < 0) {
        answer_failure(r, code, &err);
        return;
    }
    r->status = 200;
    r->upload_offset = s.received;
    r->upload_length = s.bytes;
}

/* ---- appending; inside a transaction ---- */

/* The one statement that decides who appends here. @return 0, or ERR_BUSY: another offset is right
 */
static int claim(struct db_conn *conn, const struct standing *s, int64_t at, size_t n,
                 const char *now, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    const struct db_value arg[] = {db_t(s->uuid), db_t(s->digest), db_i(at), db_i((int64_t)n),
                                   db_t(now)};
    int r = db_run(conn,
                   "UPDATE attachment SET received = received + $4, received_at = $5"
                   " WHERE uuid = $1 AND digest = $2 AND received = $3 AND answer = ''"
                   " RETURNING received",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r == 0 && db_rows_count(rows) != 1)
        r = ERR(err, ERR_BUSY, "another offset is right");
    return r;
}

static int add_piece(struct db_conn *conn, const struct standing *s, int64_t at, const void *data,
                     size_t n, struct err *err)
{
    const struct db_value arg[] = {db_t(s->uuid), db_t(s->digest), db_i(at), db_b(data, n)};
    return n == 0 ? 0
                  : db_run(conn,
                           "INSERT INTO attachment_piece (uuid, digest, at, data)"
                           " VALUES ($1, $2, $3, $4)",
                           arg, YJ_COUNT(arg), NULL, err);
}

/* Put the pieces together. */
static int join_pieces(struct db_conn *conn, const char *uuid, const char *digest, int64_t bytes,
                       struct keyring_blob *ret, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    const struct db_value arg[] = {db_t(uuid), db_t(digest)};
    int r = db_run(conn,
                   "SELECT at, data FROM attachment_piece WHERE uuid = $1 AND digest = $2"
                   " ORDER BY at",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r < 0)
        return r;
    struct keyring_blob whole = {.data = mem_zalloc((size_t)bytes, 1)};
    for (size_t i = 0; i < db_rows_count(rows); i++) {
        size_t n;
        const void *data = db_blob(rows, i, 1, &n);
        if (db_int(rows, i, 0) != (int64_t)whole.bytes || n > (size_t)bytes - whole.bytes)
            break;
        memcpy(whole.data + whole.bytes, data, n);
        whole.bytes += n;
    }
    if ((int64_t)whole.bytes != bytes) {
        free(whole.data);
        return ERR(err, ERR_STORE_DAMAGED, "the pieces of an attachment do not make a whole");
    }
    *ret = whole;
    return 0;
}

/* The row first: its lock keeps others out, and what has been answered for stays.
 * @return 0, or ERR_BUSY: it is complete */
static int drop_pieces(struct db_conn *conn, const struct standing *s, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    const struct db_value arg[] = {db_t(s->uuid), db_t(s->digest)};
    int r = db_run(conn,
                   "UPDATE attachment SET received = 0 WHERE uuid = $1 AND digest = $2"
                   " AND answer = '' RETURNING received",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r == 0 && db_rows_count(rows) != 1)
        r = ERR(err, ERR_BUSY, "the attachment is complete");
    if (r == 0)
        r = db_run(conn, "DELETE FROM attachment_piece WHERE uuid = $1 AND digest = $2", arg,
                   YJ_COUNT(arg), NULL, err);
    return r;
}

/* The statement that it is here. */
static int sign_off(const struct keyring *keys, struct db_conn *conn, const struct standing *s,
                    const char *now, json_t **ret, struct err *err)
{
    json_t *said = json_pack("{ss ss sI ss}", "uuid", s->uuid, "digest", s->digest, "bytes",
                             (json_int_t)s->bytes, "received_at", now);
    json_t *out = statement_make(keys, STATEMENT_ATTACHMENT, said, err);
    json_decref(said);
    if (!out)
        return err->code;
    char *text = json_dumps(out, JSON_COMPACT);
    const struct db_value arg[] = {db_t(s->uuid), db_t(s->digest), db_t(text ? text : "")};
    int r = db_run(conn, "UPDATE attachment SET answer = $3 WHERE uuid = $1 AND digest = $2", arg,
                   YJ_COUNT(arg), NULL, err);
    free(text);
    if (r < 0)
        json_decref(out);
    else
        *ret = out;
    return r;
}

/* All bytes are here: do they fit? @return 0 and ret, 0 and NULL when they were dropped, or a code
 */
static int complete(const struct keyring *keys, struct db_conn *conn, const struct standing *s,
                    const char *now, json_t **ret, struct err *err)
{
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob whole = {0};
    char sum[KEYRING_SHA256_HEX_BYTES] = "";
    int r = join_pieces(conn, s->uuid, s->digest, s->bytes, &whole, err);
    if (r == ERR_STORE_DAMAGED)
        return drop_pieces(conn, s, err);
    if (r == 0)
        r = keyring_digest(s->suite, whole.data, whole.bytes, sum, err);
    if (r < 0)
        return r;
    if (strcmp(sum, s->digest) != 0) {
        log_line(LOG_WARN, "attachment", "uuid=%s does not fit its digest, dropped", s->uuid);
        return drop_pieces(conn, s, err);
    }
    return sign_off(keys, conn, s, now, ret, err);
}

/* @return 0: kept (ret_done: the statement, NULL: more is to come, ret_mismatch: dropped) */
static int append(const struct centre *c, struct db_conn *conn, const struct standing *s,
                  int64_t at, const void *data, size_t n, json_t **ret_done, bool *ret_mismatch,
                  struct err *err)
{
    char now[24];
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    int r = db_begin(conn, err);
    if (r == 0)
        r = claim(conn, s, at, n, now, err);
    if (r == 0)
        r = add_piece(conn, s, at, data, n, err);
    bool is_whole = at + (int64_t)n == s->bytes;
    if (r == 0 && is_whole)
        r = complete(c->keys, conn, s, now, ret_done, err);
    *ret_mismatch = r == 0 && is_whole && !*ret_done;
    if (r == 0)
        return db_commit(conn, err);
    db_rollback(conn);
    return r;
}

/* Offset, type, size: what needs no database. @return false when that was the answer */
static bool is_well_formed(const struct request *q, struct reply *r, int64_t *ret_at)
{
    if (!request_is_type(q->value[REQUEST_CONTENT_TYPE], "application/offset+octet-stream"))
        reply_problem(r, 415, NULL, "wrong content type",
                      "the body must be application/offset+octet-stream");
    else if (!request_number(q->value[REQUEST_UPLOAD_OFFSET], MAX_BYTES, ret_at))
        reply_problem(r, 409, NULL, "another offset is right", "Upload-Offset is missing");
    else
        return true;
    return false;
}

static void answer_patch(const struct standing *s, int code, int64_t offset, json_t *done,
                         bool is_mismatch, const struct err *err, struct reply *r)
{
    if (code == ERR_BUSY) {
        reply_problem(r, 409, NULL, "another offset is right", "ask with HEAD");
    } else if (code < 0) {
        answer_failure(r, code, err);
    } else if (is_mismatch) {
        reply_problem(r, STATUS_MISMATCH, NULL, "the whole does not fit its digest",
                      "it was dropped; begin at 0");
        r->upload_offset = 0;
    } else if (done) {
        reply_json(r, 200, done);
        r->upload_offset = s->bytes;
    } else {
        r->status = 204;
        r->upload_offset = offset;
    }
}

void attachments_patch(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    struct db_conn *conn = NULL;
    YJ_CLEANUP(standing_drop) struct standing s = {0};
    json_t *done = NULL;
    bool is_mismatch = false;
    int64_t at;
    if (!is_well_formed(q, r, &at))
        return;
    snprintf(r->uuid, sizeof r->uuid, "%s", q->param[0]);
    int code = db_take(c->db, &conn, &err);
    if (code == 0)
        code = look(conn, q->param[0], q->param[1], q->peer->terminal, &s, &err);
    if (code == 0 && *s.answer && at == s.bytes && q->body_bytes == 0) {
        done = json_loads(s.answer, 0, NULL); /* its reply was lost */
        r->is_repeat = true;
    } else if (code == 0 && (at != s.received || *s.answer)) {
        code = ERR_BUSY;
    } else if (code == 0 && (int64_t)q->body_bytes > s.bytes - at) {
        reply_problem(r, 413, NULL, "more than the record lists", NULL);
    } else if (code == 0) {
        code = append(c, conn, &s, at, q->body, q->body_bytes, &done, &is_mismatch, &err);
    }
    db_give(conn);
    if (r->status == 0)
        answer_patch(&s, code, at + (int64_t)q->body_bytes, done, is_mismatch, &err, r);
}

/* What came by network so far makes room for the whole. */
static int begin_anew(struct db_conn *conn, const struct standing *s, struct err *err)
{
    int r = db_begin(conn, err);
    if (r == 0)
        r = drop_pieces(conn, s, err);
    if (r == 0)
        return db_commit(conn, err);
    db_rollback(conn);
    return r;
}

int attachments_keep(const struct centre *c, const char *uuid, const char *digest, const void *data,
                     size_t n, struct err *err)
{
    struct db_conn *conn = NULL;
    YJ_CLEANUP(standing_drop) struct standing s = {0};
    json_t *done = NULL;
    bool is_mismatch = false;
    int r = db_take(c->db, &conn, err);
    if (r == 0)
        r = look(conn, uuid, digest, NULL, &s, err);
    if (r == 0 && !*s.answer) {
        if (n != (size_t)s.bytes)
            r = ERR(err, ERR_SEAL_SIGNATURE, "an attachment has not the size its record lists");
        else if (s.received > 0)
            r = begin_anew(conn, &s, err);
        if (r == 0)
            r = append(c, conn, &s, 0, data, n, &done, &is_mismatch, err);
        if (r == 0 && is_mismatch)
            r = ERR(err, ERR_SEAL_SIGNATURE, "an attachment does not fit its digest");
    }
    db_give(conn);
    json_decref(done);
    return r;
}

int attachments_read(struct db *db, const char *uuid, const char *digest, struct keyring_blob *ret,
                     struct err *err)
{
    struct db_conn *conn = NULL;
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    const struct db_value arg[] = {db_t(digest), db_t(uuid ? uuid : "")};
    int r = db_take(db, &conn, err);
    if (r == 0)
        r = db_run(conn,
                   "SELECT uuid, bytes FROM attachment WHERE digest = $1 AND answer <> ''"
                   " AND ($2 = '' OR uuid = $2) LIMIT 1",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r == 0 && db_rows_count(rows) == 0)
        r = ERR(err, ERR_NOT_FOUND, "no such attachment is complete");
    if (r == 0)
        r = join_pieces(conn, db_text(rows, 0, 0), digest, db_int(rows, 0, 1), ret, err);
    db_give(conn);
    return r;
}
