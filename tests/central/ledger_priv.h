/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the ledger only: ledger.c (sessions), ledger_schema.c (tables),
 * ledger_store.c (the batch), ledger_look.c (reading), ledger_gaps.c (looking over everything),
 * ledger_case.c (tasks, corrections), ledger_feed.c (changes, terminals), ledger_opening.c. */
#ifndef YJ_CENTRAL_LEDGER_PRIV_H
#define YJ_CENTRAL_LEDGER_PRIV_H

#include "ledger.h"

#include <pthread.h>
#include <stdatomic.h>

struct seen;
struct writer;

enum { LEDGER_MAX_BATCH = 64, LEDGER_PAGE = 64, LEDGER_MAX_LISTED = 1000 };

struct ledger {
    struct db *db;
    pthread_key_t transaction; /* struct db_conn * of this thread */
    atomic_llong n_enquiries;  /* since the start; all that is kept of them */
    struct writer *writer;     /* NULL: LEDGER_LOOK */
    pthread_mutex_t lock;      /* of what follows; a leaf but for the call */
    void (*on_stored)(void *arg);
    void *on_stored_arg;
};

/* One statement on the connection of this thread's transaction, or on one for itself. */
int ledger_run(struct ledger *l, const char *sql, const struct db_value *arg, size_t n_args,
               struct db_rows **ret, struct err *err) YJ_CHECK;
#define LEDGER_RUN(l, sql, ret, err, ...)                                                          \
    ledger_run(l, sql, (const struct db_value[]){__VA_ARGS__},                                     \
               sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), ret, err)
#define LEDGER_CONN_RUN(c, sql, ret, err, ...)                                                     \
    db_run(c, sql, (const struct db_value[]){__VA_ARGS__},                                         \
           sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), ret, err)

/* Bring the tables to the newest version (LEDGER_SERVE) or see that they have it. */
int ledger_schema_open(struct ledger *l, enum ledger_mode mode, struct err *err) YJ_CHECK;

void ledger_tell_stored(struct ledger *l);

/* ---- ledger_store.c ---- */

struct ledger_item {
    const struct ledger_record *record;
    enum ledger_found found;
    char *answer; /* owned by the item's owner */
};

/* Which certificates and terminals the database has for certain; one for each writing thread. */
struct seen *ledger_seen_new(void) YJ_CHECK;
void ledger_seen_free(struct seen *s);

/* Store a batch in one transaction. On failure nothing is stored for certain, and no item has an
 * answer. */
int ledger_store_batch(struct ledger *l, struct seen *seen, struct ledger_item *const item[],
                       size_t n, struct err *err) YJ_CHECK;

/* ---- ledger_look.c ---- */

#define LEDGER_RECORD_COLUMNS                                                                      \
    " r.uuid, r.kind, r.terminal, r.sequence, r.number, r.about, r.matter, r.sealed_at, r.suite,"  \
    " r.digest, r.prev_digest, r.signature, r.sealed, c.der, r.state, r.received_at, r.answer,"    \
    " r.repeats, r.attachments, r.boot_id, r.uptime_ms, r.centre_time, r.event_low, r.event_high"
#define LEDGER_RECORD_FROM " FROM record r JOIN certificate c ON c.fingerprint = r.certificate "

/* The record of a row with these columns; borrowed from the rows. */
void ledger_record_of(const struct db_rows *rows, size_t row, struct ledger_record *ret);

/* The civil day in China, 2026-11-23, of an instant as the centre writes it. */
void ledger_day_of(const char *instant, char ret[16]);

/* Milliseconds since 1970 of an instant of the centre or the contract, 0: it is none. */
int64_t ledger_ms_of(const char *instant);

/* All rows of a query as a JSON array. */
json_t *ledger_list(struct ledger *l, const char *sql, const struct db_value *arg, size_t n_args,
                    json_t *(*pack)(const struct db_rows *rows, size_t row),
                    struct err *err) YJ_CHECK;

#endif
