/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeats. Workers. */
#include "heartbeat.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "changes.h"
#include "drain.h"
#include "files.h"
#include "heartbeat_form.h"
#include "instant.h"

enum { MAX_WORD_BYTES = 64 };

static void decref_json(json_t **p)
{
    json_decref(*p);
}

/* Keep it, with what only the moment of its arrival tells: how wrong the terminal's clock is. */
static int keep(const struct centre *c, const struct request *q, json_t *doc, int64_t now_ms,
                const char *now, struct err *err)
{
    const char *clock = json_string_value(json_object_get(doc, "clock"));
    if (clock)
        json_object_set_new(doc, "clock_error_s",
                            json_integer(instant_seconds(clock) - now_ms / 1000));
    char *text = json_dumps(doc, JSON_COMPACT);
    int r = ledger_note_terminal(c->ledger, q->peer->terminal, now, text, err);
    bytes_free_wiped(text);
    return r;
}

/* The word in the file that operators write when the keys change over. */
static enum keyring_seal seal_wanted(const struct centre *c)
{
    YJ_CLEANUP(cleanup_free) char *word = NULL;
    struct err err = {0};
    size_t n;
    if (!c->settings.seal_key_file ||
        mem_read_file(c->settings.seal_key_file, MAX_WORD_BYTES, &word, &n, &err) < 0)
        return KEYRING_SEAL_PRESENT;
    return strncmp(word, "next", 4) == 0 ? KEYRING_SEAL_NEXT : KEYRING_SEAL_PRESENT;
}

/* The key to seal to, of the suite the terminal seals with. None while it has not said which: a
 * terminal that is named a key it cannot have would ask for a renewal that does not bring it. */
static void put_seal_key(const struct centre *c, const json_t *doc, json_t *out)
{
    const char *suite = json_string_value(json_object_get(doc, "suite"));
    const char *id = suite ? keyring_seal_key_id(c->keys, suite, seal_wanted(c)) : NULL;
    if (id)
        json_object_set_new(out, "seal_key", json_string(id));
}

/* What the terminal may tell from now on, how it is to work, and how many were served. */
static json_t *answer(const struct centre *c, const struct request *q, const json_t *doc,
                      int64_t now_ms, struct err *err)
{
    struct ledger_figures f;
    char now[24], told[24];
    const char *terminal = q->peer->terminal;
    clock_rfc3339(now_ms, now, sizeof now);
    clock_rfc3339(now_ms + q->time_shift_ms, told, sizeof told);
    char cursor[CHANGES_CURSOR_BYTES];
    int64_t newest = 0;
    if (ledger_count_served(c->ledger, terminal, now, &f, err) < 0 ||
        ledger_newest_change(c->ledger, terminal, &newest, err) < 0)
        return NULL;
    json_t *out = json_pack("{ss si s[ss] s{ss s{sI sI} s{sI sI}}}", "time", told, "poll_s",
                            c->settings.poll_s, "takes", "staff_calls", "status", "figures", "day",
                            f.day, "hall", "today", (json_int_t)f.hall_today, "total",
                            (json_int_t)f.hall_total, "province", "today",
                            (json_int_t)f.province_today, "total", (json_int_t)f.province_total);
    int64_t waiting = json_integer_value(json_object_get(doc, "waiting")) +
                      json_integer_value(json_object_get(doc, "attachments"));
    json_object_set_new(out, "drain_per_min",
                        json_integer(drain_share(c->drain, terminal, waiting, clock_mono_ms())));
    json_object_set_new(out, "retention_days", json_integer(c->settings.retention_days));
    json_object_set_new(out, "catalogue", json_integer(files_number(c->files)));
    put_seal_key(c, doc, out);
    changes_cursor(newest, cursor);
    json_object_set_new(out, "newest_change", json_string(cursor));
    return out;
}

void heartbeat_post(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    YJ_CLEANUP(decref_json) json_t *doc = request_json(q, r);
    if (!doc)
        return;
    if (heartbeat_check(doc, &err) < 0) {
        reply_problem(r, 422, NULL, "the heartbeat cannot be understood", err.msg);
        return;
    }
    int64_t now_ms = clock_wall_ms();
    char now[24];
    clock_rfc3339(now_ms, now, sizeof now);
    json_t *out = NULL;
    if (keep(c, q, doc, now_ms, now, &err) == 0)
        out = answer(c, q, doc, now_ms, &err);
    if (out)
        reply_json(r, 200, out);
    else
        reply_unavailable(r, &err);
}
