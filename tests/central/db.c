/* SPDX-License-Identifier: Apache-2.0 */
/* Pool of connections, prepared statements by their text, rows. Any thread. */
#include "db_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

/* After a failure nobody tries to connect for this long: workers must not all hang in it. */
enum { RETRY_MS = 300 };

static bool is_postgres_address(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0 ||
           strchr(where, '=') != NULL;
}

static int choose_engine(struct db *d, const char *where, struct err *err)
{
    if (!is_postgres_address(where)) {
        d->ops = &db_sqlite_ops;
        size_t n = strlen(where) + sizeof "/central.db";
        d->where = mem_zalloc(n, 1);
        snprintf(d->where, n, "%s/central.db", where);
        return 0;
    }
#if YIJIAN_POSTGRES
    d->ops = &db_pg_ops;
    (void)err;
    d->where = mem_strdup(where);
    return 0;
#else
    return ERR(err, ERR_STORE_OPEN, "this program was built without PostgreSQL");
#endif
}

bool db_is_postgres(const struct db *d)
{
    return d->ops != &db_sqlite_ops;
}

int db_open(const char *where, bool is_made, int n_conns, struct db **ret, struct err *err)
{
    struct db *d = mem_zalloc(1, sizeof *d);
    d->is_made = is_made;
    d->n_conns = n_conns < 1 ? 1 : n_conns;
    d->conn = mem_zalloc((size_t)d->n_conns, sizeof *d->conn);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->given, NULL);
    pthread_mutex_init(&d->write, NULL);
    for (int i = 0; i < d->n_conns; i++)
        d->conn[i].db = d;
    int r = choose_engine(d, where, err);
    struct db_conn *first = NULL;
    if (r == 0)
        r = db_take(d, &first, err); /* whoever starts wants to know now */
    db_give(first);
    if (r < 0) {
        db_close(d);
        return r;
    }
    *ret = d;
    return 0;
}

static void forget_all(struct db_conn *c)
{
    for (size_t i = 0; i < YJ_COUNT(c->statement); i++) {
        if (c->statement[i].made)
            c->db->ops->forget(c, c->statement[i].made);
        free(c->statement[i].text);
        c->statement[i] = (struct db_statement){0};
    }
    c->n_statements = 0;
}

static void conn_close(struct db_conn *c)
{
    if (!c->handle)
        return;
    forget_all(c);
    c->db->ops->close(c);
    c->handle = NULL;
    c->is_broken = false;
}

void db_close(struct db *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->n_conns; i++)
        conn_close(&d->conn[i]);
    pthread_mutex_destroy(&d->write);
    pthread_cond_destroy(&d->given);
    pthread_mutex_destroy(&d->lock);
    free(d->conn);
    free(d->where);
    free(d);
}

/* One that is open, else one that is not; waits. The lock is held. */
static struct db_conn *wait_for_one(struct db *d)
{
    for (;;) {
        struct db_conn *closed = NULL;
        for (int i = 0; i < d->n_conns; i++) {
            struct db_conn *c = &d->conn[i];
            if (!c->is_taken && c->handle)
                return c;
            if (!c->is_taken)
                closed = c;
        }
        if (closed)
            return closed;
        pthread_cond_wait(&d->given, &d->lock);
    }
}

static void put_back(struct db *d, struct db_conn *c)
{
    pthread_mutex_lock(&d->lock);
    c->is_taken = false;
    pthread_cond_signal(&d->given);
    pthread_mutex_unlock(&d->lock);
}

int db_take(struct db *d, struct db_conn **ret, struct err *err)
{
    pthread_mutex_lock(&d->lock);
    struct db_conn *c = wait_for_one(d);
    int64_t failed_ms = d->failed_ms;
    c->is_taken = true;
    pthread_mutex_unlock(&d->lock);
    int r = 0;
    if (!c->handle && failed_ms && clock_mono_ms() - failed_ms < RETRY_MS)
        r = ERR(err, ERR_STORE_OPEN, "the database could not be reached a moment ago");
    else if (!c->handle) {
        r = d->ops->open(c, err);
        pthread_mutex_lock(&d->lock);
        d->failed_ms = r < 0 ? clock_mono_ms() : 0;
        pthread_mutex_unlock(&d->lock);
    }
    if (r < 0) {
        put_back(d, c);
        return r;
    }
    *ret = c;
    return 0;
}

void db_give(struct db_conn *c)
{
    if (!c)
        return;
    if (c->is_in_transaction)
        db_rollback(c);
    if (c->is_broken)
        conn_close(c);
    put_back(c->db, c);
}

int db_begin(struct db_conn *c, struct err *err)
{
    int r = c->db->ops->begin(c, err);
    c->is_in_transaction = r == 0;
    return r;
}

int db_commit(struct db_conn *c, struct err *err)
{
    int r = c->db->ops->commit(c, err);
    if (r < 0)
        db_rollback(c);
    c->is_in_transaction = false;
    return r;
}

void db_rollback(struct db_conn *c)
{
    if (c->is_in_transaction)
        c->db->ops->rollback(c);
    c->is_in_transaction = false;
}

/* The key of a statement: PostgreSQL needs to know the types when it prepares. */
static void key_of(const char *sql, const struct db_value *arg, size_t n_args,
                   char types[DB_MAX_ARGS + 1], uint64_t *ret_hash)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (const char *s = sql; *s; s++)
        h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
    for (size_t i = 0; i < n_args; i++) {
        types[i] = (char)('0' + arg[i].type);
        h = (h ^ (uint8_t)types[i]) * UINT64_C(1099511628211);
    }
    types[n_args] = '\0';
    *ret_hash = h;
}

static bool is_key(const struct db_statement *s, uint64_t hash, const char *sql, const char *types)
{
    size_t n = strlen(sql);
    return s->hash == hash && strncmp(s->text, sql, n) == 0 && strcmp(s->text + n, types) == 0;
}

static int statement_of(struct db_conn *c, const char *sql, const struct db_value *arg,
                        size_t n_args, void **ret, struct err *err)
{
    char types[DB_MAX_ARGS + 1];
    uint64_t hash;
    if (n_args > DB_MAX_ARGS)
        return ERR(err, ERR_INVALID, "too many parameters");
    key_of(sql, arg, n_args, types, &hash);
    if (c->n_statements == DB_MAX_STATEMENTS)
        forget_all(c);
    size_t i = hash % YJ_COUNT(c->statement);
    for (; c->statement[i].text; i = (i + 1) % YJ_COUNT(c->statement))
        if (is_key(&c->statement[i], hash, sql, types)) {
            *ret = c->statement[i].made;
            return 0;
        }
    void *made = NULL;
    int r = c->db->ops->prepare(c, sql, arg, n_args, &made, err);
    if (r < 0)
        return r;
    size_t n = strlen(sql);
    c->statement[i] = (struct db_statement){hash, mem_zalloc(n + n_args + 1, 1), made};
    memcpy(c->statement[i].text, sql, n);
    memcpy(c->statement[i].text + n, types, n_args);
    c->n_statements++;
    *ret = made;
    return 0;
}

int db_run_many(struct db_conn *c, const char *sql, const struct db_value *arg, size_t n_args,
                size_t n, struct db_rows **ret, struct err *err)
{
    /* Calls may differ in what is NULL: runs of equal types go out together. */
    size_t from = 0;
    int r = 0;
    for (size_t i = 0; ret && i < n; i++)
        ret[i] = NULL;
    while (r == 0 && from < n) {
        void *made = NULL;
        const struct db_value *first = arg + from * n_args;
        size_t to = from + 1;
        for (bool is_equal = true; to < n && is_equal; to += is_equal)
            for (size_t k = 0; k < n_args && is_equal; k++)
                is_equal = arg[to * n_args + k].type == first[k].type;
        r = statement_of(c, sql, first, n_args, &made, err);
        if (r == 0)
            r = c->db->ops->run(c, made, first, n_args, to - from, ret ? ret + from : NULL, err);
        from = to;
    }
    for (size_t i = 0; r < 0 && ret && i < n; i++)
        db_rows_drop(&ret[i]);
    return r;
}

int db_run(struct db_conn *c, const char *sql, const struct db_value *arg, size_t n_args,
           struct db_rows **ret, struct err *err)
{
    return db_run_many(c, sql, arg, n_args, 1, ret, err);
}

static bool is_word_char(char ch)
{
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
           ch == '_';
}

static const char *word_of(const struct db_ops *ops, const char *word, size_t n)
{
    for (size_t i = 0; ops->words[i][0]; i++)
        if (strlen(ops->words[i][0]) == n && strncmp(ops->words[i][0], word, n) == 0)
            return ops->words[i][1];
    return NULL;
}

int db_script(struct db_conn *c, const char *sql, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f)
        return ERR(err, ERR_SYSTEM, "no memory for a script");
    while (*sql) {
        size_t len = 0;
        while (is_word_char(sql[len]))
            len++;
        const char *instead = len ? word_of(c->db->ops, sql, len) : NULL;
        len = len ? len : 1;
        if (instead)
            fputs(instead, f);
        else
            fwrite(sql, 1, len, f);
        sql += len;
    }
    fclose(f);
    return c->db->ops->script(c, text, err);
}

/* ---- rows ---- */

size_t db_rows_count(const struct db_rows *r)
{
    return r ? r->n_rows : 0;
}

int64_t db_rows_changed(const struct db_rows *r)
{
    return r ? r->n_changed : 0;
}

static const struct db_cell *cell_at(const struct db_rows *r, size_t row, int column)
{
    static const struct db_cell none = {.type = DB_NULL, .p = ""};
    if (!r || row >= r->n_rows || column < 0 || column >= r->n_columns)
        return &none;
    return &r->cell[row * (size_t)r->n_columns + (size_t)column];
}

bool db_is_null(const struct db_rows *r, size_t row, int column)
{
    return cell_at(r, row, column)->type == DB_NULL;
}

int64_t db_int(const struct db_rows *r, size_t row, int column)
{
    return cell_at(r, row, column)->i;
}

const char *db_text(const struct db_rows *r, size_t row, int column)
{
    const char *p = cell_at(r, row, column)->p;
    return p ? p : "";
}

const void *db_blob(const struct db_rows *r, size_t row, int column, size_t *ret_n)
{
    const struct db_cell *cell = cell_at(r, row, column);
    *ret_n = cell->n;
    return cell->p;
}

void db_rows_free(struct db_rows *r)
{
    if (!r)
        return;
    if (r->drop)
        r->drop(r);
    if (r->bytes)
        bytes_wipe(r->bytes, r->n_bytes);
    free(r->bytes);
    free(r->cell);
    free(r);
}

void db_rows_drop(struct db_rows **r)
{
    db_rows_free(*r);
    *r = NULL;
}
