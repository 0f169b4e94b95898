/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox thread: seals, numbers, commits and delivers. It alone owns the database and the
 * network. The application talks to it by messages; every request is answered exactly once. */
#ifndef YJ_SYNC_OUTBOX_H
#define YJ_SYNC_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/counters.h"
#include "types/device.h"
#include "types/enquiry.h"
#include "types/record.h"
#include "types/staff.h"

/* Paths are borrowed during outbox_start only. */
struct outbox_cfg {
    const char *data_dir;         /* database, lock; made when absent; mode 0700 */
    const char *terminal_id;      /* region6 + terminal4 = 10 digits */
    const char *device_key;       /* PEM, ECDSA P-256: signs records and is the TLS client key */
    const char *device_cert;      /* PEM */
    const char *centre_seal_cert; /* PEM, EC P-256: records are encrypted to it */
    const char *centre_sign_cert; /* PEM, EC P-256: acknowledgements are signed with it */
    const char *centre_ca;        /* PEM, TLS trust of the centre */
    const char *centre_url;       /* "https://host:port", without a path */
    const char *version;          /* of the program, for heartbeat and User-Agent */
};

enum outbox_event_kind {
    OUTBOX_EVENT_STORED,       /* tag, record */
    OUTBOX_EVENT_STORE_FAILED, /* tag, code */
    OUTBOX_EVENT_JOURNALED,    /* tag, code 0 or error: the journal state is on disk */
    OUTBOX_EVENT_STORE_STATE,  /* code: 0 usable, else why not (retried every few seconds) */
    OUTBOX_EVENT_LINK,         /* link: whenever it changes */
    OUTBOX_EVENT_UNFINISHED,   /* journal: one for each unfinished receipt, after opening */
    OUTBOX_EVENT_ANSWERED,     /* tag, code, answer: an enquiry */
    OUTBOX_EVENT_COUNTERS, /* counters: after opening, after each application, when they change */
};

struct outbox_event {
    enum outbox_event_kind kind;
    uint64_t tag;
    int code;
    union {
        struct record_ref record;
        struct link_status link;
        struct journal_entry journal;
        struct service_counters counters;
        /* code 0: the receiver's, enquiry_answer_free(); else NULL */
        struct enquiry_answer *answer;
    };
};

/* Called on the outbox thread: pushes to a queue and wakes. May wait for room, at most 1 s. */
typedef void (*outbox_emit_fn)(void *arg, const struct outbox_event *event);

struct outbox;

/**
 * Start the thread. A folder that cannot be used is no error here: it becomes a STORE_STATE
 * event and is tried again every 5 s. A folder locked by another process is ERR_STORE_LOCKED.
 * @return 0, ERR_STORE_LOCKED, ERR_SEAL_KEY (a key or certificate file cannot be used, or the
 *         device certificate is not of this terminal), ERR_INVALID (centre_url is not https)
 */
int outbox_start(const struct outbox_cfg *cfg, outbox_emit_fn emit, void *arg, struct outbox **ret,
                 struct err *err) YJ_CHECK;

/** Finish the request in hand, stop the transfer, close, join. Blocks: at most about 3 s. */
void outbox_stop(struct outbox *o);

/**
 * Seal and commit one record; for an application the print journal row (QUEUED) is written in
 * the same transaction. Answered by STORED or STORE_FAILED with the tag.
 * @param json         the plain record; ownership passes on success, the thread wipes it
 * @param matter_code  copied, "" for ratings; matter_name likewise (kept for a later reprint)
 * @param about        number of the application a rating belongs to, or ""
 * @return 0 or ERR_FULL (ask again)
 * Thread: any. Blocks: no.
 */
int outbox_put(struct outbox *o, uint64_t tag, enum record_kind kind, char *json,
               const char *matter_code, const char *matter_name, const char *about) YJ_CHECK;

/** Write the print state of a record; answered by JOURNALED. @return 0 or ERR_FULL */
int outbox_journal(struct outbox *o, uint64_t tag, int64_t sequence,
                   enum print_journal_state state) YJ_CHECK;

/**
 * Put a question to the centre, beside the delivery of records. Answered once by ANSWERED with the
 * tag, at most 8 s after asking; at once when the link is down. Codes: 0 (also "the centre knows
 * nothing": an empty answer), the link's cause, ERR_SYNC_* (the answer is none, the centre does
 * not want to), ERR_TIMEOUT (it waited too long), ERR_CANCELLED (forgotten, or the outbox stops),
 * ERR_INVALID (nothing to ask with).
 * @param enquiry  copied; the caller wipes its own
 * @return 0 or ERR_FULL: four are waiting
 * Thread: one, the same as for outbox_forget. Blocks: no.
 */
int outbox_ask(struct outbox *o, uint64_t tag, const struct enquiry *enquiry) YJ_CHECK;

/**
 * The visit is over: questions asked so far are dropped, wiped and answered with ERR_CANCELLED.
 * An answer already on its way to the receiver still comes. Thread: the one of outbox_ask.
 */
void outbox_forget(struct outbox *o);

/** Latest device states for the heartbeat; replaces the earlier one. Thread: any. */
void outbox_note_devices(struct outbox *o, const struct device_status status[DEVICE_N_KINDS]);

/**
 * Staff are called, or (STAFF_NOT_CALLED) need not come any more: told to the centre with a
 * heartbeat at once, when it takes that. @param wall_ms  since when. Thread: any.
 */
void outbox_note_staff(struct outbox *o, enum staff_call why, int64_t wall_ms);

/** Try the centre now (network came up, technician asked). Thread: any. */
void outbox_kick(struct outbox *o);

#endif
