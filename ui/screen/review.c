/* SPDX-License-Identifier: Apache-2.0 */
/* Everything on a few pages: what will be done as short lines, then one line for each answer.
 * Main thread. */
#include "ui/screen/screen.h"

enum {
    TASKS_A_CARD = 6,
    LINE_GAP_MM = 3, /* as close as lines that can be touched may stand */
};

/* Name at the left, department at the right, or below when both do not fit. */
static void task_line(struct screen_build *b, struct box *card, const struct view_item *v, int item)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *row = box_new(ctx, &card->w, BOX_ROW, t->gap);
    row->w.role = "listitem";
    (void)picture_new(ctx, &row->w, "check", t->icon * 4 / 5, t->icon * 4 / 5, t->primary);
    struct box *words = box_new(ctx, &row->w, BOX_COLUMN, 0);
    words->w.grow = 1;
    struct label *name =
        label_new(ctx, &words->w, widget_text(ctx, &v->label), STYLE_BODY_BOLD, t->ink, t->card);
    name->w.id = row_id(ctx, v, item);
    const char *dept = widget_text(ctx, &v->value);
    if (!dept[0])
        return;
    int room = b->body->w.basis - 2 * t->pad - t->icon * 4 / 5 - 2 * t->gap;
    int wide = font_width(widget_font(ctx, STYLE_SMALL), dept, SIZE_MAX) + 1;
    bool is_beside = widget_natural(&name->w, ctx) + wide <= room;
    (void)label_new(ctx, is_beside ? &row->w : &words->w, dept, STYLE_SMALL, t->ink_soft, t->card);
}

void screen_build_review(struct screen_build *b, struct widget *list)
{
    struct box *card = NULL;
    int least_gap = (int)(LINE_GAP_MM * b->ctx->tok.px_per_mm) + 1;
    b->body->gap = least_gap < b->body->gap ? least_gap : b->body->gap;
    int n_lines = 0;
    for (size_t i = 0; i < b->view->n_items; i++) {
        const struct view_item *v = &b->view->item[i];
        if (v->kind != VIEW_TASK) {
            card = NULL;
            screen_row_of(v->kind)(b->ctx, list, v, (int)i);
            continue;
        }
        if (!card || n_lines == TASKS_A_CARD) {
            card = card_new(b->ctx, list, NULL, "group");
            card->gap = b->ctx->tok.gap / 2;
            card->pad_y = b->ctx->tok.gap;
            n_lines = 0;
        }
        task_line(b, card, v, (int)i);
        n_lines++;
    }
}
