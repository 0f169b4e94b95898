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
enum { STORE_FREE_FLOOR_MIB = 32, STORE_RETENTION_DAYS = 30, STORE_MATTER_NAME_BYTES = 64 };

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

/** @return 0 or ERR_STORE_FULL when less than STORE_FREE_FLOOR_MIB is free. */
int store_check_space(const struct store *s, struct err *err) YJ_CHECK;

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
};

/**
 * Commit one record; an application gets the next number of the day and a QUEUED print journal
 * row. On any failure nothing is stored and no sequence number is used up. (One residue: the disk
 * refuses the flush of a COMMIT, refuses the write that undoes it, and the process dies before it
 * opens the database again: then the record may be found stored. Never the other way round.)
 * @return 0, ERR_STORE_FULL, ERR_STORE_WRITE, ERR_STORE_DAMAGED, ERR_INVALID, or sign's error
 */
int store_commit_record(struct store *s, const struct store_draft *draft, struct record_ref *ret,
                        struct err *err) YJ_CHECK;

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

/** Remove the sealed bytes of records confirmed STORE_RETENTION_DAYS ago; the rest stays. */
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

#endif
