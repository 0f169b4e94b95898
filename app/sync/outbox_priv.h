/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the outbox thread only: what outbox.c, outbox_records.c and outbox_link.c share. */
#ifndef YJ_SYNC_OUTBOX_PRIV_H
#define YJ_SYNC_OUTBOX_PRIV_H

#include <pthread.h>

#include "base/mq.h"
#include "seal/seal.h"
#include "store/store.h"
#include "sync/net_watch.h"
#include "sync/outbox.h"
#include "sync/sync_client.h"
#include "sync/sync_message.h"
#include "sync/sync_plan.h"

enum {
    OUTBOX_INBOX_CAP = 64,
    OUTBOX_STORE_RETRY_MS = 5000,
    OUTBOX_SPACE_CHECK_MS = 30000,
    OUTBOX_PURGE_MS = 60 * 60 * 1000,
    OUTBOX_POLL_S = 60, /* heartbeat until the centre names another distance */
    OUTBOX_LEASE = 16,
    OUTBOX_CONFIRM_MS = 50,
    OUTBOX_ASKS_CAP = 4,
    OUTBOX_ASK_MS = 8000, /* from asking to the answer */
};

/* One record on its way to the disk; owned by the message that points to it. */
struct outbox_draft {
    enum record_kind kind;
    char *json; /* plain: wiped as soon as it is sealed */
    char matter_code[SEAL_MATTER_BYTES];
    char matter_name[STORE_MATTER_NAME_BYTES * 2];
    char about[RECORD_NUMBER_BYTES];
    bool is_valid;                                             /* every text did fit */
    struct outbox_attachment attachment[SEAL_MAX_ATTACHMENTS]; /* texts and bytes are the draft's */
    size_t n_attachments;
};

struct outbox_request {
    enum { REQUEST_PUT, REQUEST_JOURNAL } kind;
    uint64_t tag;
    struct outbox_draft *draft;
    int64_t sequence;
    enum print_journal_state state;
};

struct outbox_note {
    enum {
        NOTE_DEVICES,
        NOTE_KICK,
        NOTE_FORGET,
        NOTE_STAFF,
        NOTE_CATALOGUE,
        NOTE_STOP,
        NOTE_N_KINDS
    } kind;
    union {
        struct sync_device device[DEVICE_N_KINDS];
        struct {
            enum staff_call why;
            int64_t wall_ms;
        } staff;
        struct {
            char digest[SEAL_DIGEST_BYTES];
            int code;
        } catalogue;
        uint64_t visit; /* NOTE_FORGET: questions of any other are nobody's */
    };
};

struct outbox_feed;     /* outbox_feed.h: what the centre tells */
struct outbox_question; /* outbox_ask.c: an enquiry, waiting or running */

/* What is on the line. */
enum outbox_line { LINE_IDLE, LINE_HEARTBEAT, LINE_RECORD, LINE_FEED, LINE_ATTACHMENT };

/* Records of which the attempt is noted in one transaction; sent one after the other. */
struct outbox_lease {
    int64_t sequence[OUTBOX_LEASE];
    int n, at;
};

/* Verified acknowledgements that are written together: until then a crash only makes the terminal
 * send again what the centre knows. */
struct outbox_confirm {
    int64_t sequence;
    char *json, *signature; /* owned */
};
struct outbox_confirms {
    struct outbox_confirm item[OUTBOX_LEASE];
    int n;
    int64_t due_ms; /* when the first of them is written, though the group is not full */
};

struct outbox_file {
    bool is_taken;
    struct store_attachment_ref ref;
    int64_t offset; /* -1: not known, ask */
    int piece_bytes, n_spoilt, n_conflicts;
    int64_t sent_ms;
};

struct outbox {
    outbox_emit_fn emit;
    void *arg;
    char terminal[11], version[64], boot_id[40];
    pthread_t thread;
    struct mq *inbox; /* requests, each answered once */
    struct mq *notes; /* states: the latest of each kind */
    struct mq *asks;  /* struct outbox_question *, each answered once */

    uint64_t asking_visit; /* the asking thread's alone: counts outbox_forget */

    /* From here on: the outbox thread alone. */
    struct store *store;
    struct seal *seal;
    struct sync_client *client;
    struct outbox_feed *feed;
    bool is_open; /* the store */
    bool has_told_store, has_told_unfinished;
    int store_code; /* last STORE_STATE */
    int64_t store_retry_ms, space_ms, purge_ms;

    struct sync_plan plan;
    bool is_contacted; /* in PROBE: the heartbeat was answered, a record may try */
    enum outbox_line line;
    struct store_record current; /* LINE_RECORD: what is being sent */
    struct outbox_lease lease;   /* records whose attempt is noted already */
    struct outbox_confirms confirms;
    struct outbox_file file; /* the attachment in hand */
    int64_t heartbeat_ms;    /* when the next one is due */
    int poll_s;
    bool has_devices;
    struct sync_device device[DEVICE_N_KINDS];
    enum staff_call staff;
    int64_t staff_wall_ms;
    bool takes_staff_call;           /* the centre's last answer */
    struct service_counters figures; /* of the centre's last answer */
    struct service_counters told_counters;
    struct link_status link, told_link;
    bool has_told_link;
    bool is_stopping;

    struct net_watch *net; /* NULL: no news about the network here */
    char nonce[33];        /* of the question for the time that is on the line, "" none */
    int64_t time_ask_ms;   /* not before */
    int64_t centre_time_ms, centre_time_mono_ms; /* last heard and verified; 0: never */
    int64_t time_note_ms;
    bool is_clock_wrong;
    struct store_mirror *mirror; /* NULL: none */
    int mirror_code;             /* last told in the log */
    bool is_log_told;
    int64_t free_mib;
    bool takes_status;                /* the centre's last answer: members of contract 1.4.0 */
    struct outbox_question *question; /* running, NULL: none */
    uint64_t present_visit;           /* whose questions are still wanted */
};

/* outbox_records.c: the store side. */
void outbox_store_tend(struct outbox *o, int64_t now_ms);
void outbox_request_do(struct outbox *o, const struct outbox_request *request, int64_t now_ms);
/* The store failed in the middle of work: say so, close if it must be checked, try again soon. */
void outbox_store_trouble(struct outbox *o, const struct err *err, int64_t now_ms);
void outbox_draft_free(struct outbox_draft *draft);

/* Count applications again and tell when a figure changed. */
void outbox_counters_refresh(struct outbox *o);

/* outbox_link.c: the network side. */
void outbox_link_tend(struct outbox *o, int64_t now_ms);
void outbox_answer(struct outbox *o, const struct sync_answer *answer, int64_t now_ms);
/* What a failure is called, for answers that are neither success nor a refusal of what was sent.
 * @return enum err_code, 0 when it is none of these */
int outbox_failure_of(const struct sync_answer *a, enum sync_failure *ret_cause);
/* Count again and tell when something changed. */
void outbox_link_refresh(struct outbox *o);
/* @return how long the thread may sleep */
int outbox_sleep_ms(const struct outbox *o, int64_t now_ms);

/* outbox_drain.c: leases and confirmations in groups. */
/* The next record to send, its attempt noted; found false: none. */
int outbox_lease_next(struct outbox *o, struct store_record *ret, bool *ret_found, struct err *err);
/* The rest of the lease waits again: nothing of it was sent. */
int outbox_lease_end(struct outbox *o, int code, struct err *err);
/* Takes both texts. Written when the group is full, after OUTBOX_CONFIRM_MS, or by
 * outbox_confirms_write. */
int outbox_confirm_add(struct outbox *o, int64_t sequence, char *json, char *signature,
                       struct err *err);
int outbox_confirms_write(struct outbox *o, struct err *err);
void outbox_confirms_drop(struct outbox *o);

/* outbox_attachment.c */
bool outbox_attachment_send(struct outbox *o, int64_t now_ms);
/* @return false: what answered is not the centre */
bool outbox_attachment_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);
void outbox_attachment_failed(struct outbox *o);

/* outbox_time.c */
bool outbox_time_ask(struct outbox *o, int64_t now_ms);
void outbox_time_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);
/* The centre said what time it is, over a line that is proven. */
void outbox_time_note(struct outbox *o, int64_t time_ms, int64_t now_ms);
/* The last time heard, RFC 3339; "" never. */
void outbox_time_text(struct outbox *o, char *text, size_t cap);

/* outbox.c: there is room for one note of each kind. */
void outbox_note_push(struct outbox *o, const struct outbox_note *note);

/* outbox_ask.c: enquiries. */
void outbox_asks_tend(struct outbox *o, int64_t now_ms);
void outbox_ask_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);
void outbox_asks_forget(struct outbox *o, uint64_t visit);
/* Answer whatever is left: ERR_CANCELLED. */
void outbox_asks_end(struct outbox *o);

#endif
