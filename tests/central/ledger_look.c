/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: reading records and cases. Any thread. */
#include "ledger_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "case_code.h"

void ledger_record_of(const struct db_rows *rows, size_t row, struct ledger_record *ret)
{
    *ret = (struct ledger_record){
        .envelope = {.uuid = db_text(rows, row, 0),
                     .kind = db_text(rows, row, 1),
                     .terminal = db_text(rows, row, 2),
                     .sequence = db_int(rows, row, 3),
                     .number = db_text(rows, row, 4),
                     .about = db_text(rows, row, 5),
                     .matter = db_text(rows, row, 6),
                     .sealed_at = db_text(rows, row, 7),
                     .suite = db_text(rows, row, 8),
                     .digest = db_text(rows, row, 9),
                     .prev_digest = db_text(rows, row, 10),
                     .signature = db_text(rows, row, 11),
                     .boot_id = db_text(rows, row, 19),
                     .uptime_ms = db_int(rows, row, 20),
                     .centre_time = db_text(rows, row, 21)},
        .state = (enum ledger_state)db_int(rows, row, 14),
        .received_at = db_text(rows, row, 15),
        .answer = db_text(rows, row, 16),
        .n_repeats = db_int(rows, row, 17),
        .event_low = db_text(rows, row, 22),
        .event_high = db_text(rows, row, 23),
    };
    ret->sealed = db_blob(rows, row, 12, &ret->sealed_bytes);
    ret->cert = db_blob(rows, row, 13, &ret->cert_bytes);
    ret->envelope.is_form2 = ret->envelope.uptime_ms >= 0;
    snprintf(ret->envelope.attachments, sizeof ret->envelope.attachments, "%s",
             db_text(rows, row, 18));
}

static int visit_rows(const struct db_rows *rows, ledger_visit_fn visit, void *arg, struct err *err)
{
    int r = 0;
    for (size_t i = 0; i < db_rows_count(rows) && r == 0; i++) {
        struct ledger_record record;
        ledger_record_of(rows, i, &record);
        r = visit(arg, &record, err);
    }
    return r;
}

static int walk_all(struct ledger *l, ledger_visit_fn visit, void *arg, struct err *err)
{
    char terminal[KEYRING_TERMINAL_BYTES] = "";
    int64_t sequence = 0;
    for (;;) {
        YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
        int r = LEDGER_RUN(l,
                           "SELECT" LEDGER_RECORD_COLUMNS LEDGER_RECORD_FROM
                           "WHERE (r.terminal, r.sequence) > ($1, $2)"
                           " ORDER BY r.terminal, r.sequence LIMIT $3",
                           &rows, err, db_t(terminal), db_i(sequence), db_i(LEDGER_PAGE));
        if (r == 0)
            r = visit_rows(rows, visit, arg, err);
        size_t n = db_rows_count(rows);
        if (r != 0 || n < LEDGER_PAGE)
            return r;
        snprintf(terminal, sizeof terminal, "%s", db_text(rows, n - 1, 2));
        sequence = db_int(rows, n - 1, 3);
    }
}

int ledger_walk(struct ledger *l, enum ledger_key key, const char *text, ledger_visit_fn visit,
                void *arg, struct err *err)
{
    static const char *const sql[] = {
        [LEDGER_BY_UUID] = "SELECT" LEDGER_RECORD_COLUMNS LEDGER_RECORD_FROM "WHERE r.uuid = $1",
        [LEDGER_BY_NUMBER] = "SELECT" LEDGER_RECORD_COLUMNS LEDGER_RECORD_FROM
                             "WHERE r.number = $1 AND r.number <> ''"
                             " ORDER BY r.terminal, r.sequence",
        [LEDGER_LATEST] =
            "SELECT" LEDGER_RECORD_COLUMNS LEDGER_RECORD_FROM "ORDER BY r.rowid DESC LIMIT 1",
    };
    if (key == LEDGER_ALL)
        return walk_all(l, visit, arg, err);
    const struct db_value arg1 = db_t(text);
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = ledger_run(l, sql[key], &arg1, text != NULL, &rows, err);
    return r < 0 ? r : visit_rows(rows, visit, arg, err);
}

json_t *ledger_list(struct ledger *l, const char *sql, const struct db_value *arg, size_t n_args,
                    json_t *(*pack)(const struct db_rows *rows, size_t row), struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    if (ledger_run(l, sql, arg, n_args, &rows, err) < 0)
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < db_rows_count(rows); i++)
        json_array_append_new(list, pack(rows, i));
    return list;
}

int ledger_certificate(struct ledger *l, const char *terminal, const char *kind,
                       struct keyring_blob *ret, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "SELECT der FROM issued WHERE terminal = $1 AND kind = $2"
                       " AND withdrawn_at = '' ORDER BY not_after DESC LIMIT 1",
                       &rows, err, db_t(terminal), db_t(kind));
    if (r < 0)
        return r;
    if (db_rows_count(rows) == 0)
        return ERR(err, ERR_NOT_FOUND, "no such certificate was issued");
    size_t n;
    const void *der = db_blob(rows, 0, 0, &n);
    *ret = (struct keyring_blob){mem_dup(der, n), n};
    return 0;
}

bool ledger_has_certificate(struct ledger *l, const char *terminal,
                            bool (*is_good)(void *arg, const void *der, size_t n), void *arg)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    bool ret = false;
    if (LEDGER_RUN(l, "SELECT der FROM certificate WHERE terminal = $1", &rows, NULL,
                   db_t(terminal)) < 0)
        return false;
    for (size_t i = 0; i < db_rows_count(rows) && !ret; i++) {
        size_t n;
        const void *der = db_blob(rows, i, 0, &n);
        ret = is_good(arg, der, n);
    }
    return ret;
}

static json_t *pack_case(const struct db_rows *rows, size_t row)
{
    int code = (int)db_int(rows, row, 2);
    const char *word = case_code_word(code);
    return json_pack("{ss ss ss si}", "task", db_text(rows, row, 0), "case_no",
                     db_text(rows, row, 1), "state", word ? word : "submitted", "code", code);
}

json_t *ledger_cases(struct ledger *l, const char *uuid, struct err *err)
{
    const struct db_value arg = db_t(uuid);
    return ledger_list(l,
                       "SELECT c.task, c.case_no, t.code FROM case_file c JOIN task_state t"
                       " ON t.uuid = c.uuid AND t.task = c.task WHERE c.uuid = $1"
                       " ORDER BY c.serial",
                       &arg, 1, pack_case, err);
}

void ledger_day_of(const char *now, char ret[16])
{
    int y = 0, m = 0, d = 0, h = 0;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (sscanf(now, "%4d-%2d-%2dT%2d", &y, &m, &d, &h) == 4 && m >= 1 && m <= 12 && h + 8 >= 24) {
        bool is_leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        if (++d > days[m - 1] + (m == 2 && is_leap)) {
            d = 1;
            y += m == 12;
            m = m % 12 + 1;
        }
    }
    snprintf(ret, 16, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
}

int ledger_count_served(struct ledger *l, const char *terminal, const char *now,
                        struct ledger_figures *ret, struct err *err)
{
    struct ledger_figures f = {0};
    char hall[7], province[3];
    snprintf(hall, sizeof hall, "%.6s", terminal);
    snprintf(province, sizeof province, "%.2s", terminal);
    ledger_day_of(now, f.day);
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "SELECT day, CAST(sum(n) AS BIGINT),"
                       " CAST(sum(CASE WHEN hall = $1 THEN n ELSE 0 END) AS BIGINT) FROM served"
                       " WHERE day IN ('', $2) AND substr(hall, 1, 2) = $3 GROUP BY day",
                       &rows, err, db_t(hall), db_t(f.day), db_t(province));
    for (size_t i = 0; i < db_rows_count(rows); i++) {
        bool is_total = !*db_text(rows, i, 0);
        *(is_total ? &f.province_total : &f.province_today) = db_int(rows, i, 1);
        *(is_total ? &f.hall_total : &f.hall_today) = db_int(rows, i, 2);
    }
    if (r == 0)
        *ret = f;
    return r;
}
