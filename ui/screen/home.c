/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen: what can be done here, and how it goes. Also what stands there all day.
 * Main thread. */
#include "ui/screen/screen.h"

/* Three pictures with words: choose, lay the card, check and sign. */
static void how_it_goes(struct screen_build *b, struct widget *list)
{
    static const char *const words[] = {"ui.home.step1", "ui.home.step2", "ui.home.step3"};
    static const char *const pictures[] = {"step-choose", "step-card", "step-receipt"};
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    card->w.grow = 1;
    spacer_new(ctx, &card->w, 1);
    struct box *grid = box_new(ctx, &card->w, BOX_GRID, t->gap);
    grid->n_columns = 3;
    for (size_t i = 0; i < YJ_COUNT(words); i++) {
        struct box *step = box_new(ctx, &grid->w, BOX_COLUMN, t->gap / 2);
        step->align = ALIGN_CENTRE;
        (void)picture_new(ctx, &step->w, pictures[i], t->icon_big * 5 / 4, t->icon_big * 5 / 4, 0);
        struct label *l = label_new(ctx, &step->w, text_get(ctx->texts, words[i]), STYLE_BODY_BOLD,
                                    t->ink, t->card);
        l->align = ALIGN_CENTRE;
    }
    spacer_new(ctx, &card->w, 1);
}

void screen_build_home(struct screen_build *b, struct widget *list)
{
    int n = 0;
    for (size_t i = 0; i < b->view->n_items; i++)
        n += b->view->item[i].kind == VIEW_MATTER;
    if (n <= 2 || !b->view->is_elder) /* large text needs the room */
        screen_picture(b, list);
    for (size_t i = 0; i < b->view->n_items; i++) {
        const struct view_item *v = &b->view->item[i];
        row_fn row = n == 1 && v->kind == VIEW_MATTER ? row_matter_only : screen_row_of(v->kind);
        row(b->ctx, list, v, (int)i);
    }
    if (n > 4)
        return;
    if (n > 1)
        spacer_new(b->ctx, list, 1);
    how_it_goes(b, list);
}
