/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet: read, judged, sorted. Workers; one lock around what was read last. */
#include "fleet.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db.h"
#include "instant.h"

enum {
    FRESH_MS = 3000,
    COUNTS_FRESH_MS = 10000,
    HOUR_S = 3600,
    DAY_S = 86400,
    SILENT_NOTICE_S = 300, /* five heartbeats */
    CLOCK_NOTICE_S = 120,
    CERTIFICATE_NOTICE_DAYS = 20, /* renewal begins 30 days before */
    CERTIFICATE_ALARM_DAYS = 7,
    SPACE_NOTICE_MIB = 200,
    SPACE_ALARM_MIB = 64,
    MIRROR_NOTICE = 100,
};

struct fleet {
    pthread_mutex_t lock;
    struct fleet_row *row;
    size_t n;
    struct fleet_totals totals;
    int64_t taken_ms, counts_ms, gaps_ms; /* monotonic, 0: never */
    json_t *counts, *gaps;
};

static void clear_rows(struct fleet *f)
{
    for (size_t i = 0; i < f->n; i++)
        json_decref(f->row[i].told);
    free(f->row);
    f->row = NULL;
    f->n = 0;
}

struct fleet *fleet_new(void)
{
    struct fleet *f = mem_zalloc(1, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

void fleet_free(struct fleet *f)
{
    if (!f)
        return;
    clear_rows(f);
    json_decref(f->counts);
    json_decref(f->gaps);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* ---- judging ---- */

static void find_trouble(struct fleet_row *row, enum fleet_trouble t, bool is_notice, bool is_alarm)
{
    row->notices |= is_notice ? 1u << t : 0;
    row->alarms |= is_alarm ? 1u << t : 0;
}

static void judge_devices(struct fleet_row *row)
{
    size_t i;
    const json_t *d;
    json_array_foreach(json_object_get(row->told, "devices"), i, d)
    {
        const char *state = json_string_value(json_object_get(d, "state"));
        const char *action = json_string_value(json_object_get(d, "action"));
        const char *reason = json_string_value(json_object_get(d, "reason"));
        const char *media = json_string_value(json_object_get(d, "media"));
        const char *paper = json_string_value(json_object_get(d, "paper"));
        bool is_fitted = !reason || strcmp(reason, "notFitted") != 0;
        bool is_out =
            state && (strcmp(state, "hardwareError") == 0 || strcmp(state, "offline") == 0 ||
                      strcmp(state, "userError") == 0 || strcmp(state, "potentialFraud") == 0 ||
                      (strcmp(state, "noDevice") == 0 && is_fitted));
        bool is_jam = (media && strcmp(media, "jammed") == 0) || (paper && !strcmp(paper, "out"));
        bool is_due = action && strcmp(action, "none") != 0 && strcmp(action, "wait") != 0;
        find_trouble(row, FLEET_DEVICE, is_due || (paper && strcmp(paper, "low") == 0),
                     is_fitted && (is_out || is_jam));
    }
}

static void judge(struct fleet_row *row)
{
    bool has_told = json_object_size(row->told) > 0;
    find_trouble(row, FLEET_QUEUE_OLD, row->queue_age_s >= HOUR_S, row->queue_age_s >= DAY_S);
    find_trouble(row, FLEET_SET_ASIDE, false, row->quarantined > 0);
    find_trouble(row, FLEET_SILENT, row->silent_s >= SILENT_NOTICE_S, row->silent_s >= DAY_S);
    find_trouble(row, FLEET_NO_BEAT, !has_told, false);
    judge_devices(row);
    find_trouble(row, FLEET_CLOCK, row->has_clock && llabs(row->clock_error_s) >= CLOCK_NOTICE_S,
                 row->has_clock && llabs(row->clock_error_s) >= DAY_S);
    find_trouble(row, FLEET_CERTIFICATE,
                 row->has_certificate && row->certificate_days < CERTIFICATE_NOTICE_DAYS,
                 row->has_certificate && row->certificate_days < CERTIFICATE_ALARM_DAYS);
    find_trouble(row, FLEET_SPACE, row->has_space && row->free_mib < SPACE_NOTICE_MIB,
                 row->has_space && row->free_mib < SPACE_ALARM_MIB);
    find_trouble(row, FLEET_MIRROR, row->mirror_behind >= MIRROR_NOTICE, false);
    /* What the terminal still has to send explains a gap; what it has not got is one. */
    find_trouble(row, FLEET_GAP, row->n_missing > 0, row->n_missing > row->waiting && has_told);
    bool is_calling = json_array_size(json_object_get(row->told, "staff_calls")) > 0;
    row->level = row->alarms    ? FLEET_ALARM
                 : row->notices ? FLEET_NOTICE
                 : is_calling   ? FLEET_CALL
                                : FLEET_GOOD;
    find_trouble(row, FLEET_STAFF, is_calling, false);
}

/* Worst first: level, then the age of the queue, then silence, then the number. */
static int compare(const void *a, const void *b)
{
    const struct fleet_row *x = a, *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->queue_age_s != y->queue_age_s)
        return x->queue_age_s > y->queue_age_s ? -1 : 1;
    if (x->level != FLEET_GOOD && x->silent_s != y->silent_s)
        return x->silent_s > y->silent_s ? -1 : 1;
    return strcmp(x->terminal, y->terminal);
}

static void add_up(struct fleet *f, int64_t now_ms)
{
    struct fleet_totals *t = &f->totals;
    *t = (struct fleet_totals){.n = (int64_t)f->n};
    clock_rfc3339(now_ms, t->taken_at, sizeof t->taken_at);
    for (size_t i = 0; i < f->n; i++) {
        const struct fleet_row *row = &f->row[i];
        t->n_online += row->silent_s < SILENT_NOTICE_S;
        t->n_waiting += row->waiting > 0;
        t->waiting += row->waiting;
        t->attachments += row->attachments;
        t->quarantined += row->quarantined;
        t->missing += row->n_missing;
        t->calls += (int64_t)json_array_size(json_object_get(row->told, "staff_calls"));
        t->oldest_s = row->queue_age_s > t->oldest_s ? row->queue_age_s : t->oldest_s;
        t->of_level[row->level]++;
    }
}

/* ---- reading ---- */

static void read_row(struct fleet_row *row, const char *terminal, const char *seen,
                     const char *told, int64_t now_s)
{
    snprintf(row->terminal, sizeof row->terminal, "%s", terminal);
    snprintf(row->last_seen, sizeof row->last_seen, "%s", seen);
    row->told = json_loads(told, 0, NULL);
    if (!json_is_object(row->told)) {
        json_decref(row->told);
        row->told = json_object();
    }
    const json_t *t = row->told;
    int64_t seen_s = instant_seconds(seen);
    row->silent_s = now_s > seen_s ? now_s - seen_s : 0;
    row->waiting = number(t, "waiting");
    row->attachments = number(t, "attachments");
    row->quarantined = number(t, "quarantined");
    /* What waited when it was last heard of goes on waiting. */
    if (row->waiting + row->attachments > 0)
        row->queue_age_s = number(t, "oldest_age_s") + row->silent_s;
    row->has_clock = json_object_get(t, "clock_error_s") != NULL;
    row->clock_error_s = number(t, "clock_error_s");
    row->mirror_behind = number(t, "mirror_behind");
    row->has_space = json_object_get(t, "free_mib") != NULL;
    row->free_mib = number(t, "free_mib");
    const char *ends = json_string_value(json_object_get(t, "certificate_ends"));
    row->has_certificate = ends != NULL;
    if (ends)
        row->certificate_days = (instant_seconds(ends) - now_s) / DAY_S;
}

static int compare_terminal(const void *key, const void *row)
{
    return strcmp(key, ((const struct fleet_row *)row)->terminal);
}

/* Rows are in order of terminal still. */
static void join_gaps(struct fleet *f)
{
    size_t i;
    const json_t *g;
    json_array_foreach(f->gaps, i, g)
    {
        const char *terminal = json_string_value(json_object_get(g, "terminal"));
        struct fleet_row *row =
            terminal && f->n ? bsearch(terminal, f->row, f->n, sizeof *f->row, compare_terminal)
                             : NULL;
        if (row) {
            row->n_records = number(g, "records");
            row->max_sequence = number(g, "max_sequence");
            row->n_missing = number(g, "n_missing");
        }
    }
}

static int read_terminals(const struct centre *c, struct fleet *f, int64_t now_ms, struct err *err)
{
    struct db_conn *conn = NULL;
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = db_take(c->db, &conn, err);
    if (r == 0)
        r = db_run(conn, "SELECT id, last_seen, coalesce(heartbeat, '') FROM terminal ORDER BY id",
                   NULL, 0, &rows, err);
    db_give(conn);
    if (r < 0)
        return r;
    clear_rows(f);
    f->n = db_rows_count(rows);
    f->row = mem_zalloc(f->n ? f->n : 1, sizeof *f->row);
    for (size_t i = 0; i < f->n; i++)
        read_row(&f->row[i], db_text(rows, i, 0), db_text(rows, i, 1), db_text(rows, i, 2),
                 now_ms / 1000);
    return 0;
}

/* With the lock held. */
static int refresh_gaps(const struct centre *c, struct fleet *f, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    if (f->gaps && now_ms - f->gaps_ms < COUNTS_FRESH_MS)
        return 0;
    json_t *gaps = ledger_gaps(c->ledger, err);
    if (!gaps)
        return err->code;
    json_decref(f->gaps);
    f->gaps = gaps;
    f->gaps_ms = now_ms;
    return 0;
}

static int refresh(const struct centre *c, struct fleet *f, struct err *err)
{
    int64_t now_ms = clock_mono_ms(), wall_ms = clock_wall_ms();
    if (f->taken_ms && now_ms - f->taken_ms < FRESH_MS)
        return 0;
    int r = refresh_gaps(c, f, err);
    if (r == 0)
        r = read_terminals(c, f, wall_ms, err);
    if (r < 0)
        return r;
    join_gaps(f);
    for (size_t i = 0; i < f->n; i++)
        judge(&f->row[i]);
    add_up(f, wall_ms);
    qsort(f->row, f->n, sizeof *f->row, compare);
    f->taken_ms = now_ms;
    return 0;
}

int fleet_look(const struct centre *c, fleet_fn fn, void *arg, struct err *err)
{
    struct fleet *f = c->fleet;
    pthread_mutex_lock(&f->lock);
    int r = refresh(c, f, err);
    if (r == 0)
        fn(arg, f->row, f->n, &f->totals);
    pthread_mutex_unlock(&f->lock);
    return r;
}

json_t *fleet_counts(const struct centre *c, struct err *err)
{
    struct fleet *f = c->fleet;
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&f->lock);
    json_t *counts = f->counts && now_ms - f->counts_ms < COUNTS_FRESH_MS
                         ? json_incref(f->counts)
                         : ledger_counts(c->ledger, err);
    if (counts && counts != f->counts) {
        json_decref(f->counts);
        f->counts = json_incref(counts);
        f->counts_ms = now_ms;
    }
    json_t *copy = json_deep_copy(counts);
    json_decref(counts);
    pthread_mutex_unlock(&f->lock);
    return copy;
}

json_t *fleet_gaps(const struct centre *c, struct err *err)
{
    struct fleet *f = c->fleet;
    pthread_mutex_lock(&f->lock);
    json_t *copy = refresh_gaps(c, f, err) == 0 ? json_deep_copy(f->gaps) : NULL;
    pthread_mutex_unlock(&f->lock);
    return copy;
}
