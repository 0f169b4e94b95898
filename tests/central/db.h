/* SPDX-License-Identifier: Apache-2.0 */
/* One database behind two engines: SQLite (WAL, synchronous=FULL) in a folder, or PostgreSQL 15.
 * Everything the centre remembers goes through here, so that any number of kiosk-central can stand
 * on one PostgreSQL. No SQL engine is visible above.
 *
 * SQL is written once, in what both understand: parameters $1, $2 …, INSERT … ON CONFLICT,
 * RETURNING, types BIGINT, TEXT, BLOB (db.c says BYTEA to PostgreSQL).
 *
 * Thread: struct db any; a struct db_conn belongs to one thread between db_take and db_give. */
#ifndef YJ_CENTRAL_DB_H
#define YJ_CENTRAL_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_conn;
struct db_rows; /* all rows of one answer, in memory */

/**
 * @param where  a folder (central.db in it, made 0700 when is_made), or "postgresql://…" / "host=…"
 * @param n_conns  connections that may work at once (SQLite: one writes, the others read)
 * @return 0, ERR_NOT_FOUND, ERR_STORE_OPEN. Blocks: connects.
 */
int db_open(const char *where, bool is_made, int n_conns, struct db **ret,
            struct err *err) YJ_CHECK;
void db_close(struct db *d); /* accepts NULL */
bool db_is_postgres(const struct db *d);

/** Borrow a connection; waits for one. A connection that broke is opened anew.
 *  @return 0 or ERR_STORE_OPEN (PostgreSQL cannot be reached now) */
int db_take(struct db *d, struct db_conn **ret, struct err *err) YJ_CHECK;
/** Give it back; an open transaction is rolled back. Accepts NULL. */
void db_give(struct db_conn *c);

/** A writing transaction (SQLite: BEGIN IMMEDIATE; PostgreSQL: READ COMMITTED). */
int db_begin(struct db_conn *c, struct err *err) YJ_CHECK;
/**
 * Durable when it returns 0 (PostgreSQL: on the primary and, where it is set up so, on a
 * synchronous standby).
 * @return ERR_STORE_WRITE: nothing is stored. ERR_TIMEOUT: it is not known (the connection broke
 *         during COMMIT): answer 503, the terminal repeats.
 */
int db_commit(struct db_conn *c, struct err *err) YJ_CHECK;
void db_rollback(struct db_conn *c);

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };
struct db_value {
    enum db_type type;
    int64_t i;
    const void *p; /* borrowed during the call; TEXT ends with a NUL */
    size_t n;      /* BLOB */
};
static inline struct db_value db_i(int64_t i)
{
    return (struct db_value){.type = DB_INT, .i = i};
}
static inline struct db_value db_t(const char *text)
{
    return (struct db_value){.type = text ? DB_TEXT : DB_NULL, .p = text};
}
static inline struct db_value db_b(const void *p, size_t n)
{
    return (struct db_value){.type = p ? DB_BLOB : DB_NULL, .p = p, .n = n};
}

/**
 * Carry out one statement; prepared once per connection and text.
 * @param ret  its rows, owned by the caller, db_rows_free; NULL: none are wanted
 * @return 0, ERR_EXISTS (a unique key is taken), ERR_STORE_WRITE, ERR_STORE_FULL, ERR_STORE_OPEN,
 *         ERR_BUSY (in each other's way with another transaction: do this one again)
 */
int db_run(struct db_conn *c, const char *sql, const struct db_value *arg, size_t n_args,
           struct db_rows **ret, struct err *err) YJ_CHECK;

/**
 * The same statement n times (PostgreSQL: one round trip, libpq's pipeline). Inside a transaction.
 * @param arg  n * n_args values
 * @param ret  n answers (each may have no row), or NULL; on failure none is left
 */
int db_run_many(struct db_conn *c, const char *sql, const struct db_value *arg, size_t n_args,
                size_t n, struct db_rows **ret, struct err *err) YJ_CHECK;

/** Statements without parameters, for the schema. */
int db_script(struct db_conn *c, const char *sql, struct err *err) YJ_CHECK;

size_t db_rows_count(const struct db_rows *r);
int64_t db_rows_changed(const struct db_rows *r); /* rows an UPDATE, INSERT, DELETE touched */
bool db_is_null(const struct db_rows *r, size_t row, int column);
int64_t db_int(const struct db_rows *r, size_t row, int column);
const char *db_text(const struct db_rows *r, size_t row, int column); /* "" for NULL; borrowed */
const void *db_blob(const struct db_rows *r, size_t row, int column, size_t *ret_n);
void db_rows_free(struct db_rows *r);  /* wipes; accepts NULL */
void db_rows_drop(struct db_rows **r); /* for YJ_CLEANUP */

#endif
