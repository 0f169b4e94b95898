/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: sealed bytes of what the centre has confirmed go after some time. Thread: outbox.
 *
 * Nothing but the wall clock says how long ago a confirmation was, and it may be wrong: a dead
 * battery, a technician's slip. So a clock that jumped is believed only after it has run for a
 * whole retention time: until then nothing is removed. A terminal that was off for a holiday
 * shorter than the jump is not affected; one that was off longer keeps its records a month more. */
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/store_priv.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
enum { CLOCK_JUMP_DAYS = 10 };

static int number_get(struct store *s, const char *key, int64_t *ret, struct err *err)
{
    char text[24];
    int rc = store_setting_get(s, key, text, sizeof text, err);
    if (rc == 0)
        *ret = strtoll(text, NULL, 10);
    return rc;
}

static int number_set(struct store *s, const char *key, int64_t value, struct err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    return store_setting_set(s, key, text, err);
}

/* Written once a day and at a jump, not with every call. */
static int clock_judge(struct store *s, int64_t wall_ms, int64_t retention_ms, bool *ret_is_held,
                       struct err *err)
{
    int64_t seen = 0, held_until = 0;
    int rc = number_get(s, "purge_clock_ms", &seen, err);
    if (rc == 0)
        rc = number_get(s, "purge_held_until_ms", &held_until, err);
    if (rc)
        return rc;
    int64_t ahead = seen ? wall_ms - seen : 0;
    if (ahead > CLOCK_JUMP_DAYS * day_ms || ahead < -day_ms) {
        held_until = wall_ms + retention_ms;
        rc = number_set(s, "purge_held_until_ms", held_until, err);
    }
    if (rc == 0 && (seen == 0 || ahead >= day_ms || ahead < -day_ms))
        rc = number_set(s, "purge_clock_ms", wall_ms, err);
    *ret_is_held = wall_ms < held_until;
    return rc;
}

/* Records that go in one transaction. What is removed is overwritten (secure_delete) and passes
 * through the log, so that a month of attachments must not go at once. */
enum { BATCH = 64, BATCH_BYTES = 8 * 1024 * 1024 };

/* The next ones, the longest confirmed first. A record stays whole while one of its files is still
 * to go. */
static int batch_find(struct store *s, int64_t before_wall_ms, int64_t *sequence, int *ret_n,
                      struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int64_t bytes = 0;
    int step = SQLITE_DONE, n = 0;
    int rc = store_prepare(s->db,
                           "SELECT sequence, length(sealed) + coalesce((SELECT sum(a.bytes) FROM"
                           " attachment a WHERE a.sequence = o.sequence AND a.state = 1), 0)"
                           " FROM outbox o WHERE state = 2 AND sealed IS NOT NULL"
                           " AND confirmed_wall_ms < ?1 AND NOT EXISTS (SELECT 1 FROM attachment a"
                           " WHERE a.sequence = o.sequence AND a.state = 0)"
                           " ORDER BY confirmed_wall_ms LIMIT ?2",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, before_wall_ms);
    sqlite3_bind_int(stmt, 2, BATCH);
    while (bytes < BATCH_BYTES && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        sequence[n++] = sqlite3_column_int64(stmt, 0);
        bytes += sqlite3_column_int64(stmt, 1);
    }
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return store_fail(s->db, "purge", err);
    *ret_n = n;
    return 0;
}

static int on_each(struct store *s, const char *sql, const int64_t *sequence, int n,
                   struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, sql, &stmt, err);
    for (int i = 0; rc == 0 && i < n; i++) {
        sqlite3_bind_int64(stmt, 1, sequence[i]);
        rc = store_run(s, stmt, false, err);
        sqlite3_reset(stmt);
    }
    return rc;
}

static int batch_purge(struct store *s, int64_t before_wall_ms, int *ret_n, struct err *err)
{
    int64_t sequence[BATCH];
    int rc = batch_find(s, before_wall_ms, sequence, ret_n, err);
    if (rc || *ret_n == 0)
        return rc;
    rc = on_each(s, "UPDATE outbox SET sealed = NULL WHERE sequence = ?1", sequence, *ret_n, err);
    if (rc == 0)
        rc = on_each(s,
                     "UPDATE attachment SET sealed = NULL WHERE sequence = ?1 AND state = 1"
                     " AND sealed IS NOT NULL",
                     sequence, *ret_n, err);
    if (rc == 0)
        rc = store_mirror_purged(s, sequence, *ret_n, err);
    return rc;
}

static int purge_some(struct store *s, int64_t wall_ms, int64_t retention_ms, int *ret_n,
                      struct err *err)
{
    bool is_held = false;
    int rc = store_group_begin(s, err);
    if (rc)
        return rc;
    rc = clock_judge(s, wall_ms, retention_ms, &is_held, err);
    if (rc == 0 && !is_held)
        rc = batch_purge(s, wall_ms - retention_ms, ret_n, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

int store_purge(struct store *s, int64_t wall_ms, int *ret_purged, struct err *err)
{
    int64_t days = 0, until_ms = clock_mono_ms() + STORE_PURGE_MS;
    int all = 0, n = 0;
    int rc = number_get(s, "retention_days", &days, err);
    if (rc)
        return rc;
    if (days < 1)
        days = STORE_RETENTION_DAYS;
    else if (days > STORE_MAX_RETENTION_DAYS)
        days = STORE_MAX_RETENTION_DAYS;
    do {
        n = 0;
        rc = purge_some(s, wall_ms, days * day_ms, &n, err);
        all += rc == 0 ? n : 0;
    } while (rc == 0 && n > 0 && clock_mono_ms() < until_ms);
    if (rc == 0)
        *ret_purged = all;
    return rc;
}
