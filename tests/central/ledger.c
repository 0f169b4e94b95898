/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: opening, transactions of threads. Any thread. */
#include "ledger_priv.h"

#include <stdlib.h>

#include "base/mem.h"
#include "writer.h"

int ledger_open(struct db *db, enum ledger_mode mode, struct ledger **ret, struct err *err)
{
    struct ledger *l = mem_zalloc(1, sizeof *l);
    l->db = db;
    if (pthread_key_create(&l->transaction, NULL) != 0) {
        free(l);
        return ERR(err, ERR_SYSTEM, "no key for transactions");
    }
    pthread_mutex_init(&l->lock, NULL);
    int r = ledger_schema_open(l, mode, err);
    if (r == 0 && mode == LEDGER_SERVE)
        r = writer_start(l, db_is_postgres(db) ? 2 : 1, &l->writer, err);
    if (r < 0) {
        ledger_close(l);
        return r;
    }
    *ret = l;
    return 0;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    writer_stop(l->writer);
    pthread_mutex_destroy(&l->lock);
    pthread_key_delete(l->transaction);
    free(l);
}

struct db_conn *ledger_conn(struct ledger *l)
{
    return pthread_getspecific(l->transaction);
}

/* @return what ended is given back */
static void end_transaction(struct ledger *l)
{
    struct db_conn *c = ledger_conn(l);
    (void)pthread_setspecific(l->transaction, NULL); /* cannot fail: the thread has the key */
    db_give(c);
}

int ledger_begin(struct ledger *l, struct err *err)
{
    struct db_conn *c = NULL;
    if (ledger_conn(l))
        return ERR(err, ERR_WRONG_STATE, "this thread has a transaction");
    int r = db_take(l->db, &c, err);
    if (r == 0)
        r = db_begin(c, err);
    if (r == 0 && pthread_setspecific(l->transaction, c) != 0)
        r = ERR(err, ERR_SYSTEM, "no room for a transaction");
    if (r < 0)
        db_give(c);
    return r;
}

int ledger_commit(struct ledger *l, struct err *err)
{
    int r = db_commit(ledger_conn(l), err);
    end_transaction(l);
    return r;
}

void ledger_rollback(struct ledger *l)
{
    db_rollback(ledger_conn(l));
    end_transaction(l);
}

int ledger_run(struct ledger *l, const char *sql, const struct db_value *arg, size_t n_args,
               struct db_rows **ret, struct err *err)
{
    struct db_conn *own = ledger_conn(l), *c = own;
    int r = own ? 0 : db_take(l->db, &c, err);
    if (r < 0)
        return r;
    r = db_run(c, sql, arg, n_args, ret, err);
    if (!own)
        db_give(c);
    return r;
}

int ledger_store(struct ledger *l, const struct ledger_record *record, enum ledger_found *ret,
                 char **ret_answer, struct err *err)
{
    return writer_store(l->writer, record, ret, ret_answer, err);
}

void ledger_on_stored(struct ledger *l, void (*call)(void *arg), void *arg)
{
    pthread_mutex_lock(&l->lock);
    l->on_stored = call;
    l->on_stored_arg = arg;
    pthread_mutex_unlock(&l->lock);
}

void ledger_tell_stored(struct ledger *l)
{
    pthread_mutex_lock(&l->lock);
    if (l->on_stored)
        l->on_stored(l->on_stored_arg);
    pthread_mutex_unlock(&l->lock);
}

void ledger_count_enquiry(struct ledger *l)
{
    atomic_fetch_add(&l->n_enquiries, 1);
}
