/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles of the home page, the place where words are searched for, and what changes the page's
 * view. Main thread. */
#include "ui/widget/rows.h"

struct box *tile_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                     int item, enum text_style style, bool is_beside)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, parent, row_id(ctx, v, item), "button");
    card->kind = BOX_ROW;
    card->pad_y = t->gap;
    card->gap = t->gap * 5 / 4;
    card->w.text = widget_text(ctx, &v->label);
    card->w.is_disabled = !v->is_enabled;
    if (v->is_enabled)
        card->w.action =
            (struct widget_action){.act = ACT_INTENT, .intent = INTENT_OPEN, .item = item};
    int side = style == STYLE_TITLE ? t->icon_big * 7 / 8 : t->icon_big * 3 / 4;
    const char *name = v->icon && image_exists(ctx->images, v->icon) ? v->icon : "matter";
    picture_new(ctx, &card->w, name, side, side, 0)->disc = t->tint;
    struct box *words = box_new(ctx, &card->w, is_beside ? BOX_ROW : BOX_COLUMN, 0);
    words->w.grow = 1;
    struct label *l = label_new(ctx, &words->w, card->w.text, style, t->ink, t->card);
    l->can_shrink = style == STYLE_TITLE;
    l->w.grow = is_beside;
    const char *note = widget_text(ctx, &v->note);
    if (note[0])
        (void)label_new(ctx, &words->w, note, STYLE_SMALL, t->ink_soft, t->card);
    return card;
}

void row_tile(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = tile_new(ctx, list, v, item, STYLE_STRONG, false);
    if (v->is_enabled)
        (void)picture_new(ctx, &card->w, "forward", t->icon, t->icon, t->primary);
}

struct box *search_box_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                           int item, struct widget_action action)
{
    const struct tokens *t = &ctx->tok;
    struct box *b = card_new(ctx, parent, row_id(ctx, v, item), "searchbox");
    b->kind = BOX_ROW;
    b->pad_y = t->gap;
    b->gap = t->gap;
    b->radius = t->radius * 2;
    b->line = t->primary;
    b->line_px = t->border * 2;
    b->w.least_h = t->target_main;
    b->w.action = action;
    const char *words = v->edit && v->edit[0] ? v->edit : widget_text(ctx, &v->value);
    const char *hint = widget_text(ctx, &v->note);
    if (!hint[0])
        hint = text_get(ctx->texts, "ui.search.hint");
    b->w.text = words[0] ? words : hint;
    (void)picture_new(ctx, &b->w, "search", t->icon * 5 / 4, t->icon * 5 / 4, t->primary);
    struct label *l = label_new(ctx, &b->w, b->w.text, words[0] ? STYLE_STRONG : STYLE_BODY,
                                words[0] ? t->ink : t->ink_soft, t->card);
    l->w.grow = 1;
    return b;
}

void row_search(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    (void)search_box_new(
        ctx, list, v, item,
        (struct widget_action){.act = ACT_INTENT, .intent = INTENT_OPEN, .item = item});
}

void segments_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                  int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *bar = box_new(ctx, parent, BOX_ROW, t->gap);
    bar->w.role = "tablist";
    bar->fill = t->neutral_fill;
    bar->radius = t->radius;
    bar->pad_x = bar->pad_y = t->gap / 2;
    const char *id = row_id(ctx, v, item);
    for (size_t i = 0; i < v->n_options; i++) {
        struct button *b = button_new(
            ctx, &bar->w, id, widget_text(ctx, &v->option[i].label), BUTTON_SEGMENT,
            (struct widget_action){
                .act = ACT_INTENT, .intent = INTENT_CHOOSE, .item = item, .option = (int)i});
        b->w.role = "tab";
        b->w.index = (int)i;
        b->w.grow = 1;
        b->w.is_selected = v->option[i].is_selected;
        b->w.ink = b->w.is_selected ? t->on_primary : t->neutral_ink;
        b->w.ground = b->w.is_selected ? t->primary : t->neutral_fill;
    }
}
