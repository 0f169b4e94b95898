/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the store tests. */
#include "fixture.h"

#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/kiosk_number.h"

extern char **environ;

static char dir[128];
static pid_t owner;

int fixture_run(const char *fmt, ...)
{
    char command[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, command, NULL};
    pid_t child = 0;
    int status = -1;
    fflush(NULL);
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        return -1;
    return status;
}

static void remove_dir(void)
{
    if (getpid() == owner)
        (void)!fixture_run("chmod -R u+rwX '%s' && rm -rf '%s'", dir, dir);
}

const char *fixture_dir(void)
{
    if (!dir[0]) {
        snprintf(dir, sizeof dir, "/tmp/yj-store-XXXXXX");
        if (!mkdtemp(dir))
            abort();
        owner = getpid();
        atexit(remove_dir);
    }
    return dir;
}

const char *fixture_path(const char *name)
{
    static char buffers[32][512];
    static unsigned next;
    char *b = buffers[next++ % 32];
    snprintf(b, sizeof buffers[0], "%s/%s", fixture_dir(), name);
    return b;
}

const char *fixture_key(const char *name)
{
    static bool is_made;
    char in_keys[128];
    if (!is_made) {
        if (fixture_run("sh '%s/tests/flow/make_keys.sh' '%s' " FIXTURE_TERMINAL, YJ_SOURCE_DIR,
                        fixture_path("keys")) != 0)
            abort();
        is_made = true;
    }
    snprintf(in_keys, sizeof in_keys, "keys/%s", name);
    return fixture_path(in_keys);
}

struct seal_paths fixture_seal_paths(void)
{
    return (struct seal_paths){.device_key = fixture_key("device.key"),
                               .device_cert = fixture_key("device.pem"),
                               .centre_seal_cert = fixture_key("centre-seal.pem"),
                               .centre_sign_cert = fixture_key("centre-sign.pem")};
}

struct seal *fixture_seal(void)
{
    struct err err = {0};
    struct seal *s = NULL;
    struct seal_paths paths = fixture_seal_paths();
    if (seal_open(&paths, FIXTURE_TERMINAL, &s, &err) != 0) {
        fprintf(stderr, "seal_open: %s\n", err.msg);
        abort();
    }
    return s;
}

static int sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    const struct seal *seal = arg;
    int rc = seal_sign_envelope(seal, env, err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = seal_token_make(seal, env, FIXTURE_WALL_MS, token, RECORD_TOKEN_BYTES, err);
    return rc;
}

int fixture_commit(struct store *s, const struct seal *seal, enum record_kind kind,
                   const char *text, struct record_ref *ret, struct err *err)
{
    uint8_t *sealed = NULL;
    struct store_draft d = {.matter_name = "新生儿出生",
                            .wall_ms = FIXTURE_WALL_MS,
                            .sign = sign,
                            .arg = (void *)(uintptr_t)seal};
    d.env.kind = kind;
    snprintf(d.env.matter, sizeof d.env.matter, "%s", kind == RECORD_APPLICATION ? "newborn" : "");
    clock_rfc3339(d.wall_ms, d.env.sealed_at, sizeof d.env.sealed_at);
    int rc = seal_uuid(d.env.uuid, err);
    if (rc == 0)
        rc = seal_record(seal, text, strlen(text), &sealed, &d.sealed_bytes, &d.env, err);
    d.sealed = sealed;
    if (rc == 0)
        rc = store_commit_record(s, &d, ret, err);
    free(sealed);
    return rc;
}

static int commit_prepared(struct store *s, const struct seal *seal, struct store_draft *d,
                           struct record_ref *ret, struct err *err)
{
    d->matter_name = "新生儿出生";
    d->wall_ms = FIXTURE_WALL_MS;
    d->sign = sign;
    d->arg = (void *)(uintptr_t)seal;
    d->env.form = SEAL_FORM_2;
    d->env.uptime_ms = 123456;
    snprintf(d->env.matter, sizeof d->env.matter, "newborn");
    snprintf(d->env.boot_id, sizeof d->env.boot_id, "0f2a-boot");
    snprintf(d->env.centre_time, sizeof d->env.centre_time, "2026-11-23T03:59:00Z");
    clock_rfc3339(d->wall_ms, d->env.sealed_at, sizeof d->env.sealed_at);
    return store_commit_record(s, d, ret, err);
}

int fixture_commit_files(struct store *s, const struct seal *seal, const size_t *bytes, size_t n,
                         struct record_ref *ret, struct err *err)
{
    uint8_t *sealed = NULL, *file[SEAL_MAX_ATTACHMENTS] = {NULL};
    struct store_draft d = {.attachment = (const void *const *)file};
    int rc = seal_uuid(d.env.uuid, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        YJ_CLEANUP(cleanup_free) char *plain = mem_zalloc(bytes[i], 1);
        memset(plain, 'b', bytes[i]);
        rc = seal_attachment(seal, "form.pdf", "application/pdf", plain, bytes[i], &file[i],
                             &d.env.attachment[i], err);
    }
    d.env.n_attachments = n;
    if (rc == 0)
        rc = seal_record(seal, "{}", 2, &sealed, &d.sealed_bytes, &d.env, err);
    d.sealed = sealed;
    if (rc == 0)
        rc = commit_prepared(s, seal, &d, ret, err);
    free(sealed);
    for (size_t i = 0; i < n; i++)
        free(file[i]);
    return rc;
}

int fixture_commit_raw(struct store *s, const struct seal *seal, size_t sealed_bytes,
                       const int64_t *bytes, size_t n, struct record_ref *ret, struct err *err)
{
    uint8_t *file[SEAL_MAX_ATTACHMENTS] = {NULL};
    YJ_CLEANUP(cleanup_free) uint8_t *sealed = mem_zalloc(sealed_bytes + 1, 1);
    struct store_draft d = {
        .sealed = sealed, .sealed_bytes = sealed_bytes, .attachment = (const void *const *)file};
    int rc = seal_uuid(d.env.uuid, err);
    for (size_t i = 0; i < n; i++) {
        file[i] = bytes[i] > 0 ? mem_zalloc((size_t)bytes[i], 1) : NULL;
        if (file[i])
            memset(file[i], 'r' + (int)i, (size_t)bytes[i]);
        d.env.attachment[i].bytes = bytes[i];
        seal_digest(file[i] ? file[i] : sealed, file[i] ? (size_t)bytes[i] : 0,
                    d.env.attachment[i].digest);
    }
    d.env.n_attachments = n;
    snprintf(d.env.suite, sizeof d.env.suite, "%s", SEAL_SUITE_P256);
    seal_digest(sealed, sealed_bytes, d.env.digest);
    if (rc == 0)
        rc = commit_prepared(s, seal, &d, ret, err);
    for (size_t i = 0; i < n; i++)
        free(file[i]);
    return rc;
}

static sqlite3 *db_open(const char *folder)
{
    char path[600];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/outbox.db", folder);
    /* Past a VFS of the test's own. */
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix") != SQLITE_OK)
        abort();
    return db;
}

static void sql_fail(sqlite3 *db, const char *text)
{
    fprintf(stderr, "%.80s: %s\n", text, sqlite3_errmsg(db));
    abort();
}

void fixture_sql(const char *folder, const char *text)
{
    sqlite3 *db = db_open(folder);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        sql_fail(db, text);
    sqlite3_close(db);
}

char *fixture_sql_text(const char *folder, const char *query)
{
    sqlite3 *db = db_open(folder);
    sqlite3_stmt *stmt = NULL;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out || sqlite3_prepare_v2(db, query, -1, &stmt, NULL) != SQLITE_OK)
        sql_fail(db, query);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *value = (const char *)sqlite3_column_text(stmt, i);
            fprintf(out, "%s%c", value ? value : "-",
                    i + 1 < sqlite3_column_count(stmt) ? '|' : '\n');
        }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    fclose(out);
    return text;
}

int64_t fixture_sql_int(const char *folder, const char *query)
{
    YJ_CLEANUP(cleanup_free) char *text = fixture_sql_text(folder, query);
    return strtoll(text, NULL, 10);
}

void fixture_old_folder(const char *folder)
{
    static const char slot[] = "yijian-sequence-1 13 4301020001 6 C "
                               "3f2ed4826a3bc1fba6042dcc8928cc250b44ec7bbb2a3bb01d88cc5f40fc5630 6 "
                               "8a3909ce48f148bdb18c1f9119b54a9861769de8af18d65a61e3c6239c5f12b1";
    char slots[1024], path[600];
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    if (mkdir(folder, 0700) != 0 || mem_read_file(YJ_SOURCE_DIR "/tests/unit/store/schema_v1.sql",
                                                  1 << 20, &text, &n, NULL) != 0)
        abort();
    fixture_sql(folder, text);
    memset(slots, ' ', sizeof slots);
    memcpy(slots + 512, slot, sizeof slot - 1);
    slots[512 + sizeof slot - 1] = '\n';
    snprintf(path, sizeof path, "%s/sequence", folder);
    FILE *f = fopen(path, "w");
    if (!f || fwrite(slots, 1, sizeof slots, f) != sizeof slots || fclose(f) != 0)
        abort();
}

static void audit_row(void *arg, const struct store_row *row)
{
    struct fixture_audit *a = arg;
    if (row->sequence != a->last + 1)
        a->is_gap_free = false;
    if (strcmp(row->prev_digest, a->digest) != 0)
        a->is_chained = false;
    if (row->number[0] && (!kiosk_number_valid(row->number) || strcmp(row->number, a->number) <= 0))
        a->is_unique = false;
    if (row->number[0])
        snprintf(a->number, sizeof a->number, "%s", row->number);
    snprintf(a->digest, sizeof a->digest, "%s", row->digest);
    a->last = row->sequence;
    a->n++;
    a->n_state[row->state]++;
}

struct fixture_audit fixture_check(struct store *s)
{
    struct fixture_audit a = {
        .is_gap_free = true, .is_chained = true, .is_unique = true, .digest = SEAL_DIGEST_NONE};
    struct err err = {0};
    if (store_list(s, audit_row, &a, &err) != 0) {
        fprintf(stderr, "store_list: %s\n", err.msg);
        abort();
    }
    return a;
}

struct store *fixture_open(const char *path)
{
    struct err err = {0};
    bool was_damaged = false;
    struct store *s = store_new(path, FIXTURE_TERMINAL);
    if (store_open(s, FIXTURE_WALL_MS, &was_damaged, &err) != 0 || was_damaged) {
        fprintf(stderr, "store_open %s: %s %s\n", path, err.msg, store_damage_text(s));
        abort();
    }
    return s;
}
