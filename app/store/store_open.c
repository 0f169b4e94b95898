/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: lock, check, migrate, set a damaged file aside, continue the numbers safely.
 * Thread: outbox. */
#define _DEFAULT_SOURCE /* flock */

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/store_priv.h"

static const char db_name[] = "outbox.db";
static const char wal_name[] = "outbox.db-wal";

int store_lock(struct store *s, struct err *err)
{
    if (s->lock_fd >= 0)
        return 0;
    /* A folder just made could vanish with everything in it when the power goes. Where its parent
     * may not be opened there is nothing to flush with: the folder was then made by whoever may. A
     * file system that cannot flush says so at the first commit, too. */
    if (mkdir(s->dir, 0700) == 0)
        (void)file_flush_folder_of(s->dir);
    else if (errno != EEXIST)
        return ERR(err, ERR_STORE_OPEN, "the data folder cannot be made: errno %d", errno);
    YJ_CLEANUP(cleanup_close) int dir = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return ERR(err, ERR_STORE_OPEN, "the data folder cannot be opened: errno %d", errno);
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR(err, ERR_STORE_OPEN, "the data folder cannot be written: errno %d", errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return ERR(err, errno == EWOULDBLOCK ? ERR_STORE_LOCKED : ERR_STORE_OPEN,
                   "the lock of the data folder: errno %d", errno);
    s->dir_fd = dir;
    s->lock_fd = fd;
    dir = fd = -1; /* owned by s now */
    return 0;
}

/* Ask for one value of a pragma and compare it. */
static int pragma_expect(struct store *s, const char *sql, const char *want, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, sql, &stmt, err);
    if (rc)
        return rc;
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE ? ERR(err, ERR_STORE_OPEN, "%s: no answer", sql)
                                   : store_fail(s->db, sql, err);
    const char *got = (const char *)sqlite3_column_text(stmt, 0);
    if (!got || strcmp(got, want) != 0)
        return ERR(err, ERR_STORE_OPEN, "%s is not %s", sql, want);
    return 0;
}

/* Exclusive locking keeps the WAL index in heap memory: no shared mapping, no second opener. */
static int connection_open(struct store *s, int *ret_version, struct err *err)
{
    YJ_CLEANUP(cleanup_close)
    int fd = openat(s->dir_fd, db_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR(err, errno == ENOSPC ? ERR_STORE_FULL : ERR_STORE_OPEN, "database: errno %d",
                   errno);
    cleanup_close(&fd);
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return ERR(err, ERR_STORE_OPEN, "database: %s", s->db ? sqlite3_errmsg(s->db) : "memory");
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    int version = 0;
    int rc = store_exec(s, "PRAGMA locking_mode=EXCLUSIVE", err);
    if (rc == 0)
        rc = store_schema_version(s, &version, err);
    if (rc == 0 && version > STORE_SCHEMA_VERSION) {
        /* Not a byte of it changes, not even that its log is written back. */
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        rc = ERR(err, ERR_STORE_SCHEMA, "database version %d, ours is %d", version,
                 STORE_SCHEMA_VERSION);
    }
    *ret_version = version;
    return rc;
}

/* Settings of the connection, and what counts of them read back. */
static int connection_prepare(struct store *s, struct err *err)
{
    int rc = store_exec(s,
                        "PRAGMA mmap_size=0;"
                        "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                        "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
                        err);
    if (rc == 0)
        rc = pragma_expect(s, "PRAGMA journal_mode=WAL", "wal", err);
    if (rc == 0)
        rc = store_exec(s, "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=4194304;", err);
    if (rc == 0)
        rc = pragma_expect(s, "PRAGMA synchronous", "2", err);
    if (rc == 0)
        rc = pragma_expect(s, "PRAGMA journal_mode", "wal", err);
    if (rc == 0)
        rc = pragma_expect(s, "PRAGMA locking_mode", "exclusive", err);
    return rc;
}

static int quick_check(struct store *s, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, "PRAGMA quick_check(1)", &stmt, err);
    if (rc)
        return rc;
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "quick_check", err);
    const char *text = (const char *)sqlite3_column_text(stmt, 0);
    if (!text || strcmp(text, "ok") != 0)
        return ERR(err, ERR_STORE_DAMAGED, "quick_check: %.120s", text ? text : "?");
    return 0;
}

/* Is there a file of an earlier life in the folder? */
static bool file_exists(const struct store *s, const char *name)
{
    struct stat st;
    return fstatat(s->dir_fd, name, &st, 0) == 0 && st.st_size > 0;
}

/* Rename database and log out of the way, database first: a log without its database is set
 * aside by the next start, a database without its log would look healthy and be short. */
static int set_aside(struct store *s, int64_t wall_ms, char *ret_path, size_t cap, struct err *err)
{
    struct clock_civil c = clock_civil_of(wall_ms);
    char to[80], to_wal[96];
    struct stat st;
    for (int n = 0;; n++) {
        snprintf(to, sizeof to, "outbox.db.damaged-%04d%02d%02dT%02d%02d%02d-%d", c.year, c.month,
                 c.day, c.hour, c.minute, c.second, n);
        snprintf(to_wal, sizeof to_wal, "%s-wal", to);
        if (fstatat(s->dir_fd, to, &st, 0) != 0 && fstatat(s->dir_fd, to_wal, &st, 0) != 0)
            break;
    }
    if (renameat(s->dir_fd, db_name, s->dir_fd, to) != 0 && errno != ENOENT)
        return ERR(err, ERR_STORE_OPEN, "setting the database aside: errno %d", errno);
    if (fsync(s->dir_fd) != 0)
        return ERR(err, ERR_STORE_OPEN, "setting the database aside: flush: errno %d", errno);
    if (renameat(s->dir_fd, wal_name, s->dir_fd, to_wal) != 0 && errno != ENOENT)
        return ERR(err, ERR_STORE_OPEN, "setting the log aside: errno %d", errno);
    (void)unlinkat(s->dir_fd, "outbox.db-shm", 0); /* only an index; usually absent */
    if (fsync(s->dir_fd) != 0)
        return ERR(err, ERR_STORE_OPEN, "setting the log aside: flush: errno %d", errno);
    snprintf(ret_path, cap, "%s/%s", s->dir, to);
    return 0;
}

/* A new database that goes on where the sequence file stands. */
static int first_values(struct store *s, struct err *err)
{
    int rc = store_meta_set_text(s, "terminal", s->terminal, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "last_sequence", s->mark.reserved, err);
    if (rc == 0)
        rc = store_meta_set_text(s, "last_digest",
                                 s->mark.sequence ? s->mark.digest : SEAL_DIGEST_NONE, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "serial_floor", s->mark.high_serial, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "salvage_pending", s->mark.reserved > 0, err);
    return rc;
}

/* The database goes on behind everything that may have been given. */
static int numbers_skip(struct store *s, struct err *err)
{
    int rc = store_group_begin(s, err);
    if (rc)
        return rc;
    rc = store_meta_set_int(s, "last_sequence", s->mark.reserved, err);
    if (rc == 0)
        rc = store_meta_set_text(s, "last_digest", s->mark.digest, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "serial_floor", s->mark.high_serial, err);
    if (rc == 0)
        return store_group_commit(s, err);
    store_group_rollback(s);
    return rc;
}

static int serials_highest(struct store *s, int at_least, int *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, "SELECT max(last) FROM serials", &stmt, err);
    if (rc)
        return rc;
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "serials", err);
    int last = sqlite3_column_int(stmt, 0);
    *ret = last > at_least ? last : at_least;
    return 0;
}

/* Compare database and sequence file; table in sequence_file.h. */
static int numbers_settle(struct store *s, bool has_mark, bool *ret_lost, struct err *err)
{
    struct sequence_mark db = {0};
    char terminal[sizeof s->terminal] = "";
    int64_t floor_serial = 0;
    int rc = store_meta_get_text(s, "terminal", terminal, sizeof terminal, err);
    if (rc == 0)
        rc = store_meta_get_int(s, "last_sequence", &db.sequence, err);
    if (rc == 0)
        rc = store_meta_get_text(s, "last_digest", db.digest, sizeof db.digest, err);
    if (rc == 0)
        rc = store_meta_get_int(s, "serial_floor", &floor_serial, err);
    if (rc)
        return rc;
    snprintf(db.terminal, sizeof db.terminal, "%s", terminal);
    if (strcmp(terminal, s->terminal) != 0 || (has_mark && strcmp(s->mark.terminal, terminal) != 0))
        return ERR(err, ERR_STORE_OPEN, "the data folder belongs to another terminal");

    if (has_mark && db.sequence < s->mark.sequence) {
        *ret_lost = true;
        snprintf(s->damage, sizeof s->damage,
                 "database ends at %" PRId64 ", %" PRId64 " was given: commits were lost",
                 db.sequence, s->mark.sequence);
        return numbers_skip(s, err);
    }
    if (has_mark && db.sequence <= s->mark.reserved) {
        s->mark.sequence = db.sequence;
        snprintf(s->mark.digest, sizeof s->mark.digest, "%s", db.digest);
        return 0;
    }
    rc = serials_highest(s, (int)floor_serial, &db.high_serial, err);
    if (rc)
        return rc;
    db.reserved = db.sequence;
    s->mark = db;
    return sequence_file_reserve(s->sequence, &db, err);
}

static int database_open(struct store *s, bool has_mark, bool *ret_lost, struct err *err)
{
    int version = 0;
    int rc = connection_open(s, &version, err);
    if (rc == 0)
        rc = connection_prepare(s, err);
    if (rc == 0 && version > 0)
        rc = quick_check(s, err);
    if (rc == 0 && version == 0) {
        if (has_mark && s->mark.reserved > 0 && s->damage[0] == '\0') {
            *ret_lost = true;
            snprintf(s->damage, sizeof s->damage,
                     "the database is gone, %" PRId64 " records had been given", s->mark.sequence);
        }
    }
    if (rc == 0)
        rc = store_schema_step_up(s, version, first_values, err);
    if (rc == 0)
        rc = store_doubt_settle(s, err);
    if (rc == 0)
        rc = numbers_settle(s, has_mark, ret_lost, err);
    if (rc == 0)
        rc = store_exec(s, "UPDATE outbox SET state = 0 WHERE state = 1", err);
    return rc;
}

static int open_all(struct store *s, int64_t wall_ms, bool *ret_damaged, struct err *err)
{
    bool has_mark = false, is_new = false;
    char old_path[STORE_PATH_BYTES + 96] = "";
    int rc = sequence_file_open(s->dir, s->dir_fd, &s->sequence, &s->mark, &has_mark, &is_new, err);
    if (rc)
        return rc;
    if (has_mark && strcmp(s->mark.terminal, s->terminal) != 0)
        return ERR(err, ERR_STORE_OPEN, "the data folder belongs to another terminal");
    bool has_db = file_exists(s, db_name);
    if (!has_db && file_exists(s, wal_name)) {
        rc = set_aside(s, wall_ms, old_path, sizeof old_path, err);
        if (rc)
            return rc;
    }
    if (!has_db && !has_mark && !is_new)
        return ERR(err, ERR_STORE_DAMAGED, "neither database nor sequence file can be read");
    rc = database_open(s, has_mark, ret_damaged, err);
    if (rc != ERR_STORE_DAMAGED)
        return rc;

    char why[208];
    snprintf(why, sizeof why, "%s", err ? err->msg : "");
    sqlite3_close(s->db);
    s->db = NULL;
    if (!has_mark)
        return ERR(err, ERR_STORE_DAMAGED, "the database is damaged and the sequence file too");
    rc = set_aside(s, wall_ms, old_path, sizeof old_path, err);
    if (rc)
        return rc;
    *ret_damaged = true;
    snprintf(s->damage, sizeof s->damage, "set aside as %s (%.90s)", strrchr(old_path, '/') + 1,
             why);
    rc = database_open(s, has_mark, ret_damaged, err);
    return rc;
}

/* A new database that replaced another takes over what files set aside still hold. The mark in
 * meta makes that happen even when the program stopped in between. */
static int salvage_if_pending(struct store *s, struct err *err)
{
    int64_t is_pending = 0;
    int n_taken = 0;
    int rc = store_meta_get_int(s, "salvage_pending", &is_pending, err);
    if (rc || !is_pending)
        return rc;
    rc = store_group_begin(s, err);
    if (rc)
        return rc;
    rc = store_salvage_all(s, &n_taken, err);
    if (rc == 0)
        rc = store_meta_set_int(s, "salvage_pending", 0, err);
    if (rc == 0)
        rc = store_group_commit(s, err);
    else
        store_group_rollback(s);
    size_t used = strlen(s->damage);
    snprintf(s->damage + used, sizeof s->damage - used, "; %d taken over", n_taken);
    return rc;
}

int store_open(struct store *s, int64_t wall_ms, bool *ret_was_damaged, struct err *err)
{
    struct err own = {0};
    bool was_damaged = false;
    store_close(s);
    s->damage[0] = '\0';
    int rc = store_lock(s, &own);
    if (rc == 0)
        rc = open_all(s, wall_ms, &was_damaged, &own);
    if (rc == 0)
        rc = salvage_if_pending(s, &own);
    if (rc) {
        store_close(s);
        if (err)
            *err = own;
        return rc;
    }
    *ret_was_damaged = was_damaged;
    return 0;
}
