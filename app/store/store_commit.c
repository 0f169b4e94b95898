/* SPDX-License-Identifier: Apache-2.0 */
/* The commit of a record: number, chain, signature, row, print journal, all or nothing.
 * Thread: outbox. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "seal/seal.h"
#include "store/kiosk_number.h"
#include "store/store_priv.h"

/* Next serial of the day: above the day's last and above the floor that a lost database left. */
static int serial_next(struct store *s, const char *day, int *ret, struct err *err)
{
    int64_t floor_serial = 0;
    int rc = store_meta_get_int(s, "serial_floor", &floor_serial, err);
    if (rc)
        return rc;
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    rc = store_prepare(s->db,
                       "INSERT INTO serials(day, last) VALUES(?1, ?2 + 1)"
                       " ON CONFLICT(day) DO UPDATE SET last = max(last, ?2) + 1 RETURNING last",
                       &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, day, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, floor_serial);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "serial", err);
    int64_t serial = sqlite3_column_int64(stmt, 0);
    if (sqlite3_step(stmt) != SQLITE_DONE)
        return store_fail(s->db, "serial", err);
    if (serial < 1 || serial > KIOSK_NUMBER_MAX_SERIAL)
        return ERR(err, ERR_STORE_WRITE, "the numbers of this day are used up");
    *ret = (int)serial;
    return 0;
}

static int number_next(struct store *s, int64_t wall_ms, char *number, int *ret_serial,
                       struct err *err)
{
    struct clock_civil c = clock_civil_of(wall_ms);
    char day[16];
    snprintf(day, sizeof day, "%04d%02d%02d", c.year, c.month, c.day);
    int rc = serial_next(s, day, ret_serial, err);
    if (rc)
        return rc;
    if (!kiosk_number_make(s->terminal, day, *ret_serial, number))
        return ERR(err, ERR_INVALID, "no kiosk number for this terminal and date");
    return 0;
}

static int journal_insert(struct store *s, int64_t sequence, int64_t wall_ms, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "INSERT INTO journal(sequence, state, changed_wall_ms)"
                           " VALUES(?1, 0, ?2)",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, sequence);
    sqlite3_bind_int64(stmt, 2, wall_ms);
    return store_run(s, stmt, true, err);
}

/* Cut at a character, not inside one. */
static void name_cut(const char *name, char *out)
{
    size_t n = strlen(name);
    if (n >= STORE_MATTER_NAME_BYTES)
        for (n = STORE_MATTER_NAME_BYTES - 1; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;)
            n--;
    memcpy(out, name, n);
    out[n] = '\0';
}

void store_row_digest(const struct seal_envelope *env, const char *matter_name, const char *token,
                      int64_t wall_ms, char *hex)
{
    char text[SEAL_TEXT_BYTES + 1024];
    size_t n = seal_envelope_text(env, text, sizeof text);
    int more = snprintf(text + n, sizeof text - n, "%s\n%s\n%s\n%lld\n", env->signature,
                        matter_name, token, (long long)wall_ms);
    seal_digest(text, n + (size_t)more, hex);
}

int store_insert(struct store *s, const struct store_draft *draft, const struct seal_envelope *env,
                 const char *token, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    char name[STORE_MATTER_NAME_BYTES], row_digest[SEAL_DIGEST_BYTES];
    char attachments[STORE_ATTACHMENTS_TEXT_BYTES];
    int rc = store_prepare(s->db,
                           "INSERT INTO outbox(sequence, uuid, kind, number, about, matter,"
                           " sealed_at, suite, digest, prev_digest, signature, matter_name, token,"
                           " sealed_wall_ms, row_digest, sealed, form, attachments, boot_id,"
                           " uptime_ms, centre_time) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
                           "?13,?14,?15,?16,?17,?18,?19,?20,?21)",
                           &stmt, err);
    if (rc)
        return rc;
    name_cut(draft->matter_name, name);
    store_row_digest(env, name, token, draft->wall_ms, row_digest);
    const char *texts[] = {env->about,     env->matter, env->sealed_at,
                           env->suite,     env->digest, env->prev_digest,
                           env->signature, name,        token};
    sqlite3_bind_int64(stmt, 1, env->sequence);
    sqlite3_bind_text(stmt, 2, env->uuid, -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 3, (int)env->kind);
    if (env->number[0])
        sqlite3_bind_text(stmt, 4, env->number, -1, SQLITE_STATIC);
    for (int i = 0; i < (int)YJ_COUNT(texts); i++)
        sqlite3_bind_text(stmt, 5 + i, texts[i], -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 14, draft->wall_ms);
    sqlite3_bind_text(stmt, 15, row_digest, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(stmt, 16, draft->sealed, draft->sealed_bytes, SQLITE_STATIC);
    store_attachments_text(env, attachments);
    sqlite3_bind_int(stmt, 17, (int)env->form);
    sqlite3_bind_text(stmt, 18, attachments, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 19, env->boot_id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 20, env->uptime_ms);
    sqlite3_bind_text(stmt, 21, env->centre_time, -1, SQLITE_STATIC);
    return store_run(s, stmt, true, err);
}

/* What a caller got wrong is refused before anything is written. */
static int draft_check(const struct store_draft *d, struct err *err)
{
    int64_t total = 0;
    if (!d->sealed || d->sealed_bytes == 0 || d->env.n_attachments > SEAL_MAX_ATTACHMENTS)
        return ERR(err, ERR_INVALID, "a record without bytes, or with too many attachments");
    if (d->env.n_attachments > 0 && (!d->attachment || d->env.form == SEAL_FORM_1))
        return ERR(err, ERR_INVALID, "attachments that are not there or not signed");
    if (d->sealed_bytes > SEAL_MAX_SEALED_BYTES)
        return ERR(err, ERR_TOO_BIG, "a record of %zu bytes", d->sealed_bytes);
    for (size_t i = 0; i < d->env.n_attachments; i++) {
        int64_t bytes = d->env.attachment[i].bytes;
        if (!d->attachment[i] || bytes < 1)
            return ERR(err, ERR_INVALID, "an attachment without bytes");
        if (bytes > SEAL_MAX_ATTACHMENT_BYTES || (total += bytes) > STORE_MAX_FILES_BYTES)
            return ERR(err, ERR_TOO_BIG, "attachments are too big");
    }
    return 0;
}

/* Everything between BEGIN and COMMIT. */
static int record_write(struct store *s, const struct store_draft *draft, struct seal_envelope *env,
                        char *token, struct sequence_mark *mark, struct err *err)
{
    int serial = 0;
    int rc = store_meta_get_int(s, "last_sequence", &env->sequence, err);
    if (rc == 0)
        rc = store_meta_get_text(s, "last_digest", env->prev_digest, sizeof env->prev_digest, err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = number_next(s, draft->wall_ms, env->number, &serial, err);
    if (rc)
        return rc;
    env->sequence++;
    snprintf(env->terminal, sizeof env->terminal, "%s", s->terminal);
    rc = draft->sign(draft->arg, env, token, err);
    if (rc == 0)
        rc = store_insert(s, draft, env, token, err);
    for (size_t i = 0; rc == 0 && i < env->n_attachments; i++)
        rc = store_attachment_insert(s, env->sequence, (int)i, &env->attachment[i],
                                     draft->attachment[i], err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = journal_insert(s, env->sequence, draft->wall_ms, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "last_sequence", env->sequence, err);
    if (rc == 0)
        rc = store_meta_set_text(s, "last_digest", env->digest, err);
    if (rc)
        return rc;
    /* Reserved on the disk before it is given. */
    *mark = s->mark;
    snprintf(mark->terminal, sizeof mark->terminal, "%s", s->terminal);
    if (env->sequence > mark->reserved || serial > mark->high_serial) {
        mark->reserved = env->sequence + SEQUENCE_BLOCK - 1;
        if (serial > mark->high_serial)
            mark->high_serial = serial + SEQUENCE_BLOCK - 1;
        rc = sequence_file_reserve(s->sequence, mark, err);
        if (rc)
            return rc;
        s->mark = *mark;
    }
    mark->sequence = env->sequence;
    snprintf(mark->digest, sizeof mark->digest, "%s", env->digest);
    return 0;
}

static int doubt_remove(struct store *s, int64_t sequence, const char *prev_digest, struct err *err)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "DELETE FROM journal WHERE sequence = %lld; DELETE FROM attachment WHERE sequence ="
             " %lld; DELETE FROM outbox WHERE sequence = %lld",
             (long long)sequence, (long long)sequence, (long long)sequence);
    int rc = store_group_begin(s, err);
    if (rc)
        return rc;
    rc = store_exec(s, sql, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "last_sequence", sequence - 1, err);
    if (rc == 0)
        rc = store_meta_set_text(s, "last_digest", prev_digest, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

int store_doubt_settle(struct store *s, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    char prev_digest[SEAL_DIGEST_BYTES];
    if (!s->doubt_uuid[0])
        return 0;
    int rc = store_prepare(s->db, "SELECT sequence, prev_digest FROM outbox WHERE uuid = ?1", &stmt,
                           err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, s->doubt_uuid, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return store_fail(s->db, "doubtful record", err);
    if (step == SQLITE_ROW) {
        int64_t sequence = sqlite3_column_int64(stmt, 0);
        snprintf(prev_digest, sizeof prev_digest, "%s", (const char *)sqlite3_column_text(stmt, 1));
        store_finalize(&stmt);
        rc = doubt_remove(s, sequence, prev_digest, err);
    }
    if (rc == 0)
        s->doubt_uuid[0] = '\0';
    return rc;
}

int store_commit_record(struct store *s, const struct store_draft *draft, struct record_ref *ret,
                        struct err *err)
{
    struct seal_envelope env = draft->env;
    struct sequence_mark mark = {0};
    struct err note_err = {0};
    char token[RECORD_TOKEN_BYTES] = "";
    if (!s->db)
        return ERR(err, ERR_STORE_OPEN, "the database is closed");
    int rc = draft_check(draft, err);
    if (rc == 0 && s->doubt_uuid[0]) /* one in doubt at most: a second would hide the first */
        rc = store_check_write(s, err);
    if (rc == 0)
        rc = store_group_begin(s, err);
    if (rc)
        return rc;
    rc = record_write(s, draft, &env, token, &mark, err);
    bool is_written = rc == 0;
    if (is_written)
        rc = store_group_commit(s, err);
    else
        store_group_rollback(s);
    if (rc) {
        /* A COMMIT whose flush failed may have left its frames in the log. Writing something
         * else in their place keeps a crash from bringing back what we report as not stored. */
        if (is_written && store_check_write(s, NULL) != 0)
            snprintf(s->doubt_uuid, sizeof s->doubt_uuid, "%s", env.uuid);
        return rc;
    }
    s->mark = mark;
    /* The record is safe; if this fails the next reservation will meet the same fault and say so.
     */
    if (sequence_file_note(s->sequence, &mark, &note_err) != 0)
        log_err(LOG_WARN, "store", &note_err);

    memset(ret, 0, sizeof *ret);
    ret->kind = env.kind;
    ret->sequence = env.sequence;
    ret->sealed_wall_ms = draft->wall_ms;
    memcpy(ret->uuid, env.uuid, sizeof ret->uuid);
    memcpy(ret->number, env.number, sizeof ret->number);
    memcpy(ret->token, token, sizeof ret->token);
    return 0;
}

int store_settle(struct store *s, struct err *err)
{
    return s->sequence ? sequence_file_settle(s->sequence, err) : 0;
}
