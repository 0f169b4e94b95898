/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader model share. Everything runs under the bus lock, on the client's or
 * the timer's thread. */
#ifndef YJ_SIM_READER_MODEL_PRIV_H
#define YJ_SIM_READER_MODEL_PRIV_H

#include "reader_model.h"

enum { READER_ANSWER_MAX = 2321, READER_N_COMMANDS = 10 };

enum reader_card_state { CARD_EMPTY, CARD_PRESENT, CARD_FOUND, CARD_SELECTED, CARD_DONE };

/* A command: how long it takes, and the longest a host waits for its first byte. */
struct reader_command {
    unsigned code;
    int data_bytes;
    double ms, patience_ms;
};

struct reader_stream {
    uint8_t b[512];
    size_t n;
};

struct reader_model {
    struct reader_cfg cfg;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    uint8_t ep_out_head, ep_in_head, ep_in_body; /* of these pipes; the last is 0 with one pair */

    const struct card_box *box; /* cards that orders may name, or NULL */
    struct sim_card card;
    bool has_card;
    enum reader_card_state state;

    bool is_busy;
    uint8_t not_ready_sw3; /* 0: ready */
    unsigned ready_serial; /* changes with every waiting for readiness */

    struct reader_stream head, body; /* one pipe pair: head for both */
    unsigned input_serial;           /* changes with every packet, for the incomplete-frame timer */
    uint8_t answer[READER_ANSWER_MAX + 64];
    size_t answer_bytes;

    struct reader_fault_plan plan;
    enum reader_fault answer_fault;
    uint32_t random;
    uint8_t sw1, sw2;
    unsigned n_of[READER_N_COMMANDS];
    struct reader_counters counters;
};

/* ---- reader_descriptors.c ---- */

/** Fill desc and the endpoints for cfg.pipes. */
void reader_describe(struct reader_model *m);

/* ---- reader_wire.c: streams to frames, answers to packets ---- */

/** Packet from the host. */
int reader_wire_out(void *model, uint8_t ep, const uint8_t *packet, size_t n);
/** Look for the next complete frame, unless one is being worked. */
void reader_wire_run(struct reader_model *m);
/** Compose an answer. */
void reader_answer_set(struct reader_model *m, uint8_t sw3, const void *data, size_t n);
/** Send it, with what answer_fault does to it. */
void reader_answer_send(void *model, uintptr_t arg);

/* ---- reader_model.c ---- */

/** Work what follows Len in a good frame: n bytes with the check byte. */
void reader_command_start(struct reader_model *m, const uint8_t *body, size_t n);

#endif
