/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre keeps: records as they came, their answers, one case per task, terminals and
 * their certificates, attachments, changes for terminals. On db.h: a folder with SQLite, or
 * PostgreSQL with any number of centres on it; what must not happen twice is kept out by keys of
 * the tables, not by locks of this process. Personal data stays inside the sealed bytes; of what is
 * opened only a keyed hash of the applicant is written, and what departments ask for.
 *
 * Records are stored by ledger_store, which puts those that wait at the same time into one durable
 * transaction (writer.h). They are opened afterwards (opener.h): state 0 → 1 or 2.
 *
 * A transaction belongs to the thread that began it, and all calls of that thread go into it until
 * ledger_commit or ledger_rollback. Outside of one every call stands alone. */
#ifndef YJ_CENTRAL_LEDGER_H
#define YJ_CENTRAL_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db.h"
#include "envelope.h"

enum { LEDGER_UUID_BYTES = 37, LEDGER_CASE_BYTES = 48, LEDGER_ANSWER_MAX_BYTES = 65536 };

struct ledger;

enum ledger_mode { LEDGER_SERVE, LEDGER_LOOK };

/**
 * @param db    borrowed until ledger_close; LEDGER_SERVE needs 3 connections or more
 * @param mode  LEDGER_SERVE makes and migrates tables and starts the writer; LEDGER_LOOK needs the
 *              tables to exist
 * @return 0, ERR_STORE_OPEN, ERR_STORE_SCHEMA. Blocks: disk, network.
 */
int ledger_open(struct db *db, enum ledger_mode mode, struct ledger **ret,
                struct err *err) YJ_CHECK;
/** After everybody who uses it has ended. Accepts NULL. */
void ledger_close(struct ledger *l);

/** Start a writing transaction of this thread. On failure nothing is held. Thread: any. */
int ledger_begin(struct ledger *l, struct err *err) YJ_CHECK;
/** Durable when it returns 0; ERR_TIMEOUT: not known. The transaction has ended either way. */
int ledger_commit(struct ledger *l, struct err *err) YJ_CHECK;
void ledger_rollback(struct ledger *l);
/** The connection of this thread's transaction, for statements of one's own. NULL outside. */
struct db_conn *ledger_conn(struct ledger *l);

/**
 * The newest certificate that was issued to a terminal and not withdrawn.
 * @param kind  "p256" or "sm2"
 * @param ret   DER, owned by the caller
 * @return 0, ERR_NOT_FOUND, a failure of the database
 */
int ledger_certificate(struct ledger *l, const char *terminal, const char *kind,
                       struct keyring_blob *ret, struct err *err) YJ_CHECK;

/** Is one of the certificates the terminal has sent records with good? False also when the database
 *  cannot be read. */
bool ledger_has_certificate(struct ledger *l, const char *terminal,
                            bool (*is_good)(void *arg, const void *der, size_t n), void *arg);

enum ledger_found { LEDGER_NEW, LEDGER_KNOWN, LEDGER_CONFLICT };
enum ledger_state { LEDGER_TO_OPEN, LEDGER_OPENED, LEDGER_CANNOT_OPEN };

/* A record about to be stored, or one read back. */
struct ledger_record {
    struct envelope envelope;
    const uint8_t *sealed, *cert; /* DER */
    size_t sealed_bytes, cert_bytes;
    /* To store only: another certificate of the terminal, that of its TLS; NULL: the same. */
    const uint8_t *tls_cert;
    size_t tls_cert_bytes;
    enum ledger_state state;
    const char *received_at;
    const char *answer; /* body of the 201, the same for ever */
    int64_t n_repeats;
    /* When it was sealed by the centre's clock: between these; "" not known (yet). */
    const char *event_low, *event_high;
};

/**
 * Store a record, or find that it is stored: its first answer then counts and the repeat is noted.
 * Records of several threads go into one transaction.
 * @param ret_answer  LEDGER_NEW, LEDGER_KNOWN: the stored answer, owned by the caller
 * @return 0 after the durable commit, else nothing is known to be stored: answer 503
 * Thread: any. Blocks: a durable commit.
 */
int ledger_store(struct ledger *l, const struct ledger_record *record, enum ledger_found *ret,
                 char **ret_answer, struct err *err) YJ_CHECK;

/** Called by the writer's thread after it has stored something new; NULL: nobody. @param call  must
 *  be quick, and not run into the ledger */
void ledger_on_stored(struct ledger *l, void (*call)(void *arg), void *arg);

/**
 * Inside a transaction: open a case for each task of an application. Done again it changes nothing.
 * @param record  its date of arrival, terminal and sequence make the case numbers
 * @param tasks   array of ids
 */
int ledger_add_cases(struct ledger *l, const struct ledger_record *record, const json_t *tasks,
                     struct err *err) YJ_CHECK;

/* Applications taken: of the hall (the terminals of one county) and of the province. */
struct ledger_figures {
    char day[16]; /* civil day in China, 2026-11-23 */
    int64_t hall_today, hall_total, province_today, province_total;
};

/** @param now  RFC 3339, UTC */
int ledger_count_served(struct ledger *l, const char *terminal, const char *now,
                        struct ledger_figures *ret, struct err *err) YJ_CHECK;

/**
 * Store a heartbeat and when it came; records note the terminal too. Of its members boot_id,
 * uptime_ms and clock_error_s are kept as the terminal's history.
 * @param heartbeat  JSON text
 */
int ledger_note_terminal(struct ledger *l, const char *terminal, const char *seen_at,
                         const char *heartbeat, struct err *err) YJ_CHECK;

/* Called for each record in order of terminal and sequence; everything borrowed for the call.
 * @return 0 to go on, else the walk ends with this value */
typedef int (*ledger_visit_fn)(void *arg, const struct ledger_record *record, struct err *err);

enum ledger_key { LEDGER_ALL, LEDGER_BY_UUID, LEDGER_BY_NUMBER, LEDGER_LATEST };

/** Walk over records in pages, so that visit may read and write as it likes; key and text choose
 *  which (text NULL for LEDGER_ALL and LEDGER_LATEST). */
int ledger_walk(struct ledger *l, enum ledger_key key, const char *text, ledger_visit_fn visit,
                void *arg, struct err *err) YJ_CHECK;

/** Cases of a record as JSON [{task, case_no, state, code}]; NULL with err on failure. */
json_t *ledger_cases(struct ledger *l, const char *uuid, struct err *err) YJ_CHECK;

/* ---- tasks and corrections (ledger_case.c). Writing: inside a transaction. ---- */

/** Set the state of one task and tell the terminal (ledger_tell_task).
 *  @return 0, ERR_NOT_FOUND, a failure of the disk */
int ledger_set_task(struct ledger *l, const char *uuid, const char *task, int code, const char *now,
                    struct err *err) YJ_CHECK;

/** Note whose application it is. @param person  keyring_person, "" when it cannot be told */
int ledger_set_applicant(struct ledger *l, const char *uuid, const char *person,
                         struct err *err) YJ_CHECK;

/** The oldest application with this number. @param ret_uuid  "" when there is none */
int ledger_uuid_of_number(struct ledger *l, const char *number, char ret_uuid[LEDGER_UUID_BYTES],
                          struct err *err) YJ_CHECK;

/** The application a correction belongs to: its own uuid for any other record. */
int ledger_original_of(struct ledger *l, const char *uuid, char ret_uuid[LEDGER_UUID_BYTES],
                       struct err *err) YJ_CHECK;

/** @return 0 and whether both are of the same matter and the same known applicant */
int ledger_is_same_case(struct ledger *l, const char *uuid, const char *matter, const char *person,
                        bool *ret, struct err *err) YJ_CHECK;

/** uuids of a person's applications as a JSON array, newest first, corrections that belong to
 * another one left out; NULL with err. */
json_t *ledger_of_person(struct ledger *l, const char *person, int most, struct err *err) YJ_CHECK;

/** Open a correction. Everything but remark is a word or an id. */
struct ledger_correction {
    int64_t serial;
    const char *kind, *item, *reason, *remark;
};
int ledger_open_correction(struct ledger *l, const char *uuid, const struct ledger_correction *c,
                           const char *now, struct err *err) YJ_CHECK;

/** Corrections of an application as JSON [{serial, kind, id, reason, text, opened_at, closed_at,
 * closed_by}], oldest first; NULL with err. */
json_t *ledger_corrections(struct ledger *l, const char *uuid, bool is_open_only,
                           struct err *err) YJ_CHECK;

/** Close one. @param by  uuid of the record that did it */
int ledger_close_correction(struct ledger *l, int64_t serial, const char *by, const char *now,
                            struct err *err) YJ_CHECK;

/**
 * Link a correcting record.
 * @param original  uuid of the application it belongs to, "" when it belongs to none
 * @param outcome   "applied", or why it is held: "nothing_open", "not_the_applicant", "unknown"
 */
int ledger_link_correction(struct ledger *l, const char *uuid, const char *number,
                           const char *original, const char *outcome, struct err *err) YJ_CHECK;

/** Records that correct this one as JSON [{uuid, number, received_at, outcome}]; NULL with err. */
json_t *ledger_correcting(struct ledger *l, const char *uuid, struct err *err) YJ_CHECK;

/** uuids of applications without an applicant entry (stored before version 2), at most 1000. */
json_t *ledger_unindexed(struct ledger *l, struct err *err) YJ_CHECK;

/** One more enquiry. Thread: any. */
void ledger_count_enquiry(struct ledger *l);

/* ---- changes for terminals (ledger_feed.c) ---- */

/**
 * Inside a transaction: one more change for a terminal. Serials of a terminal have no gaps and come
 * in the order of the commits: the terminal's row stays locked until then.
 * @param body  JSON text of the contract's schema change
 */
int ledger_add_change(struct db_conn *c, const char *terminal, const char *body,
                      struct err *err) YJ_CHECK;

/** Inside a transaction: tell the application's terminal how a task is now (change of kind task).
 *  @param task  NULL: each of them */
int ledger_tell_task(struct ledger *l, const char *uuid, const char *task, const char *now,
                     struct err *err) YJ_CHECK;

/**
 * A page of changes.
 * @param after  serial of the last one known, 0: from the beginning
 * @param ret_serial  of the last one in the page; after when the page is empty
 * @param ret_newest  serial of the newest there is
 * @return JSON array of changes, owned by the caller; NULL with err
 */
json_t *ledger_changes(struct ledger *l, const char *terminal, int64_t after, int limit,
                       int64_t *ret_serial, int64_t *ret_newest, struct err *err) YJ_CHECK;

/** Serial of a terminal's newest change, 0: none. */
int ledger_newest_change(struct ledger *l, const char *terminal, int64_t *ret,
                         struct err *err) YJ_CHECK;

/* ---- for the opener (ledger_opening.c); inside a transaction ---- */

/** Records not opened yet, locked for this transaction, at most 64; others' are passed over.
 *  @param ret_n  how many were visited */
int ledger_take_unopened(struct ledger *l, ledger_visit_fn visit, void *arg, size_t *ret_n,
                         struct err *err) YJ_CHECK;

/** Set the state, when it was sealed, whether the chain holds with its neighbours; count it. */
int ledger_set_opened(struct ledger *l, const struct ledger_record *record, enum ledger_state state,
                      struct err *err) YJ_CHECK;

/** @return how many wait to be opened, or a negative code. */
int64_t ledger_count_unopened(struct ledger *l, struct err *err) YJ_CHECK;

/* ---- looking over everything (ledger_gaps.c) ---- */

/**
 * Per terminal {terminal, records, max_sequence, n_missing, missing:[…], missing_ranges:[[a, b]…],
 * last_seen, duplicates, chain_breaks:[…], unopened, cannot_open:[…],
 * attachments_incomplete:[{uuid, digest, bytes, received}], n_boots, clock_error_s, staff_calls};
 * the last four and empty lists are left out. Lists hold at most the first 1000. NULL with err on
 * failure.
 */
json_t *ledger_gaps(struct ledger *l, struct err *err) YJ_CHECK;

/**
 * Counts {records, applications, ratings, duplicates, waiting (to be opened), unopened (could not
 * be), chain_breaks, cases, terminals, corrections_open, corrections_closed, corrections_held,
 * changes, attachments, attachments_incomplete, enquiries}. NULL with err on failure.
 */
json_t *ledger_counts(struct ledger *l, struct err *err) YJ_CHECK;

#endif
