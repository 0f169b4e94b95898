/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the outbox thread only: what outbox.c, outbox_records.c and outbox_link.c share. */
#ifndef YJ_SYNC_OUTBOX_PRIV_H
#define YJ_SYNC_OUTBOX_PRIV_H

#include <pthread.h>

#include "base/mq.h"
#include "seal/seal.h"
#include "store/store.h"
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
};

/* One record on its way to the disk; owned by the message that points to it. */
struct outbox_draft {
    enum record_kind kind;
    char *json; /* plain: wiped as soon as it is sealed */
    char matter_code[SEAL_MATTER_BYTES];
    char matter_name[STORE_MATTER_NAME_BYTES * 2];
    char about[RECORD_NUMBER_BYTES];
    bool is_valid; /* every text did fit */
};

struct outbox_request {
    enum { REQUEST_PUT, REQUEST_JOURNAL } kind;
    uint64_t tag;
    struct outbox_draft *draft;
    int64_t sequence;
    enum print_journal_state state;
};

struct outbox_note {
    enum { NOTE_DEVICES, NOTE_KICK, NOTE_STOP, NOTE_N_KINDS } kind;
    struct sync_device device[DEVICE_N_KINDS];
};

/* What is on the line. */
enum outbox_line { LINE_IDLE, LINE_HEARTBEAT, LINE_RECORD };

struct outbox {
    outbox_emit_fn emit;
    void *arg;
    char terminal[11], version[64], boot_id[40];
    pthread_t thread;
    struct mq *inbox; /* requests, each answered once */
    struct mq *notes; /* states: the latest of each kind */

    /* From here on: the outbox thread alone. */
    struct store *store;
    struct seal *seal;
    struct sync_client *client;
    bool is_open; /* the store */
    bool has_told_store, has_told_unfinished;
    int store_code; /* last STORE_STATE */
    int64_t store_retry_ms, space_ms, purge_ms;

    struct sync_plan plan;
    bool is_contacted; /* in PROBE: the heartbeat was answered, a record may try */
    enum outbox_line line;
    struct store_record current; /* LINE_RECORD: what is being sent */
    int64_t heartbeat_ms;        /* when the next one is due */
    int poll_s;
    bool has_devices;
    struct sync_device device[DEVICE_N_KINDS];
    struct link_status link, told_link;
    bool has_told_link;
    bool is_stopping;
};

/* outbox_records.c: the store side. */
void outbox_store_tend(struct outbox *o, int64_t now_ms);
void outbox_request_do(struct outbox *o, const struct outbox_request *request, int64_t now_ms);
/* The store failed in the middle of work: say so, close if it must be checked, try again soon. */
void outbox_store_trouble(struct outbox *o, const struct err *err, int64_t now_ms);
void outbox_draft_free(struct outbox_draft *draft);

/* outbox_link.c: the network side. */
void outbox_link_tend(struct outbox *o, int64_t now_ms);
void outbox_answer(struct outbox *o, const struct sync_answer *answer, int64_t now_ms);
/* Count again and tell when something changed. */
void outbox_link_refresh(struct outbox *o);
/* @return how long the thread may sleep */
int outbox_sleep_ms(const struct outbox *o, int64_t now_ms);

#endif
