/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: how far the tasks of an application are, what must be put right, and what did so. */
#include "ledger_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "case_code.h"

/* Date, terminal and sequence, place of the task: the same however often it is made, nobody has to
 * count, and what the ledger holds once cannot meet another, whatever a terminal chooses. */
static void case_no_make(const struct ledger_record *record, size_t i, char ret[LEDGER_CASE_BYTES])
{
    const char *at = record->received_at;
    snprintf(ret, LEDGER_CASE_BYTES, "%.4s%.2s%.2s-%s-%" PRId64 "-%02u", at, at + 5, at + 8,
             record->envelope.terminal, record->envelope.sequence, (unsigned)(i + 1) % 100);
}

int ledger_add_cases(struct ledger *l, const struct ledger_record *record, const json_t *tasks,
                     struct err *err)
{
    const char *uuid = record->envelope.uuid, *received_at = record->received_at;
    size_t n = json_array_size(tasks);
    if (n == 0)
        return 0;
    char(*case_no)[LEDGER_CASE_BYTES] = mem_zalloc(n, sizeof *case_no);
    struct db_value *cases = mem_zalloc(n * 3, sizeof *cases);
    struct db_value *states = mem_zalloc(n * 4, sizeof *states);
    for (size_t i = 0; i < n; i++) {
        const struct db_value task = db_t(json_string_value(json_array_get(tasks, i)));
        case_no_make(record, i, case_no[i]);
        cases[i * 3] = db_t(case_no[i]);
        cases[i * 3 + 1] = states[i * 4] = db_t(uuid);
        cases[i * 3 + 2] = states[i * 4 + 1] = task;
        states[i * 4 + 2] = db_i(CASE_CODE_SUBMITTED);
        states[i * 4 + 3] = db_t(received_at);
    }
    struct db_conn *c = ledger_conn(l);
    int r = db_run_many(c,
                        "INSERT INTO case_file (case_no, uuid, task, state)"
                        " VALUES ($1, $2, $3, 'deposited') ON CONFLICT (uuid, task) DO NOTHING",
                        cases, 3, n, NULL, err);
    if (r == 0)
        r = db_run_many(c,
                        "INSERT INTO task_state (uuid, task, code, changed_at)"
                        " VALUES ($1, $2, $3, $4) ON CONFLICT (uuid, task) DO NOTHING",
                        states, 4, n, NULL, err);
    free(states);
    free(cases);
    free(case_no);
    return r < 0 ? r : ledger_tell_task(l, uuid, NULL, received_at, err);
}

int ledger_set_task(struct ledger *l, const char *uuid, const char *task, int code, const char *now,
                    struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "UPDATE task_state SET code = $3, changed_at = $4"
                       " WHERE uuid = $1 AND task = $2",
                       &rows, err, db_t(uuid), db_t(task), db_i(code), db_t(now));
    if (r == 0 && db_rows_changed(rows) == 0)
        return ERR(err, ERR_NOT_FOUND, "no such task");
    return r < 0 ? r : ledger_tell_task(l, uuid, task, now, err);
}

int ledger_set_applicant(struct ledger *l, const char *uuid, const char *person, struct err *err)
{
    return LEDGER_RUN(l,
                      "INSERT INTO applicant (uuid, person) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                      NULL, err, db_t(uuid), db_t(person));
}

int ledger_uuid_of_number(struct ledger *l, const char *number, char ret_uuid[LEDGER_UUID_BYTES],
                          struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "SELECT uuid FROM record WHERE number = $1 AND number <> ''"
                       " ORDER BY rowid LIMIT 1",
                       &rows, err, db_t(number));
    if (r == 0)
        snprintf(ret_uuid, LEDGER_UUID_BYTES, "%s", db_text(rows, 0, 0));
    return r;
}

int ledger_original_of(struct ledger *l, const char *uuid, char ret_uuid[LEDGER_UUID_BYTES],
                       struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l, "SELECT original FROM corrected WHERE uuid = $1 AND original <> ''",
                       &rows, err, db_t(uuid));
    if (r == 0) {
        char original[LEDGER_UUID_BYTES];
        snprintf(original, sizeof original, "%s",
                 db_rows_count(rows) ? db_text(rows, 0, 0) : uuid); /* both may be ret_uuid */
        memcpy(ret_uuid, original, sizeof original);
    }
    return r;
}

int ledger_is_same_case(struct ledger *l, const char *uuid, const char *matter, const char *person,
                        bool *ret, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "SELECT 1 FROM record r JOIN applicant a ON a.uuid = r.uuid"
                       " WHERE r.uuid = $1 AND r.matter = $2 AND a.person = $3 AND a.person <> ''",
                       &rows, err, db_t(uuid), db_t(matter), db_t(person));
    if (r == 0)
        *ret = db_rows_count(rows) > 0;
    return r;
}

static json_t *pack_uuid(const struct db_rows *rows, size_t row)
{
    return json_string(db_text(rows, row, 0));
}

static json_t *pack_correction(const struct db_rows *rows, size_t row)
{
    return json_pack("{sI ss ss ss ss ss ss ss}", "serial", (json_int_t)db_int(rows, row, 0),
                     "kind", db_text(rows, row, 1), "id", db_text(rows, row, 2), "reason",
                     db_text(rows, row, 3), "text", db_text(rows, row, 4), "opened_at",
                     db_text(rows, row, 5), "closed_at", db_text(rows, row, 6), "closed_by",
                     db_text(rows, row, 7));
}

static json_t *pack_correcting(const struct db_rows *rows, size_t row)
{
    return json_pack("{ss ss ss ss}", "uuid", db_text(rows, row, 0), "number",
                     db_text(rows, row, 1), "received_at", db_text(rows, row, 2), "outcome",
                     db_text(rows, row, 3));
}

json_t *ledger_of_person(struct ledger *l, const char *person, int most, struct err *err)
{
    const struct db_value arg[] = {db_t(person), db_i(most)};
    return ledger_list(l,
                       "SELECT r.uuid FROM applicant a JOIN record r ON r.uuid = a.uuid"
                       " LEFT JOIN corrected c ON c.uuid = r.uuid"
                       " WHERE a.person = $1 AND a.person <> '' AND coalesce(c.original, '') = ''"
                       " ORDER BY r.rowid DESC LIMIT $2",
                       arg, 2, pack_uuid, err);
}

int ledger_open_correction(struct ledger *l, const char *uuid, const struct ledger_correction *c,
                           const char *now, struct err *err)
{
    int r = LEDGER_RUN(l,
                       "INSERT INTO correction (uuid, kind, item, reason, remark, opened_at)"
                       " VALUES ($1, $2, $3, $4, $5, $6)",
                       NULL, err, db_t(uuid), db_t(c->kind), db_t(c->item), db_t(c->reason),
                       db_t(c->remark), db_t(now));
    return r < 0 ? r : ledger_tell_task(l, uuid, NULL, now, err);
}

json_t *ledger_corrections(struct ledger *l, const char *uuid, bool is_open_only, struct err *err)
{
    const struct db_value arg[] = {db_t(uuid), db_i(is_open_only)};
    return ledger_list(
        l,
        "SELECT serial, kind, item, reason, remark, opened_at, closed_at, closed_by"
        " FROM correction WHERE uuid = $1 AND ($2 = 0 OR closed_at = '') ORDER BY serial",
        arg, 2, pack_correction, err);
}

int ledger_close_correction(struct ledger *l, int64_t serial, const char *by, const char *now,
                            struct err *err)
{
    return LEDGER_RUN(l, "UPDATE correction SET closed_by = $1, closed_at = $2 WHERE serial = $3",
                      NULL, err, db_t(by), db_t(now), db_i(serial));
}

int ledger_link_correction(struct ledger *l, const char *uuid, const char *number,
                           const char *original, const char *outcome, struct err *err)
{
    return LEDGER_RUN(l,
                      "INSERT INTO corrected (uuid, number, original, outcome)"
                      " VALUES ($1, $2, $3, $4)",
                      NULL, err, db_t(uuid), db_t(number), db_t(original), db_t(outcome));
}

json_t *ledger_correcting(struct ledger *l, const char *uuid, struct err *err)
{
    const struct db_value arg = db_t(uuid);
    return ledger_list(l,
                       "SELECT c.uuid, r.number, r.received_at, c.outcome FROM corrected c"
                       " JOIN record r ON r.uuid = c.uuid WHERE c.original = $1 ORDER BY r.rowid",
                       &arg, 1, pack_correcting, err);
}

json_t *ledger_unindexed(struct ledger *l, struct err *err)
{
    return ledger_list(l,
                       "SELECT r.uuid FROM record r WHERE r.kind = 'application' AND r.state <> 0"
                       " AND NOT EXISTS (SELECT 1 FROM applicant a WHERE a.uuid = r.uuid)"
                       " ORDER BY r.rowid LIMIT 1000",
                       NULL, 0, pack_uuid, err);
}
