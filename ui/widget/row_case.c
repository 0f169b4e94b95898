/* SPDX-License-Identifier: Apache-2.0 */
/* One application of the visitor, and a place to go to. Main thread. */
#include "ui/widget/rows.h"

void row_case(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card =
        card_new(ctx, list, row_id(ctx, v, item), v->is_enabled ? "button" : "group");
    card->kind = BOX_ROW;
    card->w.text = widget_text(ctx, &v->label);
    if (v->is_enabled)
        card->w.action =
            (struct widget_action){.act = ACT_INTENT, .intent = INTENT_OPEN, .item = item};
    if (v->icon && image_exists(ctx->images, v->icon))
        picture_new(ctx, &card->w, v->icon, t->icon_big * 3 / 4, t->icon_big * 3 / 4, 0)->disc =
            t->tint;
    struct box *words = box_new(ctx, &card->w, BOX_COLUMN, t->gap / 2);
    words->w.grow = 1;
    (void)label_new(ctx, &words->w, card->w.text, STYLE_STRONG, t->ink, t->card);
    const char *state = widget_text(ctx, &v->value), *date = widget_text(ctx, &v->value2);
    const char *note = widget_text(ctx, &v->note);
    if (state[0] || date[0]) {
        struct box *line = box_new(ctx, &words->w, BOX_ROW, t->gap);
        if (state[0])
            (void)pill_new(ctx, &line->w, state, v->tone);
        struct label *when = label_new(ctx, &line->w, date, STYLE_SMALL, t->ink_soft, t->card);
        when->w.grow = 1;
    }
    if (note[0])
        (void)label_new(ctx, &words->w, note, STYLE_SMALL, t->ink_soft, t->card);
    if (v->is_enabled)
        (void)picture_new(ctx, &card->w, "forward", t->icon, t->icon, t->primary);
}

static void place_line(struct widget_ctx *ctx, struct box *card, const char *icon,
                       const struct view_text *text)
{
    const struct tokens *t = &ctx->tok;
    const char *words = widget_text(ctx, text);
    if (!words[0])
        return;
    struct box *line = box_new(ctx, &card->w, BOX_ROW, t->gap);
    (void)picture_new(ctx, &line->w, icon, t->icon * 4 / 5, t->icon * 4 / 5, t->primary);
    label_new(ctx, &line->w, words, STYLE_BODY, t->ink, t->card)->w.grow = 1;
}

void row_place(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    card->gap = t->gap * 3 / 4;
    struct label *name =
        label_new(ctx, &card->w, widget_text(ctx, &v->label), STYLE_STRONG, t->ink, t->card);
    name->w.id = row_id(ctx, v, item);
    place_line(ctx, card, "place", &v->value);
    place_line(ctx, card, "clock", &v->value2);
    place_line(ctx, card, "phone", &v->note);
}
