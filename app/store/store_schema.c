/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, as steps from one version to the next. A step that was released is never changed; a
 * new need is a new step. Thread: outbox. */
#include "store/store_priv.h"

#include <stdio.h>

static const char schema_1[] =
    /* Settings and counters: terminal, last_sequence, last_digest (the end of the chain),
     * serial_floor (no serial of any day is given at or below it), salvage_pending,
     * n_check_writes. */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;"
    /* One row a record, never deleted. Up to row_digest the columns never change, and row_digest
     * covers them; sealed becomes NULL after the retention time. state: enum store_state. */
    "CREATE TABLE outbox("
    " sequence INTEGER PRIMARY KEY,"
    " uuid TEXT NOT NULL UNIQUE,"
    " kind INTEGER NOT NULL,"
    " number TEXT UNIQUE," /* NULL for ratings */
    " about TEXT NOT NULL,"
    " matter TEXT NOT NULL,"
    " matter_name TEXT NOT NULL,"
    " sealed_at TEXT NOT NULL,"
    " sealed_wall_ms INTEGER NOT NULL,"
    " suite TEXT NOT NULL,"
    " digest TEXT NOT NULL,"
    " prev_digest TEXT NOT NULL,"
    " signature TEXT NOT NULL,"
    " token TEXT NOT NULL,"
    " row_digest TEXT NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 3),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " attempted_wall_ms INTEGER," /* for people to read; nothing is decided by it */
    " last_code INTEGER,"         /* enum err_code of the last failed attempt */
    " reason TEXT,"               /* why quarantined */
    " ack TEXT,"                  /* the centre's JSON, as signed */
    " ack_signature TEXT,"
    " confirmed_wall_ms INTEGER,"
    " sealed BLOB) STRICT;"
    "CREATE INDEX outbox_undelivered ON outbox(attempts, sequence) WHERE state < 2;"
    "CREATE INDEX outbox_quarantined ON outbox(sequence) WHERE state = 3;"
    "CREATE INDEX outbox_unpurged ON outbox(confirmed_wall_ms) WHERE state = 2 AND sealed IS NOT "
    "NULL;"
    /* Printing of receipts: enum print_journal_state; copies counts sheets begun. */
    "CREATE TABLE journal("
    " sequence INTEGER PRIMARY KEY REFERENCES outbox(sequence),"
    " state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 4),"
    " copies INTEGER NOT NULL DEFAULT 0,"
    " changed_wall_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX journal_unfinished ON journal(sequence) WHERE state < 2;"
    /* Last serial of each local civil day, yyyymmdd. */
    "CREATE TABLE serials(day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* Version 2: form 2 of the envelope, attachments, what the centre tells. */
static const char schema_2[] =
    "ALTER TABLE outbox ADD COLUMN form INTEGER NOT NULL DEFAULT 0;"      /* enum seal_form */
    "ALTER TABLE outbox ADD COLUMN attachments TEXT NOT NULL DEFAULT '';" /* as in the signed text
                                                                           */
    "ALTER TABLE outbox ADD COLUMN boot_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE outbox ADD COLUMN uptime_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outbox ADD COLUMN centre_time TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX outbox_oldest ON outbox(sequence) WHERE state < 2;"
    /* Sealed files of a record; sealed becomes NULL with that of the record. state: 0 waiting,
     * 1 the centre has it, 2 refused for good or damaged here. */
    "CREATE TABLE attachment("
    " sequence INTEGER NOT NULL REFERENCES outbox(sequence),"
    " idx INTEGER NOT NULL,"
    " digest TEXT NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 2),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT,"
    " ack TEXT,"
    " ack_signature TEXT,"
    " confirmed_wall_ms INTEGER,"
    " sealed BLOB,"
    " UNIQUE(sequence, idx)) STRICT;"
    "CREATE INDEX attachment_waiting ON attachment(attempts, sequence, idx) WHERE state = 0;"
    "CREATE INDEX attachment_refused ON attachment(sequence) WHERE state = 2;"
    /* How tasks stood when the centre last told. */
    "CREATE TABLE task("
    " number TEXT NOT NULL,"
    " task TEXT NOT NULL,"
    " case_no TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " due TEXT NOT NULL,"
    " changed_at TEXT NOT NULL,"
    " n_fixes INTEGER NOT NULL,"
    " PRIMARY KEY(number, task)) STRICT, WITHOUT ROWID;";

static const char *const steps[] = {schema_1, schema_2};
_Static_assert(YJ_COUNT(steps) == STORE_SCHEMA_VERSION, "one step for each version");

int store_schema_version(struct store *s, int *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, "PRAGMA user_version", &stmt, err);
    if (rc)
        return rc;
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "user_version", err);
    *ret = sqlite3_column_int(stmt, 0);
    return 0;
}

int store_schema_step_up(struct store *s, int version, int (*fill)(struct store *, struct err *),
                         struct err *err)
{
    char set_version[48];
    if (version == STORE_SCHEMA_VERSION)
        return 0;
    snprintf(set_version, sizeof set_version, "PRAGMA user_version=%d", STORE_SCHEMA_VERSION);
    int rc = store_group_begin(s, err);
    if (rc)
        return rc;
    for (int i = version; rc == 0 && i < STORE_SCHEMA_VERSION; i++)
        rc = store_exec(s, steps[i], err);
    if (rc == 0)
        rc = store_exec(s, set_version, err);
    if (rc == 0 && version == 0)
        rc = fill(s, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}
