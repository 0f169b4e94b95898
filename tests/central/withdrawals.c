/* SPDX-License-Identifier: Apache-2.0 */
/* Withdrawn certificates: few, so they are kept in memory and read again every second. Any thread;
 * one lock. While the database cannot be reached nobody is let in by what was read long ago. */
#include "withdrawals.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { FRESH_MS = 1000, STALE_MS = 30000, NAME_BYTES = 72 };

/* Of table issued: a mark for the whole terminal beside its certificates. */
#define MARK_KIND "mark"

struct entry {
    char terminal[16], fingerprint[NAME_BYTES];
    bool is_good; /* issued after the terminal was withdrawn */
};

struct withdrawals {
    pthread_mutex_t lock;
    struct db *db;
    struct entry *entry; /* of terminals with a mark, in order of terminal */
    size_t n;
    int64_t read_ms; /* monotonic, 0: never */
};

struct withdrawals *withdrawals_new(struct db *db)
{
    struct withdrawals *w = mem_zalloc(1, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    w->db = db;
    return w;
}

void withdrawals_free(struct withdrawals *w)
{
    if (!w)
        return;
    pthread_mutex_destroy(&w->lock);
    free(w->entry);
    free(w);
}

/* Every certificate of the terminals that have a mark. */
static int read_all(struct withdrawals *w, struct err *err)
{
    struct db_conn *conn = NULL;
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = db_take(w->db, &conn, err);
    if (r == 0)
        r = db_run(conn,
                   "SELECT i.terminal, i.fingerprint, CASE WHEN i.withdrawn_at = '' THEN 1 ELSE 0"
                   " END FROM issued i JOIN issued m ON m.terminal = i.terminal"
                   " WHERE m.kind = '" MARK_KIND "' ORDER BY i.terminal",
                   NULL, 0, &rows, err);
    db_give(conn);
    if (r < 0)
        return r;
    free(w->entry);
    w->n = db_rows_count(rows);
    w->entry = mem_zalloc(w->n ? w->n : 1, sizeof *w->entry);
    for (size_t i = 0; i < w->n; i++) {
        snprintf(w->entry[i].terminal, sizeof w->entry[i].terminal, "%s", db_text(rows, i, 0));
        snprintf(w->entry[i].fingerprint, sizeof w->entry[i].fingerprint, "%s",
                 db_text(rows, i, 1));
        w->entry[i].is_good = db_int(rows, i, 2) != 0;
    }
    return 0;
}

/* With the lock held. */
static bool is_withdrawn(const struct withdrawals *w, const char *terminal, const char *fingerprint)
{
    size_t lo = 0, hi = w->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(w->entry[mid].terminal, terminal) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool has_mark = false;
    for (; lo < w->n && strcmp(w->entry[lo].terminal, terminal) == 0; lo++) {
        has_mark = true;
        if (strcmp(w->entry[lo].fingerprint, fingerprint) == 0)
            return !w->entry[lo].is_good;
    }
    return has_mark;
}

int withdrawals_check(struct withdrawals *w, const char *terminal, const char *fingerprint,
                      bool *ret, struct err *err)
{
    int r = 0;
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&w->lock);
    if (!w->read_ms || now_ms - w->read_ms >= FRESH_MS) {
        r = read_all(w, err);
        if (r == 0)
            w->read_ms = now_ms;
        else if (w->read_ms && now_ms - w->read_ms < STALE_MS)
            r = 0;
    }
    if (r == 0)
        *ret = is_withdrawn(w, terminal, fingerprint);
    pthread_mutex_unlock(&w->lock);
    return r;
}

int withdrawals_add(struct db *db, const char *terminal, struct err *err)
{
    struct db_conn *conn = NULL;
    char now[24], mark[32];
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    snprintf(mark, sizeof mark, "all of %s", terminal);
    const struct db_value arg[] = {db_t(terminal), db_t(now)};
    const struct db_value marks[] = {db_t(mark), db_t(terminal), db_b("", 0), db_t(now)};
    int r = db_take(db, &conn, err);
    if (r == 0)
        r = db_begin(conn, err);
    if (r == 0)
        r = db_run(conn,
                   "UPDATE issued SET withdrawn_at = $2 WHERE terminal = $1 AND withdrawn_at = ''",
                   arg, YJ_COUNT(arg), NULL, err);
    if (r == 0)
        r = db_run(conn,
                   "INSERT INTO issued (fingerprint, terminal, kind, der, not_after, withdrawn_at)"
                   " VALUES ($1, $2, '" MARK_KIND "', $3, 0, $4) ON CONFLICT DO NOTHING",
                   marks, YJ_COUNT(marks), NULL, err);
    if (r == 0)
        r = db_commit(conn, err);
    db_give(conn);
    return r;
}
