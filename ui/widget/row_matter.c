/* SPDX-License-Identifier: Apache-2.0 */
/* A matter to choose, and its figures before and after. Main thread. */
#include "ui/widget/rows.h"

/* Picture, name and one line of explanation. */
static void face(struct widget_ctx *ctx, struct widget *row, const struct view_item *v,
                 const char *name)
{
    const struct tokens *t = &ctx->tok;
    const char *picture = v->icon && image_exists(ctx->images, v->icon) ? v->icon : "matter";
    struct picture_box *icon =
        picture_new(ctx, row, picture, t->icon_big * 5 / 4, t->icon_big * 5 / 4, 0);
    icon->disc = t->tint;
    struct box *words = box_new(ctx, row, BOX_COLUMN, t->gap / 2);
    words->w.grow = 1;
    struct label *l = label_new(ctx, &words->w, name, STYLE_TITLE, t->ink, t->card);
    l->can_shrink = true;
    const char *note = widget_text(ctx, &v->note);
    if (note[0])
        (void)label_new(ctx, &words->w, note, STYLE_BODY, t->ink_soft, t->card);
}

static struct box *matter_card(struct widget_ctx *ctx, struct widget *list,
                               const struct view_item *v, int item)
{
    struct box *card = card_new(ctx, list, row_id(ctx, v, item), "button");
    card->gap = ctx->tok.pad;
    card->pad_y = ctx->tok.pad * 3 / 2;
    card->w.text = widget_text(ctx, &v->label);
    card->w.is_disabled = !v->is_enabled;
    if (v->is_enabled)
        card->w.action =
            (struct widget_action){.act = ACT_INTENT, .intent = INTENT_OPEN, .item = item};
    return card;
}

void row_matter(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = matter_card(ctx, list, v, item);
    card->kind = BOX_ROW;
    face(ctx, &card->w, v, card->w.text);
    if (v->is_enabled)
        picture_new(ctx, &card->w, "forward", t->icon * 2, t->icon * 2, t->on_primary)->disc =
            t->primary;
}

void row_matter_line(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                     int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = tile_new(ctx, list, v, item, STYLE_STRONG, false);
    const char *value = widget_text(ctx, &v->value);
    if (value[0])
        (void)pill_new(ctx, &card->w, value, v->tone);
    if (v->is_enabled)
        (void)picture_new(ctx, &card->w, "forward", t->icon, t->icon, t->primary);
}

void row_matter_only(struct widget_ctx *ctx, struct widget *list, const struct view_item *v,
                     int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = matter_card(ctx, list, v, item);
    struct box *row = box_new(ctx, &card->w, BOX_ROW, t->pad);
    row->w.grow = 1; /* the only thing to do here takes the room there is */
    card->w.grow = 2;
    face(ctx, &row->w, v, card->w.text);
    if (!v->is_enabled)
        return;
    struct box *strip = box_new(ctx, &card->w, BOX_ROW, t->gap);
    strip->fill = t->primary;
    strip->radius = t->radius;
    strip->pad_x = t->pad;
    strip->w.least_h = t->target_main;
    spacer_new(ctx, &strip->w, 1);
    (void)label_new(ctx, &strip->w, text_get(ctx->texts, "ui.home.start"), STYLE_STRONG,
                    t->on_primary, t->primary);
    (void)picture_new(ctx, &strip->w, "forward", t->icon, t->icon, t->on_primary);
    spacer_new(ctx, &strip->w, 1);
}

void row_metric(struct widget_ctx *ctx, struct widget *grid, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, grid, NULL, "listitem"); /* said as one */
    card->gap = t->gap / 2;
    const char *before = widget_text(ctx, &v->value), *after = widget_text(ctx, &v->value2);
    struct label *l =
        label_new(ctx, &card->w, widget_text(ctx, &v->label), STYLE_BODY, t->ink_soft, t->card);
    l->w.id = row_id(ctx, v, item);
    struct box *row = box_new(ctx, &card->w, BOX_ROW, t->gap);
    label_new(ctx, &row->w, before, STYLE_BODY, t->ink_soft, t->card)->w.say =
        widget_words(ctx, "say.before", before, NULL);
    (void)picture_new(ctx, &row->w, "arrow", t->icon, t->icon, t->accent);
    struct label *big = label_new(ctx, &row->w, after, STYLE_NUMBER, t->primary, t->card);
    big->can_shrink = true;
    big->w.grow = 1;
    big->w.say = widget_words(ctx, "say.now", after, NULL);
}

/* Width of a figure's card: the name may break, the values may not. */
static int metric_width(struct widget_ctx *ctx, const struct widget *card, enum text_style style)
{
    const struct tokens *t = &ctx->tok;
    const struct widget *row = card->last;
    return font_width(widget_font(ctx, STYLE_BODY), row->first->text, SIZE_MAX) + t->icon +
           font_width(widget_font(ctx, style), row->last->text, SIZE_MAX) + 2 * t->gap +
           2 * t->pad + 2;
}

void metrics_fit(struct widget_ctx *ctx, struct box *grid, int width_px)
{
    int large = 0, n = 0;
    for (struct widget *c = grid->w.first; c; c = c->next, n++) {
        int w = metric_width(ctx, c, STYLE_TITLE);
        large = w > large ? w : large;
    }
    grid->n_columns = n < 2 || 2 * large + grid->gap > width_px ? 1 : 2;
    for (struct widget *c = grid->w.first; c; c = c->next) {
        if (metric_width(ctx, c, STYLE_STRONG) * grid->n_columns <= width_px)
            continue;
        ((struct box *)c->last)->kind = BOX_COLUMN;
        c->last->first->next->is_hidden = true; /* the arrow */
    }
}
