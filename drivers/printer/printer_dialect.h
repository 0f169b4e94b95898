/* SPDX-License-Identifier: Apache-2.0 */
/* How a printer tells its state: requests, answers, and what every bit means, as data. A maker's
 * own layout is described in assets/devices/printer.json; the presets here are the same thing.
 * Pure. Thread: any. Source: the makers' manuals named in PROTOCOL.md. */
#ifndef YJ_PRINTER_DIALECT_H
#define YJ_PRINTER_DIALECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What a printer can say of itself. */
enum printer_fact {
    FACT_PAPER_OUT = 1 << 0,
    FACT_PAPER_LOW = 1 << 1,
    FACT_COVER_OPEN = 1 << 2,
    FACT_CUTTER_ERROR = 1 << 3,
    FACT_JAM = 1 << 4,
    FACT_HOT = 1 << 5,           /* ends by itself */
    FACT_UNRECOVERABLE = 1 << 6, /* and voltage: needs a technician */
    FACT_ERROR = 1 << 7,         /* some error, named elsewhere or not at all */
    FACT_OFFLINE = 1 << 8,
    FACT_BUSY = 1 << 9,    /* printing or feeding */
    FACT_TICKET = 1 << 10, /* a ticket waits at the outlet */
};

enum { DIALECT_MAX_POLLS = 4, DIALECT_MAX_BITS = 24, DIALECT_MAX_BYTES = 8, DIALECT_CMD_MAX = 12 };

struct dialect_bit {
    uint8_t at, mask;
    bool is_inverted; /* the fact is true when the bit is clear */
    bool is_set_only; /* true is believed, false says nothing */
    unsigned fact;
};

struct dialect_answer {
    size_t n_bytes; /* 1..DIALECT_MAX_BYTES */
    size_t n_head;  /* so many bytes at its start are always the same */
    uint8_t head[2];
    uint8_t fixed_mask[DIALECT_MAX_BYTES], fixed_value[DIALECT_MAX_BYTES];
    size_t n_bits;
    struct dialect_bit bit[DIALECT_MAX_BITS];
};

struct dialect_poll {
    size_t n_request;
    uint8_t request[DIALECT_CMD_MAX];
    struct dialect_answer answer;
};

struct printer_dialect {
    char name[24];
    /* Answers are told apart by their fixed bits as in the Epson layout; else the bytes behind a
     * request are its answer. */
    bool is_sorted;
    size_t n_polls;
    struct dialect_poll poll[DIALECT_MAX_POLLS];
    size_t n_enable; /* automatic status is switched on by this; 0: there is none */
    uint8_t enable[DIALECT_CMD_MAX];
    struct dialect_answer automatic; /* four bytes */
};

/** @return the preset of this name, or NULL. Names: epson, epson_no_asb, custom_full, hwasung,
 * seiko, nippon, pyramid, phoenix, none */
const struct printer_dialect *printer_dialect_preset(const char *name);

/**
 * Read a dialect from JSON, see PROTOCOL.md.
 * @param path  where it stands, for the error's sentence
 * @return 0 or ERR_SYNTAX naming the place and the rule
 */
int printer_dialect_read(const json_t *json, const char *path, struct printer_dialect *ret,
                         struct err *err) YJ_CHECK;

/** @return facts this dialect can tell. */
unsigned printer_dialect_facts(const struct printer_dialect *d);

/** @return whether an in-order reply (0xx0xxxx) cannot be taken for an answer, nor the other way
 * round: sorted, or every answer has a head that is no such byte. */
bool printer_dialect_is_safe(const struct printer_dialect *d);

/** @return whether the bytes can be this answer: length, head and fixed bits. */
bool dialect_answer_fits(const struct dialect_answer *a, const uint8_t *p, size_t n);

/** Enter an answer that fits. @return the facts after it */
unsigned dialect_answer_apply(const struct dialect_answer *a, const uint8_t *p, unsigned facts);

/** @return the reason why it cannot print, worst first by who can act: ERR_PRINTER_..., or 0. */
int printer_facts_cause(unsigned facts);

#endif
