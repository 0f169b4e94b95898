/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: looking over everything. By pages of terminals, each question one statement over a range
 * of a key: a million records take seconds, and little memory. Any thread. */
#include "ledger_priv.h"

#include <stdio.h>
#include <string.h>

enum { TERMINALS_A_PAGE = 500 };

static const char SELECT_TERMINALS[] =
    "SELECT t.id, t.last_seen, coalesce(t.heartbeat, '{}'), t.n_boots, t.clock_error_s,"
    " count(r.uuid), coalesce(max(r.sequence), 0), CAST(coalesce(sum(r.repeats), 0) AS BIGINT),"
    " CAST(coalesce(sum(CASE WHEN r.state = 0 THEN 1 ELSE 0 END), 0) AS BIGINT)"
    " FROM (SELECT * FROM terminal WHERE id > $1 ORDER BY id LIMIT $2) t"
    " LEFT JOIN record r ON r.terminal = t.id"
    " GROUP BY t.id, t.last_seen, t.heartbeat, t.n_boots, t.clock_error_s ORDER BY t.id";

/* Each gives terminal first, for terminals after $1 up to $2. */
static const char SELECT_HOLES[] =
    "SELECT terminal, before + 1, sequence - 1 FROM (SELECT terminal, sequence,"
    " lag(sequence, 1, 0) OVER (PARTITION BY terminal ORDER BY sequence) AS before FROM record"
    " WHERE terminal > $1 AND terminal <= $2) x WHERE sequence > before + 1"
    " ORDER BY terminal, sequence";
static const char SELECT_BREAKS[] = "SELECT terminal, sequence FROM chain_break"
                                    " WHERE terminal > $1 AND terminal <= $2"
                                    " ORDER BY terminal, sequence";
static const char SELECT_CANNOT[] =
    "SELECT terminal, sequence FROM record"
    " WHERE terminal > $1 AND terminal <= $2 AND state = 2 ORDER BY terminal, sequence";
static const char SELECT_ATTACHMENTS[] =
    "SELECT r.terminal, a.uuid, a.digest, a.bytes, a.received FROM attachment a"
    " JOIN record r ON r.uuid = a.uuid"
    " WHERE a.answer = '' AND r.terminal > $1 AND r.terminal <= $2"
    " ORDER BY r.terminal, r.sequence, a.digest";

struct page {
    json_t *entries; /* of this page, by the terminal's id */
    char after[KEYRING_TERMINAL_BYTES], last[KEYRING_TERMINAL_BYTES];
};

/* Who waits for staff, as the last heartbeat told it. */
static void show_staff_calls(json_t *entry, const char *heartbeat)
{
    json_t *told = json_loads(heartbeat, 0, NULL);
    json_t *calls = json_object_get(told, "staff_calls");
    if (json_array_size(calls))
        json_object_set(entry, "staff_calls", calls);
    json_decref(told);
}

static json_t *entry_of(const struct db_rows *rows, size_t row)
{
    json_t *entry = json_pack(
        "{ss sI sI si s[] ss sI sI}", "terminal", db_text(rows, row, 0), "records",
        (json_int_t)db_int(rows, row, 5), "max_sequence", (json_int_t)db_int(rows, row, 6),
        "n_missing", 0, "missing", "last_seen", db_text(rows, row, 1), "duplicates",
        (json_int_t)db_int(rows, row, 7), "unopened", (json_int_t)db_int(rows, row, 8));
    if (db_int(rows, row, 3))
        json_object_set_new(entry, "n_boots", json_integer(db_int(rows, row, 3)));
    if (!db_is_null(rows, row, 4))
        json_object_set_new(entry, "clock_error_s", json_integer(db_int(rows, row, 4)));
    show_staff_calls(entry, db_text(rows, row, 2));
    return entry;
}

/* The list under a key, made when it is first needed. */
static json_t *list_of(json_t *entry, const char *key)
{
    json_t *list = json_object_get(entry, key);
    if (!list) {
        list = json_array();
        json_object_set_new(entry, key, list);
    }
    return list;
}

static void append(json_t *list, json_t *value)
{
    if (json_array_size(list) < LEDGER_MAX_LISTED)
        json_array_append_new(list, value);
    else
        json_decref(value);
}

static void take_hole(json_t *entry, const struct db_rows *rows, size_t row)
{
    int64_t from = db_int(rows, row, 1), to = db_int(rows, row, 2);
    json_t *missing = json_object_get(entry, "missing");
    json_int_t n = json_integer_value(json_object_get(entry, "n_missing"));
    json_object_set_new(entry, "n_missing", json_integer(n + (to - from + 1)));
    append(list_of(entry, "missing_ranges"), json_pack("[II]", (json_int_t)from, (json_int_t)to));
    for (int64_t i = from; i <= to && json_array_size(missing) < LEDGER_MAX_LISTED; i++)
        json_array_append_new(missing, json_integer(i));
}

static void take_break(json_t *entry, const struct db_rows *rows, size_t row)
{
    append(list_of(entry, "chain_breaks"), json_integer(db_int(rows, row, 1)));
}

static void take_cannot(json_t *entry, const struct db_rows *rows, size_t row)
{
    append(list_of(entry, "cannot_open"), json_integer(db_int(rows, row, 1)));
}

static void take_attachment(json_t *entry, const struct db_rows *rows, size_t row)
{
    append(list_of(entry, "attachments_incomplete"),
           json_pack("{ss ss sI sI}", "uuid", db_text(rows, row, 1), "digest",
                     db_text(rows, row, 2), "bytes", (json_int_t)db_int(rows, row, 3), "received",
                     (json_int_t)db_int(rows, row, 4)));
}

static const struct question {
    const char *sql;
    void (*take)(json_t *entry, const struct db_rows *rows, size_t row);
} questions[] = {{SELECT_HOLES, take_hole},
                 {SELECT_BREAKS, take_break},
                 {SELECT_CANNOT, take_cannot},
                 {SELECT_ATTACHMENTS, take_attachment}};

static int ask(struct ledger *l, const struct question *q, const struct page *page, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l, q->sql, &rows, err, db_t(page->after), db_t(page->last));
    for (size_t i = 0; i < db_rows_count(rows); i++) {
        json_t *entry = json_object_get(page->entries, db_text(rows, i, 0));
        if (entry)
            q->take(entry, rows, i);
    }
    return r;
}

/* @return how many terminals, or a negative code */
static int take_page(struct ledger *l, struct page *page, json_t *list, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l, SELECT_TERMINALS, &rows, err, db_t(page->after), db_i(TERMINALS_A_PAGE));
    size_t n = db_rows_count(rows);
    if (r < 0 || n == 0)
        return r;
    snprintf(page->last, sizeof page->last, "%s", db_text(rows, n - 1, 0));
    page->entries = json_object();
    for (size_t i = 0; i < n; i++) {
        json_t *entry = entry_of(rows, i);
        json_object_set(page->entries, db_text(rows, i, 0), entry);
        json_array_append_new(list, entry);
    }
    for (size_t i = 0; i < YJ_COUNT(questions) && r == 0; i++)
        r = ask(l, &questions[i], page, err);
    json_decref(page->entries);
    memcpy(page->after, page->last, sizeof page->after);
    return r < 0 ? r : (int)n;
}

json_t *ledger_gaps(struct ledger *l, struct err *err)
{
    json_t *list = json_array();
    struct page page = {0};
    int n;
    do
        n = take_page(l, &page, list, err);
    while (n == TERMINALS_A_PAGE);
    if (n < 0) {
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *ledger_counts(struct ledger *l, struct err *err)
{
    static const struct {
        const char *name, *sql;
    } counts[] = {
        {"records", "SELECT count(*) FROM record"},
        {"applications", "SELECT count(*) FROM record WHERE kind = 'application'"},
        {"ratings", "SELECT count(*) FROM record WHERE kind = 'rating'"},
        {"duplicates", "SELECT CAST(coalesce(sum(repeats), 0) AS BIGINT) FROM record"},
        {"waiting", "SELECT count(*) FROM record WHERE state = 0"},
        {"unopened", "SELECT count(*) FROM record WHERE state = 2"},
        {"chain_breaks", "SELECT count(*) FROM chain_break"},
        {"cases", "SELECT count(*) FROM case_file"},
        {"terminals", "SELECT count(*) FROM terminal"},
        {"corrections_open", "SELECT count(*) FROM correction WHERE closed_at = ''"},
        {"corrections_closed", "SELECT count(*) FROM correction WHERE closed_at <> ''"},
        {"corrections_held", "SELECT count(*) FROM corrected WHERE outcome <> 'applied'"},
        {"changes", "SELECT count(*) FROM change"},
        {"attachments", "SELECT count(*) FROM attachment"},
        {"attachments_incomplete", "SELECT count(*) FROM attachment WHERE answer = ''"},
    };
    json_t *out = json_object();
    for (size_t i = 0; i < YJ_COUNT(counts); i++) {
        YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
        if (ledger_run(l, counts[i].sql, NULL, 0, &rows, err) < 0) {
            json_decref(out);
            return NULL;
        }
        json_object_set_new(out, counts[i].name, json_integer(db_int(rows, 0, 0)));
    }
    json_object_set_new(out, "enquiries", json_integer(atomic_load(&l->n_enquiries)));
    return out;
}
