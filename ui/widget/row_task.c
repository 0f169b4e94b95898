/* SPDX-License-Identifier: Apache-2.0 */
/* One task of the matter: what, who, how long. Main thread. */
#include "ui/widget/rows.h"

void row_task(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "listitem");
    card->kind = BOX_ROW;
    card->pad_y = t->gap;
    struct picture_box *p =
        picture_new(ctx, &card->w, v->tone == TONE_NEUTRAL ? "task" : tone_icon(v->tone), t->icon,
                    t->icon, v->tone == TONE_NEUTRAL ? t->primary : tone_ink(t, v->tone));
    (void)p;
    struct box *words = box_new(ctx, &card->w, BOX_COLUMN, 0);
    words->w.grow = 1;
    struct label *name =
        label_new(ctx, &words->w, widget_text(ctx, &v->label), STYLE_STRONG, t->ink, t->card);
    name->w.id = row_id(ctx, v, item);
    const char *dept = widget_text(ctx, &v->value), *note = widget_text(ctx, &v->note);
    if (dept[0])
        (void)label_new(ctx, &words->w, dept, STYLE_SMALL, t->ink_soft, t->card);
    const char *state = widget_text(ctx, &v->value2);
    if (state[0]) { /* how it stands; the rest is detail */
        (void)pill_new(ctx, &card->w, state, v->tone);
        if (note[0])
            (void)label_new(ctx, &words->w, note, STYLE_SMALL, t->ink_soft, t->card);
        return;
    }
    if (!note[0])
        return;
    /* a short note stands at the right, a long one below */
    int width = font_width(widget_font(ctx, STYLE_SMALL_BOLD), note, SIZE_MAX);
    if (width <= t->text_small * 9)
        (void)pill_new(ctx, &card->w, note, v->tone);
    else
        (void)label_new(ctx, &words->w, note, STYLE_SMALL, t->ink_soft, t->card);
}
