/* SPDX-License-Identifier: Apache-2.0 */
/* The signature. Main thread. */
#include "ui/screen/screen.h"

/* Three large characters side by side, and room for a hand that is not steady. */
enum {
    PAD_MM = 190,
    PAD_PERCENT = 34,       /* of a standing panel */
    PAD_LOW_PERCENT = 17,   /* in its lower half */
    PAD_WIDE_PERCENT = 44,  /* of a lying panel */
    PAD_LARGE_PERCENT = 28, /* beside large words */
};

void screen_build_sign(struct screen_build *b, struct widget *list)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    int height = (int)(PAD_MM * t->px_per_mm);
    int percent = b->rail                 ? t->is_large ? PAD_LARGE_PERCENT : PAD_WIDE_PERCENT
                  : b->view->prefs.is_low ? PAD_LOW_PERCENT
                                          : PAD_PERCENT;
    int most = b->panel_h * percent / 100;
    screen_picture(b, list);
    screen_items(b, list);
    spacer_new(ctx, list, 1); /* the pad stands low, where the hand is */
    b->pad = pad_new(ctx, list, &b->state->ink, text_get(ctx->texts, "ui.sign_here"));
    b->pad->w.least_h = height < most ? height : most;
    struct box *row = box_new(ctx, list, BOX_ROW, t->gap);
    spacer_new(ctx, &row->w, 1);
    struct button *clear =
        button_new(ctx, &row->w, "sign.clear", text_get(ctx->texts, "ui.sign_clear"), BUTTON_PLAIN,
                   (struct widget_action){.act = ACT_INK_CLEAR});
    clear->icon = "clear";
}
