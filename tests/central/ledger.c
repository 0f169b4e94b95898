/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: opening, the writing transaction. Any thread; one lock around the one connection. */
#include "ledger_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "case_code.h"

enum { SCHEMA_VERSION = 2, BUSY_MS = 10000 };

static const char schema_1[] =
    "BEGIN IMMEDIATE;"
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
    "PRAGMA user_version = 1;"
    "COMMIT;";

/* Version 2: how far the tasks are, what must be put right, whose a record is. The applicant is a
 * keyed hash (keyring_person): nobody reads numbers out of this file. */
static const char schema_2[] =
    "BEGIN IMMEDIATE;"
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
    "PRAGMA user_version = 2;"
    "COMMIT;";

int ledger_fail(struct ledger *l, int code, const char *what, struct err *err)
{
    int rc = sqlite3_extended_errcode(l->db);
    if ((rc & 0xFF) == SQLITE_FULL)
        code = ERR_STORE_FULL;
    return ERR(err, code, "%s: %s", what, sqlite3_errstr(rc));
}

int ledger_exec(struct ledger *l, const char *sql, int code, struct err *err)
{
    if (sqlite3_exec(l->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return ledger_fail(l, code, "ledger", err);
    return 0;
}

void ledger_finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

static int user_version(struct ledger *l, int *ret, struct err *err)
{
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(l->db, "PRAGMA user_version", -1, &q, NULL) != SQLITE_OK ||
        sqlite3_step(q) != SQLITE_ROW)
        return ledger_fail(l, ERR_STORE_OPEN, "reading the version", err);
    *ret = sqlite3_column_int(q, 0);
    return 0;
}

/* One step of the schema: whole or not at all. */
static int make(struct ledger *l, const char *step, int *ret_version, struct err *err)
{
    int r = ledger_exec(l, step, ERR_STORE_OPEN, err);
    if (r < 0)
        (void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    return r < 0 ? r : user_version(l, ret_version, err);
}

static int open_into(struct ledger *l, const char *dir, enum ledger_mode mode, struct err *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/central.db", dir) >= (int)sizeof path)
        return ERR(err, ERR_INVALID, "the data path is too long");
    if (mode == LEDGER_SERVE && mkdir(dir, 0700) < 0 && errno != EEXIST)
        return ERR(err, ERR_STORE_OPEN, "%s: %s", dir, strerror(errno));
    struct stat st;
    if (mode == LEDGER_LOOK && stat(path, &st) < 0)
        return ERR(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW |
                (mode == LEDGER_SERVE ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &l->db, flags, NULL) != SQLITE_OK)
        return ledger_fail(l, ERR_STORE_OPEN, path, err);
    sqlite3_busy_timeout(l->db, BUSY_MS);
    int r, version = 0;
    if ((r = ledger_exec(l,
                         "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
                         ERR_STORE_OPEN, err)) < 0 ||
        (r = user_version(l, &version, err)) < 0)
        return r;
    if (version == 0 && mode == LEDGER_SERVE && (r = make(l, schema_1, &version, err)) < 0)
        return r;
    if (version == 1 && mode == LEDGER_SERVE && (r = make(l, schema_2, &version, err)) < 0)
        return r;
    if (version != SCHEMA_VERSION)
        return ERR(err, ERR_STORE_SCHEMA, "the ledger has version %d, not %d", version,
                   SCHEMA_VERSION);
    return 0;
}

int ledger_open(const char *dir, enum ledger_mode mode, struct ledger **ret, struct err *err)
{
    struct ledger *l = mem_zalloc(1, sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    int r = open_into(l, dir, mode, err);
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
    sqlite3_close(l->db);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

int ledger_begin(struct ledger *l, struct err *err)
{
    pthread_mutex_lock(&l->lock);
    int r = ledger_exec(l, "BEGIN IMMEDIATE", ERR_STORE_WRITE, err);
    if (r < 0)
        pthread_mutex_unlock(&l->lock);
    return r;
}

int ledger_commit(struct ledger *l, struct err *err)
{
    int r = ledger_exec(l, "COMMIT", ERR_STORE_WRITE, err);
    if (r < 0)
        ledger_rollback(l);
    else
        pthread_mutex_unlock(&l->lock);
    return r;
}

void ledger_rollback(struct ledger *l)
{
    /* Some failures roll back by themselves; a second one only says so. */
    (void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&l->lock);
}

/* Prepare and bind text parameters, NULL-terminated list. */
int ledger_prepare(struct ledger *l, const char *sql, const char *const *texts, sqlite3_stmt **ret,
                   struct err *err)
{
    if (sqlite3_prepare_v2(l->db, sql, -1, ret, NULL) != SQLITE_OK)
        return ledger_fail(l, ERR_STORE_WRITE, "preparing", err);
    for (int i = 0; texts[i]; i++)
        if (sqlite3_bind_text(*ret, i + 1, texts[i], -1, SQLITE_STATIC) != SQLITE_OK)
            return ledger_fail(l, ERR_STORE_WRITE, "binding", err);
    return 0;
}

int ledger_run(struct ledger *l, const char *sql, const char *const *texts, struct err *err)
{
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r = ledger_prepare(l, sql, texts, &q, err);
    if (r < 0)
        return r;
    if (sqlite3_step(q) != SQLITE_DONE)
        return ledger_fail(l, ERR_STORE_WRITE, "storing", err);
    return 0;
}

int ledger_find(struct ledger *l, const struct envelope *e, enum ledger_found *ret,
                char **ret_answer, struct err *err)
{
    static const char sql[] =
        "SELECT uuid = ?1 AND digest = ?2 AND terminal = ?3 AND sequence = ?4,"
        " answer FROM record"
        " WHERE uuid = ?1 OR (terminal = ?3 AND sequence = ?4)";
    const char *texts[] = {e->uuid, e->digest, e->terminal, NULL};
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r = ledger_prepare(l, sql, texts, &q, err);
    if (r < 0)
        return r;
    sqlite3_bind_int64(q, 4, e->sequence);
    enum ledger_found found = LEDGER_NEW;
    char *answer = NULL;
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        bool is_same = sqlite3_column_int(q, 0);
        found = is_same && found == LEDGER_NEW ? LEDGER_KNOWN : LEDGER_CONFLICT;
        free(answer);
        answer = is_same ? mem_strdup((const char *)sqlite3_column_text(q, 1)) : NULL;
    }
    if (rc != SQLITE_DONE) {
        free(answer);
        return ledger_fail(l, ERR_STORE_WRITE, "looking for the record", err);
    }
    if (found == LEDGER_KNOWN)
        *ret_answer = answer;
    else
        free(answer);
    *ret = found;
    return 0;
}

int ledger_note_repeat(struct ledger *l, const char *uuid, struct err *err)
{
    const char *texts[] = {uuid, NULL};
    return ledger_run(l, "UPDATE record SET repeats = repeats + 1 WHERE uuid = ?", texts, err);
}

int ledger_add_case(struct ledger *l, const char *uuid, const char *task, const char *received_at,
                    char ret_case_no[LEDGER_CASE_BYTES], struct err *err)
{
    /* The number is known once the serial is; a placeholder keeps the column NOT NULL until then.
     */
    const char *insert[] = {uuid, task, NULL};
    int r = ledger_run(l,
                       "INSERT INTO case_file (case_no, uuid, task, state)"
                       " VALUES ('pending ' || ?1 || ' ' || ?2, ?1, ?2, 'deposited')",
                       insert, err);
    if (r < 0)
        return r;
    snprintf(ret_case_no, LEDGER_CASE_BYTES, "%.4s%.2s%.2s-%06lld", received_at, received_at + 5,
             received_at + 8, (long long)sqlite3_last_insert_rowid(l->db));
    const char *update[] = {ret_case_no, NULL};
    r = ledger_run(l, "UPDATE case_file SET case_no = ? WHERE serial = last_insert_rowid()", update,
                   err);
    return r < 0 ? r : ledger_set_task(l, uuid, task, CASE_CODE_SUBMITTED, received_at, err);
}

static int add_certificate(struct ledger *l, const struct ledger_record *record,
                           const char *fingerprint, struct err *err)
{
    const char *texts[] = {fingerprint, record->envelope.terminal, NULL};
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r = ledger_prepare(l, "INSERT INTO certificate VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                           texts, &q, err);
    if (r < 0)
        return r;
    sqlite3_bind_blob64(q, 3, record->cert, record->cert_bytes, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        return ledger_fail(l, ERR_STORE_WRITE, "storing the certificate", err);
    return 0;
}

static int note_terminal(struct ledger *l, const char *terminal, const char *seen_at,
                         const char *heartbeat, struct err *err)
{
    const char *texts[] = {terminal, seen_at, heartbeat, NULL};
    return ledger_run(l,
                      "INSERT INTO terminal (id, first_seen, last_seen, heartbeat)"
                      " VALUES (?1, ?2, ?2, ?3) ON CONFLICT (id) DO UPDATE"
                      " SET last_seen = excluded.last_seen,"
                      " heartbeat = coalesce(excluded.heartbeat, heartbeat)",
                      texts, err);
}

int ledger_add(struct ledger *l, const struct ledger_record *record, struct err *err)
{
    char fingerprint[KEYRING_SHA256_HEX_BYTES];
    keyring_sha256(record->cert, record->cert_bytes, fingerprint);
    const struct envelope *e = &record->envelope;
    int r = add_certificate(l, record, fingerprint, err);
    if (r == 0)
        r = note_terminal(l, e->terminal, record->received_at, NULL, err);
    if (r < 0)
        return r;
    const char *texts[] = {e->uuid,
                           e->kind,
                           e->terminal,
                           e->number,
                           e->about,
                           e->matter,
                           e->sealed_at,
                           e->suite,
                           e->digest,
                           e->prev_digest,
                           e->signature,
                           fingerprint,
                           record->received_at,
                           record->answer,
                           NULL};
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    r = ledger_prepare(l,
                       "INSERT INTO record (uuid, kind, terminal, number, about, matter, sealed_at,"
                       " suite, digest, prev_digest, signature, certificate, received_at, answer,"
                       " sequence, sealed, is_opened)"
                       " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?15,?16,?17)",
                       texts, &q, err);
    if (r < 0)
        return r;
    sqlite3_bind_int64(q, 15, e->sequence);
    sqlite3_bind_blob64(q, 16, record->sealed, record->sealed_bytes, SQLITE_STATIC);
    sqlite3_bind_int(q, 17, record->is_opened);
    if (sqlite3_step(q) != SQLITE_DONE)
        return ledger_fail(l, ERR_STORE_WRITE, "storing the record", err);
    return 0;
}

int ledger_note_terminal(struct ledger *l, const char *terminal, const char *seen_at,
                         const char *heartbeat, struct err *err)
{
    int r = ledger_begin(l, err);
    if (r < 0)
        return r;
    r = note_terminal(l, terminal, seen_at, heartbeat, err);
    if (r < 0) {
        ledger_rollback(l);
        return r;
    }
    return ledger_commit(l, err);
}
