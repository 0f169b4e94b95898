/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a panel together: header, body in pages, footer, questions on top. Main thread. */
#include "ui/screen/screen.h"

#include <string.h>

enum { FEW_ITEMS = 2 };

static const struct screen_class screens[] = {
#define X(screen, name, build, picture, percent, centred, through)                                 \
    [screen] = {screen, name, build, picture, percent, centred, through},
#include "ui/screen/screens.def"
#undef X
};

static const row_fn rows[] = {
    [VIEW_HEADING] = row_heading,
    [VIEW_PARAGRAPH] = row_paragraph,
    [VIEW_NOTE] = row_note,
    [VIEW_MATTER] = row_matter,
    [VIEW_METRIC] = row_metric,
    [VIEW_TASK] = row_task,
    [VIEW_MATERIAL] = row_material,
    [VIEW_CHOICE] = row_choice,
    [VIEW_FIELD] = row_field,
    [VIEW_ACTIONS] = row_choice,
    [VIEW_PAIR] = row_pair,
    [VIEW_NUMBER] = row_number,
    [VIEW_QR] = row_qr,
    [VIEW_RATING] = row_rating,
    [VIEW_PROGRESS] = row_progress,
    [VIEW_TILE] = row_tile,
    [VIEW_SEARCH] = row_search,
    [VIEW_CASE] = row_case,
    [VIEW_PLACE] = row_place,
};

const struct screen_class *screen_of(enum view_screen screen)
{
    return &screens[(size_t)screen < YJ_COUNT(screens) ? screen : SCREEN_OUT_OF_SERVICE];
}

row_fn screen_row_of(enum view_item_kind kind)
{
    return rows[(size_t)kind < YJ_COUNT(rows) ? kind : VIEW_PARAGRAPH];
}

void screen_picture(struct screen_build *b, struct widget *list)
{
    const struct screen_class *cls = screen_of(b->view->screen);
    const char *name = b->view->illustration.lit ? b->view->illustration.lit : cls->picture;
    if (!name || !image_exists(b->ctx->images, name))
        name = cls->picture;
    if (!name)
        return;
    /* many rows need the room more than the picture does */
    int percent = b->view->n_items > 2 ? cls->picture_percent * 6 / 10 : cls->picture_percent;
    int h = b->panel_h * percent / 100;
    struct picture_box *picture = picture_new(b->ctx, list, name, 0, h, 0);
    b->body->decor = &picture->w;
}

/* Figures stand side by side, everything else below each other. */
void screen_items(struct screen_build *b, struct widget *list)
{
    struct box *grid = NULL;
    for (size_t i = 0; i < b->view->n_items; i++) {
        const struct view_item *v = &b->view->item[i];
        if (v->kind != VIEW_METRIC) {
            grid = NULL;
            screen_row_of(v->kind)(b->ctx, list, v, (int)i);
            continue;
        }
        if (!grid)
            grid = box_new(b->ctx, list, BOX_GRID, b->ctx->tok.gap);
        row_metric(b->ctx, &grid->w, v, (int)i);
        metrics_fit(b->ctx, grid, list->basis);
    }
}

/* A page with little on it gets a picture, so that it does not look unfinished. */
void screen_build_few(struct screen_build *b, struct widget *list)
{
    if (b->view->n_items <= FEW_ITEMS)
        screen_picture(b, list);
    screen_items(b, list);
}

void screen_build_plain(struct screen_build *b, struct widget *list)
{
    screen_picture(b, list);
    screen_items(b, list);
}

static void title_block(struct screen_build *b, struct widget *column)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct view *v = b->view;
    const char *title = widget_text(ctx, &v->title), *subtitle = widget_text(ctx, &v->subtitle);
    const char *banner = widget_text(ctx, &v->banner), *alert = widget_text(ctx, &v->alert);
    if (b->keys_h && screen_has_hits(v)) /* every line is needed for them */
        return;
    if (banner[0])
        (void)alert_bar_new(ctx, column, "banner", banner, v->banner_tone);
    if (title[0]) {
        struct label *l = label_new(ctx, column, title, STYLE_TITLE, t->ink, t->ground);
        l->w.id = "title";
        l->w.role = "heading";
    }
    if (subtitle[0]) {
        struct label *l = label_new(ctx, column, subtitle, STYLE_BODY, t->ink_soft, t->ground);
        l->w.id = "subtitle";
    }
    if (alert[0])
        (void)alert_bar_new(ctx, column, "alert", alert, v->alert_tone);
}

struct seek {
    const char *id;
    bool is_found;
};

static void seek_id(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct seek *s = arg;
    (void)depth;
    (void)is_visible;
    s->is_found = s->is_found || (w->id && strcmp(w->id, s->id) == 0);
}

/* Turn to the page of the item that is asked for. */
static void turn_to_item(struct screen_build *b)
{
    int item = b->state->seek_item;
    b->state->seek_item = -1;
    if (item < 0 || item >= (int)b->view->n_items)
        return;
    struct seek s = {.id = row_id(b->ctx, &b->view->item[item], item)};
    for (struct widget *row = b->body->w.first; row && !s.is_found; row = row->next) {
        widget_visit(row, seek_id, &s);
        if (s.is_found)
            b->state->page = list_page_of(b->body, b->ctx, row);
    }
    widget_arrange(&b->body->w, b->ctx, b->body->w.rect);
}

/* Nobody should leave a list unseen by pressing the big button: until the last page was shown, it
 * shows the next one. */
static void main_button_reads_on(struct screen_build *b)
{
    struct button *next = b->next;
    if (b->state->seen_page < b->state->page)
        b->state->seen_page = b->state->page;
    if (!next || next->w.is_disabled || !screen_of(b->view->screen)->reads_through ||
        b->state->seen_page >= b->body->n_pages - 1)
        return;
    next->w.text = text_get(b->ctx->texts, "ui.next_page");
    next->w.action = (struct widget_action){.act = ACT_PAGE_DOWN};
    next->w.measured_w = 0;
    next->icon = "page-down";
    widget_arrange(next->w.parent, b->ctx, next->w.parent->rect);
}

void screen_build(struct screen_build *b)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct screen_class *cls = screen_of(b->view->screen);
    struct box *root = box_new(ctx, NULL, BOX_LAYER, 0);
    root->w.role = "screen";
    root->fill = t->ground;
    struct box *page = box_new(ctx, &root->w, BOX_COLUMN, t->gap);
    page->pad_x = t->margin;
    page->pad_y = t->margin;
    b->root = &root->w;
    b->pad = NULL;
    b->next = NULL;
    screen_header(b, &page->w);
    title_block(b, &page->w);
    b->body = list_new(ctx, &page->w, &b->state->page, cls->is_centred);
    b->body->w.basis = b->panel_w - 2 * t->margin; /* rows ask for the width before arranging */
    cls->build(b, &b->body->w);
    list_finish(b->body);
    struct box *air = box_new(ctx, &page->w, BOX_COLUMN, 0);
    /* the page buttons keep away from the footer or the keys */
    air->w.least_h = b->keys_h ? b->keys_h - t->margin + t->gap / 2 : t->gap_wide - t->gap;
    screen_footer(b, &page->w);
    screen_sheet(b);
    screen_question(b);
    widget_arrange(&root->w, ctx, rect_of(0, 0, b->panel_w, b->panel_h));
    turn_to_item(b);
    main_button_reads_on(b);
    widget_focus_number(&root->w);
}
