/* SPDX-License-Identifier: Apache-2.0 */
/* Rows: one builder for every kind of view item, each in its own file. They add their widgets at
 * the end of a list (or box). Thread: main. */
#ifndef YJ_UI_WIDGET_ROWS_H
#define YJ_UI_WIDGET_ROWS_H

#include "ui/widget/box.h"
#include "ui/widget/button.h"
#include "ui/widget/label.h"
#include "ui/widget/picture.h"
#include "ui/widget/widget.h"

/* More options than this open a sheet of their own. */
enum { ROW_MAX_CHIPS = 6 };

/* item: index in the view, for intents; v: the item. */
typedef void (*row_fn)(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                       int item);

void row_heading(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_paragraph(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                   int item);
void row_note(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_matter(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
/** The only matter of a terminal: a card with the words where to begin. */
void row_matter_only(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                     int item);
void row_metric(struct widget_ctx *ctx, struct widget *grid, const struct view_item *v, int item);
void row_task(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_material(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_choice(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_field(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_pair(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_number(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_qr(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_rating(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_progress(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);

/** Coloured bar with an icon and words. */
struct box *alert_bar_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *words, enum view_tone tone);

/** Small coloured pill with words. */
struct box *pill_new(struct widget_ctx *ctx, struct widget *parent, const char *words,
                     enum view_tone tone);

/** The options of an item as chips, as many side by side as their words allow within width_px. */
void chips_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v, int item,
               int width_px);

/** @return the item's id, or one made from its index. */
const char *row_id(struct widget_ctx *ctx, const struct view_item *v, int item);

#endif
