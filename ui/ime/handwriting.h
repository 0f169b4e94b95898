/* SPDX-License-Identifier: Apache-2.0 */
/* Handwriting: strokes of a finger in, characters out, best first, with zinnia and the model for
 * simplified Chinese behind it (6 763 characters: GB 2312). Strokes are wiped when they are
 * cleared. Nothing is learned. Thread: main. */
#ifndef YJ_UI_IME_HANDWRITING_H
#define YJ_UI_IME_HANDWRITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    HANDWRITING_SIDE = 1000, /* the writing square is this wide and high */
    HANDWRITING_MAX_POINTS = 3000,
    HANDWRITING_MAX_STROKES = 48,
    HANDWRITING_MAX_CANDIDATES = 24,
    HANDWRITING_TEXT_BYTES = 8, /* one candidate, NUL included */
};

struct handwriting_point {
    int16_t x, y;    /* 0..HANDWRITING_SIDE */
    uint16_t stroke; /* counted from 0 */
};

struct handwriting;

/**
 * @param model  zinnia's model file; NULL: where the build found it. It is mapped, not read, by the
 *               first recognition, not here.
 * @return owned by the caller; never NULL
 */
struct handwriting *handwriting_new(const char *model) YJ_CHECK;
void handwriting_free(struct handwriting *hw);

/** @return true when the model can be read: without it the method is not offered. Blocks: one
 * access(2). */
bool handwriting_is_there(const struct handwriting *hw);

/** Begin a stroke. What lies outside the square is moved to its edge. @return false when there is
 * no room for another: nothing happened */
bool handwriting_down(struct handwriting *hw, int x, int y);

/** Go on with it. @return false when the point says nothing new or there is no room */
bool handwriting_move(struct handwriting *hw, int x, int y);

/** Take the last stroke back; ask handwriting_recognise again. @return false: there was none */
bool handwriting_undo(struct handwriting *hw);

/** Forget strokes and candidates; wiped. */
void handwriting_clear(struct handwriting *hw);

/** Clear. The model stays mapped: it holds nothing of anybody. */
void handwriting_wipe(struct handwriting *hw);

/** @return the points so far, *ret_n of them, borrowed until the next call that changes them */
const struct handwriting_point *handwriting_points(const struct handwriting *hw, size_t *ret_n);

/** @return number of strokes */
size_t handwriting_strokes(const struct handwriting *hw);

/**
 * Find the characters that look like the strokes.
 * @return 0 (no strokes: no candidates) or ERR_UI_ASSET (the model cannot be used)
 * Blocks: two milliseconds for a stroke, below ten for twenty on a desk computer; the first call
 *         some 25 more (the model). Call it when the finger is lifted.
 */
int handwriting_recognise(struct handwriting *hw, struct err *err) YJ_CHECK;

size_t handwriting_count(const struct handwriting *hw);

/** @return candidate at index, UTF-8, borrowed until the next recognition; NULL past the end */
const char *handwriting_candidate(const struct handwriting *hw, size_t index);

#endif
