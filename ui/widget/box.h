/* SPDX-License-Identifier: Apache-2.0 */
/* Containers: columns, rows and grids, with or without a card below them. Thread: main. */
#ifndef YJ_UI_WIDGET_BOX_H
#define YJ_UI_WIDGET_BOX_H

#include "ui/widget/widget.h"

enum box_kind {
    BOX_COLUMN,
    BOX_ROW,
    BOX_GRID,  /* n_columns of equal width */
    BOX_LAYER, /* children over one another, each as large as the box */
};

struct box {
    struct widget w;
    enum box_kind kind;
    int pad_x, pad_y, gap; /* px */
    int n_columns;
    bool stretch;            /* row: children as high as the row, else centred */
    enum widget_align align; /* column: where children with a fixed width stand */
    colour_t fill, line;     /* 0: none */
    int line_px, radius;
    bool is_ticked; /* chosen: a tick in the corner */
    bool has_shadow;
    int mark_px; /* coloured bar at the left edge, 0: none */
    colour_t mark;
};

extern const struct widget_class widget_box_class;

/** A box without any looks. */
struct box *box_new(struct widget_ctx *ctx, struct widget *parent, enum box_kind kind, int gap);

/** A white card with a soft shadow: rows, questions, matters. role: "group", "listitem" … */
struct box *card_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                     const char *role);

/** Free room that grows. */
void spacer_new(struct widget_ctx *ctx, struct widget *parent, int grow);

#endif
