/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of preparing one picture, each made when first asked for and kept until the next
 * picture. Runs in the decoder program. Thread: one per object. */
#ifndef YJ_SCANNER_QR_PREPARE_H
#define YJ_SCANNER_QR_PREPARE_H

#include <stdbool.h>

#include "drivers/scanner/qr_finder.h"
#include "drivers/scanner/qr_image.h"

/* Longer sides are brought down to this: beyond it engines get slower and no better. */
enum { QR_PREPARE_SIDE = 1280, QR_PREPARE_PLACES = 2 };

/* BW is black and white by the local threshold. PLACE is what lies around finder patterns, at four
 * pixels a module: cheap to read and at the size that both engines like best. */
enum qr_way {
    QR_WAY_PLAIN,
    QR_WAY_HALF,
    QR_WAY_HALF_BW,
    QR_WAY_HALF_INVERTED,
    QR_WAY_HALF_SHARP,
    QR_WAY_HALF_STRONG,
    QR_WAY_QUARTER,
    QR_WAY_QUARTER_BW,
    QR_WAY_INVERTED,
    QR_WAY_BW,
    QR_WAY_BW_WIDE,
    QR_WAY_BW_WIDER,
    QR_WAY_BW_INVERTED,
    QR_WAY_CALM_BW, /* smoothed a little before: noise makes no finder patterns */
    QR_WAY_SHARP,
    QR_WAY_SHARP_BW,
    QR_WAY_SOFT_SHARP,
    QR_WAY_SOFT_BW,
    QR_WAY_DOUBLE,
    QR_WAY_DOUBLE_SHARP,
    QR_WAY_DOUBLE_BW,
    QR_WAY_PLACE,
    QR_WAY_PLACE_SHARP,
    QR_WAY_PLACE_BW,
    QR_WAY_PLACE2,
    QR_WAY_PLACE2_SHARP,
    QR_WAY_FULL, /* as the camera gave it; makes sense where PLAIN is smaller */
    QR_N_WAYS,
};

/* Pictures in which finder patterns are counted. */
enum { QR_CROWD_PLAIN, QR_CROWD_HALF, QR_N_CROWDS };

struct qr_prepare {
    const struct qr_image *frame; /* borrowed */
    struct qr_image way[QR_N_WAYS], spare;
    bool is_made[QR_N_WAYS], is_there[QR_N_WAYS];
    float scale[QR_N_WAYS], left[QR_N_WAYS], top[QR_N_WAYS]; /* back to PLAIN's pixels */
    int radius;                                              /* of the local threshold */
    float shrink;                                            /* frame's pixels in one of PLAIN's */
    bool has_finders;
    struct qr_finders finders;
    struct qr_place place[QR_PREPARE_PLACES];
    size_t n_places;
    struct qr_finders looked_at; /* scratch of the counts */
    struct {
        bool is_counted;
        size_t n;
    } crowd[QR_N_CROWDS];
};

/** A new picture. @param frame borrowed until the next */
void qr_prepare_begin(struct qr_prepare *p, const struct qr_image *frame);

/** @return the picture prepared that way, or NULL: it makes no sense here (no finder patterns; too
 * large to be doubled). Borrowed until the next picture. */
const struct qr_image *qr_prepare_get(struct qr_prepare *p, enum qr_way way);

/** @return the finder patterns of the picture. Borrowed likewise. */
const struct qr_finders *qr_prepare_finders(struct qr_prepare *p);

/** @return finder patterns, dark or light, in the picture that a way comes from, counted to
 * QR_FINDERS_MAX: more than codes have mean a picture that is to keep an engine busy. */
size_t qr_prepare_crowd(struct qr_prepare *p, enum qr_way way);

/** @return whether a finder pattern was seen in any of the looks that are cheap: most pictures
 * without are without a code. */
bool qr_prepare_has_sign(struct qr_prepare *p);

/** Wipe and free what it holds. */
void qr_prepare_fini(struct qr_prepare *p);

#endif
