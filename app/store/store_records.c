/* SPDX-License-Identifier: Apache-2.0 */
/* Records after their commit: delivery states, print journal. Thread: outbox. */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "seal/seal.h"
#include "store/store_priv.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;

void store_record_clear(struct store_record *r)
{
    free(r->sealed);
    memset(r, 0, sizeof *r);
}

static void copy_text(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);
    snprintf(out, cap, "%s", text ? (const char *)text : "");
}

int store_read_row(struct store *s, sqlite3_stmt *stmt, struct store_record *ret, struct err *err)
{
    struct store_record r = {0};
    char name[STORE_MATTER_NAME_BYTES], token[RECORD_TOKEN_BYTES];
    char want[SEAL_DIGEST_BYTES], got[SEAL_DIGEST_BYTES];
    r.env.sequence = sqlite3_column_int64(stmt, 0);
    copy_text(stmt, 1, r.env.uuid, sizeof r.env.uuid);
    r.env.kind = sqlite3_column_int(stmt, 2) ? RECORD_RATING : RECORD_APPLICATION;
    snprintf(r.env.terminal, sizeof r.env.terminal, "%s", s->terminal);
    copy_text(stmt, 3, r.env.number, sizeof r.env.number);
    copy_text(stmt, 4, r.env.about, sizeof r.env.about);
    copy_text(stmt, 5, r.env.matter, sizeof r.env.matter);
    copy_text(stmt, 6, r.env.sealed_at, sizeof r.env.sealed_at);
    copy_text(stmt, 7, r.env.suite, sizeof r.env.suite);
    copy_text(stmt, 8, r.env.digest, sizeof r.env.digest);
    copy_text(stmt, 9, r.env.prev_digest, sizeof r.env.prev_digest);
    copy_text(stmt, 10, r.env.signature, sizeof r.env.signature);
    copy_text(stmt, 11, name, sizeof name);
    copy_text(stmt, 12, token, sizeof token);
    copy_text(stmt, 14, want, sizeof want);
    r.attempts = sqlite3_column_int(stmt, 15);
    r.env.form = sqlite3_column_int(stmt, 17) ? SEAL_FORM_2 : SEAL_FORM_1;
    bool is_list = store_attachments_parse((const char *)sqlite3_column_text(stmt, 18), &r.env);
    copy_text(stmt, 19, r.env.boot_id, sizeof r.env.boot_id);
    r.env.uptime_ms = sqlite3_column_int64(stmt, 20);
    copy_text(stmt, 21, r.env.centre_time, sizeof r.env.centre_time);
    store_row_digest(&r.env, name, token, sqlite3_column_int64(stmt, 13), got);
    if (!is_list || strcmp(want, got) != 0)
        return ERR(err, ERR_STORE_DAMAGED, "a row does not fit its digest");
    const void *blob = sqlite3_column_blob(stmt, 16);
    r.sealed_bytes = (size_t)sqlite3_column_bytes(stmt, 16);
    if (blob) {
        seal_suite_digest(r.env.suite, blob, r.sealed_bytes, got);
        if (strcmp(got, r.env.digest) != 0)
            return ERR(err, ERR_STORE_DAMAGED, "sealed bytes do not fit their digest");
        r.sealed = mem_dup(blob, r.sealed_bytes);
    }
    *ret = r;
    return 0;
}

/* @return 0 (found or not), or ERR_STORE_DAMAGED with the sequence of the bad row */
static int waiting_read(struct store *s, struct store_record *ret, bool *ret_found,
                        int64_t *ret_bad, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "SELECT " STORE_COLUMNS " FROM outbox WHERE state < 2"
                           " ORDER BY attempts, sequence LIMIT 1",
                           &stmt, err);
    if (rc)
        return rc;
    *ret_bad = 0;
    int step = sqlite3_step(stmt);
    *ret_found = step == SQLITE_ROW;
    if (step == SQLITE_DONE)
        return 0;
    if (step != SQLITE_ROW)
        return store_fail(s->db, "next record", err);
    rc = store_read_row(s, stmt, ret, err);
    if (rc == 0 && !ret->sealed)
        rc = ERR(err, ERR_STORE_DAMAGED, "a waiting record has no sealed bytes");
    if (rc)
        *ret_bad = sqlite3_column_int64(stmt, 0);
    return rc;
}

int store_next_waiting(struct store *s, struct store_record *ret, bool *ret_found, struct err *err)
{
    for (;;) {
        int64_t bad = 0;
        int rc = waiting_read(s, ret, ret_found, &bad, err);
        if (rc != ERR_STORE_DAMAGED || bad == 0)
            return rc;
        rc = store_quarantine(s, bad, "damaged on this terminal", err);
        if (rc)
            return rc;
    }
}

int store_lease(struct store *s, int n, int64_t wall_ms, int64_t *ret, int *ret_n, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "UPDATE outbox SET state = 1, attempts = attempts + 1,"
                           " attempted_wall_ms = ?1 WHERE sequence IN (SELECT sequence FROM outbox"
                           " WHERE state < 2 ORDER BY attempts, sequence LIMIT ?2)"
                           " RETURNING sequence",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, wall_ms);
    sqlite3_bind_int(stmt, 2, n);
    int step;
    *ret_n = 0;
    errno = 0; /* for store_fail */
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
        ret[(*ret_n)++] = sqlite3_column_int64(stmt, 0);
    if (step != SQLITE_DONE)
        return store_fail(s->db, "lease", err);
    return 0;
}

int store_read_leased(struct store *s, int64_t sequence, struct store_record *ret, bool *ret_found,
                      struct err *err)
{
    int rc = 0;
    {
        YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
        rc = store_prepare(s->db,
                           "SELECT " STORE_COLUMNS " FROM outbox WHERE sequence = ?1 AND state = 1",
                           &stmt, err);
        if (rc)
            return rc;
        sqlite3_bind_int64(stmt, 1, sequence);
        int step = sqlite3_step(stmt);
        *ret_found = step == SQLITE_ROW;
        if (step == SQLITE_DONE)
            return 0; /* an order has taken it away meanwhile */
        if (step != SQLITE_ROW)
            return store_fail(s->db, "leased record", err);
        rc = store_read_row(s, stmt, ret, err);
        if (rc == 0 && !ret->sealed)
            rc = ERR(err, ERR_STORE_DAMAGED, "a waiting record has no sealed bytes");
    }
    if (rc != ERR_STORE_DAMAGED)
        return rc;
    *ret_found = false;
    return store_quarantine(s, sequence, "damaged on this terminal", err);
}

int store_group_begin(struct store *s, struct err *err)
{
    return store_exec(s, "BEGIN IMMEDIATE", err);
}

int store_group_commit(struct store *s, struct err *err)
{
    int rc = store_exec(s, "COMMIT", err);
    if (rc)
        store_group_rollback(s);
    return rc;
}

void store_group_rollback(struct store *s)
{
    (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL); /* the first error counts */
}

/* Prepare an UPDATE whose ?1 is the sequence. */
static int update_start(struct store *s, const char *sql, int64_t sequence, sqlite3_stmt **ret,
                        struct err *err)
{
    int rc = store_prepare(s->db, sql, ret, err);
    if (rc == 0)
        sqlite3_bind_int64(*ret, 1, sequence);
    return rc;
}

int store_note_attempt(struct store *s, int64_t sequence, int64_t wall_ms, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "UPDATE outbox SET state = 1, attempts = attempts + 1,"
                          " attempted_wall_ms = ?2 WHERE sequence = ?1 AND state < 2",
                          sequence, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 2, wall_ms);
    return store_run(s, stmt, true, err);
}

int store_release(struct store *s, int64_t sequence, int code, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "UPDATE outbox SET state = 0, last_code = ?2"
                          " WHERE sequence = ?1 AND state < 2",
                          sequence, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 2, code);
    return store_run(s, stmt, true, err);
}

int store_confirm(struct store *s, int64_t sequence, const char *ack, const char *signature,
                  int64_t wall_ms, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s,
                          "UPDATE outbox SET state = 2, ack = ?2, ack_signature = ?3,"
                          " confirmed_wall_ms = ?4, last_code = NULL"
                          " WHERE sequence = ?1 AND state < 2",
                          sequence, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 2, ack, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, signature, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, wall_ms);
    return store_run(s, stmt, true, err);
}

size_t store_reason_bytes(const char *reason)
{
    size_t n = strlen(reason);
    if (n > STORE_REASON_BYTES)
        for (n = STORE_REASON_BYTES; n > 0 && ((unsigned char)reason[n] & 0xc0) == 0x80;)
            n--;
    return n;
}

int store_quarantine(struct store *s, int64_t sequence, const char *reason, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s, "UPDATE outbox SET state = 3, reason = ?2 WHERE sequence = ?1",
                          sequence, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 2, reason, (int)store_reason_bytes(reason), SQLITE_STATIC);
    return store_run(s, stmt, true, err);
}

int store_record_state(struct store *s, int64_t sequence, enum store_state *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = update_start(s, "SELECT state FROM outbox WHERE sequence = ?1", sequence, &stmt, err);
    if (rc)
        return rc;
    int step = sqlite3_step(stmt);
    if (step == SQLITE_DONE)
        return ERR(err, ERR_NOT_FOUND, "no such record");
    if (step != SQLITE_ROW)
        return store_fail(s->db, "state", err);
    *ret = (enum store_state)sqlite3_column_int(stmt, 0);
    return 0;
}

int store_journal_set(struct store *s, int64_t sequence, enum print_journal_state state,
                      int64_t wall_ms, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    if (!s->db)
        return ERR(err, ERR_STORE_OPEN, "the database is closed");
    int rc = update_start(s,
                          "UPDATE journal SET state = ?2, copies = copies + ?3,"
                          " changed_wall_ms = ?4 WHERE sequence = ?1",
                          sequence, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 2, (int)state);
    sqlite3_bind_int(stmt, 3, state == JOURNAL_SENDING);
    sqlite3_bind_int64(stmt, 4, wall_ms);
    return store_run(s, stmt, true, err);
}

/* Receipts nobody waits for any more are not printed by surprise. */
static int journal_expire(struct store *s, int64_t wall_ms, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "UPDATE journal SET state = 3, changed_wall_ms = ?2 WHERE state < 2"
                           " AND sequence IN (SELECT sequence FROM outbox"
                           "                  WHERE sealed_wall_ms < ?1)",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, wall_ms - day_ms);
    sqlite3_bind_int64(stmt, 2, wall_ms);
    return store_run(s, stmt, false, err);
}

int store_unfinished(struct store *s, int64_t wall_ms, store_journal_fn fn, void *arg,
                     struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = journal_expire(s, wall_ms, err);
    if (rc == 0)
        rc = store_prepare(s->db,
                           "SELECT o.sequence, o.uuid, o.number, o.sealed_wall_ms, o.token,"
                           " o.matter_name, j.state, j.copies FROM journal j"
                           " JOIN outbox o USING(sequence) WHERE j.state < 2 ORDER BY o.sequence"
                           " LIMIT ?1",
                           &stmt, err);
    if (rc == 0)
        sqlite3_bind_int(stmt, 1, STORE_MAX_UNFINISHED);
    int step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct journal_entry e = {.ref = {.kind = RECORD_APPLICATION}};
        e.ref.sequence = sqlite3_column_int64(stmt, 0);
        copy_text(stmt, 1, e.ref.uuid, sizeof e.ref.uuid);
        copy_text(stmt, 2, e.ref.number, sizeof e.ref.number);
        e.ref.sealed_wall_ms = sqlite3_column_int64(stmt, 3);
        copy_text(stmt, 4, e.ref.token, sizeof e.ref.token);
        copy_text(stmt, 5, e.matter_name, sizeof e.matter_name);
        e.state = (enum print_journal_state)sqlite3_column_int(stmt, 6);
        e.copies = sqlite3_column_int(stmt, 7);
        fn(arg, &e);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = store_fail(s->db, "unfinished receipts", err);
    return rc;
}
