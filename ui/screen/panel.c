/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a panel and where they stand. Main thread.
 *
 *   standing            standing, all within reach     lying
 *   mark        step    mark          step             title        | mark, step
 *   title, notes        title, notes                   notes        | picture
 *   body                picture      } upper half      body         | main button, back
 *   actions             body, actions                               | help                     */
#include "ui/screen/screen.h"

enum {
    TITLE_PERCENT = 45,         /* of the page's height: what is beyond that goes into the body */
    TITLE_COMPACT_PERCENT = 36, /* of a small panel */
    MARK_MOST_SHAPE = 3500,     /* a brand's mark: width for a height of 1000 */
};

static void step_words(struct screen_build *b, struct widget *parent)
{
    struct widget_ctx *ctx = b->ctx;
    struct label *l = label_new(ctx, parent,
                                widget_words(ctx, "ui.step", widget_number(ctx, b->view->step),
                                             widget_number(ctx, b->view->n_steps)),
                                STYLE_BODY_BOLD, ctx->tok.ink_soft, ctx->tok.ground);
    l->w.id = "step";
}

static void mark(struct screen_build *b, struct widget *parent, bool has_step)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *row = box_new(ctx, parent, BOX_ROW, t->gap);
    row->w.least_h = t->icon * 3 / 2 + (has_step || b->rail ? 0 : t->gap_wide);
    int mark_h = t->icon * 3 / 2, shape = image_shape(ctx->images, "mark");
    shape = shape > MARK_MOST_SHAPE ? MARK_MOST_SHAPE : shape;
    (void)picture_new(ctx, &row->w, "mark", mark_h * shape / 1000, mark_h, 0);
    struct label *l = label_new(ctx, &row->w, b->product, STYLE_STRONG, t->primary, t->ground);
    l->w.id = "product";
    if (b->rail && (t->is_compact || shape > 1000)) /* a wide mark leaves no room for more */
        return;
    l = label_new(ctx, &row->w, b->hall ? b->hall : "", STYLE_SMALL, t->ink_soft, t->ground);
    l->w.grow = 1;
    struct widget *hall = &l->w;
    if (has_step)
        step_words(b, &row->w);
    int room = b->rail ? 0 : b->panel_w - 2 * t->margin - 3 * t->gap;
    for (struct widget *w = row->w.first; w; w = w->next)
        room -= w != hall ? widget_natural(w, ctx) : 0;
    if (!b->rail && room < widget_natural(hall, ctx))
        hall->text = ""; /* rather not than broken */
}

/* Product mark, hall, and how far the visit is. Nothing here is to be touched: the top of a
 * standing panel is out of reach from a wheelchair. */
static void header(struct screen_build *b, struct widget *column)
{
    bool has_step = b->view->n_steps > 0;
    mark(b, column, has_step);
    if (has_step)
        (void)steps_new(b->ctx, column, b->view->step, b->view->n_steps);
}

/* ---- titles ---- */

/* Words above the body: as long as they leave it room they stand still, else they are its first
 * rows, which pages turn. */
struct above {
    struct screen_build *b;
    struct widget *column, *list;
    int room; /* px that are left for them */
};

static bool is_fitting(struct above *a, struct widget *w)
{
    int h = widget_measure(w, a->b->ctx, a->b->page_w) + a->b->ctx->tok.gap;
    if (h > a->room)
        return false;
    a->room -= h;
    return true;
}

/* What does not fit moves into the list. */
static void place(struct above *a, struct widget *w)
{
    if (!w || is_fitting(a, w))
        return;
    widget_unlink(w);
    widget_insert(a->list, a->list->last, w);
}

static struct widget *title_new(struct screen_build *b, struct widget *column, int room)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const char *words = widget_text(ctx, &b->view->title);
    if (!words[0])
        return NULL;
    struct label *l = label_new(ctx, column, words, STYLE_TITLE, t->ink, t->ground);
    l->w.id = "title";
    l->w.role = "heading";
    static const enum text_style smaller[] = {STYLE_STRONG, STYLE_BODY_BOLD};
    for (size_t i = 0; i < YJ_COUNT(smaller); i++) {
        int lines = widget_measure(&l->w, ctx, b->page_w) / font_line_height(l->font);
        if (lines <= (t->is_compact ? 1 : 2) ||
            (lines == 2 && widget_measure(&l->w, ctx, b->page_w) * 2 < room))
            break;
        l->style = smaller[i];
        l->w.measured_w = 0;
    }
    return &l->w;
}

static void titles(struct screen_build *b, struct widget *column, struct widget *list, int room)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct view *v = b->view;
    const char *subtitle = widget_text(ctx, &v->subtitle);
    const char *banner = widget_text(ctx, &v->banner), *alert = widget_text(ctx, &v->alert);
    struct above a = {.b = b, .column = column, .list = list, .room = room};
    struct widget *w_banner = NULL, *w_subtitle = NULL, *w_alert = NULL;
    if (b->keys_h && screen_has_hits(v)) /* every line is needed for them */
        return;
    if (banner[0])
        w_banner = &alert_bar_new(ctx, column, "banner", banner, v->banner_tone)->w;
    struct widget *title = title_new(b, column, room);
    bool is_crowded = v->screen == SCREEN_HOME && banner[0]; /* its rows say the same */
    if (subtitle[0] && !is_crowded) {
        struct label *l = label_new(ctx, column, subtitle, STYLE_BODY, t->ink_soft, t->ground);
        l->w.id = "subtitle";
        w_subtitle = &l->w;
    }
    if (alert[0])
        w_alert = &alert_bar_new(ctx, column, "alert", alert, v->alert_tone)->w;
    struct widget *by_weight[] = {title, w_alert, w_subtitle, w_banner};
    for (size_t i = 0; i < YJ_COUNT(by_weight); i++)
        place(&a, by_weight[i]);
}

/* ---- panels ---- */

static struct list *body(struct screen_build *b, struct widget *parent)
{
    const struct screen_class *cls = screen_of(b->view->screen);
    b->body = list_new(b->ctx, parent, &b->state->page, cls->is_centred);
    b->body->w.basis = b->page_w; /* rows ask for the width before arranging */
    return b->body;
}

static struct picture_box *stage(struct screen_build *b, struct widget *parent)
{
    struct picture_box *p = picture_new(b->ctx, parent, "mark", 0, 0, 0);
    p->w.is_hidden = true;
    return p;
}

static void standing(struct screen_build *b)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *page = box_new(ctx, b->root, BOX_COLUMN, t->gap);
    page->pad_x = page->pad_y = t->margin;
    b->page_w = b->panel_w - 2 * t->margin;
    struct box *upper = box_new(ctx, &page->w, BOX_COLUMN, t->gap);
    struct box *lower = box_new(ctx, NULL, BOX_COLUMN, t->gap);
    header(b, &upper->w);
    (void)body(b, &page->w);
    screen_footer(b, &lower->w);
    int room = b->panel_h - 2 * t->margin - widget_measure(&upper->w, ctx, b->page_w) -
               (b->keys_h ? b->keys_h : widget_measure(&lower->w, ctx, b->page_w));
    int percent = b->view->prefs.is_low ? 100 : TITLE_PERCENT;
    upper->w.measured_w = 0; /* it is to become higher */
    titles(b, &upper->w, &b->body->w, room * percent / 100);
    if (b->view->prefs.is_low && !b->keys_h) { /* nothing up there can be touched */
        b->stage = stage(b, &upper->w);
        b->stage->w.grow = 1;
        upper->w.least_h = b->panel_h / 2 - t->margin - t->gap;
    }
    struct box *air = box_new(ctx, &page->w, BOX_COLUMN, 0);
    /* the page buttons keep away from the footer or the keys */
    air->w.least_h = b->keys_h ? b->keys_h - t->margin + t->gap / 2 : t->gap_wide - t->gap;
    if (lower->w.first)
        widget_insert(&page->w, page->w.last, &lower->w);
}

static void lying(struct screen_build *b)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct screen_class *cls = screen_of(b->view->screen);
    struct box *all = box_new(ctx, b->root, BOX_ROW, t->gap_wide);
    all->pad_x = all->pad_y = t->margin;
    all->stretch = true;
    struct box *page = box_new(ctx, &all->w, BOX_COLUMN, t->gap);
    page->w.grow = 1;
    b->rail = box_new(ctx, &all->w, BOX_COLUMN, t->gap);
    mark(b, &b->rail->w, false);
    if (b->view->n_steps > 0) {
        struct box *steps = box_new(ctx, &b->rail->w, BOX_COLUMN, 0);
        step_words(b, &steps->w);
        (void)steps_new(ctx, &steps->w, b->view->step, b->view->n_steps);
    }
    struct picture_box *in_rail = stage(b, &b->rail->w);
    screen_rail_buttons(b);
    b->page_w = b->panel_w - 2 * t->margin - t->gap_wide - b->rail->w.basis;
    struct box *middle = box_new(ctx, NULL, BOX_ROW, t->gap_wide);
    /* five faces take the width */
    bool is_beside = cls->is_centred && !t->is_compact && b->view->screen != SCREEN_RATING;
    b->stage = is_beside ? stage(b, &middle->w) : in_rail;
    (void)body(b, &middle->w);
    int percent = t->is_compact ? TITLE_COMPACT_PERCENT : TITLE_PERCENT;
    titles(b, &page->w, &b->body->w, (b->panel_h - 2 * t->margin) * percent / 100);
    middle->stretch = true;
    middle->w.grow = 1;
    widget_insert(&page->w, page->w.last, &middle->w);
}

void screen_frame(struct screen_build *b)
{
    struct box *root = box_new(b->ctx, NULL, BOX_LAYER, 0);
    root->w.role = "screen";
    root->fill = b->ctx->tok.ground;
    b->root = &root->w;
    if (b->ctx->tok.is_wide)
        lying(b);
    else
        standing(b);
}
