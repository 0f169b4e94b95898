/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS in: sorting the mixed bytes a printer sends. Pure, no I/O. Thread: any.
 * Source: Epson ESC/POS command reference, transmission identification; PROTOCOL.md. */
#ifndef YJ_PRINTER_ESCPOS_STATUS_H
#define YJ_PRINTER_ESCPOS_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/printer/escpos.h"

enum { ESCPOS_BLOCK_MAX = 80 };

/* What the printer says of itself; a field keeps its last known value. */
struct escpos_status {
    bool is_offline, is_cover_open, is_paper_out, is_paper_low;
    bool has_error, is_cutter_error, is_jammed, is_unrecoverable, is_hot;
};

enum escpos_item_kind {
    ESCPOS_ITEM_REAL_TIME, /* byte: answer to DLE EOT; it does not say which n */
    ESCPOS_ITEM_AUTO,      /* asb: four bytes */
    ESCPOS_ITEM_IN_ORDER,  /* byte: GS r, GS I */
    ESCPOS_ITEM_PROCESSED, /* id */
    ESCPOS_ITEM_CLEARED,   /* buffers are empty */
    ESCPOS_ITEM_OTHER,     /* a block of no interest, or a byte of no known class */
};

struct escpos_item {
    enum escpos_item_kind kind;
    uint8_t byte;
    uint8_t asb[4];
    uint8_t id[ESCPOS_ID_BYTES];
};

/* State between bytes; all zero is the start. */
struct escpos_parser {
    enum { ESCPOS_AT_START, ESCPOS_IN_AUTO, ESCPOS_IN_BLOCK } at;
    uint8_t buf[ESCPOS_BLOCK_MAX];
    size_t n;
};

/** Take one byte. @return true when it completes an item */
bool escpos_parse(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret);

/**
 * Enter the answer to DLE EOT n. Fixed bits are not checked: some makers leave them clear.
 * @param n  1..4
 */
void escpos_status_real_time(struct escpos_status *s, uint8_t n, uint8_t byte);

/** Enter four automatic status bytes. */
void escpos_status_auto(struct escpos_status *s, const uint8_t asb[4]);

/** @return the reason why it cannot print, worst first by who can act: ERR_PRINTER_..., or 0. */
int escpos_status_cause(const struct escpos_status *s);

#endif
