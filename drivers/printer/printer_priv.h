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
    DRAIN_MS = 50,        /* what an earlier program had asked for runs out */
    NAMES_MS = 500,       /* GS I */
    ANSWER_MS = 500,      /* one DLE EOT */
    COUNTER_MS = 2000,    /* a counter; it is read in order */
    ROUND_MS = 1000,      /* between status rounds */
    ROUND_AUTO_MS = 5000, /* the same when the printer reports by itself */
    ROUND_STOPPED_MS = 15000,
    ROUND_WATCH_MS = 200,  /* the same while something is about to happen */
    ROUND_OUTLET_MS = 500, /* the same while a ticket waits at the outlet */
    ASK_MS = 3000,         /* first process id: an old ticket may still be printing */
    ASK_STOPPED_MS = 300,  /* the same when it is stopped and cannot answer */
    CHECK_MS = 3000,       /* a whole status round, unanswered */
    CLEAR_MS = 1000,
    FILL_MS = 1000, /* a piece of them; the printer may be printing what they complete */
    PROVE_MS = 1000,
    CUT_MS = 10000,
    PORT_STATUS_MS = 1500, /* between looks at the port while a write is stuck */
    CONTROL_MS = 300,
    STUCK_MS = 30000,    /* no progress and no cause */
    OPERATOR_MS = 90000, /* for somebody to come and repair */
    RECOVER_MS = 30000,  /* between tries to free a jammed cutter */
    JOB_WAIT_MS = 15000, /* a job waits so long for a printer that is starting */
    CONFIRM_MS = 5000,   /* for the proof, beside the printing itself */
    HIGHER_MS = 3000,    /* for a better proof when there is one */
    OUTLET_MS = 3000,    /* an old ticket leaves the outlet */
    REPLUG_MS = 3000,    /* a cable pulled and put back behind a ticket that was all sent */
    INQUIRE_MS = 12000,  /* and then to find out what became of it */
    CHUNK_BYTES = 4096,
    MAX_OUT_ERRORS = 3,
    MAX_SILENT_ROUNDS = 3,
};

enum printer_state {
    PRINTER_NO_DEVICE,
    PRINTER_BROKEN,
    PRINTER_DRAINING,
    PRINTER_NAMING,
    PRINTER_GREETING,
    PRINTER_ASKING,
    PRINTER_CLEARING,
    PRINTER_PROVING,
    PRINTER_CUTTING,
    PRINTER_READY,
    PRINTER_INQUIRING,
    PRINTER_CHECKING,
    PRINTER_SENDING,
    PRINTER_CONFIRMING,
};

/* The one question that may be open. */
enum printer_question { ASKED_NOTHING, ASKED_STATUS, ASKED_COUNTER };

struct printer_job {
    int64_t job;
    struct bitmap *picture; /* owned */
    int64_t since_ms;
};

/* What proves the ticket at hand. */
struct printer_proof {
    uint32_t id_before_cut, id_after_cut; /* 0: none */
    uint32_t seen_id;                     /* the highest of its own that came back */
    bool has_reply;                       /* GS r, or a status behind the ticket, came back */
    bool has_asked;                       /* its GS r has left us */
    bool has_before, has_advanced;        /* cut counter: known before, went up */
    unsigned long cuts_before;
    bool had_ticket;                 /* at the outlet when it began: seeing one proves nothing */
    bool has_seen_ticket;            /* at the outlet since the last byte */
    bool has_seen_busy;              /* printing, since the last byte */
    int64_t print_ms, higher_due_ms; /* at the slowest; end of the wait for more, 0 not begun */
    int64_t counter_due_ms;          /* when the counter is asked again */
};

struct driver {
    struct driver_sink sink;
    struct printer_table table;
    struct printer_settings settings;
    struct usb *usb;

    enum printer_state state;
    int64_t due_ms; /* when the state's patience ends */
    unsigned n_opens;
    bool has_started; /* once READY since the program began */

    /* the open device */
    uint16_t vid, pid;
    struct printer_id id;
    const struct printer_profile *profile;
    uint8_t ep_out, ep_in, number; /* ep_in 0: one-way */
    size_t packet_bytes;
    bool must_name, has_named, is_naming_again;
    char gs_maker[32], gs_model[48];
    unsigned n_names;
    bool can_process_id, can_count, is_unproven, must_cut;
    bool has_had_ids; /* it has answered one since it was opened: the model can */

    /* what comes in */
    struct escpos_parser parser;
    unsigned facts; /* enum printer_fact */
    bool has_state, has_auto, is_cleared, must_look;
    enum printer_question asked;
    size_t asked_poll;
    int64_t asked_ms, round_due_ms;
    size_t round_n; /* polls of the round done so far, +1; 0 no round */
    bool is_round_done, is_round_answered;
    unsigned n_silent_rounds;
    bool has_count; /* a counter's value came */
    unsigned long count;
    uint8_t port_status; /* last looked at, 0x18 is healthy */
    int64_t port_due_ms;
    uint32_t seen_id, next_id; /* process ids as numbers; seen: the highest that came back */
    uint32_t asked_id;
    unsigned n_replies_owed; /* GS r sent and not answered: the first to come answers the oldest */

    /* what goes out */
    bool is_out_busy;
    int64_t out_since_ms;
    size_t fill_bytes; /* NULs still owed: so much a command broken off may lack; 0: none is open */
    bool is_filling;   /* what is in flight are these */
    bool has_filled;   /* of this recovery */
    unsigned n_clears; /* of this recovery: which command next */

    /* jobs; [0] is the one at hand */
    struct printer_job job[PRINTER_MAX_JOBS];
    size_t n_jobs;
    uint8_t *stream; /* the ticket at hand, owned */
    size_t stream_bytes, sent_bytes;
    struct printer_proof proof;
    unsigned n_out_errors;
    int64_t cause_since_ms; /* 0: no cause known */
    bool is_outlet_served;  /* the old ticket was sent away */
    bool is_orphan;         /* job[0] is all sent, and the printer has gone */
    int64_t orphan_due_ms;
    double mm_since_low; /* printed since paper became low; negative: it is not */

    /* a jammed cutter */
    bool was_cover_open;
    int64_t recover_due_ms;

    int64_t ticket_since_ms; /* a ticket waits at the outlet since; 0: none */
    struct device_status status;
    bool has_status;
};

/* printer.c */
void printer_state_enter(struct driver *d, enum printer_state state, int64_t now_ms,
                         int64_t patience_ms);
/* Send a short command; false when a transfer is in flight or it failed. */
bool printer_send(struct driver *d, const uint8_t *p, size_t n, int64_t now_ms);
void printer_device_lost(struct driver *d, int64_t now_ms);
void printer_device_broken(struct driver *d, int64_t now_ms, int cause);

/* printer_open.c: DRAINING, NAMING */
int printer_match(void *arg, const struct usb_candidate *c);
void printer_try_open(struct driver *d, int64_t now_ms);
void printer_naming_start(struct driver *d, int64_t now_ms);
void printer_naming_serve(struct driver *d, int64_t now_ms);
void printer_name_take(struct driver *d, const char *text);

/* printer_talk.c: what comes in, status rounds, the status published */
uint32_t printer_id_next(struct driver *d, uint8_t ret_id[ESCPOS_ID_BYTES]);
/* Begin with small ids again when they come to their end; before ids that are compared. */
void printer_ids_renew(struct driver *d);
void printer_on_data(void *arg, const uint8_t *data, size_t n);
/* Why it cannot print: its own status, else what the port tells, else 0. */
int printer_cause(const struct driver *d);
bool printer_is_silent(const struct driver *d);
bool printer_can_ask(const struct driver *d);
void printer_round_start(struct driver *d, int64_t now_ms);
void printer_round_serve(struct driver *d, int64_t now_ms);
/* How long the open question may stay without an answer. */
int64_t printer_patience_ms(const struct driver *d);
void printer_counter_ask(struct driver *d, int64_t now_ms);
void printer_port_look(struct driver *d, int64_t now_ms);
void printer_status_publish(struct driver *d, int64_t now_ms);
void printer_status_emit(struct driver *d, const struct device_status *s);

/* printer_recover.c: GREETING, ASKING, CLEARING, PROVING, CUTTING */
void printer_greeting_serve(struct driver *d, int64_t now_ms);
void printer_asking_serve(struct driver *d, int64_t now_ms);
void printer_clearing_start(struct driver *d, int64_t now_ms);
void printer_clearing_serve(struct driver *d, int64_t now_ms);
void printer_proving_serve(struct driver *d, int64_t now_ms);
void printer_cutting_start(struct driver *d, int64_t now_ms);
void printer_cutting_serve(struct driver *d, int64_t now_ms);
/* Should a jammed cutter be tried again now? */
bool printer_cutter_retry(struct driver *d, int64_t now_ms);
/* Send a hello and a process id, noted in asked_id; false as printer_send. */
bool printer_id_send(struct driver *d, int64_t now_ms);
void printer_soft_reset(struct driver *d);
/* A command may stand unfinished in the printer: nothing is printed before it has been ended. */
void printer_fill_owe(struct driver *d);
/* So many of the NULs in flight were taken. */
void printer_fill_taken(struct driver *d, size_t n);
/* Is there something left to do before the next ticket? */
bool printer_has_duty(const struct driver *d);

/* printer_job.c: CHECKING, SENDING */
/* What stands in front of every ticket and after every reset. @return bytes, at most
 * ESCPOS_EXTRA_MAX */
size_t printer_hello(const struct driver *d, uint8_t *out);
/* The layout of this printer, without ids. */
void printer_layout(const struct driver *d, struct escpos_layout *ret);
void printer_job_check(struct driver *d, int64_t now_ms);
void printer_job_send(struct driver *d, int64_t now_ms);
void printer_job_out_done(struct driver *d, int code, size_t n, int64_t now_ms);
/* Counts how long a cause lasts. @return true when nobody came to repair it */
bool printer_cause_serve(struct driver *d, int64_t now_ms);
/* Answer the job at hand. */
void printer_job_answer(struct driver *d, enum print_result result, enum print_evidence evidence,
                        int code);
/* Answer the job at hand as not started or in doubt, by what has left us. */
void printer_job_drop(struct driver *d, int code);
/* Answer every job. */
void printer_jobs_drop(struct driver *d, int code);

/* printer_proof.c: CONFIRMING, INQUIRING */
enum print_evidence printer_evidence(const struct driver *d);
/* The end of the ticket is still in flight: what seems to prove it cannot be meant for it. (What
 * the printer answers to it comes after that transfer's end, or together with it.) */
void printer_proof_doubt(struct driver *d);
void printer_confirm_start(struct driver *d, int64_t now_ms);
void printer_confirm_serve(struct driver *d, int64_t now_ms);
/* May a ticket whose printer has gone still be proven? Then it becomes an orphan. */
bool printer_orphan_make(struct driver *d, int64_t now_ms);
void printer_inquiring_serve(struct driver *d, int64_t now_ms);

#endif
