/* SPDX-License-Identifier: Apache-2.0 */
/* What the store says about itself: counts, sizes, room on the disk. Thread: outbox. */
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/store_priv.h"

/* Bytes of the database file that hold nothing any more and are used first. */
static int64_t reserve_bytes(const struct store *s)
{
    static const char sql[] =
        "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size";
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    if (!s->db || store_prepare(s->db, sql, &stmt, NULL) != 0 || sqlite3_step(stmt) != SQLITE_ROW)
        return 0;
    return sqlite3_column_int64(stmt, 0);
}

int store_check_space(const struct store *s, struct err *err)
{
    struct statvfs fs;
    if (statvfs(s->dir, &fs) != 0)
        return ERR(err, ERR_STORE_OPEN, "free space: errno %d", errno);
    uint64_t free_mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
    if (free_mib >= STORE_FREE_FLOOR_MIB)
        return 0;
    uint64_t reserve_mib = (uint64_t)reserve_bytes(s) >> 20;
    if (free_mib < STORE_LOG_FLOOR_MIB || free_mib + reserve_mib < STORE_FREE_FLOOR_MIB)
        return ERR(err, ERR_STORE_FULL, "%" PRIu64 " MiB free, %" PRIu64 " inside the database",
                   free_mib, reserve_mib);
    return 0;
}

void store_measure(const struct store *s, struct store_counts *c)
{
    struct statvfs fs;
    struct stat st;
    if (statvfs(s->dir, &fs) == 0)
        c->free_bytes = (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize);
    if (fstatat(s->dir_fd, "outbox.db", &st, 0) == 0)
        c->db_bytes = st.st_size;
    if (fstatat(s->dir_fd, "outbox.db-wal", &st, 0) == 0)
        c->log_bytes = st.st_size;
}

int store_tend_log(struct store *s, int64_t *ret_log_bytes, struct err *err)
{
    struct store_counts c = {0};
    int rc = 0;
    store_measure(s, &c);
    if (c.log_bytes > (int64_t)STORE_LOG_ALARM_MIB << 20) {
        errno = 0; /* for store_fail */
        if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
            SQLITE_OK)
            rc = store_fail(s->db, "shortening the log", err);
        store_measure(s, &c);
    }
    *ret_log_bytes = c.log_bytes;
    return rc;
}

int store_count(struct store *s, struct store_counts *ret, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    struct store_counts c = {0};
    int rc = store_prepare(s->db,
                           /* The oldest is the first: one row is looked at, not all. */
                           "SELECT (SELECT count(*) FROM outbox INDEXED BY outbox_oldest"
                           "        WHERE state < 2),"
                           " (SELECT count(*) FROM outbox WHERE state = 3),"
                           " (SELECT sealed_wall_ms FROM outbox INDEXED BY outbox_oldest"
                           "  WHERE state < 2 ORDER BY sequence LIMIT 1),"
                           " (SELECT count(*) FROM attachment WHERE state = 0),"
                           " (SELECT count(*) FROM attachment WHERE state = 2)",
                           &stmt, err);
    if (rc)
        return rc;
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "count", err);
    c.n_waiting = sqlite3_column_int64(stmt, 0);
    c.n_quarantined = sqlite3_column_int64(stmt, 1);
    c.oldest_wall_ms = sqlite3_column_int64(stmt, 2);
    c.n_attachments = sqlite3_column_int64(stmt, 3);
    c.n_attachments_refused = sqlite3_column_int64(stmt, 4);
    store_measure(s, &c);
    rc = store_meta_get_int(s, "last_sequence", &c.last_sequence, err);
    if (rc == 0)
        *ret = c;
    return rc;
}

int store_count_applications(struct store *s, int day, int64_t *ret_today, int64_t *ret_total,
                             struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    /* A number begins with terminal and day; both counts walk its index and touch no row. */
    int rc = store_prepare(s->db,
                           "SELECT count(*), coalesce(sum(substr(number, 11, 8) = ?1), 0)"
                           " FROM outbox WHERE number IS NOT NULL",
                           &stmt, err);
    if (rc)
        return rc;
    char text[12];
    snprintf(text, sizeof text, "%08d", day);
    sqlite3_bind_text(stmt, 1, text, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return store_fail(s->db, "count applications", err);
    *ret_total = sqlite3_column_int64(stmt, 0);
    *ret_today = sqlite3_column_int64(stmt, 1);
    return 0;
}

/* What both ask for, in the order of row_of. */
#define ROW_COLUMNS                                                                                \
    "SELECT sequence, state, attempts, sealed IS NULL, coalesce(number,''), matter, digest,"       \
    " prev_digest, coalesce(reason,'') FROM outbox"

static struct store_row row_of(sqlite3_stmt *stmt)
{
    return (struct store_row){.sequence = sqlite3_column_int64(stmt, 0),
                              .state = (enum store_state)sqlite3_column_int(stmt, 1),
                              .attempts = sqlite3_column_int(stmt, 2),
                              .is_purged = sqlite3_column_int(stmt, 3),
                              .number = (const char *)sqlite3_column_text(stmt, 4),
                              .matter = (const char *)sqlite3_column_text(stmt, 5),
                              .digest = (const char *)sqlite3_column_text(stmt, 6),
                              .prev_digest = (const char *)sqlite3_column_text(stmt, 7),
                              .reason = (const char *)sqlite3_column_text(stmt, 8)};
}

int store_list(struct store *s, store_row_fn fn, void *arg, struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, ROW_COLUMNS " ORDER BY sequence", &stmt, err);
    int step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct store_row row = row_of(stmt);
        fn(arg, &row);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = store_fail(s->db, "list", err);
    return rc;
}

int store_find_number(struct store *s, const char *number, store_row_fn fn, void *arg,
                      struct err *err)
{
    YJ_CLEANUP(store_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s->db, ROW_COLUMNS " WHERE number = ?1", &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, number, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_DONE)
        return ERR(err, ERR_NOT_FOUND, "no record has this number");
    if (step != SQLITE_ROW)
        return store_fail(s->db, "find a number", err);
    struct store_row row = row_of(stmt);
    fn(arg, &row);
    return 0;
}
