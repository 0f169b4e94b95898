/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines that tell the state of a thing where colours do not: in black and white. Thread: main.
 */
#ifndef YJ_UI_WIDGET_PLATE_H
#define YJ_UI_WIDGET_PLATE_H

#include "ui/widget/widget.h"

/** Outline of something that cannot be pressed now: dashes in black and white, a pale line else. */
void plate_off(struct surface *s, const struct tokens *tok, struct rect r, int radius);

/** Outline of something that is wrong: a thick line, two lines in black and white. */
void plate_wrong(struct surface *s, const struct tokens *tok, struct rect r, int radius);

/** A tick on a disc in the corner of something chosen. */
void plate_tick(struct widget_ctx *ctx, struct surface *s, struct rect r);

/** Black becomes white and white black: pressed, in black and white. */
void plate_invert(struct surface *s, struct rect r, int radius);

#endif
