/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by ledger.c (writing), ledger_look.c (reading) and ledger_case.c (tasks and corrections)
 * only. */
#ifndef YJ_CENTRAL_LEDGER_PRIV_H
#define YJ_CENTRAL_LEDGER_PRIV_H

#include "ledger.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

struct ledger {
    sqlite3 *db;
    atomic_llong n_enquiries; /* since the start; all that is kept of them */
    pthread_mutex_t lock;     /* a leaf: held over one transaction or one reading walk */
};

/** Fill err from the connection's last error; a full disk becomes ERR_STORE_FULL. */
int ledger_fail(struct ledger *l, int code, const char *what, struct err *err);
int ledger_exec(struct ledger *l, const char *sql, int code, struct err *err) YJ_CHECK;
/* Prepare and bind text parameters, a list that ends with NULL; the statement is the caller's. */
int ledger_prepare(struct ledger *l, const char *sql, const char *const *texts, sqlite3_stmt **ret,
                   struct err *err) YJ_CHECK;
/* The same, carried out. */
int ledger_run(struct ledger *l, const char *sql, const char *const *texts,
               struct err *err) YJ_CHECK;
void ledger_finalize(sqlite3_stmt **stmt);

#endif
