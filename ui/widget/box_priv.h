/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the boxes. Thread: main. */
#ifndef YJ_UI_WIDGET_BOX_PRIV_H
#define YJ_UI_WIDGET_BOX_PRIV_H

#include "ui/widget/box.h"

/* box_split.c: widget_class's split */
struct widget *box_split(struct widget *w, struct widget_ctx *ctx, int width, int room);

#endif
