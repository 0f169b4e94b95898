/* SPDX-License-Identifier: Apache-2.0 */
/* Grey pictures and what is done to them before a code is looked for: local threshold, unsharp
 * mask, smoothing, scaling, cutting. Plain C, whole numbers, running sums: the cost of a window
 * does not depend on its size. Pure apart from memory. Thread: any. Blocks: no. */
#ifndef YJ_SCANNER_QR_IMAGE_H
#define YJ_SCANNER_QR_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sides of a picture: 1..QR_SIDE_MAX pixels. */
enum { QR_SIDE_MAX = 8192, QR_SIGNATURE_COLUMNS = 32, QR_SIGNATURE_ROWS = 24 };

/* Grey values, rows without gaps. Start from {0}; the memory grows and is kept for the next
 * picture. A destination must not be the source unless said so. */
struct qr_image {
    int width, height;
    uint8_t *px; /* owned */
    size_t cap;
};

/** Give the picture a size; what it shows is undefined. Sides as above. */
void qr_image_resize(struct qr_image *m, int width, int height);

/** Wipe and free; back to {0}. */
void qr_image_fini(struct qr_image *m);

/**
 * White where the pixel plus bias is above the mean of the square around it, else black; with
 * is_inverted the other way round. Takes a code's own ground as its measure, so that a bright
 * screen in a dark room or a shadow across it does not matter.
 * @param radius  pixels from the middle of the square to its side, 1..
 * @param bias    grey values, -64..64
 */
void qr_image_threshold(struct qr_image *dst, const struct qr_image *src, int radius, int bias,
                        bool is_inverted);

/** Sharpen: pixel + gain * (pixel - mean of the square), cut to 0..255. @param gain 1..16 */
void qr_image_unsharp(struct qr_image *dst, const struct qr_image *src, int radius, int gain);

/** Smooth by 1-2-1 in both directions. */
void qr_image_gauss(struct qr_image *dst, const struct qr_image *src);

/** Turn black and white round. dst may be src. */
void qr_image_invert(struct qr_image *dst, const struct qr_image *src);

/** To half its sides (mean of 2x2); a side of one pixel stays. */
void qr_image_half(struct qr_image *dst, const struct qr_image *src);

/** To any size: means of areas when it shrinks, straight lines between pixels when it grows. */
void qr_image_scale(struct qr_image *dst, const struct qr_image *src, int width, int height);

/** The part at (left, top); it is cut to what lies inside and is never empty. */
void qr_image_cut(struct qr_image *dst, const struct qr_image *src, int left, int top, int width,
                  int height);

/* A coarse look of a picture: tells whether anything has changed. */
struct qr_signature {
    uint8_t mean[QR_SIGNATURE_ROWS][QR_SIGNATURE_COLUMNS];
};
void qr_image_signature(const struct qr_image *m, struct qr_signature *ret);

/** @return the greatest difference of two looks, grey values. */
int qr_signature_distance(const struct qr_signature *a, const struct qr_signature *b);

#endif
