/* SPDX-License-Identifier: Apache-2.0 */
/* The signing area: smooth ink from strokes in 0.1 mm. Thread: main. */
#ifndef YJ_UI_WIDGET_PAD_H
#define YJ_UI_WIDGET_PAD_H

#include "types/strokes.h"
#include "ui/widget/widget.h"

struct pad {
    struct widget w;
    const struct strokes *ink; /* borrowed from the ui */
    const char *hint;
};

extern const struct widget_class widget_pad_class;

struct pad *pad_new(struct widget_ctx *ctx, struct widget *parent, const struct strokes *ink,
                    const char *hint);

/** Panel place to the strokes' unit and back. */
struct stroke_point pad_point(const struct pad *p, const struct tokens *tok, int x_px, int y_px);

/** @return what must be drawn again after the last point was added, px */
struct rect pad_fresh_area(const struct pad *p, const struct tokens *tok);

#endif
