/* SPDX-License-Identifier: Apache-2.0 */
/* A field of the form, and a line of the review. Main thread. */
#include "ui/widget/rows.h"

enum { PAIR_LABEL_PERCENT = 44 };

static bool row_is_list(const struct view_item *v)
{
    return v->input == INPUT_ENUM || v->input == INPUT_SET || v->input == INPUT_STEPS;
}

/* The white place where the value stands; touching it opens the keyboard or the sheet. */
static void value_box(struct widget_ctx *ctx, struct widget *parent, const struct view_item *v,
                      int item)
{
    const struct tokens *t = &ctx->tok;
    bool is_list = row_is_list(v), can_edit = v->input != INPUT_NONE && v->is_enabled;
    struct box *b = box_new(ctx, parent, BOX_ROW, t->gap);
    b->w.id = row_id(ctx, v, item);
    b->w.role = "field";
    b->w.is_disabled = !can_edit;
    b->w.least_h = t->target;
    b->w.has_error = v->has_error;
    b->pad_x = t->gap;
    b->pad_y = t->gap / 2;
    b->radius = t->radius;
    b->fill = can_edit ? t->card : t->neutral_fill;
    b->line = can_edit ? t->edge : 0;
    b->line_px = t->border;
    if (can_edit)
        b->w.action = (struct widget_action){.act = is_list ? ACT_SHEET : ACT_EDIT, .item = item};
    const char *value = widget_text(ctx, &v->value);
    if (is_list && !value[0])
        value = row_chosen(ctx, v);
    const char *empty = is_list ? row_choose_words(ctx, v) : text_get(ctx->texts, "ui.type_here");
    b->w.text = value;
    struct label *l =
        label_new(ctx, &b->w, value[0] || !can_edit ? value : empty,
                  value[0] ? STYLE_STRONG : STYLE_BODY, value[0] ? t->ink : t->ink_soft, b->fill);
    l->w.grow = 1;
    if (can_edit)
        (void)picture_new(ctx, &b->w, is_list ? "down" : "edit", t->icon * 4 / 5, t->icon * 4 / 5,
                          t->primary);
}

void row_field(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    card->gap = t->gap / 2;
    card->pad_y = t->gap;
    const char *label = widget_text(ctx, &v->label), *note = widget_text(ctx, &v->note);
    if (!v->is_required)
        label = widget_words(ctx, "ui.optional", label, NULL);
    struct label *l = label_new(ctx, &card->w, label, STYLE_BODY_BOLD, t->ink, t->card);
    l->w.id = arena_printf(ctx->arena, "%s.label", row_id(ctx, v, item));
    if (row_is_list(v) && v->is_enabled && row_has_chips(v))
        chips_new(ctx, &card->w, v, item, list->basis - 2 * t->pad);
    else
        value_box(ctx, &card->w, v, item);
    if (!note[0])
        return;
    if (v->has_error)
        (void)alert_bar_new(ctx, &card->w, NULL, note, TONE_ERROR);
    else
        (void)label_new(ctx, &card->w, note, STYLE_SMALL, t->ink_soft, t->card);
}

/* Label at the left, value at the right; the whole line can be touched where it can be changed. */
void row_pair(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *row = box_new(ctx, list, BOX_ROW, t->gap);
    row->w.role = v->is_enabled ? "button" : "listitem";
    row->w.least_h = t->target;
    row->w.has_error = v->has_error;
    row->fill = t->card;
    row->radius = t->radius;
    row->pad_x = t->pad;
    row->pad_y = t->gap / 2;
    const char *label = widget_text(ctx, &v->label), *value = widget_text(ctx, &v->value);
    struct label *name = label_new(ctx, &row->w, label, STYLE_SMALL, t->ink_soft, t->card);
    struct label *answer = label_new(ctx, &row->w, value, STYLE_BODY_BOLD,
                                     v->has_error ? t->error_ink : t->ink, t->card);
    answer->w.id = row_id(ctx, v, item);
    answer->align = ALIGN_END;
    int inner = list->basis - 2 * t->pad - (v->is_enabled ? t->icon * 4 / 5 + t->gap : 0);
    if (widget_natural(&name->w, ctx) + t->gap + widget_natural(&answer->w, ctx) <= inner) {
        name->w.grow = 1;
    } else {
        name->w.basis = inner * PAIR_LABEL_PERCENT / 100;
        answer->w.grow = 1;
    }
    if (!v->is_enabled)
        return;
    row->w.id = arena_printf(ctx->arena, "%s.edit", row_id(ctx, v, item));
    row->w.text = widget_words(ctx, "ui.edit_what", label, value);
    row->w.action = (struct widget_action){.act = ACT_INTENT, .intent = INTENT_EDIT, .item = item};
    (void)picture_new(ctx, &row->w, "edit", t->icon * 4 / 5, t->icon * 4 / 5, t->primary);
}
