/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS in: sorting the mixed bytes a printer sends. Pure, no I/O. Thread: any.
 * Source: Epson ESC/POS command reference, transmission identification; PROTOCOL.md. */
#ifndef YJ_PRINTER_ESCPOS_STATUS_H
#define YJ_PRINTER_ESCPOS_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/printer/escpos.h"
#include "drivers/printer/printer_dialect.h"

enum { ESCPOS_BLOCK_MAX = 80 };

enum escpos_item_kind {
    ESCPOS_ITEM_REAL_TIME, /* bytes: answer to a poll; it does not say to which */
    ESCPOS_ITEM_AUTO,      /* bytes: automatic status, four of them */
    ESCPOS_ITEM_IN_ORDER,  /* bytes: GS r, GS I n=1..3 */
    ESCPOS_ITEM_PROCESSED, /* id */
    ESCPOS_ITEM_CLEARED,   /* buffers are empty */
    ESCPOS_ITEM_OFFLINE,   /* it has gone off-line, GS ( H fn 49 */
    ESCPOS_ITEM_TEXT,      /* text: GS I n=66.., or a counter's digits */
    ESCPOS_ITEM_OTHER,     /* a block of no interest, or a byte of no known class */
};

struct escpos_item {
    enum escpos_item_kind kind;
    uint8_t bytes[DIALECT_MAX_BYTES];
    size_t n;
    uint8_t id[ESCPOS_ID_BYTES];
    char text[ESCPOS_BLOCK_MAX];
};

/* State between bytes; all zero is the start, then dialect must be set. */
struct escpos_parser {
    const struct printer_dialect *dialect;
    const struct dialect_answer *wanted; /* not sorted: the answer of the poll in flight */
    const struct dialect_answer *taken;  /* what IN_ANSWER collects */
    bool is_late;                        /* its question had been given up */
    bool has_numbers;                    /* not sorted: bare digits are a counter's value */
    enum {
        ESCPOS_AT_START,
        ESCPOS_IN_AUTO,
        ESCPOS_IN_BLOCK,
        ESCPOS_IN_ANSWER,
        ESCPOS_IN_NUMBER,
        ESCPOS_IN_UNIT
    } at;
    uint8_t buf[ESCPOS_BLOCK_MAX];
    size_t n;
};

/** Take one byte. @return true when it completes an item */
bool escpos_parse(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret);

/** A question goes out, or is given up: what of an earlier answer hangs in the air is no answer
 * any more. Answers with a head are still taken to their end, so that their bytes are not mistaken
 * for in-order replies.
 * @param wanted  the answer of a poll, or NULL */
void escpos_parser_ask(struct escpos_parser *p, const struct dialect_answer *wanted);

#endif
