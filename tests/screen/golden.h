/* SPDX-License-Identifier: Apache-2.0 */
/* Golden pictures: what a screen looked like when somebody looked at it and found it right. Kept at
 * a third of the size, compared with a tolerance for the small differences that font libraries
 * make. */
#ifndef YJ_TESTS_SCREEN_GOLDEN_H
#define YJ_TESTS_SCREEN_GOLDEN_H

#include "ui/draw/surface.h"

enum {
    GOLDEN_SCALE = 3,      /* panel pixels a side of a golden pixel */
    GOLDEN_CHANNEL = 28,   /* a channel may differ by so much */
    GOLDEN_PER_MILLE = 1,  /* of the pixels may differ by more */
    GOLDEN_BLOCK = 8,      /* side of a block in golden pixels ... */
    GOLDEN_BLOCK_MOST = 30 /* ... of which so many percent may: a missing icon is no noise */
};

enum golden_verdict { GOLDEN_SAME, GOLDEN_DIFFERS, GOLDEN_MISSING, GOLDEN_WRITTEN };

/**
 * Compare a drawn panel with DIR/NAME.png.
 * @param out  folder for NAME.expected.png, NAME.actual.png and NAME.diff.png when they differ
 * @param is_update  write the golden picture instead
 */
enum golden_verdict golden_check(const struct surface *panel, const char *dir, const char *name,
                                 const char *out, bool is_update);

#endif
