/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: changes for terminals, heartbeats. Any thread. */
#include "ledger_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "case_code.h"

static void decref_json(json_t **p)
{
    json_decref(*p);
}

/* Serials for n changes; the terminal's row is locked from here to the commit.
 * @param ret_last  the n-th */
static int take_serials(struct db_conn *c, const char *terminal, int64_t n, int64_t *ret_last,
                        struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_CONN_RUN(
        c, "UPDATE terminal SET n_changes = n_changes + $2 WHERE id = $1 RETURNING n_changes",
        &rows, err, db_t(terminal), db_i(n));
    if (r == 0 && db_rows_count(rows) == 0)
        return ERR(err, ERR_NOT_FOUND, "no such terminal");
    *ret_last = db_int(rows, 0, 0);
    return r;
}

static const char insert_change[] =
    "INSERT INTO change (terminal, serial, body) VALUES ($1, $2, $3)";

int ledger_add_change(struct db_conn *c, const char *terminal, const char *body, struct err *err)
{
    int64_t serial = 0;
    int r = take_serials(c, terminal, 1, &serial, err);
    return r < 0 ? r
                 : LEDGER_CONN_RUN(c, insert_change, NULL, err, db_t(terminal), db_i(serial),
                                   db_t(body));
}

static char *task_change(const struct db_rows *rows, size_t row, const char *now)
{
    const char *state = case_code_word((int)db_int(rows, row, 4));
    YJ_CLEANUP(decref_json)
    json_t *doc = json_pack("{ss ss ss ss ss sI ss}", "kind", "task", "number",
                            db_text(rows, row, 1), "task", db_text(rows, row, 2), "case_no",
                            db_text(rows, row, 3), "state", state ? state : "submitted", "fixes",
                            (json_int_t)db_int(rows, row, 5), "at", now);
    return json_dumps(doc, JSON_COMPACT);
}

int ledger_tell_task(struct ledger *l, const char *uuid, const char *task, const char *now,
                     struct err *err)
{
    struct db_conn *c = ledger_conn(l);
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int64_t last = 0;
    int r = LEDGER_CONN_RUN(
        c,
        "SELECT r.terminal, r.number, f.task, f.case_no, t.code, (SELECT count(*) FROM correction k"
        " WHERE k.uuid = r.uuid AND k.closed_at = '') FROM record r"
        " JOIN case_file f ON f.uuid = r.uuid"
        " JOIN task_state t ON t.uuid = f.uuid AND t.task = f.task"
        " WHERE r.uuid = $1 AND ($2 = '' OR f.task = $2) ORDER BY f.serial",
        &rows, err, db_t(uuid), db_t(task ? task : ""));
    size_t n = db_rows_count(rows);
    if (r < 0 || n == 0)
        return r;
    if ((r = take_serials(c, db_text(rows, 0, 0), (int64_t)n, &last, err)) < 0)
        return r;
    struct db_value *arg = mem_zalloc(n * 3, sizeof *arg);
    char **body = mem_zalloc(n, sizeof *body);
    for (size_t i = 0; i < n; i++) {
        body[i] = task_change(rows, i, now);
        arg[i * 3] = db_t(db_text(rows, 0, 0));
        arg[i * 3 + 1] = db_i(last - (int64_t)n + 1 + (int64_t)i);
        arg[i * 3 + 2] = db_t(body[i] ? body[i] : "{}");
    }
    r = db_run_many(c, insert_change, arg, 3, n, NULL, err);
    for (size_t i = 0; i < n; i++)
        bytes_free_wiped(body[i]);
    free(body);
    free(arg);
    return r;
}

int ledger_newest_change(struct ledger *l, const char *terminal, int64_t *ret, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r =
        LEDGER_RUN(l, "SELECT n_changes FROM terminal WHERE id = $1", &rows, err, db_t(terminal));
    if (r == 0)
        *ret = db_int(rows, 0, 0);
    return r;
}

json_t *ledger_changes(struct ledger *l, const char *terminal, int64_t after, int limit,
                       int64_t *ret_serial, int64_t *ret_newest, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int64_t newest = 0;
    /* First the newest: what comes between the two statements is then more, never a gap. */
    if (ledger_newest_change(l, terminal, &newest, err) < 0 ||
        LEDGER_RUN(l,
                   "SELECT serial, body FROM change WHERE terminal = $1 AND serial > $2"
                   " ORDER BY serial LIMIT $3",
                   &rows, err, db_t(terminal), db_i(after), db_i(limit)) < 0)
        return NULL;
    json_t *list = json_array();
    *ret_serial = after;
    for (size_t i = 0; i < db_rows_count(rows); i++) {
        json_t *change = json_loads(db_text(rows, i, 1), 0, NULL);
        json_array_append_new(list, change ? change : json_pack("{ss}", "kind", "unknown"));
        *ret_serial = db_int(rows, i, 0);
    }
    *ret_newest = newest > *ret_serial ? newest : *ret_serial;
    return list;
}

/* When a boot began, by the centre's clock: the earliest that a heartbeat of it allows is nearest
 * to the truth, since its way here took some time. */
static int note_boot(struct ledger *l, const char *terminal, const char *boot_id,
                     int64_t started_ms, const char *seen_at, struct err *err)
{
    return LEDGER_RUN(l,
                      "INSERT INTO terminal_boot (terminal, boot_id, started_ms, last_seen)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (terminal, boot_id) DO UPDATE SET"
                      " last_seen = excluded.last_seen, started_ms = CASE"
                      " WHEN excluded.started_ms < terminal_boot.started_ms"
                      " THEN excluded.started_ms ELSE terminal_boot.started_ms END",
                      NULL, err, db_t(terminal), db_t(boot_id), db_i(started_ms), db_t(seen_at));
}

static int note(struct ledger *l, const char *terminal, const char *seen_at, const char *heartbeat,
                struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *doc = json_loads(heartbeat, 0, NULL);
    const char *boot = json_string_value(json_object_get(doc, "boot_id"));
    const json_t *uptime = json_object_get(doc, "uptime_ms");
    const json_t *clock = json_object_get(doc, "clock_error_s");
    int64_t now_ms = ledger_ms_of(seen_at);
    int r = LEDGER_RUN(
        l,
        "INSERT INTO terminal (id, first_seen, last_seen, heartbeat, boot_id, n_boots)"
        " VALUES ($1, $2, $2, $3, $4, 1) ON CONFLICT (id) DO UPDATE SET"
        " last_seen = excluded.last_seen, heartbeat = excluded.heartbeat,"
        " n_boots = terminal.n_boots +"
        " CASE WHEN terminal.boot_id <> excluded.boot_id THEN 1 ELSE 0 END,"
        " boot_id = excluded.boot_id",
        NULL, err, db_t(terminal), db_t(seen_at), db_t(heartbeat), db_t(boot ? boot : ""));
    if (r == 0 && clock)
        r = LEDGER_RUN(l, "UPDATE terminal SET clock_error_s = $2 WHERE id = $1", NULL, err,
                       db_t(terminal), db_i(json_integer_value(clock)));
    if (r == 0 && boot && uptime && now_ms)
        r = note_boot(l, terminal, boot, now_ms - json_integer_value(uptime), seen_at, err);
    return r;
}

int ledger_note_terminal(struct ledger *l, const char *terminal, const char *seen_at,
                         const char *heartbeat, struct err *err)
{
    int r = ledger_begin(l, err);
    if (r < 0)
        return r;
    r = note(l, terminal, seen_at, heartbeat, err);
    if (r < 0) {
        ledger_rollback(l);
        return r;
    }
    return ledger_commit(l, err);
}
