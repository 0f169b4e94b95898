/* SPDX-License-Identifier: Apache-2.0 */
/* From what a camera sends to grey values. Every byte is a device's: lengths are checked, nothing
 * is read beyond them. Runs in the decoder program. Thread: one per object. Blocks: no. */
#ifndef YJ_SCANNER_DECODER_PICTURE_GREY_H
#define YJ_SCANNER_DECODER_PICTURE_GREY_H

#include "drivers/scanner/qr_image.h"
#include "drivers/scanner/qr_wire.h"

struct picture_grey;

/** @return NULL when there is no JPEG decoder */
struct picture_grey *picture_grey_new(void);
void picture_grey_free(struct picture_grey *g);

/**
 * Grey values of one picture.
 * @param r     checked by qr_wire_request_parse
 * @param data  r->n_bytes; must not change meanwhile
 * @param ret   a MJPEG picture has the size it says itself, within the same limits
 * @return 0, or ERR_INVALID: no such picture
 */
int picture_grey_convert(struct picture_grey *g, const struct qr_wire_request *r,
                         const uint8_t *data, struct qr_image *ret, struct err *err) YJ_CHECK;

#endif
