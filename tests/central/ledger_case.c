/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: how far the tasks of an application are, what must be put right, and what did so. */
#include "ledger_priv.h"

#include <stdio.h>
#include <string.h>

static const char *text_at(sqlite3_stmt *q, int column)
{
    const char *s = (const char *)sqlite3_column_text(q, column);
    return s ? s : "";
}

int ledger_set_task(struct ledger *l, const char *uuid, const char *task, int code, const char *now,
                    struct err *err)
{
    const char *texts[] = {uuid, task, now, NULL};
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r = ledger_prepare(l,
                           "INSERT INTO task_state (uuid, task, code, changed_at)"
                           " SELECT uuid, task, ?4, ?3 FROM case_file WHERE uuid = ?1 AND task = ?2"
                           " ON CONFLICT (uuid, task) DO UPDATE SET code = excluded.code,"
                           " changed_at = excluded.changed_at",
                           texts, &q, err);
    if (r < 0)
        return r;
    sqlite3_bind_int(q, 4, code);
    if (sqlite3_step(q) != SQLITE_DONE)
        return ledger_fail(l, ERR_STORE_WRITE, "setting a task", err);
    return sqlite3_changes(l->db) ? 0 : ERR(err, ERR_NOT_FOUND, "no such task");
}

int ledger_set_applicant(struct ledger *l, const char *uuid, const char *person, struct err *err)
{
    const char *texts[] = {uuid, person, NULL};
    return ledger_run(l, "INSERT INTO applicant VALUES (?, ?) ON CONFLICT DO NOTHING", texts, err);
}

/* The first column of the first row, "" when there is none. */
static int first_text(struct ledger *l, const char *sql, const char *const *texts, char *ret,
                      size_t cap, struct err *err)
{
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r = ledger_prepare(l, sql, texts, &q, err);
    if (r < 0)
        return r;
    int rc = sqlite3_step(q);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return ledger_fail(l, ERR_IO, "reading", err);
    snprintf(ret, cap, "%s", rc == SQLITE_ROW ? text_at(q, 0) : "");
    return 0;
}

int ledger_uuid_of_number(struct ledger *l, const char *number, char ret_uuid[LEDGER_UUID_BYTES],
                          struct err *err)
{
    const char *texts[] = {number, NULL};
    return first_text(l,
                      "SELECT uuid FROM record WHERE number = ? AND number <> ''"
                      " ORDER BY rowid LIMIT 1",
                      texts, ret_uuid, LEDGER_UUID_BYTES, err);
}

int ledger_original_of(struct ledger *l, const char *uuid, char ret_uuid[LEDGER_UUID_BYTES],
                       struct err *err)
{
    const char *texts[] = {uuid, NULL};
    return first_text(l,
                      "SELECT coalesce((SELECT original FROM corrected WHERE uuid = ?1"
                      " AND original <> ''), ?1)",
                      texts, ret_uuid, LEDGER_UUID_BYTES, err);
}

int ledger_is_same_case(struct ledger *l, const char *uuid, const char *matter, const char *person,
                        bool *ret, struct err *err)
{
    const char *texts[] = {uuid, matter, person, NULL};
    char found[2];
    int r = first_text(l,
                       "SELECT '1' FROM record r JOIN applicant a USING (uuid) WHERE uuid = ?1"
                       " AND r.matter = ?2 AND a.person = ?3 AND a.person <> ''",
                       texts, found, sizeof found, err);
    if (r == 0)
        *ret = found[0] != '\0';
    return r;
}

static json_t *pack_uuid(sqlite3_stmt *q)
{
    return json_string(text_at(q, 0));
}

static json_t *pack_correction(sqlite3_stmt *q)
{
    return json_pack("{sI ss ss ss ss ss ss ss}", "serial", (json_int_t)sqlite3_column_int64(q, 0),
                     "kind", text_at(q, 1), "id", text_at(q, 2), "reason", text_at(q, 3), "text",
                     text_at(q, 4), "opened_at", text_at(q, 5), "closed_at", text_at(q, 6),
                     "closed_by", text_at(q, 7));
}

static json_t *pack_correcting(sqlite3_stmt *q)
{
    return json_pack("{ss ss ss ss}", "uuid", text_at(q, 0), "number", text_at(q, 1), "received_at",
                     text_at(q, 2), "outcome", text_at(q, 3));
}

/* All rows of a query. */
static json_t *list(struct ledger *l, const char *sql, const char *const *texts,
                    json_t *(*pack)(sqlite3_stmt *), struct err *err)
{
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    if (ledger_prepare(l, sql, texts, &q, err) < 0)
        return NULL;
    json_t *rows = json_array();
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW)
        json_array_append_new(rows, pack(q));
    if (rc != SQLITE_DONE) {
        json_decref(rows);
        (void)ledger_fail(l, ERR_IO, "reading", err);
        return NULL;
    }
    return rows;
}

json_t *ledger_of_person(struct ledger *l, const char *person, int most, struct err *err)
{
    char limit[12];
    const char *texts[] = {person, limit, NULL};
    snprintf(limit, sizeof limit, "%d", most);
    return list(l,
                "SELECT r.uuid FROM applicant a JOIN record r USING (uuid)"
                " LEFT JOIN corrected c ON c.uuid = r.uuid"
                " WHERE a.person = ?1 AND a.person <> '' AND coalesce(c.original, '') = ''"
                " ORDER BY r.rowid DESC LIMIT CAST(?2 AS INTEGER)",
                texts, pack_uuid, err);
}

int ledger_open_correction(struct ledger *l, const char *uuid, const struct ledger_correction *c,
                           const char *now, struct err *err)
{
    const char *texts[] = {uuid, c->kind, c->item, c->reason, c->remark, now, NULL};
    return ledger_run(l,
                      "INSERT INTO correction (uuid, kind, item, reason, remark, opened_at)"
                      " VALUES (?, ?, ?, ?, ?, ?)",
                      texts, err);
}

json_t *ledger_corrections(struct ledger *l, const char *uuid, bool is_open_only, struct err *err)
{
    const char *texts[] = {uuid, is_open_only ? "1" : "", NULL};
    return list(l,
                "SELECT serial, kind, item, reason, remark, opened_at, closed_at, closed_by"
                " FROM correction WHERE uuid = ?1 AND (?2 = '' OR closed_at = '') ORDER BY serial",
                texts, pack_correction, err);
}

int ledger_close_correction(struct ledger *l, int64_t serial, const char *by, const char *now,
                            struct err *err)
{
    const char *texts[] = {by, now, NULL};
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    int r =
        ledger_prepare(l, "UPDATE correction SET closed_by = ?1, closed_at = ?2 WHERE serial = ?3",
                       texts, &q, err);
    if (r < 0)
        return r;
    sqlite3_bind_int64(q, 3, serial);
    return sqlite3_step(q) == SQLITE_DONE
               ? 0
               : ledger_fail(l, ERR_STORE_WRITE, "closing a correction", err);
}

int ledger_link_correction(struct ledger *l, const char *uuid, const char *number,
                           const char *original, const char *outcome, struct err *err)
{
    const char *texts[] = {uuid, number, original, outcome, NULL};
    return ledger_run(l, "INSERT INTO corrected VALUES (?, ?, ?, ?)", texts, err);
}

json_t *ledger_correcting(struct ledger *l, const char *uuid, struct err *err)
{
    const char *texts[] = {uuid, NULL};
    return list(l,
                "SELECT c.uuid, r.number, r.received_at, c.outcome FROM corrected c"
                " JOIN record r USING (uuid) WHERE c.original = ? ORDER BY r.rowid",
                texts, pack_correcting, err);
}

json_t *ledger_unindexed(struct ledger *l, struct err *err)
{
    static const char *const none[] = {NULL};
    return list(l,
                "SELECT uuid FROM record WHERE kind = 'application'"
                " AND uuid NOT IN (SELECT uuid FROM applicant) ORDER BY rowid LIMIT 1000",
                none, pack_uuid, err);
}

void ledger_count_enquiry(struct ledger *l)
{
    atomic_fetch_add(&l->n_enquiries, 1);
}
