/* SPDX-License-Identifier: Apache-2.0 */
/* The load and what is remembered of it. Thread: one. */
#include "power_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "disk_vfs.h"
#include "fixture.h"
#include "store/store_priv.h"

static void must(int rc, const char *what, const struct err *err)
{
    if (rc) {
        fprintf(stderr, "%s: %d %s\n", what, rc, err->msg);
        abort();
    }
}

/* --- looking --------------------------------------------------------------------------------- */

static uint64_t bytes_hash(const uint8_t *p, int n)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (int i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001b3ULL;
    return h;
}

/* Leased records wait again after an opening; the count of trial writes means nothing. */
static void row_look(sqlite3_stmt *row, const char *table, FILE *out)
{
    bool is_outbox = strcmp(table, "outbox") == 0;
    const char *first = (const char *)sqlite3_column_text(row, 0);
    if (strcmp(table, "meta") == 0 && first && strcmp(first, "n_check_writes") == 0)
        return;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *name = sqlite3_column_name(row, i);
        if (is_outbox && strcmp(name, "state") == 0 && sqlite3_column_int(row, i) == 1)
            fprintf(out, "|0");
        else if (sqlite3_column_type(row, i) == SQLITE_BLOB)
            fprintf(out, "|%016llx",
                    (unsigned long long)bytes_hash(sqlite3_column_blob(row, i),
                                                   sqlite3_column_bytes(row, i)));
        else
            fprintf(out, "|%s", (const char *)sqlite3_column_text(row, i));
    }
    fputc('\n', out);
}

char *load_look(struct store *s)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    sqlite3_stmt *tables = NULL, *rows = NULL;
    if (!out || sqlite3_prepare_v2(s->db,
                                   "SELECT name FROM sqlite_schema WHERE type = 'table' AND name"
                                   " NOT LIKE 'sqlite_%' ORDER BY name",
                                   -1, &tables, NULL) != SQLITE_OK)
        abort();
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[200];
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", table);
        fprintf(out, "%s\n", table);
        if (sqlite3_prepare_v2(s->db, sql, -1, &rows, NULL) == SQLITE_OK)
            while (sqlite3_step(rows) == SQLITE_ROW)
                row_look(rows, table, out);
        if (sqlite3_finalize(rows) != SQLITE_OK)
            fprintf(out, "unreadable\n");
    }
    sqlite3_finalize(tables);
    fclose(out);
    return text;
}

struct digest_arg {
    int64_t sequence;
    char *ret;
};

static void digest_row(void *arg, const struct store_row *row)
{
    struct digest_arg *a = arg;
    if (row->sequence == a->sequence)
        snprintf(a->ret, SEAL_DIGEST_BYTES, "%s", row->digest);
}

void load_digest(struct store *s, int64_t sequence, char *ret)
{
    struct digest_arg a = {sequence, ret};
    ret[0] = '\0';
    if (store_list(s, digest_row, &a, NULL) != 0)
        ret[0] = '\0';
}

/* --- the run --------------------------------------------------------------------------------- */

struct run {
    struct load *l;
    const struct seal *seal;
    struct store *s;
    bool never_syncs;
    int64_t wall_ms;
};

static void reported(struct run *r)
{
    struct load *l = r->l;
    if (l->n_points == LOAD_MAX_POINTS)
        abort();
    l->point[l->n_points++] = (struct load_point){l->trace.n, load_look(r->s)};
}

static void run_open(struct run *r)
{
    struct err err = {0};
    bool was_damaged = false;
    int rc = store_open(r->s, r->wall_ms, &was_damaged, &err);
    if (rc || was_damaged) {
        r->l->is_refused = true;
        snprintf(r->l->why, sizeof r->l->why, "%s", rc ? err.msg : store_damage_text(r->s));
        return;
    }
    if (r->never_syncs)
        must(sqlite3_exec(r->s->db, "PRAGMA synchronous=OFF", NULL, NULL, NULL), "pragma", &err);
    reported(r);
}

static int64_t run_commit(struct run *r, enum record_kind kind, size_t n)
{
    struct err err = {0};
    struct load *l = r->l;
    struct load_ref *ref = &l->ref[l->n_refs];
    char *text = mem_zalloc(1, n + 32);
    int used = snprintf(text, n + 32, "{\"n\":%d,\"x\":\"", l->n_refs);
    memset(text + used, 'x', n);
    memcpy(text + (size_t)used + n, "\"}", 3);
    if (l->n_refs == LOAD_MAX_REFS)
        abort();
    must(fixture_commit(r->s, r->seal, kind, text, &ref->ref, &err), "commit", &err);
    free(text);
    ref->at = l->trace.n;
    load_digest(r->s, ref->ref.sequence, ref->digest);
    l->n_refs++;
    reported(r);
    return ref->ref.sequence;
}

static int attached_sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    int rc = seal_sign_envelope(arg, env, err);
    if (rc == 0)
        rc = seal_token_make(arg, env, FIXTURE_WALL_MS, token, RECORD_TOKEN_BYTES, err);
    return rc;
}

/* An application with two files. */
static int64_t run_attached(struct run *r)
{
    static const char text[] = "{\"attached\":2}";
    struct err err = {0};
    struct load_ref *ref = &r->l->ref[r->l->n_refs];
    uint8_t *sealed = NULL, *file[2] = {NULL, NULL};
    struct store_draft d = {.matter_name = "新生儿出生",
                            .wall_ms = FIXTURE_WALL_MS,
                            .sign = attached_sign,
                            .arg = (void *)(uintptr_t)r->seal};
    snprintf(d.env.matter, sizeof d.env.matter, "newborn");
    clock_rfc3339(d.wall_ms, d.env.sealed_at, sizeof d.env.sealed_at);
    must(seal_uuid(d.env.uuid, &err), "uuid", &err);
    must(seal_record(r->seal, text, sizeof text - 1, &sealed, &d.sealed_bytes, &d.env, &err),
         "seal", &err);
    for (int i = 0; i < 2; i++) {
        static const uint8_t page[23000];
        size_t n = i ? sizeof page : 400;
        must(seal_attachment(r->seal, "page.jpg", "image/jpeg", page, n, &file[i],
                             &d.env.attachment[i], &err),
             "seal a file", &err);
    }
    d.env.form = SEAL_FORM_2;
    d.env.n_attachments = 2;
    d.sealed = sealed;
    d.attachment = (const void *const *)file;
    must(store_commit_record(r->s, &d, &ref->ref, &err), "commit with files", &err);
    free(sealed);
    free(file[0]);
    free(file[1]);
    ref->at = r->l->trace.n;
    load_digest(r->s, ref->ref.sequence, ref->digest);
    r->l->n_refs++;
    reported(r);
    return ref->ref.sequence;
}

/* Files leave after their record is confirmed. */
static void run_files_sent(struct run *r)
{
    struct err err = {0};
    for (;;) {
        struct store_attachment_ref file;
        bool is_found = false;
        must(store_next_attachment(r->s, &file, &is_found, &err), "next file", &err);
        if (!is_found)
            return;
        must(store_attachment_note_attempt(r->s, &file, &err), "file attempt", &err);
        reported(r);
        if (file.index == 0)
            must(store_attachment_confirm(r->s, &file, "{}", "c2ln", r->wall_ms, &err),
                 "file confirm", &err);
        else
            must(store_attachment_refuse(r->s, &file, "refused", &err), "file refuse", &err);
        reported(r);
    }
}

/* One page of what the centre tells: tasks, a record to be tried again, the cursor. */
static void run_page(struct run *r, const char *cursor, int64_t retry)
{
    struct err err = {0};
    struct store_task task = {.state = "accepted", .changed_at = "2026-11-23T05:00:00Z"};
    snprintf(task.number, sizeof task.number, "%s", r->l->ref[0].ref.number);
    must(store_feed_begin(r->s, &err), "feed", &err);
    for (int i = 0; i < 3; i++) {
        snprintf(task.task, sizeof task.task, "task-%d", i);
        snprintf(task.case_no, sizeof task.case_no, "%s-%d", cursor, i);
        must(store_feed_task(r->s, &task, &err), "feed task", &err);
    }
    if (retry)
        must(store_feed_retry(r->s, retry, &err), "feed retry", &err);
    must(store_feed_commit(r->s, cursor, &err), "feed commit", &err);
    reported(r);
}

static void run_setting(struct run *r)
{
    struct err err = {0};
    must(store_setting_set(r->s, "seal_key", "next", &err), "setting", &err);
    reported(r);
}

static void run_journal(struct run *r, int64_t sequence, enum print_journal_state state)
{
    struct err err = {0};
    must(store_journal_set(r->s, sequence, state, r->wall_ms, &err), "journal", &err);
    reported(r);
}

static void run_attempt(struct run *r, int64_t sequence)
{
    struct err err = {0};
    must(store_note_attempt(r->s, sequence, r->wall_ms, &err), "attempt", &err);
    reported(r);
}

static void run_release(struct run *r, int64_t sequence)
{
    struct err err = {0};
    must(store_release(r->s, sequence, ERR_SYNC_OFFLINE, &err), "release", &err);
    reported(r);
}

static void run_confirm(struct run *r, int64_t sequence)
{
    struct err err = {0};
    must(store_confirm(r->s, sequence, "{\"result\":\"stored\"}", "c2lnbmF0dXJl", r->wall_ms, &err),
         "confirm", &err);
    reported(r);
}

static void run_quarantine(struct run *r, int64_t sequence)
{
    struct err err = {0};
    must(store_quarantine(r->s, sequence, "refused", &err), "quarantine", &err);
    reported(r);
}

static void run_purge(struct run *r)
{
    struct err err = {0};
    int n = 0;
    must(store_purge(r->s, r->wall_ms, &n, &err), "purge", &err);
    reported(r);
}

static void run_restart(struct run *r)
{
    store_close(r->s);
    run_open(r);
}

/* A visit as the outbox does it: commit, receipt, rating, delivery. */
static void run_visit(struct run *r, size_t n)
{
    int64_t application = run_commit(r, RECORD_APPLICATION, n);
    run_journal(r, application, JOURNAL_SENDING);
    run_journal(r, application, JOURNAL_PRINTED);
    int64_t rating = run_commit(r, RECORD_RATING, 60);
    run_attempt(r, application);
    run_confirm(r, application);
    run_attempt(r, rating);
    run_release(r, rating);
}

static void run_whole(struct run *r)
{
    struct err err = {0};
    run_open(r);
    run_visit(r, 900);
    run_visit(r, 30000);
    run_restart(r); /* a day later */
    int64_t offline = run_commit(r, RECORD_APPLICATION, 2000);
    run_journal(r, offline, JOURNAL_SENDING);
    run_journal(r, offline, JOURNAL_IN_DOUBT);
    run_attempt(r, offline);
    run_quarantine(r, offline);
    run_page(r, "17", 0);
    run_setting(r);
    int64_t attached = run_attached(r);
    run_attempt(r, attached);
    run_confirm(r, attached);
    run_files_sent(r);
    run_page(r, "18", offline);
    must(store_check_write(r->s, &err), "check_write", &err);
    reported(r);
    run_visit(r, 5000);
    must(sqlite3_wal_checkpoint_v2(r->s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL),
         "checkpoint", &err);
    reported(r);
    run_visit(r, 300);
    r->wall_ms += 40LL * 24 * 60 * 60 * 1000;
    run_purge(r);
    run_restart(r);
    run_visit(r, 12000);
    store_close(r->s);
}

/* A terminal that ran with version 1 of the database. What version 2 added is taken away again;
 * the rest of it is as version 1 wrote it. */
static void old_make(const char *dir, const struct seal *seal)
{
    static const char back[] =
        "DROP INDEX outbox_oldest; DROP TABLE attachment; DROP TABLE task;"
        "ALTER TABLE outbox DROP COLUMN form; ALTER TABLE outbox DROP COLUMN attachments;"
        "ALTER TABLE outbox DROP COLUMN boot_id; ALTER TABLE outbox DROP COLUMN uptime_ms;"
        "ALTER TABLE outbox DROP COLUMN centre_time; PRAGMA user_version=1";
    struct err err = {0};
    struct record_ref ref;
    struct store *s = fixture_open(dir);
    for (int i = 0; i < 6; i++)
        must(fixture_commit(s, seal, i % 3 == 2 ? RECORD_RATING : RECORD_APPLICATION, "{}", &ref,
                            &err),
             "commit", &err);
    must(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, &err), "confirm", &err);
    must(sqlite3_exec(s->db, back, NULL, NULL, NULL), "version 1", &err);
    store_free(s);
}

void load_run(struct load *l, enum load_kind kind, const char *dir, const struct seal *seal)
{
    struct run r = {
        .l = l, .seal = seal, .never_syncs = kind == LOAD_NEVER_SYNC, .wall_ms = FIXTURE_WALL_MS};
    memset(l, 0, sizeof *l);
    if (kind == LOAD_UPDATE)
        old_make(dir, seal);
    disk_vfs_record(&l->trace, dir);
    l->n_base = l->trace.n;
    r.s = store_new(dir, FIXTURE_TERMINAL);
    if (kind == LOAD_SHORT) {
        run_open(&r);
        if (!l->is_refused)
            (void)run_commit(&r, RECORD_APPLICATION, 700);
        store_close(r.s);
    } else if (kind == LOAD_UPDATE) {
        run_open(&r);
        run_visit(&r, 800);
        run_restart(&r);
        store_close(r.s);
    } else {
        run_whole(&r);
    }
    disk_vfs_record_end();
    store_free(r.s);
}

void load_clear(struct load *l)
{
    disk_trace_clear(&l->trace);
    for (int i = 0; i < l->n_points; i++)
        free(l->point[i].text);
    memset(l, 0, sizeof *l);
}
