/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS out: a ticket as one byte stream, and the short commands around it. Pure, no I/O.
 * Thread: any. Source: Epson ESC/POS command reference; PROTOCOL.md beside this file. */
#ifndef YJ_PRINTER_ESCPOS_H
#define YJ_PRINTER_ESCPOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/bitmap.h"

enum escpos_cutter { ESCPOS_CUTTER_NONE, ESCPOS_CUTTER_FULL, ESCPOS_CUTTER_PARTIAL };

enum {
    ESCPOS_MAX_ROWS = 16384,
    ESCPOS_MAX_BAND_ROWS = 255,
    ESCPOS_ID_BYTES = 4,
    ESCPOS_SHORT_MAX = 16, /* longest of the short commands */
};

struct escpos_layout {
    uint32_t head_dots; /* a wider picture is refused */
    uint32_t band_rows; /* 1..ESCPOS_MAX_BAND_ROWS */
    enum escpos_cutter cutter;
    uint8_t feed_before_cut_dots;
    bool has_process_id; /* put markers before and behind the cut */
    bool has_in_order;   /* ask GS r behind the cut */
    uint8_t id_before_cut[ESCPOS_ID_BYTES], id_after_cut[ESCPOS_ID_BYTES]; /* 20..7E each */
};

/**
 * A whole ticket: ESC @, automatic status on, picture in bands, marker, feed and cut, marker.
 * The stream holds no real-time sequence (10 04, 10 05, 10 14): where the picture would make
 * one, single dots are added. Broken off at any packet border it ends inside a command, or
 * before anything was printed (padding in front sees to that), so that a printer left with half
 * a ticket does not answer the next program's first question.
 * @param ret         owned by the caller; wipe it, it shows what the picture shows
 * @param ret_n_dots  dots added, may be NULL
 * @return 0, ERR_INVALID (empty or broken picture), ERR_TOO_BIG (wider than the head, too long)
 */
int escpos_ticket(const struct bitmap *picture, const struct escpos_layout *layout, uint8_t **ret,
                  size_t *ret_n, size_t *ret_n_dots, struct err *err) YJ_CHECK;

/* Short commands. @return bytes written to out (at least ESCPOS_SHORT_MAX) */
size_t escpos_hello(uint8_t *out);                                         /* ESC @, GS a FF */
size_t escpos_status_request(uint8_t n, uint8_t *out);                     /* DLE EOT n, 1..4 */
size_t escpos_clear(uint8_t *out);                                         /* answered 37 25 00 */
size_t escpos_restart_line(uint8_t *out);                                  /* DLE ENQ 1 */
size_t escpos_process_id(const uint8_t id[ESCPOS_ID_BYTES], uint8_t *out); /* GS ( H fn 48 */
/** Feed and cut (form B), or feed alone without a cutter. */
size_t escpos_cut(const struct escpos_layout *layout, uint8_t *out);

/** @return offset of the first real-time sequence in the bytes, or n when there is none. */
size_t escpos_find_real_time(const uint8_t *p, size_t n);

#endif
