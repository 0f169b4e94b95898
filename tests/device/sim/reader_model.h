/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated resident-ID-card reader 0400:C35A: USB below, a card in hand above.
 * Source: SAM-module command protocol (GA/T 467 as published by the makers). Thread: any. */
#ifndef YJ_SIM_READER_MODEL_H
#define YJ_SIM_READER_MODEL_H

#include "reader_cards.h"
#include "usbemu.h"

enum reader_fault {
    READER_FAULT_NONE,
    READER_FAULT_XOR,      /* wrong check byte */
    READER_FAULT_LEN,      /* Len larger than what follows */
    READER_FAULT_TRUNCATE, /* half of the body */
    READER_FAULT_STALL,    /* the answering pipe stalls, the answer is lost */
    READER_FAULT_SILENT,   /* no answer */
    READER_FAULT_LATE,     /* the answer comes after the host's longest patience */
    READER_FAULT_NOISE,    /* rubbish in front of the answer */
    READER_FAULT_UNPLUG,   /* gone in the middle of the answer */
    READER_FAULT_SW,       /* answers with an error SW3 and no data */
};

enum { READER_ANY_COMMAND = 0, READER_ALWAYS = -1 };

struct reader_cfg {
    double speed;       /* delays are divided by this; 0 means 1 */
    double warm_up_ms;  /* before the SAM answers, also divided by speed; 0 means 2000 */
    bool is_one_pipe;   /* profile B: one pipe pair instead of four pipes */
    bool is_not_sticky; /* a card already read is found again without being lifted */
    const char *port;   /* NULL: "1-1" */
};

struct reader_counters {
    unsigned n_commands, n_reads, n_faults, n_bad_frames;
};

struct reader_model;

/** New reader, unplugged. Free after the bus. */
struct reader_model *reader_model_new(struct usbemu_bus *bus, const struct reader_cfg *cfg);
void reader_model_free(struct reader_model *m);
struct usbemu_dev *reader_model_dev(struct reader_model *m);

/** The card is copied. Laying one on another changes cards. */
void reader_model_lay(struct reader_model *m, const struct card *card);
void reader_model_lift(struct reader_model *m);
/** @return name of the card that lies there, or NULL; borrowed until the next lay or lift. */
const char *reader_model_card(struct reader_model *m);

/**
 * @param sw3      for READER_FAULT_SW
 * @param command  CMD << 8 | PARA the fault waits for (0x3001), or READER_ANY_COMMAND
 * @param n        answers it spoils: 1.., READER_ALWAYS, or 0 to end it
 */
void reader_model_fault(struct reader_model *m, enum reader_fault fault, uint8_t sw3,
                        unsigned command, int n);
/** @return "empty", "present", "found", "selected" or "done". */
const char *reader_model_state(struct reader_model *m);
struct reader_counters reader_model_counters(struct reader_model *m);

#endif
