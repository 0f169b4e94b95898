/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the ledger and their versions. Migrations only add: a version runs on what the one
 * before left, in one transaction. PostgreSQL begins with version 3; several centres that start at
 * once make it once. */
#include "ledger_priv.h"

#include <stdio.h>

enum { SCHEMA_VERSION = 3 };

static const char sqlite_1[] =
    "CREATE TABLE certificate ("
    "  fingerprint TEXT PRIMARY KEY, terminal TEXT NOT NULL, der BLOB NOT NULL) STRICT;"
    "CREATE TABLE record ("
    "  uuid TEXT PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL,"
    "  sequence INTEGER NOT NULL, number TEXT NOT NULL, about TEXT NOT NULL,"
    "  matter TEXT NOT NULL, sealed_at TEXT NOT NULL, suite TEXT NOT NULL,"
    "  digest TEXT NOT NULL, prev_digest TEXT NOT NULL, signature TEXT NOT NULL,"
    "  sealed BLOB NOT NULL, certificate TEXT NOT NULL REFERENCES certificate,"
    "  is_opened INTEGER NOT NULL, received_at TEXT NOT NULL, answer TEXT NOT NULL,"
    "  repeats INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE (terminal, sequence)) STRICT;"
    "CREATE INDEX record_number ON record (number) WHERE number <> '';"
    "CREATE TABLE case_file ("
    "  serial INTEGER PRIMARY KEY AUTOINCREMENT, case_no TEXT NOT NULL UNIQUE,"
    "  uuid TEXT NOT NULL REFERENCES record DEFERRABLE INITIALLY DEFERRED,"
    "  task TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (uuid, task)) STRICT;"
    "CREATE TABLE terminal ("
    "  id TEXT PRIMARY KEY, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,"
    "  heartbeat TEXT) STRICT;"
    "PRAGMA user_version = 1;";

/* Version 2: how far the tasks are, what must be put right, whose a record is. The applicant is a
 * keyed hash (keyring_person): nobody reads numbers out of this file. */
static const char sqlite_2[] =
    "CREATE TABLE task_state ("
    "  uuid TEXT NOT NULL REFERENCES record DEFERRABLE INITIALLY DEFERRED, task TEXT NOT NULL,"
    "  code INTEGER NOT NULL, changed_at TEXT NOT NULL, PRIMARY KEY (uuid, task)) STRICT;"
    "INSERT INTO task_state SELECT uuid, task, 12, '' FROM case_file;"
    "CREATE TABLE applicant ("
    "  uuid TEXT PRIMARY KEY REFERENCES record DEFERRABLE INITIALLY DEFERRED,"
    "  person TEXT NOT NULL) STRICT;"
    "CREATE INDEX applicant_person ON applicant (person) WHERE person <> '';"
    "CREATE TABLE correction ("
    "  serial INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL REFERENCES record,"
    "  kind TEXT NOT NULL, item TEXT NOT NULL, reason TEXT NOT NULL, remark TEXT NOT NULL,"
    "  opened_at TEXT NOT NULL, closed_at TEXT NOT NULL DEFAULT '',"
    "  closed_by TEXT REFERENCES record DEFERRABLE INITIALLY DEFERRED) STRICT;"
    "CREATE INDEX correction_uuid ON correction (uuid);"
    "CREATE TABLE corrected ("
    "  uuid TEXT PRIMARY KEY REFERENCES record DEFERRABLE INITIALLY DEFERRED,"
    "  number TEXT NOT NULL, original TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;"
    "CREATE INDEX corrected_original ON corrected (original) WHERE original <> '';"
    "PRAGMA user_version = 2;";

/* Version 3: form 2 of the envelope, opening after storing, attachments, changes, certificates,
 * counters instead of counting. Records of before count as theirs does now. */
static const char sqlite_3[] =
    "ALTER TABLE record RENAME COLUMN is_opened TO state;"
    "UPDATE record SET state = 2 WHERE state = 0;"
    "ALTER TABLE record ADD COLUMN attachments TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE record ADD COLUMN boot_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE record ADD COLUMN uptime_ms INTEGER NOT NULL DEFAULT -1;"
    "ALTER TABLE record ADD COLUMN centre_time TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE record ADD COLUMN event_low TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE record ADD COLUMN event_high TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE terminal ADD COLUMN n_changes INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE terminal ADD COLUMN boot_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE terminal ADD COLUMN n_boots INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE terminal ADD COLUMN clock_error_s INTEGER;";

/* Tables and indexes of PostgreSQL that SQLite has from versions 1 and 2. sealed is ciphertext: to
 * compress it is work for nothing. */
static const char postgres_base[] =
    "CREATE TABLE certificate ("
    "  fingerprint TEXT PRIMARY KEY, terminal TEXT NOT NULL, der BLOB NOT NULL);"
    "CREATE TABLE record ("
    "  uuid TEXT PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL,"
    "  sequence BIGINT NOT NULL, number TEXT NOT NULL, about TEXT NOT NULL,"
    "  matter TEXT NOT NULL, sealed_at TEXT NOT NULL, suite TEXT NOT NULL,"
    "  digest TEXT NOT NULL, prev_digest TEXT NOT NULL, signature TEXT NOT NULL,"
    "  sealed BLOB NOT NULL, certificate TEXT NOT NULL, state BIGINT NOT NULL,"
    "  received_at TEXT NOT NULL, answer TEXT NOT NULL, repeats BIGINT NOT NULL DEFAULT 0,"
    "  attachments TEXT NOT NULL DEFAULT '', boot_id TEXT NOT NULL DEFAULT '',"
    "  uptime_ms BIGINT NOT NULL DEFAULT -1, centre_time TEXT NOT NULL DEFAULT '',"
    "  event_low TEXT NOT NULL DEFAULT '', event_high TEXT NOT NULL DEFAULT '',"
    "  rowid BIGINT GENERATED ALWAYS AS IDENTITY,"
    "  UNIQUE (terminal, sequence));"
    "ALTER TABLE record ALTER COLUMN sealed SET STORAGE EXTERNAL;"
    "CREATE INDEX record_number ON record (number) WHERE number <> '';"
    "CREATE TABLE case_file ("
    "  serial SERIAL_KEY, case_no TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL,"
    "  task TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (uuid, task));"
    "CREATE TABLE terminal ("
    "  id TEXT PRIMARY KEY, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, heartbeat TEXT,"
    "  n_changes BIGINT NOT NULL DEFAULT 0, boot_id TEXT NOT NULL DEFAULT '',"
    "  n_boots BIGINT NOT NULL DEFAULT 0, clock_error_s BIGINT);"
    "CREATE TABLE task_state ("
    "  uuid TEXT NOT NULL, task TEXT NOT NULL, code BIGINT NOT NULL, changed_at TEXT NOT NULL,"
    "  PRIMARY KEY (uuid, task));"
    "CREATE TABLE applicant (uuid TEXT PRIMARY KEY, person TEXT NOT NULL);"
    "CREATE INDEX applicant_person ON applicant (person) WHERE person <> '';"
    "CREATE TABLE correction ("
    "  serial SERIAL_KEY, uuid TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL,"
    "  reason TEXT NOT NULL, remark TEXT NOT NULL, opened_at TEXT NOT NULL,"
    "  closed_at TEXT NOT NULL DEFAULT '', closed_by TEXT);"
    "CREATE INDEX correction_uuid ON correction (uuid);"
    "CREATE TABLE corrected ("
    "  uuid TEXT PRIMARY KEY, number TEXT NOT NULL, original TEXT NOT NULL,"
    "  outcome TEXT NOT NULL);"
    "CREATE INDEX corrected_original ON corrected (original) WHERE original <> '';";

/* New in version 3, the same for both. */
static const char common_3[] =
    "CREATE INDEX certificate_terminal ON certificate (terminal);"
    "CREATE INDEX record_unopened ON record (terminal, sequence) WHERE state = 0;"
    "CREATE TABLE attachment ("
    "  uuid TEXT NOT NULL, digest TEXT NOT NULL, bytes BIGINT NOT NULL,"
    "  received BIGINT NOT NULL DEFAULT 0, received_at TEXT NOT NULL DEFAULT '',"
    "  answer TEXT NOT NULL DEFAULT '', PRIMARY KEY (uuid, digest)) STRICT;"
    "CREATE INDEX attachment_open ON attachment (uuid) WHERE answer = '';"
    "CREATE TABLE attachment_piece ("
    "  uuid TEXT NOT NULL, digest TEXT NOT NULL, at BIGINT NOT NULL, data BLOB NOT NULL,"
    "  PRIMARY KEY (uuid, digest, at)) STRICT;"
    "CREATE TABLE change ("
    "  terminal TEXT NOT NULL, serial BIGINT NOT NULL, body TEXT NOT NULL,"
    "  PRIMARY KEY (terminal, serial)) STRICT;"
    "CREATE TABLE terminal_boot ("
    "  terminal TEXT NOT NULL, boot_id TEXT NOT NULL, started_ms BIGINT NOT NULL,"
    "  last_seen TEXT NOT NULL, PRIMARY KEY (terminal, boot_id)) STRICT;"
    "CREATE TABLE chain_break ("
    "  terminal TEXT NOT NULL, sequence BIGINT NOT NULL, PRIMARY KEY (terminal, sequence)) STRICT;"
    "CREATE TABLE served ("
    "  day TEXT NOT NULL, hall TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (day, hall)) STRICT;"
    "CREATE TABLE enrolment ("
    "  token_hash TEXT PRIMARY KEY, terminal TEXT NOT NULL, expires_at BIGINT NOT NULL,"
    "  csr_hash TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE TABLE issued ("
    "  fingerprint TEXT PRIMARY KEY, terminal TEXT NOT NULL, kind TEXT NOT NULL,"
    "  der BLOB NOT NULL, not_after BIGINT NOT NULL,"
    "  withdrawn_at TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX issued_terminal ON issued (terminal);";

/* What the counters of version 3 would hold had they been there before. */
static const char sqlite_count_3[] =
    "INSERT INTO served SELECT '', substr(terminal, 1, 6), count(*) FROM record"
    "  WHERE kind = 'application' GROUP BY 2;"
    "INSERT INTO served SELECT date(received_at, '+8 hours'), substr(terminal, 1, 6), count(*)"
    "  FROM record WHERE kind = 'application' GROUP BY 1, 2;"
    "INSERT INTO chain_break SELECT r.terminal, r.sequence FROM record r LEFT JOIN record p"
    "  ON p.terminal = r.terminal AND p.sequence = r.sequence - 1"
    "  WHERE r.prev_digest <> iif(r.sequence = 1, printf('%064d', 0),"
    "                             coalesce(p.digest, r.prev_digest));"
    "PRAGMA user_version = 3;";

static const char postgres_count_3[] = "CREATE TABLE schema_version (version BIGINT PRIMARY KEY);"
                                       "INSERT INTO schema_version VALUES (3);";

static int version_of(struct db *db, struct db_conn *c, int64_t *ret, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r;
    if (!db_is_postgres(db)) {
        r = db_run(c, "PRAGMA user_version", NULL, 0, &rows, err);
        *ret = db_int(rows, 0, 0);
        return r;
    }
    r = db_run(c,
               "SELECT count(*) FROM information_schema.tables WHERE table_schema ="
               " current_schema() AND table_name = 'schema_version'",
               NULL, 0, &rows, err);
    *ret = 0;
    if (r < 0 || db_int(rows, 0, 0) == 0)
        return r;
    db_rows_drop(&rows);
    r = db_run(c, "SELECT max(version) FROM schema_version", NULL, 0, &rows, err);
    *ret = db_int(rows, 0, 0);
    return r;
}

static int run_scripts(struct db_conn *c, const char *const *scripts, struct err *err)
{
    int r = 0;
    for (; *scripts && r == 0; scripts++)
        r = db_script(c, *scripts, err);
    return r;
}

/* One step, inside a transaction. */
static int step(struct db *db, struct db_conn *c, int64_t version, struct err *err)
{
    static const char *const postgres[] = {postgres_base, common_3, postgres_count_3, NULL};
    static const char *const sqlite[SCHEMA_VERSION][4] = {
        {sqlite_1, NULL}, {sqlite_2, NULL}, {sqlite_3, common_3, sqlite_count_3, NULL}};
    return run_scripts(c, db_is_postgres(db) ? postgres : sqlite[version], err);
}

/* Looked at again under the lock: another centre may have just done it. */
static int migrate(struct db *db, struct db_conn *c, struct err *err)
{
    int64_t version = 0;
    int r = db_begin(c, err);
    if (r < 0)
        return r;
    if (db_is_postgres(db))
        r = db_run(c, "SELECT pg_advisory_xact_lock(7214580916347120001)", NULL, 0, NULL, err);
    if (r == 0)
        r = version_of(db, c, &version, err);
    while (r == 0 && version >= 0 && version < SCHEMA_VERSION) {
        r = step(db, c, version, err);
        if (r == 0)
            r = version_of(db, c, &version, err);
    }
    if (r == 0)
        return db_commit(c, err);
    db_rollback(c);
    return r;
}

static int open_on(struct ledger *l, struct db_conn *c, enum ledger_mode mode, struct err *err)
{
    int64_t version = 0;
    int r = version_of(l->db, c, &version, err);
    if (r == 0 && mode == LEDGER_SERVE && version < SCHEMA_VERSION) {
        r = migrate(l->db, c, err);
        if (r == 0)
            r = version_of(l->db, c, &version, err);
    }
    if (r == 0 && version != SCHEMA_VERSION)
        return ERR(err, ERR_STORE_SCHEMA, "the ledger has version %lld, not %d", (long long)version,
                   SCHEMA_VERSION);
    return r;
}

int ledger_schema_open(struct ledger *l, enum ledger_mode mode, struct err *err)
{
    struct db_conn *c = NULL;
    int r = db_take(l->db, &c, err);
    if (r == 0)
        r = open_on(l, c, mode, err);
    db_give(c);
    return r;
}
