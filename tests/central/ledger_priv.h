/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by ledger.c (writing) and ledger_look.c (reading) only. */
#ifndef YJ_CENTRAL_LEDGER_PRIV_H
#define YJ_CENTRAL_LEDGER_PRIV_H

#include "ledger.h"

#include <pthread.h>
#include <sqlite3.h>

struct ledger {
    sqlite3 *db;
    pthread_mutex_t lock; /* a leaf: held over one transaction or one reading walk */
};

/** Fill err from the connection's last error; a full disk becomes ERR_STORE_FULL. */
int ledger_fail(struct ledger *l, int code, const char *what, struct err *err);
int ledger_exec(struct ledger *l, const char *sql, int code, struct err *err) YJ_CHECK;
void ledger_finalize(sqlite3_stmt **stmt);

#endif
