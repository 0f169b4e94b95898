/* SPDX-License-Identifier: Apache-2.0 */
/* Undelivered records of a database that was set aside move into the new one, one by one, each
 * checked against its digest. The old file is only read. Thread: outbox. */
#include "store/store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seal/seal.h"
#include "store/store_priv.h"

static const char aside_prefix[] = "outbox.db.damaged-";

static int insert_from(struct store *s, sqlite3_stmt *row, const struct store_record *r,
                       struct err *err)
{
    struct store_draft draft = {.matter_name = (const char *)sqlite3_column_text(row, 11),
                                .wall_ms = sqlite3_column_int64(row, 13),
                                .sealed = r->sealed,
                                .sealed_bytes = r->sealed_bytes};
    return store_insert(s, &draft, &r->env, (const char *)sqlite3_column_text(row, 12), err);
}

static int journal_from(struct store *s, sqlite3_stmt *row, int64_t sequence, struct err *err)
{
    if (sqlite3_column_type(row, STORE_N_COLUMNS) == SQLITE_NULL)
        return 0;
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "INSERT INTO journal(sequence, state, copies, changed_wall_ms)"
                           " VALUES(?1, ?2, ?3, ?4)",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, sequence);
    sqlite3_bind_int(stmt, 2, sqlite3_column_int(row, STORE_N_COLUMNS));
    sqlite3_bind_int(stmt, 3, sqlite3_column_int(row, STORE_N_COLUMNS + 1));
    sqlite3_bind_int64(stmt, 4, sqlite3_column_int64(row, STORE_N_COLUMNS + 2));
    return store_run(s, stmt, true, err);
}

static int is_known(struct store *s, int64_t sequence, bool *ret, struct err *err)
{
    enum store_state state;
    int rc = store_record_state(s, sequence, &state, err);
    *ret = rc == 0;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* Files of a record: what cannot be read or does not fit is written down as refused. */
static int attachments_from(struct store *s, sqlite3 *old, const struct store_record *r,
                            struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->env.n_attachments; i++) {
        char digest[SEAL_DIGEST_BYTES] = "";
        const struct seal_attachment *what = &r->env.attachment[i];
        const void *bytes = NULL;
        YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v2(old,
                               "SELECT sealed FROM attachment WHERE sequence = ?1 AND idx = ?2", -1,
                               &stmt, NULL) == SQLITE_OK) {
            sqlite3_bind_int64(stmt, 1, r->env.sequence);
            sqlite3_bind_int(stmt, 2, (int)i);
            if (sqlite3_step(stmt) == SQLITE_ROW)
                bytes = sqlite3_column_blob(stmt, 0);
        }
        if (bytes)
            seal_suite_digest(r->env.suite, bytes, (size_t)sqlite3_column_bytes(stmt, 0), digest);
        if (strcmp(digest, what->digest) != 0)
            bytes = NULL;
        rc = store_attachment_insert(s, r->env.sequence, (int)i, what, bytes, err);
    }
    return rc;
}

/* Each record is asked for by itself: one bad page costs only the records on it. */
static int salvage_rows(struct store *s, sqlite3 *old, sqlite3_stmt *stmt, int *ret_taken,
                        struct err *err)
{
    int rc = 0;
    for (int64_t sequence = 1; rc == 0 && sequence <= s->mark.reserved; sequence++) {
        struct store_record r = {0};
        bool is_there = false;
        sqlite3_reset(stmt);
        sqlite3_bind_int64(stmt, 1, sequence);
        if (sqlite3_step(stmt) != SQLITE_ROW || store_read_row(s, stmt, &r, NULL) != 0)
            continue;
        rc = is_known(s, sequence, &is_there, err);
        if (rc == 0 && !is_there && r.sealed) {
            rc = insert_from(s, stmt, &r, err);
            if (rc == 0)
                rc = attachments_from(s, old, &r, err);
            if (rc == 0)
                rc = journal_from(s, stmt, sequence, err);
            if (rc == 0)
                ++*ret_taken;
        }
        store_record_clear(&r);
    }
    return rc;
}

static int salvage_file(struct store *s, const char *path, int *ret_taken, struct err *err)
{
    /* A confirmed record with a file that is still to go waits again: the centre knows it and says
     * so. */
    static const char present[] =
        "SELECT " STORE_COLUMNS ", (SELECT state FROM journal j WHERE j.sequence = o.sequence),"
        " (SELECT copies FROM journal j WHERE j.sequence = o.sequence),"
        " (SELECT changed_wall_ms FROM journal j WHERE j.sequence = o.sequence)"
        " FROM outbox o WHERE sequence = ?1 AND (state <> 2 OR EXISTS"
        " (SELECT 1 FROM attachment a WHERE a.sequence = o.sequence AND a.state = 0))";
    static const char version_1[] =
        "SELECT " STORE_COLUMNS_OLD ", (SELECT state FROM journal j WHERE j.sequence = o.sequence),"
        " (SELECT copies FROM journal j WHERE j.sequence = o.sequence),"
        " (SELECT changed_wall_ms FROM journal j WHERE j.sequence = o.sequence)"
        " FROM outbox o WHERE sequence = ?1 AND state <> 2";
    static const char records_alone[] = "SELECT " STORE_COLUMNS ", NULL, NULL, NULL"
                                        " FROM outbox WHERE sequence = ?1 AND state <> 2";
    sqlite3 *old = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = 0;
    /* Read-write, because a log beside it must be replayed; nothing is written by us. */
    if (sqlite3_open_v2(path, &old, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
            SQLITE_OK &&
        sqlite3_exec(old, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF", NULL, NULL,
                     NULL) == SQLITE_OK &&
        sqlite3_db_config(old, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK) {
        if (sqlite3_prepare_v2(old, present, -1, &stmt, NULL) == SQLITE_OK ||
            sqlite3_prepare_v2(old, version_1, -1, &stmt, NULL) == SQLITE_OK ||
            sqlite3_prepare_v2(old, records_alone, -1, &stmt, NULL) == SQLITE_OK)
            rc = salvage_rows(s, old, stmt, ret_taken, err);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(old);
    return rc;
}

int store_salvage_all(struct store *s, int *ret_taken, struct err *err)
{
    DIR *dir = opendir(s->dir);
    struct dirent *entry;
    int rc = 0;
    *ret_taken = 0;
    if (!dir)
        return ERR(err, ERR_STORE_OPEN, "the data folder cannot be listed");
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        size_t n = strlen(entry->d_name);
        char path[sizeof s->dir + 300];
        if (strncmp(entry->d_name, aside_prefix, sizeof aside_prefix - 1) != 0 ||
            (n > 4 && strcmp(entry->d_name + n - 4, "-wal") == 0))
            continue;
        snprintf(path, sizeof path, "%s/%s", s->dir, entry->d_name);
        rc = salvage_file(s, path, ret_taken, err);
    }
    closedir(dir);
    return rc;
}
