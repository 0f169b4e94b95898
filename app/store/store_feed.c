/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre tells this terminal: states of tasks, orders about records, small values.
 * Thread: outbox. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "store/store_priv.h"

int store_feed_begin(struct store *s, struct err *err)
{
    return store_group_begin(s, err);
}

void store_feed_rollback(struct store *s)
{
    store_group_rollback(s);
}

int store_feed_commit(struct store *s, const char *cursor, struct err *err)
{
    int rc = store_setting_set(s, "feed_cursor", cursor, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

int store_feed_cursor(struct store *s, char *ret, struct err *err)
{
    return store_setting_get(s, "feed_cursor", ret, 128, err);
}

int store_feed_task(struct store *s, const struct store_task *task, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "INSERT INTO task(number, task, case_no, state, due, changed_at,"
                           " n_fixes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                           " ON CONFLICT(number, task) DO UPDATE SET case_no = excluded.case_no,"
                           " state = excluded.state, due = excluded.due,"
                           " changed_at = excluded.changed_at, n_fixes = excluded.n_fixes",
                           &stmt, err);
    if (rc)
        return rc;
    const char *texts[] = {task->number, task->task, task->case_no,
                           task->state,  task->due,  task->changed_at};
    for (int i = 0; i < (int)YJ_COUNT(texts); i++)
        sqlite3_bind_text(stmt, 1 + i, texts[i], -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 7, task->n_fixes);
    return store_run(s, stmt, true, err);
}

static int run_on_range(struct store *s, const char *sql, int64_t first, int64_t last, int *ret_n,
                        struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, sql, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, last);
    rc = store_run(s, stmt, false, err);
    if (rc == 0)
        *ret_n = sqlite3_changes(s->db);
    return rc;
}

int store_feed_retry(struct store *s, int64_t sequence, struct err *err)
{
    int n_records = 0, n_files = 0;
    /* What is damaged here stays aside: there is nothing good to send. */
    int rc = run_on_range(s,
                          "UPDATE outbox SET state = 0, attempts = 0, reason = NULL"
                          " WHERE sequence BETWEEN ?1 AND ?2 AND state = 3 AND sealed IS NOT NULL",
                          sequence, sequence, &n_records, err);
    if (rc == 0)
        rc = run_on_range(s,
                          "UPDATE attachment SET state = 0, attempts = 0, reason = NULL"
                          " WHERE sequence BETWEEN ?1 AND ?2 AND state = 2 AND sealed IS NOT NULL",
                          sequence, sequence, &n_files, err);
    if (rc == 0 && n_records + n_files == 0)
        return ERR(err, ERR_NOT_FOUND, "nothing of this record was refused");
    return rc;
}

int store_feed_resend(struct store *s, int64_t first, int64_t last, int *ret_n, struct err *err)
{
    int n_files = 0;
    int rc = run_on_range(s,
                          "UPDATE outbox SET state = 0, attempts = 0 WHERE sequence BETWEEN ?1"
                          " AND ?2 AND state = 2 AND sealed IS NOT NULL",
                          first, last, ret_n, err);
    if (rc == 0)
        rc = run_on_range(s,
                          "UPDATE attachment SET state = 0, attempts = 0 WHERE sequence BETWEEN ?1"
                          " AND ?2 AND state = 1 AND sealed IS NOT NULL",
                          first, last, &n_files, err);
    return rc;
}

static void copy_text(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    snprintf(out, cap, "%s", (const char *)sqlite3_column_text(stmt, column));
}

int store_tasks_of(struct store *s, const char *number, store_task_fn fn, void *arg,
                   struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
                           "SELECT number, task, case_no, state, due, changed_at, n_fixes"
                           " FROM task WHERE number = ?1 ORDER BY case_no, task",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, number, -1, SQLITE_STATIC);
    int step;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct store_task task = {.n_fixes = sqlite3_column_int(stmt, 6)};
        copy_text(stmt, 0, task.number, sizeof task.number);
        copy_text(stmt, 1, task.task, sizeof task.task);
        copy_text(stmt, 2, task.case_no, sizeof task.case_no);
        copy_text(stmt, 3, task.state, sizeof task.state);
        copy_text(stmt, 4, task.due, sizeof task.due);
        copy_text(stmt, 5, task.changed_at, sizeof task.changed_at);
        fn(arg, &task);
    }
    return step == SQLITE_DONE ? 0 : store_fail(s->db, "tasks", err);
}

/* Settings live beside the store's own values, under names of their own. */
static void setting_name(const char *key, char *name, size_t cap)
{
    snprintf(name, cap, "set.%s", key);
}

int store_setting_get(struct store *s, const char *key, char *ret, size_t cap, struct err *err)
{
    char name[64];
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    setting_name(key, name, sizeof name);
    int rc = store_prepare(s->db, "SELECT value FROM meta WHERE key = ?1", &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return store_fail(s->db, "read a setting", err);
    ret[0] = '\0';
    if (step == SQLITE_ROW)
        copy_text(stmt, 0, ret, cap);
    return 0;
}

int store_setting_set(struct store *s, const char *key, const char *value, struct err *err)
{
    char name[64];
    setting_name(key, name, sizeof name);
    return store_meta_set_text(s, name, value, err);
}
