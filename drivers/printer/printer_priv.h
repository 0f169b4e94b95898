/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the printer driver share. Thread: the printer's. */
#ifndef YJ_PRINTER_PRIV_H
#define YJ_PRINTER_PRIV_H

#include "drivers/printer/escpos_status.h"
#include "drivers/printer/printer.h"
#include "drivers/printer/printer_profile.h"
#include "drivers/transport/usb.h"

/* PROTOCOL.md, timing. */
enum {
    RESCAN_MS = 2000,
    ANSWER_MS = 500,      /* one DLE EOT */
    ROUND_MS = 1000,      /* between status rounds */
    ROUND_AUTO_MS = 5000, /* the same when the printer reports by itself */
    ROUND_STOPPED_MS = 15000,
    ASK_MS = 3000,        /* first process id: an old ticket may still be printing */
    ASK_STOPPED_MS = 300, /* the same when it is stopped and cannot answer */
    CHECK_MS = 3000,      /* a whole status round, unanswered */
    CLEAR_MS = 1000,
    PROVE_MS = 1000,
    CUT_MS = 10000,
    PORT_STATUS_MS = 1500, /* between looks at the port while a write is stuck */
    CONTROL_MS = 300,
    STUCK_MS = 30000,    /* no progress and no cause */
    OPERATOR_MS = 90000, /* for somebody to come and repair */
    RECOVER_MS = 30000,  /* between tries to free a jammed cutter */
    JOB_WAIT_MS = 15000, /* a job waits so long for a printer that is starting */
    CONFIRM_MS = 5000,   /* for the proof, beside the printing itself */
    SLOWEST_ROWS_PER_S = 400,
    STEP_MAX_MS = 500,
    CHUNK_BYTES = 4096,
    MAX_OUT_ERRORS = 3,
    MAX_SILENT_ROUNDS = 3,
    N_STATUS_REQUESTS = 4,
};

enum printer_state {
    PRINTER_NO_DEVICE,
    PRINTER_BROKEN,
    PRINTER_GREETING,
    PRINTER_ASKING,
    PRINTER_CLEARING,
    PRINTER_PROVING,
    PRINTER_CUTTING,
    PRINTER_READY,
    PRINTER_CHECKING,
    PRINTER_SENDING,
    PRINTER_CONFIRMING,
};

struct printer_job {
    int64_t job;
    struct bitmap *picture; /* owned */
    int64_t since_ms;
};

struct driver {
    struct driver_sink sink;
    struct printer_table table;
    struct usb *usb;

    enum printer_state state;
    int64_t due_ms; /* when the state's patience ends */
    unsigned n_opens;

    /* the open device */
    const struct printer_profile *profile;
    uint8_t ep_out, ep_in, number; /* ep_in 0: one-way */
    bool can_process_id, is_unproven, must_cut;

    /* what comes in */
    struct escpos_parser parser;
    struct escpos_status state_of; /* of the printer */
    bool has_state, has_auto, is_cleared, has_in_order_reply;
    uint8_t asked_n; /* DLE EOT in flight, 0 none */
    int64_t asked_ms, round_due_ms;
    uint8_t round_n; /* next request of the round, 0 no round */
    bool is_round_done, is_round_answered;
    unsigned n_silent_rounds;
    uint8_t port_status; /* last looked at, 0x18 is healthy */
    int64_t port_due_ms;
    uint32_t seen_id, next_id; /* process ids as numbers; seen: the highest that came back */
    uint32_t asked_id;

    /* what goes out */
    bool is_out_busy;
    int64_t out_since_ms;

    /* jobs; [0] is the one at hand */
    struct printer_job job[PRINTER_MAX_JOBS];
    size_t n_jobs;
    uint8_t *stream; /* the ticket at hand, owned */
    size_t stream_bytes, sent_bytes;
    uint32_t id_before_cut, id_after_cut;
    unsigned n_out_errors;
    int64_t cause_since_ms; /* 0: no cause known */

    /* a jammed cutter */
    bool was_cover_open;
    int64_t recover_due_ms;

    struct device_status status;
    bool has_status;
};

/* printer.c */
void printer_state_enter(struct driver *d, enum printer_state state, int64_t now_ms,
                         int64_t patience_ms);
/* Send a short command; false when a transfer is in flight or it failed. */
bool printer_send(struct driver *d, const uint8_t *p, size_t n, int64_t now_ms);
/* Why it cannot print: its own status, else what the port tells, else 0. */
int printer_cause(const struct driver *d);
bool printer_is_silent(const struct driver *d);
void printer_round_start(struct driver *d, int64_t now_ms);
uint32_t printer_id_next(struct driver *d, uint8_t ret_id[ESCPOS_ID_BYTES]);
void printer_port_look(struct driver *d, int64_t now_ms);

/* printer_recover.c: GREETING, ASKING, CLEARING, PROVING, CUTTING */
void printer_greeting_serve(struct driver *d, int64_t now_ms);
void printer_asking_serve(struct driver *d, int64_t now_ms);
void printer_clearing_serve(struct driver *d, int64_t now_ms);
void printer_proving_serve(struct driver *d, int64_t now_ms);
void printer_cutting_start(struct driver *d, int64_t now_ms);
void printer_cutting_serve(struct driver *d, int64_t now_ms);
/* Should a jammed cutter be tried again now? */
bool printer_cutter_retry(struct driver *d, int64_t now_ms);
/* Send a hello and a process id, noted in asked_id; false as printer_send. */
bool printer_id_send(struct driver *d, int64_t now_ms);

/* printer_job.c: CHECKING, SENDING, CONFIRMING */
void printer_job_check(struct driver *d, int64_t now_ms);
void printer_job_send(struct driver *d, int64_t now_ms);
void printer_job_out_done(struct driver *d, int code, size_t n, int64_t now_ms);
void printer_job_confirm(struct driver *d, int64_t now_ms);
/* Answer the job at hand as not started or in doubt, by what has left us. */
void printer_job_drop(struct driver *d, int code);
/* Answer every job. */
void printer_jobs_drop(struct driver *d, int code);

#endif
