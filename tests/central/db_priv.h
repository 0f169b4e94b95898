/* SPDX-License-Identifier: Apache-2.0 */
/* Between db.c (pool, rows) and the engines db_sqlite.c, db_pg.c. */
#ifndef YJ_CENTRAL_DB_PRIV_H
#define YJ_CENTRAL_DB_PRIV_H

#include "db.h"

#include <pthread.h>

enum { DB_MAX_STATEMENTS = 256, DB_MAX_ARGS = 32 };

/* One prepared statement. What it is belongs to the engine. */
struct db_statement {
    uint64_t hash; /* of text and types */
    char *text;    /* as the caller wrote it, with the types behind it; NULL: free */
    void *made;
};

struct db_conn {
    struct db *db;
    void *handle; /* sqlite3 or PGconn; NULL: not open */
    bool is_taken, is_in_transaction, is_broken;
    bool is_warned; /* PostgreSQL said something that is more than a notice */
    struct db_statement statement[DB_MAX_STATEMENTS * 2]; /* open addressing */
    size_t n_statements;
    unsigned n_names; /* of statements so far: none is used twice */
};

struct db_ops {
    /* Connection: handle is filled, or nothing is left. */
    int (*open)(struct db_conn *c, struct err *err);
    void (*close)(struct db_conn *c);
    int (*begin)(struct db_conn *c, struct err *err);
    int (*commit)(struct db_conn *c, struct err *err);
    void (*rollback)(struct db_conn *c);
    /* Prepare: ret_made is dropped with forget. */
    int (*prepare)(struct db_conn *c, const char *sql, const struct db_value *arg, size_t n_args,
                   void **ret_made, struct err *err);
    void (*forget)(struct db_conn *c, void *made);
    int (*run)(struct db_conn *c, void *made, const struct db_value *arg, size_t n_args, size_t n,
               struct db_rows **ret, struct err *err);
    int (*script)(struct db_conn *c, const char *sql, struct err *err);
    /* Words of a script and what stands for them here; ends with NULL. */
    const char *const (*words)[2];
};

extern const struct db_ops db_sqlite_ops;
#if YIJIAN_POSTGRES
extern const struct db_ops db_pg_ops;
#endif

struct db {
    const struct db_ops *ops;
    char *where; /* path of the file, or what libpq takes */
    bool is_made;
    pthread_mutex_t lock; /* of the pool; a leaf */
    pthread_cond_t given;
    pthread_mutex_t write; /* SQLite: who writes; held over a transaction */
    struct db_conn *conn;
    int n_conns;
    int64_t failed_ms; /* monotonic, when connecting failed last; 0: it did not */
};

struct db_cell {
    enum db_type type;
    int64_t i;
    const char *p; /* a NUL behind it */
    size_t n;
};

struct db_rows {
    size_t n_rows;
    int n_columns;
    int64_t n_changed;
    struct db_cell *cell;
    size_t cap; /* cells */
    /* What the cells point into. */
    char *bytes;
    size_t n_bytes, cap_bytes;
    void *owner;
    void (*drop)(struct db_rows *r);
};

#endif
