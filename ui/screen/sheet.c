/* SPDX-License-Identifier: Apache-2.0 */
/* The options of one item in a sheet over the page, in pages. One of them closes it; of several
 * (INPUT_SET) any may be chosen until the button closes it; steps (INPUT_STEPS) go on until the
 * last one is taken. Main thread. */
#include "ui/screen/screen.h"

enum {
    SHEET_PERCENT = 60
}; /* of the panel's height: the sheet keeps its size while steps change */

static void options(struct screen_build *b, struct list *list, const struct view_item *v, int item)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const char *id = row_id(ctx, v, item);
    for (size_t i = 0; i < v->n_options; i += 2) {
        struct box *pair = box_new(ctx, &list->w, BOX_GRID, t->gap);
        pair->n_columns = 2;
        for (size_t k = i; k < i + 2 && k < v->n_options; k++) {
            struct button *chip = button_new(
                ctx, &pair->w, id, widget_text(ctx, &v->option[k].label),
                v->input == INPUT_SET ? BUTTON_CHECK : BUTTON_CHIP,
                (struct widget_action){
                    .act = ACT_INTENT, .intent = INTENT_CHOOSE, .item = item, .option = (int)k});
            chip->w.index = (int)k;
            chip->w.is_selected = v->option[k].is_selected;
            chip->w.ground = chip->w.is_selected ? t->tint : t->card;
        }
    }
}

/* What was chosen so far: the path of steps. */
static void path_line(struct screen_build *b, struct widget *parent, const struct view_item *v)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const char *path = widget_text(ctx, &v->value);
    if (v->input != INPUT_STEPS || !path[0])
        return;
    struct box *line = box_new(ctx, parent, BOX_ROW, t->gap);
    (void)picture_new(ctx, &line->w, "check", t->icon, t->icon, t->primary);
    struct label *l = label_new(ctx, &line->w, path, STYLE_STRONG, t->primary, t->card);
    l->w.grow = 1;
    l->w.id = "sheet.path";
}

static void close_button(struct screen_build *b, struct widget *parent, bool is_set)
{
    struct widget_ctx *ctx = b->ctx;
    button_new(ctx, parent, "sheet.close",
               text_get(ctx->texts, is_set ? "ui.sheet.done" : "ui.close"),
               is_set ? BUTTON_MAIN : BUTTON_PLAIN, (struct widget_action){.act = ACT_SHEET_DONE})
        ->w.least_h = ctx->tok.target_main;
}

static void head(struct screen_build *b, struct widget *parent, const struct view_item *v)
{
    const struct tokens *t = &b->ctx->tok;
    static const enum text_style styles[] = {STYLE_TITLE, STYLE_STRONG};
    struct label *title = label_new(b->ctx, parent, widget_text(b->ctx, &v->label),
                                    styles[t->is_compact], t->ink, t->card);
    title->w.id = "sheet.title";
    title->w.role = "heading";
    path_line(b, parent, v);
}

/* Options below their title; across a lying panel beside it, where they have the height. */
static struct list *sheet_list(struct screen_build *b, struct box *card, const struct view_item *v)
{
    enum { SIDE_PERCENT = 32 };
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    bool is_set = v->input == INPUT_SET;
    if (!t->is_wide) {
        head(b, &card->w, v);
        int used = 0; /* the words may stand higher than a hand reaches */
        for (struct widget *w = card->w.first; w; w = w->next)
            used += widget_measure(w, ctx, b->panel_w - 2 * (t->margin + card->pad_x)) + card->gap;
        card->w.least_h = b->view->prefs.is_low ? b->panel_h / 2 - t->margin + used + card->pad_y
                                                : b->panel_h * SHEET_PERCENT / 100;
        struct list *list = list_new(ctx, &card->w, &b->state->sheet_page, false);
        close_button(b, &card->w, is_set);
        return list;
    }
    card->kind = BOX_ROW;
    card->stretch = true;
    card->gap = t->gap_wide;
    card->w.least_h = b->panel_h - 2 * t->margin;
    card->w.basis = b->panel_w - 2 * t->margin;
    struct list *list = list_new(ctx, &card->w, &b->state->sheet_page, false);
    struct box *side = box_new(ctx, &card->w, BOX_COLUMN, t->gap);
    side->w.basis = card->w.basis * SIDE_PERCENT / 100;
    head(b, &side->w, v);
    spacer_new(ctx, &side->w, 1);
    close_button(b, &side->w, is_set);
    return list;
}

void screen_sheet(struct screen_build *b)
{
    const struct tokens *t = &b->ctx->tok;
    int item = b->state->sheet_item;
    if (item < 0 || item >= (int)b->view->n_items || !b->view->item[item].n_options)
        return;
    const struct view_item *v = &b->view->item[item];
    struct box *card = screen_overlay(b, "dialog");
    card->gap = t->gap;
    if (t->is_compact)
        card->pad_x = card->pad_y = t->pad;
    struct list *list = sheet_list(b, card, v);
    options(b, list, v, item);
    list_finish(list);
    list->where->ground = t->card;
    b->body->pager->first->id = NULL; /* the sheet's buttons carry the names now */
    b->body->down->id = NULL;
}
