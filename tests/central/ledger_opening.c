/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger: what the opener does, inside its transaction. Its threads. */
#define _DEFAULT_SOURCE /* timegm */
#include "ledger_priv.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

enum { OPEN_AT_ONCE = 64 };

/* A heartbeat takes at most this long to arrive: the error of what is counted from it. Besides, two
 * clocks part by 100 ppm. */
enum { LATENESS_MS = 60000, DRIFT_PPM = 100 };

int64_t ledger_ms_of(const char *instant)
{
    struct tm tm = {0};
    if (sscanf(instant, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (int64_t)timegm(&tm) * 1000;
}

int ledger_take_unopened(struct ledger *l, ledger_visit_fn visit, void *arg, size_t *ret_n,
                         struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_RUN(l,
                       "SELECT" LEDGER_RECORD_COLUMNS LEDGER_RECORD_FROM
                       "WHERE r.state = 0 ORDER BY r.terminal, r.sequence LIMIT $1"
                       " FOR UPDATE OF r SKIP LOCKED",
                       &rows, err, db_i(OPEN_AT_ONCE));
    *ret_n = db_rows_count(rows);
    for (size_t i = 0; i < *ret_n && r == 0; i++) {
        struct ledger_record record;
        ledger_record_of(rows, i, &record);
        r = visit(arg, &record, err);
    }
    return r;
}

struct span {
    char low[24], high[24];
};

/* When it was sealed, by the centre's clock. The same boot has been heard of: its uptime tells it.
 * Else it lies between the last time the terminal had from the centre and the arrival. */
static int find_span(struct ledger *l, const struct ledger_record *record, struct span *ret,
                     struct err *err)
{
    const struct envelope *e = &record->envelope;
    int64_t low = e->is_form2 ? ledger_ms_of(e->centre_time) : 0;
    int64_t high = ledger_ms_of(record->received_at);
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = 0;
    if (e->is_form2 && e->boot_id[0])
        r = LEDGER_RUN(l,
                       "SELECT started_ms FROM terminal_boot WHERE terminal = $1 AND boot_id = $2",
                       &rows, err, db_t(e->terminal), db_t(e->boot_id));
    if (db_rows_count(rows) > 0 && e->uptime_ms < high) { /* else it tells no time at all */
        int64_t at = db_int(rows, 0, 0) + e->uptime_ms;
        int64_t drift = (e->uptime_ms / 1000000) * DRIFT_PPM;
        low = at - LATENESS_MS - drift > low ? at - LATENESS_MS - drift : low;
        high = at + 1000 + drift < high ? at + 1000 + drift : high;
        low = low > high ? high : low;
    }
    if (low > 0)
        clock_rfc3339(low, ret->low, sizeof ret->low);
    if (high > 0)
        clock_rfc3339(high, ret->high, sizeof ret->high);
    return r;
}

/* Does prev_digest fit what stands before it, and the next one's fit this? Whoever is opened later
 * of two neighbours finds the other stored. */
static int check_chain(struct ledger *l, const struct ledger_record *record, struct err *err)
{
    const struct envelope *e = &record->envelope;
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int64_t breaks[2];
    size_t n = 0;
    if (e->sequence == 1 && strspn(e->prev_digest, "0") != 64)
        breaks[n++] = 1;
    int r = LEDGER_RUN(l,
                       "SELECT sequence, digest, prev_digest FROM record"
                       " WHERE terminal = $1 AND (sequence = $2 OR sequence = $3)",
                       &rows, err, db_t(e->terminal), db_i(e->sequence - 1), db_i(e->sequence + 1));
    for (size_t i = 0; i < db_rows_count(rows) && n < 2; i++) {
        bool is_before = db_int(rows, i, 0) < e->sequence;
        if (is_before ? strcmp(db_text(rows, i, 1), e->prev_digest) != 0
                      : strcmp(db_text(rows, i, 2), e->digest) != 0)
            breaks[n++] = is_before ? e->sequence : e->sequence + 1;
    }
    for (size_t i = 0; i < n && r == 0; i++)
        r = LEDGER_RUN(l,
                       "INSERT INTO chain_break (terminal, sequence) VALUES ($1, $2)"
                       " ON CONFLICT DO NOTHING",
                       NULL, err, db_t(e->terminal), db_i(breaks[i]));
    return r;
}

static int count_served(struct ledger *l, const struct ledger_record *record, struct err *err)
{
    char day[16], hall[7];
    ledger_day_of(record->received_at, day);
    snprintf(hall, sizeof hall, "%.6s", record->envelope.terminal);
    const struct db_value arg[] = {db_t(""), db_t(hall), db_t(day), db_t(hall)};
    for (size_t i = 0; i < 2; i++) {
        int r = ledger_run(l,
                           "INSERT INTO served (day, hall, n) VALUES ($1, $2, 1)"
                           " ON CONFLICT (day, hall) DO UPDATE SET n = served.n + 1",
                           arg + i * 2, 2, NULL, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int ledger_set_opened(struct ledger *l, const struct ledger_record *record, enum ledger_state state,
                      struct err *err)
{
    struct span span = {"", ""};
    int r = find_span(l, record, &span, err);
    if (r == 0)
        r = check_chain(l, record, err);
    if (r == 0 && strcmp(record->envelope.kind, "application") == 0)
        r = count_served(l, record, err);
    return r < 0 ? r
                 : LEDGER_RUN(l,
                              "UPDATE record SET state = $2, event_low = $3, event_high = $4"
                              " WHERE uuid = $1",
                              NULL, err, db_t(record->envelope.uuid), db_i((int64_t)state),
                              db_t(span.low), db_t(span.high));
}

int64_t ledger_count_unopened(struct ledger *l, struct err *err)
{
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = ledger_run(l, "SELECT count(*) FROM record WHERE state = 0", NULL, 0, &rows, err);
    return r < 0 ? r : db_int(rows, 0, 0);
}
