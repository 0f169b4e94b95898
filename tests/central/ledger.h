/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre keeps: records as they came, their answers, one case per task, terminals and
 * their certificates, on SQLite (WAL, synchronous=FULL). Personal data stays inside the sealed
 * bytes; of what is opened only a keyed hash of the applicant is written, and what departments
 * ask for.
 *
 * A writer goes through one transaction that holds the ledger's lock from ledger_begin to
 * ledger_commit or ledger_rollback:
 *     begin → find → (known: note_repeat) | (new: add_case × n, add) → commit */
#ifndef YJ_CENTRAL_LEDGER_H
#define YJ_CENTRAL_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "envelope.h"

enum { LEDGER_UUID_BYTES = 37, LEDGER_CASE_BYTES = 32, LEDGER_ANSWER_MAX_BYTES = 65536 };

struct ledger;

enum ledger_mode { LEDGER_SERVE, LEDGER_LOOK };

/**
 * Open DIR/central.db.
 * @param mode  LEDGER_SERVE makes folder (0700) and tables; LEDGER_LOOK needs them to exist
 * @return 0, ERR_NOT_FOUND, ERR_STORE_OPEN, ERR_STORE_SCHEMA. Blocks: disk.
 */
int ledger_open(const char *dir, enum ledger_mode mode, struct ledger **ret,
                struct err *err) YJ_CHECK;
void ledger_close(struct ledger *l);

/** Start a writing transaction and hold the lock. On failure nothing is held. Thread: any. */
int ledger_begin(struct ledger *l, struct err *err) YJ_CHECK;
/** Durable when it returns 0. The lock is released either way; a failure has stored nothing. */
int ledger_commit(struct ledger *l, struct err *err) YJ_CHECK;
void ledger_rollback(struct ledger *l);

enum ledger_found { LEDGER_NEW, LEDGER_KNOWN, LEDGER_CONFLICT };

/**
 * Inside a transaction: is this record stored already?
 * @param ret_answer  LEDGER_KNOWN: the stored answer, owned by the caller; else untouched
 */
int ledger_find(struct ledger *l, const struct envelope *e, enum ledger_found *ret,
                char **ret_answer, struct err *err) YJ_CHECK;

/** Inside a transaction: count that a known record came again. */
int ledger_note_repeat(struct ledger *l, const char *uuid, struct err *err) YJ_CHECK;

/**
 * Inside a transaction: open a case for one task.
 * @param received_at   RFC 3339; its date is the first part of the case number
 * @param ret_case_no   opaque to terminals
 */
int ledger_add_case(struct ledger *l, const char *uuid, const char *task, const char *received_at,
                    char ret_case_no[LEDGER_CASE_BYTES], struct err *err) YJ_CHECK;

/* A record about to be stored, or one read back. */
struct ledger_record {
    struct envelope envelope;
    const uint8_t *sealed, *cert; /* DER */
    size_t sealed_bytes, cert_bytes;
    bool is_opened; /* the sealed bytes could be opened on arrival */
    const char *received_at;
    const char *answer; /* body of the 201, the same for ever */
    int64_t n_repeats;
};

/** Inside a transaction: store a new record with its answer. */
int ledger_add(struct ledger *l, const struct ledger_record *record, struct err *err) YJ_CHECK;

/* Applications taken: of the hall (the terminals of one county) and of the province. */
struct ledger_figures {
    char day[16]; /* civil day in China, 2026-11-23 */
    int64_t hall_today, hall_total, province_today, province_total;
};

/** @param now  RFC 3339, UTC */
int ledger_count_served(struct ledger *l, const char *terminal, const char *now,
                        struct ledger_figures *ret, struct err *err) YJ_CHECK;

/** Store a heartbeat and when it came (its own transaction); records note the terminal too. */
int ledger_note_terminal(struct ledger *l, const char *terminal, const char *seen_at,
                         const char *heartbeat, struct err *err) YJ_CHECK;

/* Called for each record in order of terminal and sequence; everything borrowed for the call.
 * @return 0 to go on, else the walk ends with this value */
typedef int (*ledger_visit_fn)(void *arg, const struct ledger_record *record, struct err *err);

enum ledger_key { LEDGER_ALL, LEDGER_BY_UUID, LEDGER_BY_NUMBER, LEDGER_LATEST };

/** Walk over records; key and text choose which (text NULL for LEDGER_ALL and LEDGER_LATEST). */
int ledger_walk(struct ledger *l, enum ledger_key key, const char *text, ledger_visit_fn visit,
                void *arg, struct err *err) YJ_CHECK;

/** Cases of a record as JSON [{task, case_no, state, code}]; NULL with err on failure. May be
 * called from inside a walk. */
json_t *ledger_cases(struct ledger *l, const char *uuid, struct err *err) YJ_CHECK;

/* ---- tasks and corrections (ledger_case.c). Writing: inside a transaction. Reading: inside a
 * transaction or a walk, or alone on the connection. ---- */

/** Set the state of one task. @return 0, ERR_NOT_FOUND, a failure of the disk */
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

/**
 * Per terminal {terminal, records, max_sequence, n_missing, missing:[…], last_seen}; missing lists
 * at most the first 1000 numbers. NULL with err on failure.
 */
json_t *ledger_gaps(struct ledger *l, struct err *err) YJ_CHECK;

/**
 * Counts {records, applications, ratings, duplicates, unopened, chain_breaks, cases, terminals,
 * corrections_open, corrections_closed, corrections_held, enquiries}.
 * chain_breaks: records whose stored predecessor has another digest. NULL with err on failure.
 */
json_t *ledger_counts(struct ledger *l, struct err *err) YJ_CHECK;

#endif
