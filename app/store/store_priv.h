/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app/store only. */
#ifndef YJ_STORE_PRIV_H
#define YJ_STORE_PRIV_H

#include <sqlite3.h>

#include "store/sequence_file.h"
#include "store/store.h"

enum { STORE_PATH_BYTES = 1024, STORE_SCHEMA_VERSION = 1 };

struct store {
    char dir[STORE_PATH_BYTES];
    char path[STORE_PATH_BYTES + 16]; /* dir/outbox.db */
    char terminal[11];
    int dir_fd, lock_fd; /* -1 until store_lock */
    sqlite3 *db;         /* NULL while closed */
    struct sequence_file *sequence;
    struct sequence_mark mark; /* what the sequence file says */
    /* A COMMIT failed in a way that may leave the record on the disk, and it could not be written
     * over: the next opening removes it, for the visitor was told that nothing is stored. */
    char doubt_uuid[RECORD_UUID_BYTES];
    char damage[200];
};

/* Run one statement without results. */
int store_exec(struct store *s, const char *sql, struct err *err) YJ_CHECK;

/* Prepare; the text is ours, so a failure means damage or a full disk. */
int store_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct err *err) YJ_CHECK;
void store_finalize(sqlite3_stmt **stmt); /* for YJ_CLEANUP */

/* Step a statement that gives no row. @return 0, or ERR_NOT_FOUND when need_change and no row
 * was changed */
int store_run(struct store *s, sqlite3_stmt *stmt, bool need_change, struct err *err) YJ_CHECK;

/* SQLite's last error as ours: FULL, DAMAGED or WRITE. */
int store_fail(sqlite3 *db, const char *what, struct err *err);

int store_meta_get_int(struct store *s, const char *key, int64_t *ret, struct err *err) YJ_CHECK;
int store_meta_get_text(struct store *s, const char *key, char *ret, size_t cap,
                        struct err *err) YJ_CHECK;
int store_meta_set_int(struct store *s, const char *key, int64_t value, struct err *err) YJ_CHECK;
int store_meta_set_text(struct store *s, const char *key, const char *value,
                        struct err *err) YJ_CHECK;

/* SHA-256 over everything in a row that never changes. */
void store_row_digest(const struct seal_envelope *env, const char *matter_name, const char *token,
                      int64_t wall_ms, char *hex);

/* Read the columns of STORE_COLUMNS and check row digest and, if present, the sealed bytes.
 * @return 0 or ERR_STORE_DAMAGED; *ret is valid (to be cleared) only with 0 */
#define STORE_COLUMNS                                                                              \
    "sequence, uuid, kind, number, about, matter, sealed_at, suite, digest, prev_digest, "         \
    "signature, matter_name, token, sealed_wall_ms, row_digest, attempts, sealed"
int store_read_row(struct store *s, sqlite3_stmt *stmt, struct store_record *ret,
                   struct err *err) YJ_CHECK;

/* Insert a complete row. */
int store_insert(struct store *s, const struct store_draft *draft, const struct seal_envelope *env,
                 const char *token, struct err *err) YJ_CHECK;

/* Remove the record of doubt_uuid if the disk has it after all. */
int store_doubt_settle(struct store *s, struct err *err) YJ_CHECK;

/* Take over undelivered records and unfinished receipts from every file that was set aside, inside
 * the caller's transaction. What cannot be read there, or does not fit its digest, is left there.
 * @return 0, or why our own database could not be written */
int store_salvage_all(struct store *s, int *ret_taken, struct err *err) YJ_CHECK;

extern const char store_schema_v1[];

#endif
