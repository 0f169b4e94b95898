/* SPDX-License-Identifier: Apache-2.0 */
/* Finder patterns, the three squares in the corners of a QR code: a cheap look that tells whether
 * and where a code may be, before the engines are asked. Pure. Thread: any.
 * Source: ISO/IEC 18004 clause 6.3.3: dark 1, light 1, dark 3, light 1, dark 1 in any direction. */
#ifndef YJ_SCANNER_QR_FINDER_H
#define YJ_SCANNER_QR_FINDER_H

#include <stddef.h>

#include "drivers/scanner/qr_image.h"

/* Pictures hold a handful; one that is made to keep decoders busy holds hundreds. */
enum { QR_FINDERS_MAX = 96 };

struct qr_finder {
    float x, y;   /* middle, pixels */
    float module; /* side of one module, pixels */
    int n_rows;   /* rows that showed it */
};

struct qr_finders {
    size_t n;
    bool is_full; /* there were more */
    struct qr_finder at[QR_FINDERS_MAX];
};

/* Where a code is thought to be. */
struct qr_place {
    float x, y;    /* middle */
    float reach;   /* from the middle to the farthest corner, quiet zone left out */
    float module;  /* pixels */
    float badness; /* 0 fits perfectly */
};

/** @param m  black and white picture (qr_image_threshold), dark is 0 */
void qr_finders_scan(const struct qr_image *m, struct qr_finders *ret);

/**
 * Threes of finders that can be the corners of one code, best first; then, where no three fit,
 * single ones and pairs that were seen well.
 * @param places  room for n_max
 * @return how many
 */
size_t qr_finders_places(const struct qr_finders *list, struct qr_place *places, size_t n_max);

#endif
