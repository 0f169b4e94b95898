/* SPDX-License-Identifier: Apache-2.0 */
/* From a grey picture to the one code in it: attempts in the order of what they bring for their
 * cost, until one succeeds. An attempt is an engine on a picture that was prepared in one way.
 * Runs in the decoder program. Thread: one per object. Blocks: see qr_engine.h; the budget is
 * looked at between attempts only. */
#ifndef YJ_SCANNER_QR_CASCADE_H
#define YJ_SCANNER_QR_CASCADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/scanner/qr_engine.h"
#include "drivers/scanner/qr_image.h"

struct qr_cascade;

enum qr_outcome_kind {
    QR_OUTCOME_NONE,    /* nothing found */
    QR_OUTCOME_SAME,    /* live: not looked at, nothing has changed and everything was tried */
    QR_OUTCOME_CODE,    /* bytes */
    QR_OUTCOME_PART,    /* one symbol of a structured append */
    QR_OUTCOME_SEVERAL, /* several codes, none of them clearly in the middle */
};

struct qr_outcome {
    enum qr_outcome_kind kind;
    unsigned attempt;    /* which one succeeded, 1..; 0 none */
    unsigned n_attempts; /* how many were made */
    size_t n;
    uint8_t bytes[QR_BYTES_MAX];
};

struct qr_cascade_cfg {
    int64_t (*now_us)(void); /* a clock that only goes forward */
    bool has_zxing;          /* use the second engine, where it was built in */
};

/** @return never NULL. @param cfg copied */
struct qr_cascade *qr_cascade_new(const struct qr_cascade_cfg *cfg);
/** Wipe and free. Accepts NULL. */
void qr_cascade_free(struct qr_cascade *c);

/** From now on with or without the second engine. */
void qr_cascade_use_zxing(struct qr_cascade *c, bool has_zxing);

/**
 * One picture by itself: all attempts.
 * @param budget_us  begin no attempt after that
 */
void qr_cascade_still(struct qr_cascade *c, const struct qr_image *m, int64_t budget_us,
                      struct qr_outcome *ret);

/**
 * One of a stream of pictures: the attempts that bring most, the one that succeeded last, and one
 * more in turn. Of pictures like the one before, once everything was tried, one in eight is looked
 * at.
 */
void qr_cascade_live(struct qr_cascade *c, const struct qr_image *m, int64_t budget_us,
                     struct qr_outcome *ret);

/** Forget the pictures before (the camera was off). */
void qr_cascade_restart(struct qr_cascade *c);

/** @return a short name of an attempt for the bench, NULL behind the last. Counts from 1. */
const char *qr_cascade_attempt_name(const struct qr_cascade *c, unsigned attempt);

#endif
