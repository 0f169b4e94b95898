/* SPDX-License-Identifier: Apache-2.0 */
/* A question with its options as chips, and the rating. Main thread. */
#include "ui/widget/rows.h"

/* The widest chip decides how many fit side by side. */
static int columns_for(struct widget_ctx *ctx, const struct box *grid, int n, int width_px)
{
    int most = 0, columns = n < 3 ? n : 3;
    for (struct widget *c = grid->w.first; c; c = c->next) {
        int w = widget_natural(c, ctx);
        most = w > most ? w : most;
    }
    while (columns > 1 && columns * most + (columns - 1) * grid->gap > width_px)
        columns--;
    return n == 4 && columns == 3 ? 2 : columns;
}

void chips_new(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v, int item,
               int width_px)
{
    struct box *grid = box_new(ctx, parent, BOX_GRID, ctx->tok.gap);
    const char *id = row_id(ctx, v, item);
    /* a ring would promise that the option stays chosen */
    bool is_check = v->input == INPUT_SET || v->n_options == 1;
    enum button_look look = v->kind == VIEW_ACTIONS ? BUTTON_PLAIN
                            : is_check              ? BUTTON_CHECK
                                                    : BUTTON_CHIP;
    for (size_t i = 0; i < v->n_options; i++) {
        struct widget_action tap = {
            .act = ACT_INTENT, .intent = INTENT_CHOOSE, .item = item, .option = (int)i};
        struct button *b =
            button_new(ctx, &grid->w, id, widget_text(ctx, &v->option[i].label), look, tap);
        b->w.index = (int)i;
        b->w.is_selected = v->option[i].is_selected;
        b->w.ground = b->w.is_selected ? ctx->tok.tint : ctx->tok.card;
    }
    grid->n_columns = columns_for(ctx, grid, (int)v->n_options, width_px);
}

bool row_has_chips(const struct view_item *v)
{
    return v->input != INPUT_STEPS &&
           v->n_options <= (v->input == INPUT_SET ? ROW_MAX_CHECKS : ROW_MAX_CHIPS);
}

const char *row_choose_words(struct widget_ctx *ctx, const struct view_item *v)
{
    return text_get(ctx->texts, v->input == INPUT_SET ? "ui.choose_several" : "ui.choose");
}

const char *row_chosen(struct widget_ctx *ctx, const struct view_item *v)
{
    const char *words = "";
    for (size_t i = 0; i < v->n_options; i++)
        if (v->option[i].is_selected)
            words = arena_printf(ctx->arena, "%s%s%s", words, words[0] ? "、" : "",
                                 widget_text(ctx, &v->option[i].label));
    return words;
}

/* A question with too many options shows the chosen one and opens the sheet. */
static void sheet_button(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                         int item)
{
    const char *words = row_chosen(ctx, v);
    struct button *b =
        button_new(ctx, parent, row_id(ctx, v, item), words[0] ? words : row_choose_words(ctx, v),
                   BUTTON_PLAIN, (struct widget_action){.act = ACT_SHEET, .item = item});
    b->icon_end = "down";
}

void row_choice(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    const char *question = widget_text(ctx, &v->label);
    if (row_is_consent(ctx, v, list->basis)) {
        row_consent(ctx, list, v, item);
        return;
    }
    struct box *card = card_new(ctx, list, NULL, "group");
    card->w.has_error = v->has_error;
    if (question[0]) {
        struct label *l = label_new(ctx, &card->w, question, STYLE_STRONG, t->ink, t->card);
        l->w.id = arena_printf(ctx->arena, "%s.label", row_id(ctx, v, item));
    }
    const char *note = widget_text(ctx, &v->note), *error = widget_text(ctx, &v->value);
    bool is_note_error = v->has_error && !error[0];
    if (note[0])
        (void)label_new(ctx, &card->w, note, STYLE_BODY, is_note_error ? t->error_ink : t->ink_soft,
                        t->card);
    if (v->has_error && error[0])
        (void)alert_bar_new(ctx, &card->w, NULL, error, TONE_ERROR);
    if (!row_has_chips(v))
        sheet_button(ctx, &card->w, v, item);
    else
        chips_new(ctx, &card->w, v, item, list->basis - 2 * t->pad);
}

/* Five faces side by side, from very satisfied to very dissatisfied. */
void row_rating(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    static const char *const faces[] = {"face-1", "face-2", "face-3", "face-4", "face-5"};
    const struct tokens *t = &ctx->tok;
    struct box *row = box_new(ctx, list, BOX_GRID, t->gap);
    const char *id = row_id(ctx, v, item);
    for (size_t i = 0; i < v->n_options && i < YJ_COUNT(faces); i++) {
        struct widget_action tap = {
            .act = ACT_INTENT, .intent = INTENT_RATE, .item = item, .option = (int)i};
        struct button *b =
            button_new(ctx, &row->w, id, widget_text(ctx, &v->option[i].label), BUTTON_FACE, tap);
        b->icon = faces[i];
        b->style = t->is_large ? STYLE_BODY_BOLD : STYLE_SMALL_BOLD;
        b->w.index = (int)i;
        b->w.is_selected = v->option[i].is_selected;
        b->w.ground = b->w.is_selected ? t->tint : t->card;
    }
    /* five columns, or one when the words would break: faces as large as their place allows */
    int column = (list->basis - 4 * row->gap) / 5, most = t->icon_big * 7 / 4;
    row->n_columns = 5;
    for (struct widget *w = row->w.first; w; w = w->next)
        if (widget_natural(w, ctx) > column)
            row->n_columns = 1;
    for (struct widget *w = row->w.first; w; w = w->next) {
        struct button *b = (struct button *)w;
        int face = row->n_columns == 1 ? t->icon_big : column - 2 * b->pad;
        b->icon_px = face < most ? face : most;
        b->w.least_h = row->n_columns == 1 ? 0 : b->icon_px * 9 / 4;
        b->style = row->n_columns == 1 ? STYLE_STRONG : b->style;
    }
}
