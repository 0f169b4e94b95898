/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app/store only. */
#ifndef YJ_STORE_PRIV_H
#define YJ_STORE_PRIV_H

#include <sqlite3.h>

#include "store/sequence_file.h"
#include "store/store.h"

enum { STORE_PATH_BYTES = 1024, STORE_SCHEMA_VERSION = 2 };

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
    uint64_t n_purges; /* counts store_mirror_purged, for a job that is out meanwhile */
    char damage[200];
};

/* Sizes on disk; what cannot be measured is 0. */
void store_measure(const struct store *s, struct store_counts *c);

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
#define STORE_COLUMNS_1                                                                            \
    "sequence, uuid, kind, number, about, matter, sealed_at, suite, digest, prev_digest, "         \
    "signature, matter_name, token, sealed_wall_ms, row_digest, attempts, sealed"
#define STORE_COLUMNS STORE_COLUMNS_1 ", form, attachments, boot_id, uptime_ms, centre_time"
/* The same places in a database of version 1. */
#define STORE_COLUMNS_OLD STORE_COLUMNS_1 ", 0, '', '', 0, ''"
enum { STORE_N_COLUMNS = 22 };
int store_read_row(struct store *s, sqlite3_stmt *stmt, struct store_record *ret,
                   struct err *err) YJ_CHECK;

/* How much of a reason is kept, cut at a character. */
enum { STORE_REASON_BYTES = 500 };
size_t store_reason_bytes(const char *reason);

/* Insert a complete row. */
int store_insert(struct store *s, const struct store_draft *draft, const struct seal_envelope *env,
                 const char *token, struct err *err) YJ_CHECK;

/* Remove the record of doubt_uuid if the disk has it after all. */
int store_doubt_settle(struct store *s, struct err *err) YJ_CHECK;

/* Take over undelivered records and unfinished receipts from every file that was set aside, inside
 * the caller's transaction. What cannot be read there, or does not fit its digest, is left there.
 * @return 0, or why our own database could not be written */
int store_salvage_all(struct store *s, int *ret_taken, struct err *err) YJ_CHECK;

/* store_schema.c */
int store_schema_version(struct store *s, int *ret, struct err *err) YJ_CHECK;
/* From this version to ours in one transaction. @param fill  called for a new database (0) */
int store_schema_step_up(struct store *s, int version, int (*fill)(struct store *, struct err *),
                         struct err *err) YJ_CHECK;

/* store_mirror.c: these are purged; their copies go with the next call. Inside the transaction. */
int store_mirror_purged(struct store *s, const int64_t *sequence, int n, struct err *err) YJ_CHECK;

/* store_attachment.c */
enum { STORE_ATTACHMENT_WAITING, STORE_ATTACHMENT_CONFIRMED, STORE_ATTACHMENT_REFUSED };
/* Write the attachments of a record inside its transaction. @param bytes  NULL: damaged, refused */
int store_attachment_insert(struct store *s, int64_t sequence, int index,
                            const struct seal_attachment *what, const void *bytes,
                            struct err *err) YJ_CHECK;
/* "digest:bytes digest:bytes", as the signed text has them. */
enum { STORE_ATTACHMENTS_TEXT_BYTES = SEAL_MAX_ATTACHMENTS * 80 };
void store_attachments_text(const struct seal_envelope *env, char *text);
/* @return false when it is none */
bool store_attachments_parse(const char *text, struct seal_envelope *env);

#endif
