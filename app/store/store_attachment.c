/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed files of records: written with their record, read in pieces, confirmed one by one.
 * Thread: outbox. */
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "seal/seal.h"
#include "store/store_priv.h"

void store_attachments_text(const struct seal_envelope *env, char *text)
{
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < env->n_attachments; i++)
        n += (size_t)snprintf(text + n, STORE_ATTACHMENTS_TEXT_BYTES - n, "%s%s:%" PRId64,
                              i ? " " : "", env->attachment[i].digest, env->attachment[i].bytes);
}

bool store_attachments_parse(const char *text, struct seal_envelope *env)
{
    const char *p = text ? text : "";
    env->n_attachments = 0;
    while (*p) {
        int used = 0;
        if (env->n_attachments == SEAL_MAX_ATTACHMENTS)
            return false;
        struct seal_attachment *a = &env->attachment[env->n_attachments];
        if (sscanf(p, "%64[0-9a-f]:%" SCNd64 "%n", a->digest, &a->bytes, &used) != 2 ||
            (p[used] != '\0' && p[used] != ' '))
            return false;
        env->n_attachments++;
        p += used + (p[used] == ' ');
    }
    return true;
}

int store_attachment_insert(struct store *s, int64_t sequence, int index,
                            const struct seal_attachment *what, const void *bytes, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "INSERT INTO attachment(sequence, idx, digest, bytes, state, reason,"
                           " sealed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, sequence);
    sqlite3_bind_int(stmt, 2, index);
    sqlite3_bind_text(stmt, 3, what->digest, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, what->bytes);
    sqlite3_bind_int(stmt, 5, bytes ? STORE_ATTACHMENT_WAITING : STORE_ATTACHMENT_REFUSED);
    if (bytes)
        sqlite3_bind_blob64(stmt, 7, bytes, (sqlite3_uint64)what->bytes, SQLITE_STATIC);
    else
        sqlite3_bind_text(stmt, 6, "damaged on this terminal", -1, SQLITE_STATIC);
    return store_run(s, stmt, true, err);
}

/* Prepare an UPDATE whose ?1 and ?2 name the attachment. */
static int update_start(struct store *s, const char *sql, const struct store_attachment_ref *ref,
                        sqlite3_stmt **ret, struct err *err)
{
    int rc = store_prepare(s->db, sql, ret, err);
    if (rc == 0) {
        sqlite3_bind_int64(*ret, 1, ref->sequence);
        sqlite3_bind_int(*ret, 2, ref->index);
    }
    return rc;
}

/* Does what lies here fit the digest that was signed? */
static bool is_whole(sqlite3_stmt *row, const struct store_attachment_ref *ref)
{
    char digest[SEAL_DIGEST_BYTES];
    const void *bytes = sqlite3_column_blob(row, 6);
    int n = sqlite3_column_bytes(row, 6);
    if (!bytes || n != ref->what.bytes)
        return false;
    seal_suite_digest((const char *)sqlite3_column_text(row, 7), bytes, (size_t)n, digest);
    return strcmp(digest, ref->what.digest) == 0;
}

static int waiting_read(struct store *s, struct store_attachment_ref *ret, bool *ret_found,
                        bool *ret_whole, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "SELECT a.sequence, o.uuid, a.idx, a.digest, a.bytes, a.attempts,"
                           " a.sealed, o.suite FROM attachment a JOIN outbox o USING(sequence)"
                           " WHERE a.state = 0 AND o.state = 2"
                           " ORDER BY a.attempts, a.sequence, a.idx LIMIT 1",
                           &stmt, err);
    if (rc)
        return rc;
    int step = sqlite3_step(stmt);
    *ret_found = step == SQLITE_ROW;
    if (step == SQLITE_DONE)
        return 0;
    if (step != SQLITE_ROW)
        return store_fail(s->db, "next attachment", err);
    *ret = (struct store_attachment_ref){.sequence = sqlite3_column_int64(stmt, 0),
                                         .index = sqlite3_column_int(stmt, 2),
                                         .attempts = sqlite3_column_int(stmt, 5)};
    ret->what.bytes = sqlite3_column_int64(stmt, 4);
    snprintf(ret->uuid, sizeof ret->uuid, "%s", (const char *)sqlite3_column_text(stmt, 1));
    snprintf(ret->what.digest, sizeof ret->what.digest, "%s",
             (const char *)sqlite3_column_text(stmt, 3));
    *ret_whole = is_whole(stmt, ret);
    return 0;
}

int store_next_attachment(struct store *s, struct store_attachment_ref *ret, bool *ret_found,
                          struct err *err)
{
    for (;;) {
        bool is_whole_one = false;
        int rc = waiting_read(s, ret, ret_found, &is_whole_one, err);
        if (rc || !*ret_found || is_whole_one)
            return rc;
        rc = store_attachment_refuse(s, ret, "damaged on this terminal", err);
        if (rc)
            return rc;
    }
}

static int row_of(struct store *s, const struct store_attachment_ref *ref, int64_t *ret,
                  struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "SELECT rowid FROM attachment WHERE sequence = ?1 AND idx = ?2"
                          " AND sealed IS NOT NULL",
                          ref, &stmt, err);
    if (rc)
        return rc;
    int step = sqlite3_step(stmt);
    if (step == SQLITE_DONE)
        return ERR(err, ERR_NOT_FOUND, "no such attachment");
    if (step != SQLITE_ROW)
        return store_fail(s->db, "attachment", err);
    *ret = sqlite3_column_int64(stmt, 0);
    return 0;
}

int store_attachment_read(struct store *s, const struct store_attachment_ref *ref, int64_t offset,
                          void *p, size_t cap, struct err *err)
{
    sqlite3_blob *blob = NULL;
    int64_t row = 0;
    if (offset < 0 || offset > ref->what.bytes)
        return ERR(err, ERR_INVALID, "no such place in the attachment");
    int rc = row_of(s, ref, &row, err);
    if (rc)
        return rc;
    int64_t left = ref->what.bytes - offset;
    int n = left < (int64_t)cap ? (int)left : (int)cap;
    if (sqlite3_blob_open(s->db, "main", "attachment", "sealed", row, 0, &blob) != SQLITE_OK ||
        sqlite3_blob_read(blob, p, n, (int)offset) != SQLITE_OK)
        rc = store_fail(s->db, "attachment", err);
    sqlite3_blob_close(blob);
    return rc ? rc : n;
}

int store_attachment_note_attempt(struct store *s, const struct store_attachment_ref *ref,
                                  struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "UPDATE attachment SET attempts = attempts + 1"
                          " WHERE sequence = ?1 AND idx = ?2 AND state = 0",
                          ref, &stmt, err);
    return rc ? rc : store_run(s, stmt, true, err);
}

int store_attachment_confirm(struct store *s, const struct store_attachment_ref *ref,
                             const char *ack, const char *signature, int64_t wall_ms,
                             struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          /* Late, when its record is purged already: nothing waits for it. */
                          "UPDATE attachment SET state = 1, ack = ?3, ack_signature = ?4,"
                          " confirmed_wall_ms = ?5, sealed = iif((SELECT o.sealed IS NULL FROM"
                          " outbox o WHERE o.sequence = ?1), NULL, sealed)"
                          " WHERE sequence = ?1 AND idx = ?2 AND state = 0",
                          ref, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 3, ack, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 4, signature, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 5, wall_ms);
    return store_run(s, stmt, true, err);
}

int store_attachment_refuse(struct store *s, const struct store_attachment_ref *ref,
                            const char *reason, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "UPDATE attachment SET state = 2, reason = ?3"
                          " WHERE sequence = ?1 AND idx = ?2 AND state = 0",
                          ref, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 3, reason, (int)store_reason_bytes(reason), SQLITE_STATIC);
    return store_run(s, stmt, true, err);
}
