/* SPDX-License-Identifier: Apache-2.0 */
/* A second copy of every sealed record, file by file, in a place that may come and go.
 *
 *     DIR/<terminal>/place                  whose copy it is: a random word, also in our settings
 *     DIR/<terminal>/000000000017.record    the envelope as the contract writes it
 *     DIR/<terminal>/<digest>.attachment    sealed bytes of an attachment
 *
 * A place without our word is another place (a new stick): the copy begins again. Files are written
 * beside, flushed and renamed; the folder is flushed before the mark moves on.
 *
 * Here jobs are made from the database and marks moved when they are done; the place itself is
 * touched by the writer's thread alone (mirror_writer.h).
 *
 *                     due: job                    done: marks move
 *          ┌────────▶ WAITING ───────▶ OUT ────────────────────────┐
 *          │             ▲              │ another place: new word, │
 *          │             │              │ marks to 0, next job     │
 *          │             └── failed ────┘                          │
 *          └────────────── more to do: due at once ◀───────────────┘
 *
 * Thread: outbox. */
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "seal/seal.h"
#include "store/mirror_writer.h"
#include "store/store_priv.h"

enum {
    BATCH = 32,
    BATCH_BYTES = 8 * 1024 * 1024, /* and one record with its files beyond it, in memory */
    BATCH_MS = 50,                 /* of reading, while others wait for the database */
    LOOK_MS = 10,                  /* first look whether a job is done; later looks are rarer */
    MAX_LOOK_MS = 1000,
};

struct store_mirror {
    struct mirror_writer *writer;
    char *dir;
    bool is_out, is_kicked;
    int64_t sent_ms;
    struct store_mirror_state state;
};

struct store_mirror *store_mirror_new(const struct store *s, const char *dir)
{
    struct store_mirror *m = mem_zalloc(1, sizeof *m);
    m->writer = mirror_writer_new(dir, s->terminal, s->dir);
    m->dir = mem_strdup(dir);
    return m;
}

void store_mirror_free(struct store_mirror *m)
{
    if (!m)
        return;
    mirror_writer_free(m->writer);
    free(m->dir);
    free(m);
}

const struct store_mirror_state *store_mirror_state(const struct store_mirror *m)
{
    return &m->state;
}

void store_mirror_kick(struct store_mirror *m)
{
    m->is_kicked = true;
    m->state.due_ms = 0;
}

/* ---- marks ---- */

static int mark_get(struct store *s, const char *key, int64_t *ret, struct err *err)
{
    char text[24];
    int rc = store_setting_get(s, key, text, sizeof text, err);
    if (rc == 0)
        *ret = strtoll(text, NULL, 10);
    return rc;
}

static int mark_set(struct store *s, const char *key, int64_t at, struct err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, at);
    return store_setting_set(s, key, text, err);
}

/* What is purged now is behind the mark again. */
int store_mirror_purged(struct store *s, const int64_t *sequence, int n, struct err *err)
{
    char text[24];
    int64_t first = sequence[0];
    int rc = store_setting_get(s, "mirror_purged_at", text, sizeof text, err);
    if (rc || !text[0])
        return rc; /* there is no mirror */
    s->n_purges++;
    for (int i = 1; i < n; i++)
        first = sequence[i] < first ? sequence[i] : first;
    return strtoll(text, NULL, 10) < first ? 0 : mark_set(s, "mirror_purged_at", first - 1, err);
}

static int behind_count(struct store *s, int64_t *ret, struct err *err)
{
    int64_t at = 0;
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = mark_get(s, "mirror_at", &at, err);
    if (rc == 0)
        rc = store_prepare(s->db,
                           "SELECT count(*) FROM outbox WHERE sequence > ?1 AND sealed IS NOT NULL",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, at);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "mirror", err);
    *ret = sqlite3_column_int64(stmt, 0);
    return 0;
}

/* ---- jobs ---- */

static int attachments_add(struct store *s, struct mirror_job *job, const struct store_record *r,
                           struct err *err)
{
    for (size_t i = 0; i < r->env.n_attachments; i++) {
        char name[MIRROR_NAME_BYTES];
        YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
        int rc = store_prepare(s->db,
                               "SELECT sealed FROM attachment WHERE sequence = ?1 AND idx = ?2"
                               " AND sealed IS NOT NULL",
                               &stmt, err);
        if (rc)
            return rc;
        sqlite3_bind_int64(stmt, 1, r->env.sequence);
        sqlite3_bind_int(stmt, 2, (int)i);
        int step = sqlite3_step(stmt);
        if (step != SQLITE_ROW && step != SQLITE_DONE)
            return store_fail(s->db, "mirror", err);
        snprintf(name, sizeof name, "%s.attachment", r->env.attachment[i].digest);
        if (step == SQLITE_ROW && sqlite3_column_bytes(stmt, 0) > 0)
            mirror_job_add(job, name, sqlite3_column_blob(stmt, 0),
                           (size_t)sqlite3_column_bytes(stmt, 0), 0);
    }
    return 0;
}

/* The next record behind job->put_to that still has its bytes. @param ret_found  false: none */
static int record_add(struct store *s, struct mirror_job *job, bool *ret_found, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    struct store_record r = {0};
    char name[MIRROR_NAME_BYTES];
    int rc = store_prepare(s->db,
                           "SELECT " STORE_COLUMNS " FROM outbox WHERE sequence > ?1"
                           " AND sealed IS NOT NULL ORDER BY sequence LIMIT 1",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, job->put_to);
    int step = sqlite3_step(stmt);
    *ret_found = step == SQLITE_ROW;
    if (step == SQLITE_DONE)
        return 0;
    if (step != SQLITE_ROW)
        return store_fail(s->db, "mirror", err);
    job->put_to = sqlite3_column_int64(stmt, 0);
    if (store_read_row(s, stmt, &r, NULL) != 0)
        return 0; /* damaged here: sending it will say so; nothing good to copy */
    rc = attachments_add(s, job, &r, err);
    if (rc == 0) {
        YJ_CLEANUP(cleanup_free) char *json = seal_envelope_json(&r.env, r.sealed, r.sealed_bytes);
        snprintf(name, sizeof name, "%012" PRId64 ".record", r.env.sequence);
        mirror_job_add(job, name, json, strlen(json), r.env.sequence);
    }
    store_record_clear(&r);
    return rc;
}

/* What the centre has of a record, and its bytes are gone here. */
static int removals_add(struct store *s, struct mirror_job *job, int64_t sequence, struct err *err)
{
    char name[MIRROR_NAME_BYTES];
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int step = SQLITE_DONE;
    int rc = store_prepare(
        s->db, "SELECT digest FROM attachment WHERE sequence = ?1 AND sealed IS NULL", &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, sequence);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        snprintf(name, sizeof name, "%.64s.attachment", (const char *)sqlite3_column_text(stmt, 0));
        mirror_job_add(job, name, NULL, 0, 0);
    }
    if (step != SQLITE_DONE)
        return store_fail(s->db, "mirror", err);
    snprintf(name, sizeof name, "%012" PRId64 ".record", sequence);
    mirror_job_add(job, name, NULL, 0, 0);
    return 0;
}

/* The copies of records whose retention is over go, too: BATCH of them. */
static int purged_add(struct store *s, struct mirror_job *job, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int step = SQLITE_DONE, n = 0;
    int rc = store_prepare(s->db,
                           "SELECT sequence FROM outbox WHERE sequence > ?1 AND state = 2"
                           " AND sealed IS NULL ORDER BY sequence LIMIT ?2",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, job->removed_to);
    sqlite3_bind_int(stmt, 2, BATCH);
    for (; rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW; n++) {
        job->removed_to = sqlite3_column_int64(stmt, 0);
        rc = removals_add(s, job, job->removed_to, err);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = store_fail(s->db, "mirror", err);
    if (n < BATCH)
        job->removed_to = INT64_MAX; /* until store_mirror_purged says where there is more */
    return rc;
}

static int job_fill(struct store *s, struct mirror_job *job, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + BATCH_MS;
    bool is_found = true;
    int rc = store_setting_get(s, "mirror_place", job->place, sizeof job->place, err);
    if (rc == 0)
        rc = mark_get(s, "mirror_at", &job->put_to, err);
    if (rc == 0)
        rc = mark_get(s, "mirror_purged_at", &job->removed_to, err);
    /* Removals first: they make room. */
    job->turn = s->n_purges;
    if (rc == 0 && job->removed_to != INT64_MAX)
        rc = purged_add(s, job, err);
    job->n_removals = job->n_steps;
    for (int n = 0; rc == 0 && is_found && n < BATCH && job->n_bytes < BATCH_BYTES; n++) {
        rc = record_add(s, job, &is_found, err);
        if (clock_mono_ms() >= until_ms)
            break;
    }
    return rc;
}

static int job_send(struct store *s, struct store_mirror *m, bool is_new_place, int64_t now_ms,
                    struct err *err)
{
    struct mirror_job *job = mirror_job_new();
    job->is_new_place = is_new_place;
    int rc = job_fill(s, job, err);
    if (rc == 0)
        rc = behind_count(s, &m->state.n_behind, err);
    if (rc == 0)
        rc = mirror_writer_push(m->writer, job, err);
    if (rc) {
        mirror_job_free(job);
        return rc;
    }
    m->is_out = true;
    m->sent_ms = now_ms;
    m->state.due_ms = now_ms + LOOK_MS;
    return 0;
}

/* ---- answers ---- */

/* Begin a copy in a new place: our settings first, so that a cut leaves a place that is not ours.
 */
static int place_begin(struct store *s, struct err *err)
{
    char word[RECORD_UUID_BYTES], place[MIRROR_PLACE_BYTES];
    int rc = seal_uuid(word, err);
    if (rc == 0)
        rc = store_group_begin(s, err);
    if (rc)
        return rc;
    snprintf(place, sizeof place, "%.8s%.4s%.4s%.4s%.12s", word, word + 9, word + 14, word + 19,
             word + 24);
    rc = mark_set(s, "mirror_at", 0, err);
    if (rc == 0) /* it may be an old place, with copies of what has been purged since */
        rc = mark_set(s, "mirror_purged_at", 0, err);
    if (rc == 0)
        rc = store_setting_set(s, "mirror_place", place, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

static int marks_write(struct store *s, int64_t put_to, int64_t removed_to, struct err *err)
{
    int64_t put = 0, removed = 0;
    int rc = mark_get(s, "mirror_at", &put, err);
    if (rc == 0)
        rc = mark_get(s, "mirror_purged_at", &removed, err);
    if (rc || (put_to <= put && removed_to <= removed))
        return rc;
    rc = store_group_begin(s, err);
    if (rc)
        return rc;
    if (put_to > put)
        rc = mark_set(s, "mirror_at", put_to, err);
    if (rc == 0 && removed_to > removed)
        rc = mark_set(s, "mirror_purged_at", removed_to, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

/* Marks move only for the place that they are of: the database may be another one by now, and not
 * over anything that was purged meanwhile. */
static int marks_move(struct store *s, const struct mirror_job *job, struct err *err)
{
    char place[MIRROR_PLACE_BYTES];
    bool is_removed = job->n_done >= job->n_removals && job->turn == s->n_purges;
    int64_t put_to = job->err.code == 0 ? job->put_to : 0;
    int rc = store_setting_get(s, "mirror_place", place, sizeof place, err);
    if (rc || strcmp(place, job->place) != 0)
        return rc;
    for (size_t i = job->n_done; put_to == 0 && i > job->n_removals; i--)
        put_to = job->step[i - 1].ends;
    return marks_write(s, put_to, is_removed ? job->removed_to : 0, err);
}

/* @param ret_is_other  the next job begins the copy in a new place
 *  @param ret_more      there is more to do at once */
static int job_take(struct store *s, struct store_mirror *m, struct mirror_job *job,
                    bool *ret_is_other, bool *ret_more, struct err *err)
{
    int64_t removed = 0;
    m->is_out = false;
    m->state.why = job->err;
    *ret_is_other = job->is_other_place;
    if (job->is_other_place)
        return place_begin(s, err);
    int rc = marks_move(s, job, err);
    if (rc == 0)
        rc = behind_count(s, &m->state.n_behind, err);
    if (rc == 0)
        rc = mark_get(s, "mirror_purged_at", &removed, err);
    *ret_more = job->err.code == 0 && (m->state.n_behind > 0 || removed != INT64_MAX);
    return rc;
}

/* A job is out, and the writer has not answered yet. */
static int wait_on(struct store *s, struct store_mirror *m, int64_t now_ms, struct err *err)
{
    int64_t waited_ms = now_ms - m->sent_ms;
    bool is_kicked = m->is_kicked;
    m->is_kicked = false;
    if (waited_ms >= STORE_MIRROR_PATIENCE_MS)
        (void)ERR(&m->state.why, ERR_TIMEOUT,
                  "mirror %s: writing takes more than %d s: is the disk dying?", m->dir,
                  STORE_MIRROR_PATIENCE_MS / 1000);
    m->state.due_ms = now_ms + (waited_ms < LOOK_MS       ? LOOK_MS
                                : waited_ms > MAX_LOOK_MS ? MAX_LOOK_MS
                                                          : waited_ms);
    return is_kicked ? behind_count(s, &m->state.n_behind, err) : 0;
}

int store_mirror_tend(struct store *s, struct store_mirror *m, int64_t now_ms, struct err *err)
{
    bool is_other = false, is_more = false;
    if (!s->db)
        return ERR(err, ERR_STORE_OPEN, "the database is closed");
    if (now_ms < m->state.due_ms)
        return 0;
    struct mirror_job *job = m->is_out ? mirror_writer_take(m->writer) : NULL;
    if (m->is_out && !job)
        return wait_on(s, m, now_ms, err);
    m->state.due_ms = now_ms + STORE_MIRROR_RETRY_MS;
    if (job) {
        int rc = job_take(s, m, job, &is_other, &is_more, err);
        mirror_job_free(job);
        if (rc || !(is_other || is_more || m->is_kicked))
            return rc;
    }
    m->is_kicked = false;
    return job_send(s, m, is_other, now_ms, err);
}
