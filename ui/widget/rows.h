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

/* More options than this open a sheet of their own; where several may be chosen, a sheet would hide
 * what has been. */
enum { ROW_MAX_CHIPS = 6, ROW_MAX_CHECKS = 8 };

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
/** Two figures side by side, one a row, or its two values below each other: as they fit. */
void metrics_fit(struct widget_ctx *ctx, struct box *grid, int width_px);
void row_task(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_material(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_choice(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_field(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_pair(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_number(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_qr(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_rating(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_progress(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_tile(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_search(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_case(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);
void row_place(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);

/** A matter among many: a lower card than row_matter's. */
void row_matter_line(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                     int item);

/** A card with a picture, its name in that style (a title is set smaller where it does not fit)
 * and one line, below the name or beside it. */
struct box *tile_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                     int item, enum text_style style, bool is_beside);

/** The white place with a lens and the words or the hint. @param action  what a tap does */
struct box *search_box_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                           int item, struct widget_action action);

/** Two or three options side by side that change what the page shows. */
void segments_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                  int item);

/** A choice whose note is a text to be read and agreed to: in pieces that pages turn between. */
void row_consent(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item);

/** @return true when the note is too long for a hint */
bool row_is_consent(struct widget_ctx *ctx, const struct view_item *v, int width_px);

/** @return true when its options are shown in the row, false: in a sheet of their own */
bool row_has_chips(const struct view_item *v);

/** @return what stands where nothing is chosen yet */
const char *row_choose_words(struct widget_ctx *ctx, const struct view_item *v);

/** @return the words of the chosen options, joined; "" when none is chosen */
const char *row_chosen(struct widget_ctx *ctx, const struct view_item *v);

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
