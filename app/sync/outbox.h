/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox thread: seals, numbers, commits and delivers. It alone owns the database and the
 * network. The application talks to it by messages; every request is answered exactly once. */
#ifndef YJ_SYNC_OUTBOX_H
#define YJ_SYNC_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/seal.h"
#include "types/counters.h"
#include "types/device.h"
#include "types/enquiry.h"
#include "types/record.h"
#include "types/staff.h"

/* Paths are borrowed during outbox_start only. */
struct outbox_cfg {
    const char *data_dir;    /* database, lock; made when absent; mode 0700 */
    const char *terminal_id; /* region6 + terminal4 = 10 digits */
    struct seal_paths keys;  /* the device key is the TLS client key, too */
    const char *centre_ca;   /* PEM, TLS trust of the centre */
    const char *centre_url;  /* "https://host:port", without a path */
    const char *version;     /* of the program, for heartbeat and User-Agent */
    const char *proxy;       /* "http://host:port"; NULL: none */
    const char *mirror_dir;  /* sealed records are copied here too: a second disk; NULL: nowhere */
    bool takes_catalogue;    /* newer signed sets are fetched into DATA/catalogue/incoming */
    const char *catalogue_cert; /* publisher of signed sets; NULL: none is fetched */
    const char *catalogue_dir;  /* the built-in set: files that it has, too, are not fetched */
};

enum outbox_event_kind {
    OUTBOX_EVENT_STORED,       /* tag, record */
    OUTBOX_EVENT_STORE_FAILED, /* tag, code */
    OUTBOX_EVENT_JOURNALED,    /* tag, code 0 or error: the journal state is on disk */
    OUTBOX_EVENT_STORE_STATE,  /* code: 0 usable, else why not (retried every few seconds) */
    OUTBOX_EVENT_LINK,         /* link: whenever it changes */
    OUTBOX_EVENT_UNFINISHED,   /* journal: one for each unfinished receipt, after opening */
    OUTBOX_EVENT_ANSWERED,     /* tag, code, answer: an enquiry */
    OUTBOX_EVENT_COUNTERS,  /* counters: after opening, after each application, when they change */
    OUTBOX_EVENT_CATALOGUE, /* a signed set lies whole in DATA/catalogue/incoming: check, stage */
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

/* A file that goes with a record. */
struct outbox_attachment {
    const char *name, *type; /* seal_attachment(); copied */
    void *bytes;             /* malloc'ed; ownership passes with the item */
    size_t n_bytes;
};

/* What is handed in. Texts are copied. */
struct outbox_item {
    enum record_kind kind;
    char *json; /* the plain record; ownership passes on success, the thread wipes it */
    const char *matter_code; /* "" for ratings */
    const char *matter_name; /* "" for ratings; kept for a later reprint */
    const char *about;       /* number of the application a rating belongs to, or "" */
    const struct outbox_attachment *attachment; /* at most SEAL_MAX_ATTACHMENTS; NULL: none */
    size_t n_attachments;
};

/**
 * Seal and commit one record with its attachments; for an application the print journal row
 * (QUEUED) is written in the same transaction. Answered by STORED or STORE_FAILED with the tag.
 * @return 0 or ERR_FULL (ask again; json and attachments stay the caller's)
 * Thread: any. Blocks: no.
 */
int outbox_put(struct outbox *o, uint64_t tag, const struct outbox_item *item) YJ_CHECK;

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

/**
 * Which signed set is in use: after the start, and whenever it changes or a fetched one is refused.
 * @param digest  SHA-256 of its manifest, "": the built-in set
 * @param code    0, or why the set of OUTBOX_EVENT_CATALOGUE is refused
 * Thread: any.
 */
void outbox_note_catalogue(struct outbox *o, const char *digest, int code);

/** Try the centre now (network came up, technician asked). Thread: any. */
void outbox_kick(struct outbox *o);

#endif
