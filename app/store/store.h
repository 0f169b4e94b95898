/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's database: one process, one connection, WAL with synchronous=FULL. A record is
 * numbered, chained, signed and written in one transaction, or nothing of it remains.
 * Thread: the one that owns the struct (outbox). Every call may block as long as the disk does. */
#ifndef YJ_STORE_STORE_H
#define YJ_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/envelope.h"
#include "types/record.h"

struct store;

/* Below this the terminal takes no new visits, long before a commit could fail. */
enum {
    STORE_FREE_FLOOR_MIB = 96, /* a record with all its files, twice (log and database), and more */
    STORE_LOG_FLOOR_MIB =
        48, /* of these, outside the database: its pages are no room for the log */
    STORE_LOG_ALARM_MIB = 16, /* the log is never that long but while such a record is written */
    STORE_RETENTION_DAYS = 30,
    STORE_MAX_RETENTION_DAYS = 3650,
    STORE_PURGE_MS = 300,
    STORE_MATTER_NAME_BYTES = 64,
    STORE_MAX_FILES_BYTES = 32 * 1024 * 1024, /* attachments of one record, sealed */
};

/* Both strings are copied. No disk is touched. @return owned by the caller, never NULL */
struct store *store_new(const char *data_dir, const char *terminal_id) YJ_CHECK;

/**
 * Make the folder (0700) when absent and lock it against a second process. Kept until
 * store_free; calling again is harmless.
 * @return 0, ERR_STORE_LOCKED, ERR_STORE_OPEN
 */
int store_lock(struct store *s, struct err *err) YJ_CHECK;

/**
 * Open, check and migrate the database; make it when there is none. A damaged file is set aside
 * under a name with the time, a new one continues the numbers, and what can be read of
 * undelivered records is taken over.
 * @param wall_ms          for the name of a file set aside
 * @param ret_was_damaged  a file was set aside or commits were lost; store_damage_text says more
 * @return 0, ERR_STORE_LOCKED, ERR_STORE_OPEN, ERR_STORE_SCHEMA, ERR_STORE_FULL,
 *         ERR_STORE_DAMAGED (numbers cannot be continued safely: a technician must decide)
 */
int store_open(struct store *s, int64_t wall_ms, bool *ret_was_damaged, struct err *err) YJ_CHECK;

/** Close the database, keep the lock. Harmless when closed. */
void store_close(struct store *s);
/** Close, unlock, free. Accepts NULL. */
void store_free(struct store *s);

/** @return what the last opening found, for the log; no personal data. Borrowed. */
const char *store_damage_text(const struct store *s);

/** @return 0, or ERR_STORE_FULL when less than STORE_FREE_FLOOR_MIB is free, pages inside the
 *  database that hold nothing any more counted, or less than STORE_LOG_FLOOR_MIB without them. */
int store_check_space(const struct store *s, struct err *err) YJ_CHECK;

/**
 * Shorten a log that has grown beyond STORE_LOG_ALARM_MIB. Call now and then.
 * @param ret_log_bytes  how long it is now; above STORE_LOG_ALARM_MIB somebody must be told. Set
 *                       also on failure
 * @return 0, ERR_STORE_FULL, ERR_STORE_WRITE, ERR_STORE_DAMAGED
 */
int store_tend_log(struct store *s, int64_t *ret_log_bytes, struct err *err) YJ_CHECK;

/** Write something without meaning, durably: does writing work again? */
int store_check_write(struct store *s, struct err *err) YJ_CHECK;

/**
 * Called inside the transaction when sequence, number and prev_digest are in the envelope: sign
 * it, and make the token of an application.
 * @param token  RECORD_TOKEN_BYTES, "" on entry
 * @return 0, or an error code that undoes everything
 */
typedef int (*store_sign_fn)(void *arg, struct seal_envelope *env, char *token, struct err *err);

/* What is to be committed; everything borrowed during the call. */
struct store_draft {
    struct seal_envelope env; /* uuid, kind, about, matter, sealed_at, suite, digest are filled */
    const char *matter_name;  /* UTF-8, cut at STORE_MATTER_NAME_BYTES */
    const void *sealed;
    size_t sealed_bytes;
    int64_t wall_ms; /* sealed time */
    store_sign_fn sign;
    void *arg;
    /* Sealed bytes of env.attachment[i], env.n_attachments of them. */
    const void *const *attachment;
};

/**
 * Commit one record; an application gets the next number of the day and a QUEUED print journal
 * row. On any failure nothing is stored and no sequence number is used up. (One residue: the disk
 * refuses the flush of a COMMIT, refuses the write that undoes it, and the process dies before it
 * opens the database again: then the record may be found stored. Never the other way round.)
 * @return 0, ERR_STORE_FULL, ERR_STORE_WRITE, ERR_STORE_DAMAGED, ERR_INVALID (also attachments that
 *         the form of the envelope does not sign, or without bytes), ERR_TOO_BIG (the record, one
 *         attachment, or all together more than STORE_MAX_FILES_BYTES), or sign's error
 */
int store_commit_record(struct store *s, const struct store_draft *draft, struct record_ref *ret,
                        struct err *err) YJ_CHECK;

/**
 * Flush the sequence file's note of the last commit (sequence_file.h). Call when the visitor has
 * his answer; a failure costs nothing but the second safety. Harmless when there is nothing to do.
 * @return 0, ERR_STORE_WRITE or ERR_STORE_FULL. Blocks: disk.
 */
int store_settle(struct store *s, struct err *err) YJ_CHECK;

/* Life of a record:
 *
 *               note_attempt             confirm
 *     WAITING ───────────────▶ LEASED ───────────────▶ CONFIRMED ──30 days──▶ (sealed bytes purged)
 *        ▲                       │ │
 *        └───────release─────────┘ └──quarantine─────▶ QUARANTINED
 *            (or the next opening)
 */
enum store_state { STORE_WAITING, STORE_LEASED, STORE_CONFIRMED, STORE_QUARANTINED };

struct store_record {
    struct seal_envelope env;
    uint8_t *sealed; /* owned by the holder */
    size_t sealed_bytes;
    int attempts;
};
void store_record_clear(struct store_record *r);

/**
 * The waiting record with the fewest attempts, then the lowest sequence, so that one record the
 * centre chokes on does not hold up the others. A row that does not fit its digest is
 * quarantined and the next one taken.
 * @param ret_found  false when nothing waits
 */
int store_next_waiting(struct store *s, struct store_record *ret, bool *ret_found,
                       struct err *err) YJ_CHECK;

/**
 * The same for the next n at once, in one transaction: their attempts are noted, they are LEASED.
 * @param ret  their sequences in order of sending, room for n
 */
int store_lease(struct store *s, int n, int64_t wall_ms, int64_t *ret, int *ret_n,
                struct err *err) YJ_CHECK;
/** Read a leased record. @param ret_found  false: it was damaged, and is quarantined now */
int store_read_leased(struct store *s, int64_t sequence, struct store_record *ret, bool *ret_found,
                      struct err *err) YJ_CHECK;
/** A group of confirmations: store_confirm between the two, all or none. */
int store_group_begin(struct store *s, struct err *err) YJ_CHECK;
int store_group_commit(struct store *s, struct err *err) YJ_CHECK;
void store_group_rollback(struct store *s);

/** Write down that the record is about to be sent. */
int store_note_attempt(struct store *s, int64_t sequence, int64_t wall_ms,
                       struct err *err) YJ_CHECK;
/** Not delivered: it waits again. @param code  why, kept for the technician */
int store_release(struct store *s, int64_t sequence, int code, struct err *err) YJ_CHECK;
/** Delivered. @param ack  JSON text as verified; signature as received */
int store_confirm(struct store *s, int64_t sequence, const char *ack, const char *signature,
                  int64_t wall_ms, struct err *err) YJ_CHECK;
/** Refused for good. @param reason  no personal data, cut at 500 bytes */
int store_quarantine(struct store *s, int64_t sequence, const char *reason,
                     struct err *err) YJ_CHECK;

struct store_counts {
    int64_t n_waiting; /* leased ones too */
    int64_t n_quarantined;
    int64_t oldest_wall_ms; /* sealed time of the oldest waiting one, 0 when none */
    int64_t last_sequence;
    int64_t n_attachments;         /* not confirmed yet, of confirmed records too */
    int64_t n_attachments_refused; /* refused for good, or damaged here */
    int64_t db_bytes, log_bytes;   /* database and its write-ahead log on disk */
    int64_t free_bytes;            /* of the disk */
};
int store_count(struct store *s, struct store_counts *ret, struct err *err) YJ_CHECK;

/**
 * Applications ever committed to this database, and those of one local civil day; ratings do not
 * count, purged records do.
 * @param day  YYYYMMDD
 */
int store_count_applications(struct store *s, int day, int64_t *ret_today, int64_t *ret_total,
                             struct err *err) YJ_CHECK;

/** State of one record. @return 0 or ERR_NOT_FOUND */
int store_record_state(struct store *s, int64_t sequence, enum store_state *ret,
                       struct err *err) YJ_CHECK;

/** Write the print state; SENDING counts one more sheet begun. @return 0 or ERR_NOT_FOUND, … */
int store_journal_set(struct store *s, int64_t sequence, enum print_journal_state state,
                      int64_t wall_ms, struct err *err) YJ_CHECK;

/**
 * Receipts that were QUEUED or SENDING, the oldest STORE_MAX_UNFINISHED of them: a terminal that
 * was a day without paper must not flood the queue of whoever listens. Those sealed more than 24 h
 * before wall_ms become IN_DOUBT and are not reported.
 */
enum { STORE_MAX_UNFINISHED = 64 };
typedef void (*store_journal_fn)(void *arg, const struct journal_entry *entry);
int store_unfinished(struct store *s, int64_t wall_ms, store_journal_fn fn, void *arg,
                     struct err *err) YJ_CHECK;

/** Remove the sealed bytes of records confirmed "retention_days" (STORE_RETENTION_DAYS) ago and of
 *  their confirmed attachments; the rest stays, also attachments that were refused. After a jump of
 *  the clock (back by a day, ahead by ten) nothing is removed until it has run for one retention
 *  time. Works in small transactions for about STORE_PURGE_MS, then returns: call every hour or so,
 *  and again soon while *ret_purged is not 0. */
int store_purge(struct store *s, int64_t wall_ms, int *ret_purged, struct err *err) YJ_CHECK;

/** Records in order, for the technician and for tests: sequence, number, state, digest. */
struct store_row {
    int64_t sequence;
    enum store_state state;
    int attempts;
    bool is_purged;
    const char *number, *matter, *digest, *prev_digest, *reason; /* borrowed during the call */
};
typedef void (*store_row_fn)(void *arg, const struct store_row *row);
int store_list(struct store *s, store_row_fn fn, void *arg, struct err *err) YJ_CHECK;
/** The one application of this number, by the index: no other row is read. @return 0 (fn was called
 *  once), ERR_NOT_FOUND, ERR_STORE_* */
int store_find_number(struct store *s, const char *number, store_row_fn fn, void *arg,
                      struct err *err) YJ_CHECK;

/* ---- attachments (store_attachment.c): sent after their record is confirmed ---- */

struct store_attachment_ref {
    int64_t sequence; /* of the record */
    char uuid[RECORD_UUID_BYTES];
    int index; /* in the envelope's list */
    struct seal_attachment what;
    int attempts;
};

/** The attachment with the fewest attempts whose record is confirmed; one that does not fit its
 *  digest is marked damaged, reported by store_counts, and the next one taken. */
int store_next_attachment(struct store *s, struct store_attachment_ref *ret, bool *ret_found,
                          struct err *err) YJ_CHECK;
/** Read a piece of its sealed bytes. @return bytes read (0 at the end), or an error code */
int store_attachment_read(struct store *s, const struct store_attachment_ref *ref, int64_t offset,
                          void *p, size_t cap, struct err *err) YJ_CHECK;
int store_attachment_note_attempt(struct store *s, const struct store_attachment_ref *ref,
                                  struct err *err) YJ_CHECK;
/** The centre has it whole. @param ack  JSON text as verified */
int store_attachment_confirm(struct store *s, const struct store_attachment_ref *ref,
                             const char *ack, const char *signature, int64_t wall_ms,
                             struct err *err) YJ_CHECK;
/** Refused for good, as store_quarantine. */
int store_attachment_refuse(struct store *s, const struct store_attachment_ref *ref,
                            const char *reason, struct err *err) YJ_CHECK;

/* ---- what the centre says (store_feed.c) ---- */

/* How one task of an application stood when the centre last told. No personal data. */
struct store_task {
    char number[RECORD_NUMBER_BYTES];
    char task[65], case_no[65];
    char state[33];      /* word of the contract */
    char due[11];        /* YYYY-MM-DD or "" */
    char changed_at[24]; /* the centre's time */
    int n_fixes;         /* corrections open for the application */
};

/* A page of the changes feed is taken whole or not at all: all calls between begin and commit are
 * one transaction, and the cursor is in it. */
int store_feed_begin(struct store *s, struct err *err) YJ_CHECK;
int store_feed_commit(struct store *s, const char *cursor, struct err *err) YJ_CHECK;
void store_feed_rollback(struct store *s);
/** @param ret  128 bytes, "" before the first page */
int store_feed_cursor(struct store *s, char *ret, struct err *err) YJ_CHECK;
int store_feed_task(struct store *s, const struct store_task *task, struct err *err) YJ_CHECK;
/** Quarantined or refused: it waits again. ERR_NOT_FOUND when it is in another state. */
int store_feed_retry(struct store *s, int64_t sequence, struct err *err) YJ_CHECK;
/** Confirmed, but the centre has lost it: records first..last whose sealed bytes are still here
 * wait again. @param ret_n  how many */
int store_feed_resend(struct store *s, int64_t first, int64_t last, int *ret_n,
                      struct err *err) YJ_CHECK;
/** Tasks of one application as last told, in order of case_no. @return 0 also when there are none
 */
typedef void (*store_task_fn)(void *arg, const struct store_task *task);
int store_tasks_of(struct store *s, const char *number, store_task_fn fn, void *arg,
                   struct err *err) YJ_CHECK;

/** Small values that outlive a restart: "retention_days", "seal_key", "clock_offset_ms" ….
 *  @param ret  cap bytes; "" when it was never set */
int store_setting_get(struct store *s, const char *key, char *ret, size_t cap,
                      struct err *err) YJ_CHECK;
int store_setting_set(struct store *s, const char *key, const char *value,
                      struct err *err) YJ_CHECK;

/* ---- sealed mirror (store_mirror.c) ----
 *
 * Every record that is not purged is copied to a second place, one file each, in order of sequence:
 * DIR/<terminal>/<sequence, 12 digits>.record (JSON of the contract's envelope, written beside,
 * flushed, renamed, folder flushed) and its attachments as <digest>.attachment. It goes on where it
 * stopped, and starts again when the place is another one.
 *
 * The place is touched by a thread of the mirror's own only: one that is slow, full, gone or
 * dying never holds up a commit, the sync or the end of the program. */

enum {
    STORE_MIRROR_RETRY_MS = 60 * 1000, /* when all is done, or something failed */
    STORE_MIRROR_PATIENCE_MS =
        30 * 1000, /* for one job: at most 32 records, 8 MiB and one file more */
};

struct store_mirror;

struct store_mirror_state {
    /* Of the last try. code 0: it went well; ERR_NOT_FOUND: the place is not there; ERR_INVALID: it
     * lies in the data folder; ERR_TIMEOUT: it has not answered for STORE_MIRROR_PATIENCE_MS; else
     * as base/file.h has them. */
    struct err why;
    int64_t n_behind; /* records that are not there yet */
    int64_t due_ms;   /* when to call store_mirror_tend again */
};

/** @param dir  copied; looked at by nobody yet
 *  @return owned by the caller, never NULL; frees itself of the store, which may go first */
struct store_mirror *store_mirror_new(const struct store *s, const char *dir) YJ_CHECK;
/** Blocks: at most a second; what is being written then is finished later or written again after
 *  the next start. Accepts NULL. */
void store_mirror_free(struct store_mirror *m);

/** There is something new to copy, or reason to try again: due now. */
void store_mirror_kick(struct store_mirror *m);

/**
 * When it is due: take what the mirror's thread has done, hand it the next records. Only the
 * database is read and written here, for about 50 ms.
 * @return 0, or how our own database failed; what is wrong with the place is in the state
 */
int store_mirror_tend(struct store *s, struct store_mirror *m, int64_t now_ms,
                      struct err *err) YJ_CHECK;

/** @return borrowed; as it was after the last store_mirror_tend */
const struct store_mirror_state *store_mirror_state(const struct store_mirror *m);

#endif
