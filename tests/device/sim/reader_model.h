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

enum { READER_ANY_COMMAND = 0, READER_ALWAYS = -1, READER_SPLIT_VARYING = 65 };

/* What is to go wrong, and when. */
struct reader_fault_plan {
    enum reader_fault fault;
    uint8_t sw3;        /* READER_FAULT_SW */
    unsigned command;   /* CMD << 8 | PARA it waits for (0x3001), or READER_ANY_COMMAND */
    int n;              /* answers it spoils: 1.., READER_ALWAYS, or 0 to end it */
    double probability; /* of each answer, while n lasts; 0 means 1 */
    unsigned seed;      /* of that probability */
};

/* What the descriptors offer. */
enum reader_pipes {
    READER_PIPES_FOUR,  /* profile A: 02 06 out, 81 85 in */
    READER_PIPES_ONE,   /* profile B: 02 out, 81 in */
    READER_PIPES_OTHER, /* profile B as some makers have it: interrupt 03 out, 84 in, on the second
                         * interface of the device; the first has one IN endpoint only */
    READER_PIPES_NONE,  /* one IN endpoint: no reader can work so */
};

struct reader_cfg {
    double speed;         /* delays are divided by this; 0 means 1 */
    double warm_up_ms;    /* before the SAM answers, also divided by speed; 0 means 2000 */
    bool is_one_pipe;     /* the same as pipes = READER_PIPES_ONE */
    bool is_not_sticky;   /* a card already read is found again without being lifted */
    bool is_self_powered; /* the SAM keeps its state over unplug */
    enum reader_pipes pipes;
    unsigned
        split_bytes;  /* one-pipe answers in pieces of 1..64 bytes, READER_SPLIT_VARYING, 0 no */
    bool has_garbage; /* rubbish before every preamble */
    const char *port; /* NULL: "1-1" */
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
void reader_model_lay(struct reader_model *m, const struct sim_card *card);
void reader_model_lift(struct reader_model *m);
/** @return name of the card that lies there, or NULL; borrowed until the next lay or lift. */
const char *reader_model_card(struct reader_model *m);

/** The same in short, without a probability. */
void reader_model_fault(struct reader_model *m, enum reader_fault fault, uint8_t sw3,
                        unsigned command, int n);
void reader_model_fault_plan(struct reader_model *m, const struct reader_fault_plan *plan);
/** SW1 and SW2 of the answers 31, 32, 40, 41, 47 and 81; the others always have zeros. */
void reader_model_sw12(struct reader_model *m, uint8_t sw1, uint8_t sw2);
/** For ms (divided by speed) every command is answered with this SW3, 0x60 or 0x66. */
void reader_model_not_ready(struct reader_model *m, double ms, uint8_t sw3);
/** Pieces and rubbish of the answers, as in reader_cfg. */
void reader_model_chop(struct reader_model *m, unsigned split_bytes, bool has_garbage);
void reader_model_sticky(struct reader_model *m, bool is_sticky);

/** @return "empty", "present", "found", "selected" or "done". */
const char *reader_model_state(struct reader_model *m);
/** @return times this command came in, good or not. */
unsigned reader_model_n_of(struct reader_model *m, unsigned command);
struct reader_counters reader_model_counters(struct reader_model *m);

#endif
