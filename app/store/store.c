/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, errors and small settings of the database. Thread: outbox. */
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_priv.h"

struct store *store_new(const char *data_dir, const char *terminal_id)
{
    struct store *s = mem_zalloc(1, sizeof *s);
    snprintf(s->dir, sizeof s->dir, "%s", data_dir);
    snprintf(s->path, sizeof s->path, "%s/outbox.db", data_dir);
    snprintf(s->terminal, sizeof s->terminal, "%s", terminal_id);
    s->dir_fd = s->lock_fd = -1;
    return s;
}

void store_close(struct store *s)
{
    if (s->db)
        sqlite3_close(s->db);
    s->db = NULL;
    sequence_file_close(s->sequence);
    s->sequence = NULL;
}

void store_free(struct store *s)
{
    if (!s)
        return;
    store_close(s);
    cleanup_close(&s->lock_fd);
    cleanup_close(&s->dir_fd);
    free(s);
}

const char *store_damage_text(const struct store *s)
{
    return s->damage;
}

/* Counts, because SQLite leaves a page alone that an UPDATE would not change. */
int store_check_write(struct store *s, struct err *err)
{
    int rc = store_exec(s,
                        "INSERT INTO meta(key, value) VALUES('n_check_writes', 1)"
                        " ON CONFLICT(key) DO UPDATE SET value = value + 1",
                        err);
    if (rc == 0)
        s->doubt_uuid[0] = '\0'; /* its frames, if any, are written over */
    return rc;
}

int store_fail(sqlite3 *db, const char *what, struct err *err)
{
    int primary = sqlite3_errcode(db) & 0xff;
    /* SQLite 3.40 does not keep the errno of a COMMIT that fails; nothing that succeeds clears it.
     */
    int os_errno = sqlite3_system_errno(db) ? sqlite3_system_errno(db) : errno;
    int code = ERR_STORE_WRITE;
    if (primary == SQLITE_FULL || (primary == SQLITE_IOERR &&
                                   (os_errno == ENOSPC || os_errno == EFBIG || os_errno == EDQUOT)))
        code = ERR_STORE_FULL;
    else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        code = ERR_STORE_DAMAGED;
    return ERR(err, code, "%s: %s (%d, errno %d)", what, sqlite3_errmsg(db),
               sqlite3_extended_errcode(db), os_errno);
}

int store_exec(struct store *s, const char *sql, struct err *err)
{
    errno = 0; /* for store_fail */
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        char what[24];
        snprintf(what, sizeof what, "%s", sql);
        return store_fail(s->db, what, err);
    }
    return 0;
}

int store_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct err *err)
{
    if (sqlite3_prepare_v2(db, sql, -1, ret, NULL) != SQLITE_OK)
        return store_fail(db, "prepare", err);
    return 0;
}

void store_finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
    *stmt = NULL;
}

int store_run(struct store *s, sqlite3_stmt *stmt, bool need_change, struct err *err)
{
    errno = 0; /* for store_fail */
    if (sqlite3_step(stmt) != SQLITE_DONE)
        return store_fail(s->db, "write", err);
    if (need_change && sqlite3_changes(s->db) == 0)
        return ERR(err, ERR_NOT_FOUND, "no such record in that state");
    return 0;
}

static int meta_get(struct store *s, const char *key, sqlite3_stmt **ret, struct err *err)
{
    int rc = store_prepare(s->db, "SELECT value FROM meta WHERE key = ?1", ret, err);
    if (rc)
        return rc;
    sqlite3_bind_text(*ret, 1, key, -1, SQLITE_STATIC);
    int step = sqlite3_step(*ret);
    if (step == SQLITE_ROW)
        return 0;
    if (step == SQLITE_DONE)
        return ERR(err, ERR_STORE_DAMAGED, "setting %s is missing", key);
    return store_fail(s->db, "read a setting", err);
}

int store_meta_get_int(struct store *s, const char *key, int64_t *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = meta_get(s, key, &stmt, err);
    if (rc == 0)
        *ret = sqlite3_column_int64(stmt, 0);
    return rc;
}

int store_meta_get_text(struct store *s, const char *key, char *ret, size_t cap, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = meta_get(s, key, &stmt, err);
    if (rc == 0) {
        const unsigned char *text = sqlite3_column_text(stmt, 0);
        snprintf(ret, cap, "%s", text ? (const char *)text : "");
    }
    return rc;
}

static const char meta_set_sql[] = "INSERT INTO meta(key, value) VALUES(?1, ?2)"
                                   " ON CONFLICT(key) DO UPDATE SET value = excluded.value";

int store_meta_set_int(struct store *s, const char *key, int64_t value, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, meta_set_sql, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, value);
    return store_run(s, stmt, true, err);
}

int store_meta_set_text(struct store *s, const char *key, const char *value, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, meta_set_sql, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
    return store_run(s, stmt, true, err);
}
