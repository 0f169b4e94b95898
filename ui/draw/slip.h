/* SPDX-License-Identifier: Apache-2.0 */
/* A slip drawn for a thermal printing head: black or white dots, no grey, nothing outside the
 * margins, no glyph smaller than 24 dots. Thread: main (fonts). */
#ifndef YJ_UI_DRAW_SLIP_H
#define YJ_UI_DRAW_SLIP_H

#include <stdint.h>

#include "base/err.h"
#include "types/bitmap.h"
#include "types/slip.h"
#include "ui/draw/font.h"

enum { SLIP_MAX_ROWS = 8000 }; /* one metre at 203 dpi: longer slips are refused */

/**
 * Draw a slip. A SLIP_QR line may carry its caption in right.
 * @param width_dots   of the head's printable width, 384..832
 * @param dots_per_mm  8 for 203 dpi, 6..24
 * @param ret  owned by the caller: bytes_wipe then free; as long as the slip needs
 * @return 0, ERR_INVALID (width or density), ERR_UI_FONT (characters no face has; how many, never
 *         which person's), ERR_TOO_BIG (the code does not fit the width, or the slip is too long)
 * Blocks: tens of milliseconds.
 */
int slip_render(struct font_set *fonts, const struct slip *slip, uint32_t width_dots,
                double dots_per_mm, struct bitmap **ret, struct err *err) YJ_CHECK;

#endif
