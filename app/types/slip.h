/* SPDX-License-Identifier: Apache-2.0 */
/* A printed slip as content: lines and styles, no fonts and no dots. The core writes it, the UI
 * draws it into a bitmap, the printer driver prints that. */
#ifndef YJ_TYPES_SLIP_H
#define YJ_TYPES_SLIP_H

#include <stddef.h>
#include <stdint.h>

enum slip_style {
    SLIP_TITLE,     /* large, centred */
    SLIP_HEADING,   /* bold */
    SLIP_TEXT,      /* normal, wraps */
    SLIP_PAIR,      /* left label, right value; value wraps under itself */
    SLIP_ENTRY,     /* left bold, right small below it */
    SLIP_ITEM,      /* left, and its state at the right edge: on one line when both fit */
    SLIP_NUMBER,    /* the receipt number: large digits in groups of four */
    SLIP_NOTE,      /* small; centred below the title, before the first rule */
    SLIP_RULE,      /* a line across */
    SLIP_COPY_MARK, /* white on black, centred: 补打 */
    SLIP_QR,        /* left holds the payload (ASCII) */
    SLIP_SPACE,
};

enum { SLIP_MAX_LINES = 96, SLIP_TEXT_BYTES = 320 };

struct slip_line {
    enum slip_style style;
    char left[SLIP_TEXT_BYTES];  /* UTF-8; SLIP_QR: payload */
    char right[SLIP_TEXT_BYTES]; /* SLIP_PAIR, ENTRY, ITEM: value; SLIP_QR: caption */
};

/* Holds masked personal data: wiped by every holder after use. */
struct slip {
    size_t n_lines;
    struct slip_line line[SLIP_MAX_LINES];
};

#endif
