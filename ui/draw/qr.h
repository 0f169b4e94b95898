/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes (ISO/IEC 18004) as a square of modules. Encoding is libqrencode's; drawing is done
 * here, always at a whole number of pixels or dots a module. Pure: any thread. */
#ifndef YJ_UI_DRAW_QR_H
#define YJ_UI_DRAW_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/bitmap.h"
#include "ui/draw/surface.h"

enum {
    QR_QUIET = 4,          /* modules of white on each side; ISO/IEC 18004 clause 9.1 */
    QR_MAX_MODULES = 177,  /* version 40 */
    QR_MAX_PAYLOAD = 2331, /* bytes, version 40 at level M */
};

struct qr {
    int n_modules;                                 /* a side, without the quiet zone: 21..177 */
    uint8_t dark[QR_MAX_MODULES * QR_MAX_MODULES]; /* row by row, 1 = dark */
};

/**
 * Encode bytes in 8-bit mode at level M, in the smallest version that holds them.
 * @param payload  n bytes, 1..QR_MAX_PAYLOAD
 * @return 0, ERR_TOO_BIG, ERR_INVALID (empty)
 */
int qr_encode(const void *payload, size_t n, struct qr *ret, struct err *err) YJ_CHECK;

/** @return the side in units when every module is unit wide, quiet zone included. */
int qr_side(const struct qr *qr, int unit);

/** @return the largest unit with which the code fits into side, quiet zone included; 0: none. */
int qr_unit_for(const struct qr *qr, int side);

/** Set the dark modules in a bitmap; left, top are of the quiet zone, which is left as it is.
 * The square must lie inside the bitmap. */
void qr_draw_bitmap(const struct qr *qr, struct bitmap *bm, uint32_t left, uint32_t top, int unit);

/**
 * Draw onto a surface, quiet zone included: light everywhere, dark modules on it.
 * @param x, y  px, top left of the quiet zone; obeys the clip
 */
void qr_draw_surface(const struct qr *qr, struct surface *s, int x, int y, int unit, colour_t dark,
                     colour_t light);

#endif
