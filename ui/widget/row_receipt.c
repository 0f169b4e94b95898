/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt number and codes. Main thread. */
#include "ui/widget/rows.h"

enum { GROUP = 4, GROUPED_BYTES = 96 };

/* "2026112300017" -> "2026 1123 0001 7" */
static const char *grouped(struct widget_ctx *ctx, const char *s)
{
    char out[GROUPED_BYTES];
    size_t n = 0;
    for (size_t i = 0; s[i] && n + 2 < sizeof out; i++) {
        if (i && i % GROUP == 0)
            out[n++] = ' ';
        out[n++] = s[i];
    }
    return arena_text(ctx->arena, out, n);
}

void row_number(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    card->gap = t->gap / 2;
    struct label *l =
        label_new(ctx, &card->w, widget_text(ctx, &v->label), STYLE_BODY, t->ink_soft, t->card);
    l->align = ALIGN_CENTRE;
    const char *number = widget_text(ctx, &v->value);
    struct label *big =
        label_new(ctx, &card->w, grouped(ctx, number), STYLE_TITLE, t->primary, t->card);
    big->align = ALIGN_CENTRE;
    big->w.id = row_id(ctx, v, item);
    const char *note = widget_text(ctx, &v->note);
    if (!note[0])
        return;
    l = label_new(ctx, &card->w, note, STYLE_SMALL, t->ink_soft, t->card);
    l->align = ALIGN_CENTRE;
}

void row_qr(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    enum { SIDE_MM = 140, SIDE_WIDE_MM = 105 }; /* read by any phone from a step away */
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    card->align = ALIGN_CENTRE;
    if (t->is_wide)
        card->kind = BOX_ROW;
    int side = (int)((t->is_wide ? SIDE_WIDE_MM : SIDE_MM) * t->px_per_mm), most = list->basis / 2;
    side = most > 0 && side > most ? most : side;
    (void)qr_box_new(ctx, &card->w, row_id(ctx, v, item), widget_text(ctx, &v->value), side);
    const char *caption = widget_text(ctx, &v->label);
    if (!caption[0])
        return;
    struct label *l =
        label_new(ctx, &card->w, caption, t->is_wide ? STYLE_STRONG : STYLE_BODY, t->ink, t->card);
    l->align = ALIGN_CENTRE;
    l->w.grow = t->is_wide;
}
