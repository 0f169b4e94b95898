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

enum escpos_cut_form {
    ESCPOS_CUT_FEED,   /* GS V 65/66: feeds to the blade, cuts */
    ESCPOS_CUT_HERE,   /* GS V 0/1: cuts where it stands; we feed to the blade */
    ESCPOS_CUT_RETURN, /* GS V 103/104: feeds, cuts, draws the paper back: no blank top */
    ESCPOS_CUT_OLD,    /* ESC i, ESC m: as HERE */
};

enum escpos_image {
    ESCPOS_IMAGE_GS_V_0,
    ESCPOS_IMAGE_GS_8_L,   /* GS ( L, or GS 8 L where the band is too long for it */
    ESCPOS_IMAGE_ESC_STAR, /* columns of 24 dots; the band height is always 24 */
};

enum {
    ESCPOS_MAX_ROWS = 16384,
    ESCPOS_MAX_BAND_ROWS = 1662, /* the largest known limit, of GS 8 L; GS v 0 stops at 255 */
    ESCPOS_ID_BYTES = 4,
    ESCPOS_SHORT_MAX = 16, /* longest of the short commands */
    ESCPOS_EXTRA_MAX = 64, /* longest head or tail of a layout */
    ESCPOS_CUT_MAX = 24,   /* longest feed and cut */
};

struct escpos_layout {
    uint32_t head_dots; /* a wider picture is refused */
    enum escpos_image image;
    uint32_t band_rows;     /* 1..ESCPOS_MAX_BAND_ROWS */
    uint8_t column_spacing; /* ESC 3 for a band of ESC * */
    enum escpos_cutter cutter;
    enum escpos_cut_form cut_form;
    uint16_t blade_dots; /* from head to blade */
    uint8_t feed_before_cut_dots;
    uint32_t min_rows;   /* a shorter picture is followed by blank rows */
    bool is_top_trimmed; /* up to blade_dots blank rows at the top are left out */
    bool has_process_id; /* put markers before and behind the cut */
    bool has_in_order;   /* ask GS r behind the cut */
    uint8_t id_before_cut[ESCPOS_ID_BYTES], id_after_cut[ESCPOS_ID_BYTES]; /* 20..7E each */
    const uint8_t *hello, *present; /* bytes in front of everything, and behind the cut */
    size_t n_hello, n_present;      /* 0..ESCPOS_EXTRA_MAX */
};

/**
 * A whole ticket: hello, picture in bands, marker, feed and cut, what presents it, marker.
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

/** @return most bytes of one band of a picture of this width: what a broken off one may lack. */
size_t escpos_band_bytes(const struct escpos_layout *layout, uint32_t width_dots);

/* Short commands. @return bytes written to out (at least ESCPOS_SHORT_MAX) */
size_t escpos_init(uint8_t *out);                                          /* ESC @ */
size_t escpos_density(int density, uint8_t *out);                          /* GS ( K fn 49 */
size_t escpos_speed(int speed, uint8_t *out);                              /* GS ( K fn 50 */
size_t escpos_panel(bool is_on, uint8_t *out);                             /* ESC c 5 */
size_t escpos_offline_response(uint8_t *out);                              /* GS ( H fn 49 */
size_t escpos_clear(uint8_t *out);                                         /* answered 37 25 00 */
size_t escpos_clear_line(uint8_t *out);                                    /* DLE ENQ 2 */
size_t escpos_restart_line(uint8_t *out);                                  /* DLE ENQ 1 */
size_t escpos_process_id(const uint8_t id[ESCPOS_ID_BYTES], uint8_t *out); /* GS ( H fn 48 */
size_t escpos_in_order(uint8_t *out);                                      /* GS r 1 */
size_t escpos_names(uint8_t *out);                                         /* GS I 66, 67 */
size_t escpos_cut_counter(bool is_custom, uint8_t *out);                   /* GS g 2 50, or 1D E2 */
/** Feed and cut, or feed alone without a cutter. @param out  ESCPOS_CUT_MAX bytes */
size_t escpos_cut(const struct escpos_layout *layout, uint8_t *out);

/** @return offset of the first real-time sequence in the bytes, or n when there is none. */
size_t escpos_find_real_time(const uint8_t *p, size_t n);

#endif
