/* SPDX-License-Identifier: Apache-2.0 */
/* What every screen has: the actions in a footer or a rail, and the layers above. Main thread. */
#include "ui/screen/screen.h"

static bool has_words(const struct view_text *t)
{
    return t->id || (t->lit && t->lit[0]);
}

static enum button_look look_of(const struct view_action *action)
{
    return action->is_main ? BUTTON_MAIN : BUTTON_PLAIN;
}

/* The first page has the way to large text, every other one the way to the first. */
static void home_or_elder(struct screen_build *b, struct widget *row)
{
    struct widget_ctx *ctx = b->ctx;
    const struct view *v = b->view;
    struct button *home = button_of_action(ctx, row, "home", &v->home, BUTTON_PLAIN, "home");
    if (home)
        return;
    struct button *elder = button_new(
        ctx, row, "elder", text_get(ctx->texts, v->prefs.is_elder ? "ui.elder_off" : "ui.elder_on"),
        BUTTON_PLAIN, (struct widget_action){.act = ACT_INTENT, .intent = INTENT_TOGGLE_ELDER});
    elder->icon = "elder";
}

/* How it looks and sounds, and help: always there, always at the same place. */
static void utility_row(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct view *v = b->view;
    struct box *row = box_new(ctx, column, BOX_ROW, ctx->tok.gap);
    home_or_elder(b, &row->w);
    struct button *settings =
        button_new(ctx, &row->w, "settings", text_get(ctx->texts, "ui.settings.open"), BUTTON_PLAIN,
                   (struct widget_action){.act = ACT_SETTINGS});
    settings->icon = "settings";
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
    }
    int n = 0, most = 0;
    for (struct widget *w = row->w.first; w; w = w->next, n++) {
        ((struct button *)w)->style = STYLE_BODY_BOLD;
        w->grow = 1;
        most = widget_natural(w, ctx) > most ? widget_natural(w, ctx) : most;
    }
    int inner = b->panel_w - 2 * ctx->tok.margin - (n - 1) * ctx->tok.gap;
    for (struct widget *w = row->w.first; w && most * n > inner; w = w->next)
        w->grow = widget_natural(w, ctx); /* equal shares would break the longest words */
}

/* What leads on, back and elsewhere; ret: back, extra, next, NULL where absent. */
static void actions(struct screen_build *b, struct widget *parent, bool is_next_first,
                    struct button *ret[3])
{
    const struct view_action *all[] = {&b->view->back, &b->view->extra, &b->view->next};
    static const char *const ids[] = {"back", "extra", "next"}, *const icons[] = {"back", NULL,
                                                                                  NULL};
    for (int i = 0; i < 3; i++) {
        int k = is_next_first ? 2 - i : i;
        ret[k] = button_of_action(b->ctx, parent, ids[k], all[k], look_of(all[k]), icons[k]);
    }
    b->next = ret[2];
    if (b->next && b->view->screen == SCREEN_SIGN && b->view->next.intent == INTENT_SIGN)
        b->next->w.action = (struct widget_action){.act = ACT_INK_DONE};
}

static bool has_actions(const struct view *v)
{
    return has_words(&v->back.label) || has_words(&v->next.label) || has_words(&v->extra.label);
}

void screen_footer(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    if (b->keys_h) /* the keyboard has a way back of its own */
        return;
    if (has_actions(b->view)) {
        struct button *button[3];
        struct box *row = box_new(ctx, column, BOX_ROW, t->gap);
        row->stretch = true;
        row->pad_y = t->gap / 2;
        row->w.least_h = t->target_main + t->gap;
        actions(b, &row->w, false, button);
        if (button[0])
            button[0]->w.grow = button[1] ? 4 : 3;
        if (button[1])
            button[1]->w.grow = 4;
        if (button[2])
            button[2]->w.grow = button[1] ? 5 : 6;
    }
    utility_row(b, column);
}

/* Narrowest width on which every button of the rail has its words on one line. */
static int rail_width(struct screen_build *b, int most_percent)
{
    enum { LEAST_PERCENT = 21 };
    int least = b->panel_w * LEAST_PERCENT / 100, most = b->panel_w * most_percent / 100,
        wanted = 0;
    for (struct widget *w = b->rail->w.first; w; w = w->next) {
        int n = w->cls == &widget_button_class ? widget_natural(w, b->ctx) : 0;
        wanted = n > wanted ? n : wanted;
    }
    return wanted < least ? least : wanted > most ? most : wanted;
}

/* The buttons of the utility row, below one another. */
static void stack(struct box *rail, struct widget *row)
{
    while (row->first) {
        struct widget *w = row->first;
        widget_unlink(w);
        w->grow = 0;
        w->basis = 0;
        widget_insert(&rail->w, rail->w.last, w);
    }
    widget_unlink(row);
}

/* px of all from a widget on, with the gaps between them. */
static int stack_height(struct screen_build *b, struct widget *from)
{
    int used = -b->rail->gap;
    for (struct widget *w = from; w; w = w->next)
        used += widget_measure(w, b->ctx, b->rail->w.basis) + b->rail->gap;
    return used;
}

/* The main button first leads through the pages: its place is large enough for both words. */
static void keep_room_to_read(struct screen_build *b)
{
    struct button *next = b->next;
    int least = b->ctx->tok.target_main;
    if (!next || !screen_of(b->view->screen)->reads_through)
        return;
    const char *words = next->w.text;
    next->w.measured_w = next->w.least_h = 0;
    next->w.text = text_get(b->ctx->texts, "ui.next_page");
    int h = widget_measure(&next->w, b->ctx, b->rail->w.basis);
    next->w.text = words;
    next->w.measured_w = 0;
    next->w.least_h = next->is_one_line || h > least ? h : least;
}

/* Buttons that are too high together: the words in a line, then a wider rail. */
static bool make_lower(struct screen_build *b, struct widget *from, int room)
{
    static const int percents[] = {33, 37, 41, 46};
    for (struct widget *w = from; w; w = w->next) {
        w->least_h = w->measured_w = 0;
        ((struct button *)w)->is_one_line = true;
    }
    for (size_t i = 0; i < YJ_COUNT(percents); i++) {
        b->rail->w.basis = rail_width(b, percents[i]);
        keep_room_to_read(b);
        if (stack_height(b, from) <= room)
            return true;
    }
    return false;
}

void screen_rail_buttons(struct screen_build *b)
{
    enum { MOST_PERCENT = 27, MOST_COMPACT_PERCENT = 33 };
    struct widget_ctx *ctx = b->ctx;
    struct button *button[3];
    struct widget *rail = &b->rail->w;
    spacer_new(ctx, rail, 1);
    struct widget *spacer = rail->last;
    actions(b, rail, true, button);
    for (int i = 0; i < 3; i++)
        if (button[i])
            button[i]->w.least_h = ctx->tok.target_main;
    utility_row(b, rail);
    stack(b->rail, rail->last);
    rail->basis = rail_width(b, ctx->tok.is_compact ? MOST_COMPACT_PERCENT : MOST_PERCENT);
    keep_room_to_read(b);
    int room = b->panel_h - 2 * ctx->tok.margin;
    if (stack_height(b, spacer->next) <= room || make_lower(b, spacer->next, room) || !button[1])
        return;
    widget_unlink(&button[1]->w); /* rather among the rows than not to be reached */
    b->extra = button[1];
    (void)make_lower(b, spacer->next, room); /* the widest there is */
}

void screen_rail_finish(struct screen_build *b)
{
    enum { LEAST_MM = 28 };
    struct widget_ctx *ctx = b->ctx;
    struct widget *rail = &b->rail->w;
    int room = b->panel_h - 2 * ctx->tok.margin, n = 0;
    struct widget *decor[3] = {NULL}; /* mark, steps, picture: from the top to the spacer */
    for (struct widget *w = rail->first; w; w = w->next) {
        if (w->is_hidden)
            continue;
        if (n < 3 && !decor[2] && w->cls != &widget_button_class && w->grow == 0)
            decor[n++] = w;
        room -= w->grow ? b->rail->gap : widget_measure(w, ctx, rail->basis) + b->rail->gap;
    }
    room += b->rail->gap;
    if (b->stage && b->stage->w.parent == rail && !b->stage->w.is_hidden) {
        int h = room > rail->basis ? rail->basis : room;
        b->stage->height = h;
        b->stage->w.measured_w = 0;
        b->stage->w.is_hidden = h < LEAST_MM * ctx->tok.px_per_mm;
    }
    for (int i = 0; i < n && room < 0; i++) { /* buttons are why people came */
        if (&b->stage->w == decor[i])
            continue;
        decor[i]->is_hidden = true;
        room += decor[i]->measured_h + b->rail->gap;
    }
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
    if (t->is_wide) { /* no wider than can be overlooked, in the middle */
        scrim->align = ALIGN_CENTRE;
        card->w.basis = (b->panel_w - 2 * t->margin) * (t->is_compact ? 100 : 72) / 100;
        spacer_new(ctx, &scrim->w, 1);
    }
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
