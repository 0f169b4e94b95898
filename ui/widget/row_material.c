/* SPDX-License-Identifier: Apache-2.0 */
/* One material: exempt or not, why, and what can be done about it. Main thread. */
#include "ui/widget/rows.h"

void row_material(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "listitem");
    card->gap = t->gap;
    card->pad_y = t->gap * 5 / 4;
    struct box *head = box_new(ctx, &card->w, BOX_ROW, t->gap);
    colour_t ink = v->tone == TONE_NEUTRAL ? t->primary : tone_ink(t, v->tone);
    struct picture_box *p =
        picture_new(ctx, &head->w, v->tone == TONE_NEUTRAL ? "document" : tone_icon(v->tone),
                    t->icon * 3 / 2, t->icon * 3 / 2, ink);
    p->disc = tone_fill(t, v->tone);
    struct box *words = box_new(ctx, &head->w, BOX_COLUMN, 0);
    words->w.grow = 1;
    struct label *name =
        label_new(ctx, &words->w, widget_text(ctx, &v->label), STYLE_STRONG, t->ink, t->card);
    name->w.id = row_id(ctx, v, item);
    const char *value = widget_text(ctx, &v->value), *note = widget_text(ctx, &v->note);
    if (note[0])
        (void)label_new(ctx, &words->w, note, STYLE_SMALL,
                        v->tone == TONE_NEUTRAL ? t->ink_soft : ink, t->card);
    if (value[0])
        (void)label_new(ctx, &words->w, value, STYLE_SMALL, t->ink_soft, t->card);
    if (v->n_options)
        chips_new(ctx, &card->w, v, item, list->basis - 2 * t->pad);
}
