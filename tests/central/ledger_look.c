/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: reading for the tools, the control socket and the check. Any thread. */
#include "ledger_priv.h"

#include <stdio.h>
#include <string.h>

#include "case_code.h"

enum { MAX_MISSING_LISTED = 1000 };

static void unlock(pthread_mutex_t **lock)
{
    pthread_mutex_unlock(*lock);
}

static const char *text_at(sqlite3_stmt *q, int column)
{
    const char *s = (const char *)sqlite3_column_text(q, column);
    return s ? s : "";
}

static void record_of_row(sqlite3_stmt *q, struct ledger_record *ret)
{
    *ret = (struct ledger_record){
        .envelope = {.uuid = text_at(q, 0),
                     .kind = text_at(q, 1),
                     .terminal = text_at(q, 2),
                     .sequence = sqlite3_column_int64(q, 3),
                     .number = text_at(q, 4),
                     .about = text_at(q, 5),
                     .matter = text_at(q, 6),
                     .sealed_at = text_at(q, 7),
                     .suite = text_at(q, 8),
                     .digest = text_at(q, 9),
                     .prev_digest = text_at(q, 10),
                     .signature = text_at(q, 11)},
        .sealed = sqlite3_column_blob(q, 12),
        .sealed_bytes = (size_t)sqlite3_column_bytes(q, 12),
        .cert = sqlite3_column_blob(q, 13),
        .cert_bytes = (size_t)sqlite3_column_bytes(q, 13),
        .is_opened = sqlite3_column_int(q, 14),
        .received_at = text_at(q, 15),
        .answer = text_at(q, 16),
        .n_repeats = sqlite3_column_int64(q, 17),
    };
}

#define SELECT_RECORD                                                                              \
    "SELECT uuid, kind, r.terminal, sequence, number, about, matter, sealed_at, suite, digest,"    \
    " prev_digest, signature, sealed, c.der, is_opened, received_at, answer, repeats"              \
    " FROM record r JOIN certificate c ON c.fingerprint = r.certificate "

int ledger_walk(struct ledger *l, enum ledger_key key, const char *text, ledger_visit_fn visit,
                void *arg, struct err *err)
{
    static const char *const sql[] = {
        [LEDGER_ALL] = SELECT_RECORD "ORDER BY r.terminal, sequence",
        [LEDGER_BY_UUID] = SELECT_RECORD "WHERE uuid = ?",
        [LEDGER_BY_NUMBER] = SELECT_RECORD "WHERE number = ? AND number <> ''"
                                           " ORDER BY r.terminal, sequence",
        [LEDGER_LATEST] = SELECT_RECORD "ORDER BY r.rowid DESC LIMIT 1",
    };
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    pthread_mutex_lock(&l->lock);
    YJ_CLEANUP(unlock) pthread_mutex_t *held = &l->lock;
    (void)held;
    if (sqlite3_prepare_v2(l->db, sql[key], -1, &q, NULL) != SQLITE_OK)
        return ledger_fail(l, ERR_IO, "reading records", err);
    if (text)
        sqlite3_bind_text(q, 1, text, -1, SQLITE_STATIC);
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        struct ledger_record record;
        record_of_row(q, &record);
        int r = visit(arg, &record, err);
        if (r != 0)
            return r;
    }
    return rc == SQLITE_DONE ? 0 : ledger_fail(l, ERR_IO, "reading records", err);
}

json_t *ledger_cases(struct ledger *l, const char *uuid, struct err *err)
{
    /* No lock: called from inside a walk; SQLite's own mutex keeps the connection whole. */
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(
            l->db,
            "SELECT c.task, case_no, code FROM case_file c JOIN task_state t"
            " ON t.uuid = c.uuid AND t.task = c.task WHERE c.uuid = ? ORDER BY serial",
            -1, &q, NULL) != SQLITE_OK) {
        (void)ledger_fail(l, ERR_IO, "reading cases", err);
        return NULL;
    }
    sqlite3_bind_text(q, 1, uuid, -1, SQLITE_STATIC);
    json_t *cases = json_array();
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW)
        json_array_append_new(cases, json_pack("{ss ss ss si}", "task", text_at(q, 0), "case_no",
                                               text_at(q, 1), "state",
                                               case_code_word(sqlite3_column_int(q, 2)), "code",
                                               sqlite3_column_int(q, 2)));
    if (rc != SQLITE_DONE) {
        json_decref(cases);
        (void)ledger_fail(l, ERR_IO, "reading cases", err);
        return NULL;
    }
    return cases;
}

/* Append the holes of one terminal to its entry: ranges come from the query, numbers go out. */
static void append_hole(json_t *entry, int64_t from, int64_t to)
{
    json_t *missing = json_object_get(entry, "missing");
    json_int_t n = json_integer_value(json_object_get(entry, "n_missing"));
    json_object_set_new(entry, "n_missing", json_integer(n + (to - from + 1)));
    for (int64_t i = from; i <= to && json_array_size(missing) < MAX_MISSING_LISTED; i++)
        json_array_append_new(missing, json_integer(i));
}

static int fill_holes(struct ledger *l, json_t *entry, const char *terminal, struct err *err)
{
    static const char sql[] =
        "SELECT before + 1, sequence - 1 FROM (SELECT sequence, lag(sequence, 1, 0)"
        " OVER (ORDER BY sequence) AS before FROM record WHERE terminal = ?)"
        " WHERE sequence > before + 1 ORDER BY sequence";
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(l->db, sql, -1, &q, NULL) != SQLITE_OK)
        return ledger_fail(l, ERR_IO, "reading gaps", err);
    sqlite3_bind_text(q, 1, terminal, -1, SQLITE_STATIC);
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW)
        append_hole(entry, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1));
    return rc == SQLITE_DONE ? 0 : ledger_fail(l, ERR_IO, "reading gaps", err);
}

/* Who waits for staff, as the last heartbeat told it. */
static void show_staff_calls(json_t *entry, const char *heartbeat)
{
    json_t *told = json_loads(heartbeat, 0, NULL);
    json_t *calls = json_object_get(told, "staff_calls");
    if (json_array_size(calls))
        json_object_set(entry, "staff_calls", calls);
    json_decref(told);
}

json_t *ledger_gaps(struct ledger *l, struct err *err)
{
    static const char sql[] =
        "SELECT t.id, count(r.uuid), coalesce(max(r.sequence), 0), t.last_seen,"
        " coalesce(t.heartbeat, '{}') FROM terminal t"
        " LEFT JOIN record r ON r.terminal = t.id GROUP BY t.id ORDER BY t.id";
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    pthread_mutex_lock(&l->lock);
    YJ_CLEANUP(unlock) pthread_mutex_t *held = &l->lock;
    (void)held;
    json_t *list = json_array();
    int r = 0, rc = SQLITE_ERROR;
    if (sqlite3_prepare_v2(l->db, sql, -1, &q, NULL) == SQLITE_OK) {
        while (r == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
            json_t *entry = json_pack("{ss sI sI si s[] ss}", "terminal", text_at(q, 0), "records",
                                      (json_int_t)sqlite3_column_int64(q, 1), "max_sequence",
                                      (json_int_t)sqlite3_column_int64(q, 2), "n_missing", 0,
                                      "missing", "last_seen", text_at(q, 3));
            show_staff_calls(entry, text_at(q, 4));
            json_array_append_new(list, entry);
            r = fill_holes(l, entry, text_at(q, 0), err);
        }
    }
    if (r == 0 && rc != SQLITE_DONE)
        r = ledger_fail(l, ERR_IO, "reading terminals", err);
    if (r < 0) {
        json_decref(list);
        return NULL;
    }
    return list;
}

int ledger_count_served(struct ledger *l, const char *terminal, const char *now,
                        struct ledger_figures *ret, struct err *err)
{
    static const char sql[] =
        "SELECT date(?2, '+8 hours'),"
        " coalesce(sum(is_hall AND is_today), 0), coalesce(sum(is_hall), 0),"
        " coalesce(sum(is_today), 0), count(*) FROM"
        " (SELECT substr(terminal, 1, 6) = substr(?1, 1, 6) AS is_hall,"
        "  date(received_at, '+8 hours') = date(?2, '+8 hours') AS is_today FROM record"
        "  WHERE kind = 'application' AND substr(terminal, 1, 2) = substr(?1, 1, 2))";
    YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
    pthread_mutex_lock(&l->lock);
    YJ_CLEANUP(unlock) pthread_mutex_t *held = &l->lock;
    (void)held;
    if (sqlite3_prepare_v2(l->db, sql, -1, &q, NULL) != SQLITE_OK)
        return ledger_fail(l, ERR_IO, "counting", err);
    sqlite3_bind_text(q, 1, terminal, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, now, -1, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_ROW)
        return ledger_fail(l, ERR_IO, "counting", err);
    *ret = (struct ledger_figures){.hall_today = sqlite3_column_int64(q, 1),
                                   .hall_total = sqlite3_column_int64(q, 2),
                                   .province_today = sqlite3_column_int64(q, 3),
                                   .province_total = sqlite3_column_int64(q, 4)};
    snprintf(ret->day, sizeof ret->day, "%s", text_at(q, 0));
    return 0;
}

json_t *ledger_counts(struct ledger *l, struct err *err)
{
    static const struct {
        const char *name, *sql;
    } counts[] = {
        {"records", "SELECT count(*) FROM record"},
        {"applications", "SELECT count(*) FROM record WHERE kind = 'application'"},
        {"ratings", "SELECT count(*) FROM record WHERE kind = 'rating'"},
        {"duplicates", "SELECT coalesce(sum(repeats), 0) FROM record"},
        {"unopened", "SELECT count(*) FROM record WHERE NOT is_opened"},
        {"chain_breaks", "SELECT count(*) FROM record r LEFT JOIN record p"
                         " ON p.terminal = r.terminal AND p.sequence = r.sequence - 1"
                         " WHERE r.prev_digest <> iif(r.sequence = 1, printf('%064d', 0),"
                         " coalesce(p.digest, r.prev_digest))"},
        {"cases", "SELECT count(*) FROM case_file"},
        {"terminals", "SELECT count(*) FROM terminal"},
        {"corrections_open", "SELECT count(*) FROM correction WHERE closed_at = ''"},
        {"corrections_closed", "SELECT count(*) FROM correction WHERE closed_at <> ''"},
        {"corrections_held", "SELECT count(*) FROM corrected WHERE outcome <> 'applied'"},
    };
    pthread_mutex_lock(&l->lock);
    YJ_CLEANUP(unlock) pthread_mutex_t *held = &l->lock;
    (void)held;
    json_t *out = json_object();
    for (size_t i = 0; i < YJ_COUNT(counts); i++) {
        YJ_CLEANUP(ledger_finalize) sqlite3_stmt *q = NULL;
        if (sqlite3_prepare_v2(l->db, counts[i].sql, -1, &q, NULL) != SQLITE_OK ||
            sqlite3_step(q) != SQLITE_ROW) {
            json_decref(out);
            (void)ledger_fail(l, ERR_IO, "counting", err);
            return NULL;
        }
        json_object_set_new(out, counts[i].name, json_integer(sqlite3_column_int64(q, 0)));
    }
    json_object_set_new(out, "enquiries", json_integer(atomic_load(&l->n_enquiries)));
    return out;
}
