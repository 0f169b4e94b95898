/* SPDX-License-Identifier: Apache-2.0 */
/* The engine SQLite: WAL, synchronous=FULL. Every connection may read at any time; one at a time
 * writes, which the pool's write lock says before SQLite would have to (other processes: SQLite's
 * own lock, waited for). */
#include "db_priv.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { BUSY_MS = 10000 };

static const char *const words[][2] = {
    {"BIGINT", "INTEGER"},
    {"SERIAL_KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"},
    {NULL, NULL},
};

static int fail(struct db_conn *c, int code, struct err *err)
{
    int rc = sqlite3_extended_errcode(c->handle);
    if ((rc & 0xFF) == SQLITE_FULL)
        code = ERR_STORE_FULL;
    else if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
        code = ERR_EXISTS;
    return ERR(err, code, "SQLite: %s", sqlite3_errstr(rc));
}

static int exec(struct db_conn *c, const char *sql, int code, struct err *err)
{
    return sqlite3_exec(c->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(c, code, err);
}

static void finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

/* What a pragma says now. */
static bool says(struct db_conn *c, const char *pragma, const char *wanted)
{
    YJ_CLEANUP(finalize) sqlite3_stmt *q = NULL;
    return sqlite3_prepare_v2(c->handle, pragma, -1, &q, NULL) == SQLITE_OK &&
           sqlite3_step(q) == SQLITE_ROW &&
           strcmp((const char *)sqlite3_column_text(q, 0), wanted) == 0;
}

static int make_folder(const char *file, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *folder = mem_strdup(file);
    *strrchr(folder, '/') = '\0';
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return ERR(err, ERR_STORE_OPEN, "%s: %s", folder, strerror(errno));
    return 0;
}

static int open_into(struct db_conn *c, struct err *err)
{
    const struct db *d = c->db;
    sqlite3 *handle = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                (d->is_made ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(d->where, &handle, flags, NULL);
    c->handle = handle;
    if (rc != SQLITE_OK)
        return ERR(err, ERR_STORE_OPEN, "%s: %s", d->where, sqlite3_errstr(rc));
    sqlite3_busy_timeout(handle, BUSY_MS);
    int r = exec(c, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
                 ERR_STORE_OPEN, err);
    if (r == 0 && (!says(c, "PRAGMA journal_mode", "wal") || !says(c, "PRAGMA synchronous", "2")))
        r = ERR(err, ERR_STORE_OPEN, "%s: commits would not be durable", d->where);
    return r;
}

static int sqlite_open(struct db_conn *c, struct err *err)
{
    struct stat st;
    if (c->db->is_made) {
        int r = make_folder(c->db->where, err);
        if (r < 0)
            return r;
    } else if (stat(c->db->where, &st) < 0) {
        return ERR(err, ERR_NOT_FOUND, "%s: %s", c->db->where, strerror(errno));
    }
    int r = open_into(c, err);
    if (r < 0) {
        sqlite3_close(c->handle);
        c->handle = NULL;
    }
    return r;
}

static void sqlite_close(struct db_conn *c)
{
    sqlite3_close(c->handle);
}

static int sqlite_begin(struct db_conn *c, struct err *err)
{
    pthread_mutex_lock(&c->db->write);
    int r = exec(c, "BEGIN IMMEDIATE", ERR_STORE_WRITE, err);
    if (r < 0)
        pthread_mutex_unlock(&c->db->write);
    return r;
}

static int sqlite_commit(struct db_conn *c, struct err *err)
{
    int r = exec(c, "COMMIT", ERR_STORE_WRITE, err);
    if (r == 0)
        pthread_mutex_unlock(&c->db->write);
    return r;
}

static void sqlite_rollback(struct db_conn *c)
{
    /* Some failures roll back by themselves; a second one only says so. */
    (void)sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&c->db->write);
}

/* "$1" is "?1" here, and nobody can change a row between reading and writing anyway. */
static char *sql_of(const char *sql)
{
    char *text = mem_strdup(sql);
    char *lock = strstr(text, " FOR UPDATE");
    if (lock)
        *lock = '\0';
    bool is_quoted = false;
    for (char *p = text; *p; p++) {
        is_quoted ^= *p == '\'';
        if (*p == '$' && !is_quoted)
            *p = '?';
    }
    return text;
}

static int sqlite_prepare(struct db_conn *c, const char *sql, const struct db_value *arg,
                          size_t n_args, void **ret_made, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    YJ_CLEANUP(cleanup_free) char *text = sql_of(sql);
    (void)arg;
    (void)n_args;
    if (sqlite3_prepare_v3(c->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
        SQLITE_OK)
        return fail(c, ERR_STORE_WRITE, err);
    *ret_made = stmt;
    return 0;
}

static void sqlite_forget(struct db_conn *c, void *made)
{
    (void)c;
    sqlite3_finalize(made);
}

static bool bind(sqlite3_stmt *stmt, const struct db_value *arg, size_t n_args)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < (int)n_args && rc == SQLITE_OK; i++) {
        if (arg[i].type == DB_INT)
            rc = sqlite3_bind_int64(stmt, i + 1, arg[i].i);
        else if (arg[i].type == DB_TEXT)
            rc = sqlite3_bind_text(stmt, i + 1, arg[i].p, -1, SQLITE_STATIC);
        else if (arg[i].type == DB_BLOB)
            rc = sqlite3_bind_blob64(stmt, i + 1, arg[i].p, arg[i].n, SQLITE_STATIC);
        else
            rc = sqlite3_bind_null(stmt, i + 1);
    }
    return rc == SQLITE_OK;
}

/* Copy bytes and a NUL behind them. @return where they begin */
static size_t keep(struct db_rows *r, const void *p, size_t n)
{
    if (r->n_bytes + n + 1 > r->cap_bytes) {
        size_t cap = r->cap_bytes ? r->cap_bytes * 2 : 512;
        while (cap < r->n_bytes + n + 1)
            cap *= 2;
        r->bytes = bytes_realloc_wiped(r->bytes, cap);
        if (!r->bytes)
            abort();
        r->cap_bytes = cap;
    }
    size_t at = r->n_bytes;
    if (n)
        memcpy(r->bytes + at, p, n);
    r->bytes[at + n] = '\0';
    r->n_bytes += n + 1;
    return at;
}

/* Until the end a cell's text is named by its place (n of an INT cell is unused). */
static void keep_row(struct db_rows *r, sqlite3_stmt *stmt)
{
    size_t first = r->n_rows * (size_t)r->n_columns;
    if (first + (size_t)r->n_columns > r->cap) {
        r->cap = r->cap ? r->cap * 2 : (size_t)r->n_columns;
        struct db_cell *cell = mem_zalloc(r->cap, sizeof *cell);
        if (first)
            memcpy(cell, r->cell, first * sizeof *cell);
        free(r->cell);
        r->cell = cell;
    }
    for (int i = 0; i < r->n_columns; i++) {
        struct db_cell *cell = &r->cell[first + (size_t)i];
        int type = sqlite3_column_type(stmt, i);
        cell->type = type == SQLITE_INTEGER ? DB_INT
                     : type == SQLITE_BLOB  ? DB_BLOB
                     : type == SQLITE_NULL  ? DB_NULL
                                            : DB_TEXT;
        if (cell->type == DB_INT) {
            cell->i = sqlite3_column_int64(stmt, i);
            continue;
        }
        const void *p = cell->type == DB_BLOB ? sqlite3_column_blob(stmt, i)
                                              : (const void *)sqlite3_column_text(stmt, i);
        cell->n = cell->type == DB_NULL ? 0 : (size_t)sqlite3_column_bytes(stmt, i);
        cell->i = (int64_t)keep(r, p, cell->n);
    }
    r->n_rows++;
}

static void point_into_bytes(struct db_rows *r)
{
    for (size_t i = 0; i < r->n_rows * (size_t)r->n_columns; i++)
        if (r->cell[i].type != DB_INT) {
            r->cell[i].p = r->bytes + r->cell[i].i;
            r->cell[i].i = 0;
        }
}

static int step_all(struct db_conn *c, sqlite3_stmt *stmt, struct db_rows *rows, struct err *err)
{
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        if (rows)
            keep_row(rows, stmt);
    if (rc != SQLITE_DONE)
        return fail(c, ERR_STORE_WRITE, err);
    if (rows) {
        rows->n_changed = sqlite3_stmt_readonly(stmt) ? 0 : sqlite3_changes64(c->handle);
        point_into_bytes(rows);
    }
    return 0;
}

static int run_once(struct db_conn *c, sqlite3_stmt *stmt, const struct db_value *arg,
                    size_t n_args, struct db_rows **ret, struct err *err)
{
    if (!bind(stmt, arg, n_args))
        return fail(c, ERR_STORE_WRITE, err);
    struct db_rows *rows = NULL;
    if (ret) {
        rows = mem_zalloc(1, sizeof *rows);
        rows->n_columns = sqlite3_column_count(stmt);
    }
    int r = step_all(c, stmt, rows, err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    if (r < 0)
        db_rows_free(rows);
    else if (ret)
        *ret = rows;
    return r;
}

static int sqlite_run(struct db_conn *c, void *made, const struct db_value *arg, size_t n_args,
                      size_t n, struct db_rows **ret, struct err *err)
{
    sqlite3_stmt *stmt = made;
    bool is_alone = !c->is_in_transaction && !sqlite3_stmt_readonly(stmt);
    int r = 0;
    if (is_alone)
        pthread_mutex_lock(&c->db->write);
    for (size_t i = 0; i < n && r == 0; i++)
        r = run_once(c, stmt, arg + i * n_args, n_args, ret ? ret + i : NULL, err);
    if (is_alone)
        pthread_mutex_unlock(&c->db->write);
    return r;
}

static int sqlite_script(struct db_conn *c, const char *sql, struct err *err)
{
    return exec(c, sql, ERR_STORE_WRITE, err);
}

const struct db_ops db_sqlite_ops = {
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .prepare = sqlite_prepare,
    .forget = sqlite_forget,
    .run = sqlite_run,
    .script = sqlite_script,
    .words = words,
};
