/* SPDX-License-Identifier: Apache-2.0 */
/* What every screen has: header, footer, and the layers above. Main thread. */
#include "ui/screen/screen.h"

static bool has_words(const struct view_text *t)
{
    return t->id || (t->lit && t->lit[0]);
}

static enum button_look look_of(const struct view_action *action)
{
    return action->is_main ? BUTTON_MAIN : BUTTON_PLAIN;
}

/* Product mark, hall, and how far the visit is. Nothing here is to be touched: the top of a
 * standing panel is out of reach from a wheelchair. */
void screen_header(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *row = box_new(ctx, column, BOX_ROW, t->gap);
    row->w.least_h = t->icon * 3 / 2 + (b->view->n_steps > 0 ? 0 : t->gap_wide);
    (void)picture_new(ctx, &row->w, "mark", t->icon * 3 / 2, t->icon * 3 / 2, 0);
    struct label *name = label_new(ctx, &row->w, text_get(ctx->texts, "ui.product"), STYLE_STRONG,
                                   t->primary, t->ground);
    name->w.id = "product";
    struct label *hall =
        label_new(ctx, &row->w, b->hall ? b->hall : "", STYLE_SMALL, t->ink_soft, t->ground);
    hall->w.grow = 1;
    if (b->view->n_steps > 0) {
        hall = label_new(ctx, &row->w,
                         widget_words(ctx, "ui.step", widget_number(ctx, b->view->step),
                                      widget_number(ctx, b->view->n_steps)),
                         STYLE_BODY_BOLD, t->ink_soft, t->ground);
        hall->w.id = "step";
        (void)steps_new(ctx, column, b->view->step, b->view->n_steps);
    }
}

/* Large text and help: always there, always at the same place. */
static void utility_row(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct view *v = b->view;
    struct box *row = box_new(ctx, column, BOX_ROW, ctx->tok.gap);
    struct button *home = button_of_action(ctx, &row->w, "home", &v->home, BUTTON_PLAIN, "home");
    if (home)
        home->w.grow = 1;
    struct button *elder = button_new(
        ctx, &row->w, "elder", text_get(ctx->texts, v->is_elder ? "ui.elder_off" : "ui.elder_on"),
        BUTTON_PLAIN, (struct widget_action){.act = ACT_INTENT, .intent = INTENT_TOGGLE_ELDER});
    elder->icon = "elder";
    elder->w.grow = 1;
    if (v->can_call_staff) {
        struct button *call = button_new(
            ctx, &row->w, "call",
            text_get(ctx->texts, v->is_staff_called ? "ui.staff_called" : "ui.call_staff"),
            BUTTON_PLAIN, (struct widget_action){.act = ACT_INTENT, .intent = INTENT_CALL_STAFF});
        call->icon = "staff";
        call->w.is_selected = v->is_staff_called;
        call->w.ground = v->is_staff_called ? ctx->tok.tint : ctx->tok.card;
        if (v->is_staff_called)
            call->w.ink = ctx->tok.ink; /* the soft fill takes some of the contrast */
        call->w.grow = 1;
    }
    int n = 0, most = 0;
    for (struct widget *w = row->w.first; w; w = w->next, n++) {
        ((struct button *)w)->style = STYLE_BODY_BOLD;
        most = widget_natural(w, ctx) > most ? widget_natural(w, ctx) : most;
    }
    int inner = b->panel_w - 2 * ctx->tok.margin - (n - 1) * ctx->tok.gap;
    for (struct widget *w = row->w.first; w && most * n > inner; w = w->next)
        w->grow = widget_natural(w, ctx); /* equal shares would break the longest words */
}

void screen_footer(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct view *v = b->view;
    if (b->keys_h) /* the keyboard has a way back of its own */
        return;
    if (has_words(&v->back.label) || has_words(&v->next.label) || has_words(&v->extra.label)) {
        struct box *row = box_new(ctx, column, BOX_ROW, t->gap);
        row->stretch = true;
        row->pad_y = t->gap / 2;
        row->w.least_h = t->target_main + t->gap;
        struct button *back =
            button_of_action(ctx, &row->w, "back", &v->back, look_of(&v->back), "back");
        struct button *extra =
            button_of_action(ctx, &row->w, "extra", &v->extra, look_of(&v->extra), NULL);
        struct button *next =
            button_of_action(ctx, &row->w, "next", &v->next, look_of(&v->next), NULL);
        b->next = next;
        if (next && b->view->screen == SCREEN_SIGN && v->next.intent == INTENT_SIGN)
            next->w.action = (struct widget_action){.act = ACT_INK_DONE};
        if (back)
            back->w.grow = extra ? 4 : 3;
        if (extra)
            extra->w.grow = 4;
        if (next)
            next->w.grow = extra ? 5 : 6;
    }
    utility_row(b, column);
}

/* A darkened page with a white card near the hands. */
struct box *screen_overlay(struct screen_build *b, const char *role)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *scrim = box_new(ctx, b->root, BOX_COLUMN, 0);
    scrim->fill = (t->scrim & 0xFFFFFF) | 0xA8000000;
    scrim->pad_x = t->margin;
    scrim->pad_y = t->margin;
    scrim->w.is_overlay = true;
    spacer_new(ctx, &scrim->w, 2);
    struct box *card = card_new(ctx, &scrim->w, NULL, role);
    card->gap = t->gap_wide;
    card->pad_x = t->pad * 3 / 2;
    card->pad_y = t->pad * 3 / 2;
    return card;
}

void screen_question(struct screen_build *b)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct view *v = b->view;
    if (!has_words(&v->ask))
        return;
    struct box *card = screen_overlay(b, "dialog");
    card->align = ALIGN_CENTRE;
    struct label *words = NULL;
    if (v->ask_countdown_s >= 0) {
        words = label_new(ctx, &card->w, arena_printf(ctx->arena, "%d", v->ask_countdown_s),
                          STYLE_NUMBER, t->primary, t->card);
        words->align = ALIGN_CENTRE;
        words->w.id = "ask.countdown";
    }
    words = label_new(ctx, &card->w, widget_text(ctx, &v->ask), STYLE_STRONG, t->ink, t->card);
    words->align = ALIGN_CENTRE;
    words->w.id = "ask";
    struct box *row = box_new(ctx, &card->w, BOX_ROW, t->gap_wide);
    row->stretch = true;
    row->w.least_h = t->target_main;
    /* the safe answer is the filled one, and stands where the main button always stands */
    bool is_no_main = v->ask_no.is_main;
    struct button *side =
        is_no_main ? button_of_action(ctx, &row->w, "ask.yes", &v->ask_yes, BUTTON_PLAIN, NULL)
                   : button_of_action(ctx, &row->w, "ask.no", &v->ask_no, BUTTON_PLAIN, NULL);
    struct button *main =
        is_no_main
            ? button_of_action(ctx, &row->w, "ask.no", &v->ask_no, BUTTON_MAIN, NULL)
            : button_of_action(ctx, &row->w, "ask.yes", &v->ask_yes, look_of(&v->ask_yes), NULL);
    if (side)
        side->w.grow = 2;
    if (main)
        main->w.grow = 3;
}
