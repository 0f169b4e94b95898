/* SPDX-License-Identifier: Apache-2.0 */
/* A second copy of every sealed record, file by file, in a place that may come and go.
 *
 *     DIR/<terminal>/place                  whose copy it is: a random word, also in our settings
 *     DIR/<terminal>/000000000017.record    the envelope as the contract writes it
 *     DIR/<terminal>/<digest>.attachment    sealed bytes of an attachment
 *
 * A place without our word is another place (a new stick): the copy begins again. Files are written
 * beside, flushed and renamed; the folder is flushed before the mark moves on. Thread: outbox. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "seal/seal.h"
#include "store/store_priv.h"

enum { PLACE_BYTES = 33, NAME_BYTES = 96, BATCH = 32 };

static int io_error(struct err *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return ERR(err, is_full ? ERR_STORE_FULL : ERR_STORE_WRITE, "mirror: %s: errno %d", what,
               errno);
}

static int write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

static int file_put(int dir, const char *name, const void *p, size_t n, struct err *err)
{
    static const char beside[] = "new";
    (void)unlinkat(dir, beside, 0);
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write_all(fd, p, n) != 0 || fsync(fd) != 0)
        return io_error(err, "write");
    if (renameat(dir, beside, dir, name) != 0)
        return io_error(err, "rename");
    return 0;
}

/* @return a handle of DIR/<terminal>, or an error code */
static int folder_open(const struct store *s, const char *path, struct err *err)
{
    YJ_CLEANUP(cleanup_close) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return ERR(err, ERR_NOT_FOUND, "mirror: the place is not there: errno %d", errno);
    if (mkdirat(dir, s->terminal, 0700) != 0 && errno != EEXIST)
        return io_error(err, "folder");
    int own = openat(dir, s->terminal, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return own >= 0 ? own : io_error(err, "folder");
}

/* Whatever lies there is not waited for: it may be a pipe. */
static bool place_is_ours(int dir, const char *want)
{
    char got[PLACE_BYTES] = "";
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir, "place", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && want[0] && read(fd, got, sizeof got - 1) == (ssize_t)sizeof got - 1 &&
           strcmp(got, want) == 0;
}

/* Begin a copy in a new place: our settings first, so that a cut leaves a place that is not ours.
 */
static int place_begin(struct store *s, int dir, struct err *err)
{
    char word[RECORD_UUID_BYTES], place[PLACE_BYTES];
    int rc = seal_uuid(word, err);
    if (rc)
        return rc;
    snprintf(place, sizeof place, "%.8s%.4s%.4s%.4s%.12s", word, word + 9, word + 14, word + 19,
             word + 24);
    rc = store_setting_set(s, "mirror_at", "0", err);
    if (rc == 0) /* it may be an old place, with copies of what has been purged since */
        rc = store_setting_set(s, "mirror_purged_at", "0", err);
    if (rc == 0)
        rc = store_setting_set(s, "mirror_place", place, err);
    if (rc == 0)
        rc = file_put(dir, "place", place, strlen(place), err);
    return rc;
}

static int attachments_put(struct store *s, int dir, const struct store_record *r, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->env.n_attachments; i++) {
        char name[NAME_BYTES];
        const struct seal_attachment *what = &r->env.attachment[i];
        YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
        rc = store_prepare(s->db,
                           "SELECT sealed FROM attachment WHERE sequence = ?1 AND idx = ?2"
                           " AND sealed IS NOT NULL",
                           &stmt, err);
        if (rc)
            return rc;
        sqlite3_bind_int64(stmt, 1, r->env.sequence);
        sqlite3_bind_int(stmt, 2, (int)i);
        snprintf(name, sizeof name, "%s.attachment", what->digest);
        if (sqlite3_step(stmt) == SQLITE_ROW)
            rc = file_put(dir, name, sqlite3_column_blob(stmt, 0),
                          (size_t)sqlite3_column_bytes(stmt, 0), err);
    }
    return rc;
}

/* The next record behind `at` that still has its bytes. @param ret_at  its sequence, 0: none */
static int record_put(struct store *s, int dir, int64_t at, int64_t *ret_at, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    struct store_record r = {0};
    char name[NAME_BYTES];
    int rc = store_prepare(s->db,
                           "SELECT " STORE_COLUMNS " FROM outbox WHERE sequence > ?1"
                           " AND sealed IS NOT NULL ORDER BY sequence LIMIT 1",
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, at);
    int step = sqlite3_step(stmt);
    *ret_at = step == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    if (step == SQLITE_DONE)
        return 0;
    if (step != SQLITE_ROW)
        return store_fail(s->db, "mirror", err);
    if (store_read_row(s, stmt, &r, NULL) != 0)
        return 0; /* damaged here: sending it will say so; nothing good to copy */
    snprintf(name, sizeof name, "%012" PRId64 ".record", r.env.sequence);
    rc = attachments_put(s, dir, &r, err);
    if (rc == 0) {
        char *json = seal_envelope_json(&r.env, r.sealed, r.sealed_bytes);
        rc = file_put(dir, name, json, strlen(json), err);
        free(json);
    }
    store_record_clear(&r);
    return rc;
}

static int behind_count(struct store *s, int64_t at, int64_t *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db,
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

/* Flush what was renamed or removed, then move the mark. */
static int mark_move(struct store *s, int dir, const char *key, int64_t at, struct err *err)
{
    char text[24];
    if (fsync(dir) != 0)
        return io_error(err, "flush");
    snprintf(text, sizeof text, "%" PRId64, at);
    return store_setting_set(s, key, text, err);
}

static int copy_remove(int dir, const char *name, struct err *err)
{
    return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? 0 : io_error(err, "remove");
}

/* What the centre has of a record, and its bytes are gone here. */
static int copies_remove(struct store *s, int dir, int64_t sequence, struct err *err)
{
    char name[NAME_BYTES];
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(
        s->db, "SELECT digest FROM attachment WHERE sequence = ?1 AND sealed IS NULL", &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, sequence);
    int step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        snprintf(name, sizeof name, "%.64s.attachment", (const char *)sqlite3_column_text(stmt, 0));
        rc = copy_remove(dir, name, err);
    }
    if (rc == 0 && step != SQLITE_DONE)
        return store_fail(s->db, "mirror", err);
    snprintf(name, sizeof name, "%012" PRId64 ".record", sequence);
    return rc ? rc : copy_remove(dir, name, err);
}

int store_mirror_purged(struct store *s, const int64_t *sequence, int n, struct err *err)
{
    char text[24];
    int64_t first = sequence[0];
    int rc = store_setting_get(s, "mirror_purged_at", text, sizeof text, err);
    if (rc || !text[0])
        return rc; /* there is no mirror */
    for (int i = 1; i < n; i++)
        first = sequence[i] < first ? sequence[i] : first;
    if (strtoll(text, NULL, 10) < first)
        return 0;
    snprintf(text, sizeof text, "%" PRId64, first - 1);
    return store_setting_set(s, "mirror_purged_at", text, err);
}

/* The copy of a record whose retention is over goes, too: at least BATCH of them a call. */
static int purged_remove(struct store *s, int dir, int64_t until_ms, struct err *err)
{
    char text[24];
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_setting_get(s, "mirror_purged_at", text, sizeof text, err);
    if (rc)
        return rc;
    int64_t at = strtoll(text, NULL, 10), was = at;
    int step = SQLITE_DONE, n = 0;
    rc = store_prepare(s->db,
                       "SELECT sequence FROM outbox WHERE sequence > ?1 AND state = 2"
                       " AND sealed IS NULL ORDER BY sequence",
                       &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, at);
    while (rc == 0 && (n < BATCH || clock_mono_ms() < until_ms) &&
           (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        int64_t sequence = sqlite3_column_int64(stmt, 0);
        rc = copies_remove(s, dir, sequence, err);
        at = rc == 0 ? sequence : at;
        n++;
    }
    if (rc == 0 && step != SQLITE_ROW && step != SQLITE_DONE)
        rc = store_fail(s->db, "mirror", err);
    if (rc == 0 && step == SQLITE_DONE)
        at = INT64_MAX;    /* until store_mirror_purged says where there is more */
    store_finalize(&stmt); /* a reader would hold up the log */
    return rc || at == was ? rc : mark_move(s, dir, "mirror_purged_at", at, err);
}

static int copy_on(struct store *s, int dir, int64_t until_ms, int64_t *at, struct err *err)
{
    int64_t next = 0;
    int rc = 0, n = 0;
    do {
        rc = record_put(s, dir, *at, &next, err);
        if (rc == 0 && next) {
            *at = next;
            n++;
        }
    } while (rc == 0 && next && clock_mono_ms() < until_ms);
    int moved = n ? mark_move(s, dir, "mirror_at", *at, rc ? NULL : err) : 0;
    return rc ? rc : moved;
}

int store_mirror(struct store *s, const char *path, int budget_ms, int64_t *ret_behind,
                 struct err *err)
{
    char place[PLACE_BYTES], text[24];
    int64_t until_ms = clock_mono_ms() + budget_ms;
    if (!s->db)
        return ERR(err, ERR_STORE_OPEN, "the database is closed");
    YJ_CLEANUP(cleanup_close) int dir = folder_open(s, path, err);
    if (dir < 0)
        return dir;
    int rc = store_setting_get(s, "mirror_place", place, sizeof place, err);
    if (rc == 0 && !place_is_ours(dir, place))
        rc = place_begin(s, dir, err);
    if (rc == 0)
        rc = store_setting_get(s, "mirror_at", text, sizeof text, err);
    if (rc)
        return rc;
    int64_t at = strtoll(text, NULL, 10);
    rc = copy_on(s, dir, until_ms, &at, err);
    if (rc == 0)
        rc = purged_remove(s, dir, until_ms, err);
    if (rc == 0)
        rc = behind_count(s, at, ret_behind, err);
    return rc;
}
