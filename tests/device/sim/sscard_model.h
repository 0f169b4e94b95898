/* SPDX-License-Identifier: Apache-2.0 */
/* A card with contacts, pushed into the virtual reader of vsmartcard (vpcd): a social security
 * card written from ISO/IEC 7816-4, or some other card. It lives on a thread of its own; every
 * function may be called from any thread. Shares no code with the driver. */
#ifndef YJ_SIM_SSCARD_MODEL_H
#define YJ_SIM_SSCARD_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct sscard_model;

/* What the card holds, in UTF-8 and digits. An empty text: that record is not on the card. */
struct sscard_person {
    char key[24];
    char social[10];    /* card number, EF05 record 07 */
    char number[19];    /* EF06 record 08 */
    char name[48];      /* EF06 record 09, stored in GB 18030 */
    char sex[2];        /* 0A */
    char ethnic[3];     /* 0B */
    char birthplace[7]; /* 0C */
    char birth[9];      /* 0D */
    bool is_other;      /* another card: no social security application on it */
    uint8_t name_pad;   /* what fills the name up: 0x00 or 0x20 */
};

enum sscard_fault {
    SSCARD_FAULT_SW,       /* arg: answers this status word and nothing else */
    SSCARD_FAULT_TRUNCATE, /* arg: so many bytes of the answer are left, then 9000 */
    SSCARD_FAULT_GARBAGE,  /* the value of the record is rubbish of the right length */
    SSCARD_FAULT_SLOW,     /* arg: answers after so many milliseconds */
    SSCARD_FAULT_MUTE,     /* never answers; ends when the card is pulled */
    SSCARD_FAULT_PULL,     /* is pulled instead of answering */
    SSCARD_FAULT_CHAIN,    /* a record is offered by 61xx first */
    SSCARD_FAULT_LENGTH,   /* a record is refused with 6Cxx and the right length first */
    SSCARD_FAULT_POWER,    /* power-on: sends no sensible ATR; counts power-ons, not commands */
    SSCARD_FAULT_N,
};

enum { SSCARD_ALWAYS = -1, SSCARD_ANY_COMMAND = -1 };

struct sscard_counters {
    unsigned n_pushes, n_power_ons, n_power_offs, n_commands, n_faults;
    unsigned n_pin_commands; /* VERIFY and its relatives: must stay 0 */
};

/** @param port  of vpcd on this machine. The slot is empty. */
struct sscard_model *sscard_model_new(uint16_t port);
void sscard_model_free(struct sscard_model *m);

/** Push a card in (copied); the one inside is pulled first. The reader notices in its own time. */
void sscard_model_push(struct sscard_model *m, const struct sscard_person *person);
void sscard_model_pull(struct sscard_model *m);

/** The card speaks T=1 from the next power-on (default T=0). */
void sscard_model_t1(struct sscard_model *m, bool is_t1);

/**
 * Arm a fault; one of each kind at a time.
 * @param arg      see the kinds
 * @param command  INS << 8 | P1, or SSCARD_ANY_COMMAND
 * @param count    so many times, SSCARD_ALWAYS, or 0: off
 * @param p, seed  probability of each time, 0..1, from a generator begun with seed
 */
void sscard_model_fault(struct sscard_model *m, enum sscard_fault kind, int arg, int command,
                        int count, double p, unsigned seed);
void sscard_model_fault_off(struct sscard_model *m);

struct sscard_counters sscard_model_counters(struct sscard_model *m);
/** Key of the card inside. @return false when the slot is empty */
bool sscard_model_inside(struct sscard_model *m, char ret_key[24]);

#endif
