/* SPDX-License-Identifier: Apache-2.0 */
/* The chip of the card model: what it answers to a command. Called with the model's lock held. */
#ifndef YJ_SIM_SSCARD_PRIV_H
#define YJ_SIM_SSCARD_PRIV_H

#include <stddef.h>

#include "sscard_model.h"

enum { CHIP_ANSWER = 258, CHIP_RECORD = 34, CHIP_ATR = 40 };

struct chip {
    struct sscard_person person;
    bool is_t1, has_application;
    int file; /* 0 none, 5 or 6: EF05, EF06 */
    size_t n_waiting;
    uint8_t waiting[CHIP_ANSWER]; /* for GET RESPONSE */
};

struct chip_faults {
    bool is_garbage, is_chain, is_length; /* what this one command meets */
};

/** Power-on or reset. @return bytes of the ATR */
size_t chip_reset(struct chip *c, uint8_t *ret_atr);

/** One command APDU. @return bytes of the answer, with SW1 SW2 */
size_t chip_command(struct chip *c, const uint8_t *apdu, size_t n, const struct chip_faults *f,
                    uint8_t *ret_answer);

#endif
