/* SPDX-License-Identifier: Apache-2.0 */
/* The fleet as data: JSON, and figures in Prometheus' text form. Workers. */
#define _DEFAULT_SOURCE
#include "fleet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "counters.h"
#include "db.h"
#include "drain.h"

static const struct route routes[] = {
    {.method = "GET", .path = "/", .name = "page", .handle = fleet_get_page},
    {.method = "GET", .path = "/fleet.json", .name = "fleet", .handle = fleet_get_json},
    {.method = "GET", .path = "/metrics", .name = "metrics", .handle = fleet_get_metrics},
    {.method = "GET", .path = "/gaps", .name = "gaps", .handle = fleet_get_gaps},
    {.method = "GET", .path = "/health", .name = "health", .handle = fleet_get_health},
    {.path = NULL},
};

const struct route *fleet_routes(void)
{
    return routes;
}

static const char *const levels[FLEET_N_LEVELS] = {"good", "call", "notice", "alarm"};
static const char *const troubles[FLEET_N_TROUBLES] = {
    "queueOld",    "setAside", "silent", "noHeartbeat", "device", "clock",
    "certificate", "space",    "mirror", "gap",         "staff"};

/* ---- JSON ---- */

static json_t *names_of(uint32_t bits)
{
    json_t *list = json_array();
    for (int i = 0; i < FLEET_N_TROUBLES; i++)
        if (bits & 1u << i)
            json_array_append_new(list, json_string(troubles[i]));
    return list;
}

static json_t *row_json(const struct fleet_row *row)
{
    json_t *out = json_pack(
        "{ss ss ss sI sI sI sI sI sI sI sI so so sO}", "terminal", row->terminal, "level",
        levels[row->level], "last_seen", row->last_seen, "silent_s", (json_int_t)row->silent_s,
        "queue_age_s", (json_int_t)row->queue_age_s, "waiting", (json_int_t)row->waiting,
        "attachments", (json_int_t)row->attachments, "quarantined", (json_int_t)row->quarantined,
        "records", (json_int_t)row->n_records, "max_sequence", (json_int_t)row->max_sequence,
        "n_missing", (json_int_t)row->n_missing, "alarms", names_of(row->alarms), "notices",
        names_of(row->notices & ~row->alarms), "heartbeat", row->told);
    if (row->has_clock)
        json_object_set_new(out, "clock_error_s", json_integer(row->clock_error_s));
    if (row->has_certificate)
        json_object_set_new(out, "certificate_days", json_integer(row->certificate_days));
    return out;
}

static void make_json(void *arg, const struct fleet_row *row, size_t n,
                      const struct fleet_totals *t)
{
    json_t **ret = arg, *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, row_json(&row[i]));
    *ret = json_pack("{ss s{sI sI sI sI sI sI sI sI sI} so}", "taken_at", t->taken_at, "totals",
                     "terminals", (json_int_t)t->n, "online", (json_int_t)t->n_online, "with_queue",
                     (json_int_t)t->n_waiting, "waiting", (json_int_t)t->waiting, "attachments",
                     (json_int_t)t->attachments, "oldest_s", (json_int_t)t->oldest_s, "quarantined",
                     (json_int_t)t->quarantined, "missing", (json_int_t)t->missing, "staff_calls",
                     (json_int_t)t->calls, "terminals", list);
}

void fleet_get_json(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    json_t *doc = NULL;
    (void)q;
    if (fleet_look(c, make_json, &doc, &err) < 0)
        reply_unavailable(r, &err);
    else
        reply_json(r, 200, doc);
}

void fleet_get_gaps(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    (void)q;
    json_t *gaps = fleet_gaps(c, &err);
    if (gaps)
        reply_json(r, 200, gaps);
    else
        reply_unavailable(r, &err);
}

void fleet_get_health(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    struct db_conn *conn = NULL;
    (void)q;
    int code = db_take(c->db, &conn, &err);
    if (code == 0)
        code = db_run(conn, "SELECT 1", NULL, 0, NULL, &err);
    db_give(conn);
    if (code == 0)
        reply_text(r, 200, "text/plain; charset=utf-8", "ok\n");
    else
        reply_unavailable(r, &err);
}

/* ---- figures ---- */

static const struct {
    const char *name, *help;
} figures[] = {
    {"records", "Records stored"},
    {"applications", "Applications stored"},
    {"ratings", "Ratings stored"},
    {"duplicates", "Records that came again"},
    {"unopened", "Records that cannot be opened"},
    {"chain_breaks", "Records whose predecessor has another digest"},
    {"cases", "Cases opened"},
    {"changes", "Changes told to terminals"},
    {"attachments_incomplete", "Attachments not complete yet"},
};

static void put_counts(FILE *out, const json_t *counts)
{
    for (size_t i = 0; i < YJ_COUNT(figures); i++) {
        const json_t *v = json_object_get(counts, figures[i].name);
        if (v)
            fprintf(out, "# HELP yijian_%s %s\n# TYPE yijian_%s gauge\nyijian_%s %" PRId64 "\n",
                    figures[i].name, figures[i].help, figures[i].name, figures[i].name,
                    (int64_t)json_integer_value(v));
    }
}

static void put_gauge(FILE *out, const char *name, const char *help, int64_t n)
{
    fprintf(out, "# HELP yijian_%s %s\n# TYPE yijian_%s gauge\nyijian_%s %" PRId64 "\n", name, help,
            name, name, n);
}

static int64_t lag_of(const struct fleet_row *row)
{
    return row->queue_age_s;
}

static int64_t silence_of(const struct fleet_row *row)
{
    return row->silent_s;
}

static void put_histogram(FILE *out, const char *name, const char *help,
                          int64_t (*value)(const struct fleet_row *), const struct fleet_row *row,
                          size_t n)
{
    static const int64_t upto[] = {0, 10, 60, 300, 900, 3600, 14400, 86400, 604800, 2592000};
    int64_t count[YJ_COUNT(upto)] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += value(&row[i]);
        for (size_t b = 0; b < YJ_COUNT(upto); b++)
            count[b] += value(&row[i]) <= upto[b];
    }
    fprintf(out, "# HELP yijian_%s %s\n# TYPE yijian_%s histogram\n", name, help, name);
    for (size_t b = 0; b < YJ_COUNT(upto); b++)
        fprintf(out, "yijian_%s_bucket{le=\"%" PRId64 "\"} %" PRId64 "\n", name, upto[b], count[b]);
    fprintf(out,
            "yijian_%s_bucket{le=\"+Inf\"} %zu\nyijian_%s_sum %" PRId64 "\nyijian_%s_count %zu\n",
            name, n, name, sum, name, n);
}

static void put_fleet(void *arg, const struct fleet_row *row, size_t n,
                      const struct fleet_totals *t)
{
    FILE *out = arg;
    put_gauge(out, "terminals", "Terminals that were ever heard of", t->n);
    put_gauge(out, "terminals_online", "Terminals heard of in the last five minutes", t->n_online);
    put_gauge(out, "queue_records", "Records waiting at terminals", t->waiting);
    put_gauge(out, "queue_attachments", "Attachments waiting at terminals", t->attachments);
    put_gauge(out, "queue_terminals", "Terminals with records waiting", t->n_waiting);
    put_gauge(out, "queue_oldest_seconds", "Age of the oldest record not yet here", t->oldest_s);
    put_gauge(out, "quarantined_records", "Records set aside at terminals", t->quarantined);
    put_gauge(out, "missing_records", "Sequence numbers the centre has not got", t->missing);
    put_gauge(out, "staff_calls", "Calls for staff now", t->calls);
    fputs("# HELP yijian_terminals_by_level Terminals by how they are\n"
          "# TYPE yijian_terminals_by_level gauge\n",
          out);
    for (int i = 0; i < FLEET_N_LEVELS; i++)
        fprintf(out, "yijian_terminals_by_level{level=\"%s\"} %" PRId64 "\n", levels[i],
                t->of_level[i]);
    fputs("# HELP yijian_trouble Terminals by what is wrong\n# TYPE yijian_trouble gauge\n", out);
    for (int b = 0; b < FLEET_N_TROUBLES; b++) {
        int64_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += (row[i].alarms | row[i].notices) >> b & 1;
        fprintf(out, "yijian_trouble{kind=\"%s\"} %" PRId64 "\n", troubles[b], count);
    }
    put_histogram(out, "terminal_lag_seconds", "Age of the oldest record waiting at a terminal",
                  lag_of, row, n);
    put_histogram(out, "terminal_silence_seconds", "Since a terminal was heard of", silence_of, row,
                  n);
}

struct sums {
    FILE *out;
    int64_t conflicts;
};

static void put_requests(void *arg, const char *route, int status, int64_t n, int64_t sum_ms)
{
    struct sums *s = arg;
    (void)sum_ms;
    fprintf(s->out, "yijian_requests_total{route=\"%s\",status=\"%d\"} %" PRId64 "\n", route,
            status, n);
    if (status == 409 && (strcmp(route, "applications") == 0 || strcmp(route, "ratings") == 0))
        s->conflicts += n;
}

static void put_times(void *arg, const char *route, int status, int64_t n, int64_t sum_ms)
{
    struct sums *s = arg;
    (void)n;
    fprintf(s->out, "yijian_request_milliseconds_total{route=\"%s\",status=\"%d\"} %" PRId64 "\n",
            route, status, sum_ms);
}

void fleet_get_metrics(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    size_t n = 0;
    (void)q;
    json_t *counts = fleet_counts(c, &err);
    FILE *out = open_memstream(&r->body, &n);
    struct sums sums = {.out = out};
    bool is_good = counts && out && fleet_look(c, put_fleet, out, &err) == 0;
    if (is_good) {
        put_counts(out, counts);
        put_gauge(out, "draining_terminals", "Terminals among which the drain is shared",
                  drain_count(c->drain, clock_mono_ms()));
        fputs("# HELP yijian_requests_total Requests of this instance\n"
              "# TYPE yijian_requests_total counter\n",
              out);
        counters_walk(c->counters, put_requests, &sums);
        fputs("# HELP yijian_request_milliseconds_total Time they took\n"
              "# TYPE yijian_request_milliseconds_total counter\n",
              out);
        counters_walk(c->counters, put_times, &sums);
        fprintf(out,
                "# HELP yijian_conflicts_total Records refused because another one has their "
                "place\n# TYPE yijian_conflicts_total counter\nyijian_conflicts_total %" PRId64
                "\n",
                sums.conflicts);
    }
    json_decref(counts);
    if (out)
        fclose(out);
    if (!is_good) {
        reply_unavailable(r, &err);
        return;
    }
    r->status = 200;
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    r->body_bytes = n;
}
