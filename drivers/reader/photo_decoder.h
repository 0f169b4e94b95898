/* SPDX-License-Identifier: Apache-2.0 */
/* The slot for a licensed photo decoder: a program of its own, started for one card, that is given
 * the 1024 bytes of a photo block and gives back a bitmap. The decoders known are closed libraries
 * that crash now and then; as a program such a one can neither take the kiosk down nor reach into
 * it. The program's side of the bargain is in PROTOCOL.md.
 * Thread: the reader's. Nothing here blocks, photo_decoder_free apart. */
#ifndef YJ_PHOTO_DECODER_H
#define YJ_PHOTO_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/card.h"

enum {
    PHOTO_BLOCK_BYTES = 1024,
    PHOTO_BMP_BYTES = 38862, /* 14 + 40 + 126 rows of 308 bytes */
};

struct photo_decoder;

/**
 * @param path      the program, absolute; need not exist yet; copied
 * @param limit_ms  from start to the whole bitmap; after that it is killed
 */
struct photo_decoder *photo_decoder_new(const char *path, int limit_ms);

/** Kill what runs, wait for its end (at most 500 ms), free. Accepts NULL. */
void photo_decoder_free(struct photo_decoder *p);

/**
 * Start the program on one photo. A program still at an earlier photo is killed; its result never
 * comes. What goes wrong is told by photo_decoder_step.
 * Blocks: no (a program is started; the photo fits into the pipe).
 */
void photo_decoder_start(struct photo_decoder *p, const uint8_t block[PHOTO_BLOCK_BYTES],
                         int64_t now_ms);

/** Give up the photo at work; its result never comes. */
void photo_decoder_stop(struct photo_decoder *p);

/** @return true while a program runs or has not been reaped: step wants to be called often. */
bool photo_decoder_is_busy(const struct photo_decoder *p);

/**
 * Take what has come from the program.
 * @param ret  the portrait: wiped and freed by the caller
 * @return 1 and a portrait; 0 nothing new; ERR_READER_DECODER once for a photo that failed, with
 *         the reason in err (no data of the card) and is_new_reason telling whether this reason
 *         has not been told before
 */
int photo_decoder_step(struct photo_decoder *p, int64_t now_ms, struct portrait **ret,
                       bool *is_new_reason, struct err *err);

/**
 * Strict check of a 24-bit bitmap of 102 x 126 as decoders make it, into rows from the top.
 * @return 0 or ERR_READER_DECODER
 */
int photo_bmp_read(const uint8_t *bmp, size_t n, struct portrait *ret, struct err *err) YJ_CHECK;

#endif
