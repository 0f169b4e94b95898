/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a panel together: its frame, the rows of the body, questions on top. Main thread. */
#include "ui/screen/screen.h"

#include <string.h>

enum {
    FEW_ITEMS = 2,
    ASIDE_PERCENT = 36, /* of the page's width, for a picture beside the rows */
    HALF_CHARS = 15,    /* a row of half the width holds so many large characters */
};

static const struct screen_class screens[] = {
#define X(screen, name, build, picture, percent, centred, through, spoken)                         \
    [screen] = {screen, name, build, picture, percent, centred, through, spoken},
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
    bool has_long = false; /* a text to be read or a code needs the width */
    for (size_t i = 0; i < b->view->n_items && b->rail; i++)
        has_long = has_long || b->view->item[i].kind == VIEW_QR ||
                   row_is_consent(b->ctx, &b->view->item[i], list->basis);
    if (!name || (has_long && b->stage->w.parent != &b->rail->w))
        return;
    if (b->stage) {
        b->stage->name = name;
        b->stage->w.is_hidden = false;
        if (!b->rail || b->stage->w.parent == &b->rail->w)
            return;
        b->stage->w.basis = b->page_w * ASIDE_PERCENT / 100;
        list->basis = b->page_w - b->stage->w.basis - b->ctx->tok.gap_wide;
        return;
    }
    /* many rows need the room more than the picture does */
    int percent = b->view->n_items > 2 ? cls->picture_percent * 6 / 10 : cls->picture_percent;
    int h = b->panel_h * percent / 100;
    struct picture_box *picture = picture_new(b->ctx, list, name, 0, h, 0);
    if (cls->picture) /* one that a page without pictures asks for says what to do now: it stays */
        b->body->decor = &picture->w;
}

bool screen_has_halves(const struct screen_build *b)
{
    const struct tokens *t = &b->ctx->tok;
    return t->is_wide && (b->body->w.basis - t->gap) / 2 > HALF_CHARS * t->text_strong;
}

static bool can_pair(enum view_item_kind kind)
{
    return kind == VIEW_FIELD || kind == VIEW_MATERIAL || kind == VIEW_TASK || kind == VIEW_CASE ||
           kind == VIEW_PLACE || kind == VIEW_PAIR || kind == VIEW_CHOICE;
}

void screen_row(struct screen_build *b, struct widget *list, int item)
{
    const struct view_item *v = &b->view->item[item];
    row_fn row = screen_row_of(v->kind);
    bool has_mate = (size_t)item + 1 < b->view->n_items && v[1].kind == v->kind;
    bool is_long = row_is_consent(b->ctx, v, list->basis);
    if (!can_pair(v->kind) || is_long || !screen_has_halves(b) || (!b->pair && !has_mate)) {
        b->pair = NULL;
        row(b->ctx, list, v, item);
        return;
    }
    if (!b->pair) {
        b->pair = box_new(b->ctx, list, BOX_GRID, b->body->gap);
        b->pair->n_columns = 2;
    }
    b->pair->w.basis = (list->basis - b->pair->gap) / 2; /* what a row takes its width from */
    row(b->ctx, &b->pair->w, v, item);
    b->pair->w.basis = 0;
    if (b->pair->w.first->next || !has_mate)
        b->pair = NULL;
}

/* Figures stand side by side, everything else below each other. */
void screen_items(struct screen_build *b, struct widget *list)
{
    struct box *grid = NULL;
    for (size_t i = 0; i < b->view->n_items; i++) {
        const struct view_item *v = &b->view->item[i];
        if (v->kind != VIEW_METRIC) {
            grid = NULL;
            screen_row(b, list, (int)i);
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
    b->pad = NULL;
    b->next = b->extra = NULL;
    b->rail = b->pair = NULL;
    b->stage = NULL;
    screen_frame(b);
    screen_of(b->view->screen)->build(b, &b->body->w);
    if (b->stage && !b->rail && b->stage->w.is_hidden) { /* the upper half is not left empty */
        const struct screen_class *cls = screen_of(b->view->screen);
        b->stage->name = cls->picture ? cls->picture : "form";
        b->stage->w.is_hidden = false;
    }
    if (b->extra)
        widget_insert(&b->body->w, b->body->w.last, &b->extra->w);
    list_finish(b->body);
    if (b->rail) {
        b->body->w.basis = 0; /* takes what the picture leaves */
        screen_rail_finish(b);
    }
    screen_sheet(b);
    screen_settings(b);
    screen_question(b);
    widget_arrange(b->root, b->ctx, rect_of(0, 0, b->panel_w, b->panel_h));
    turn_to_item(b);
    main_button_reads_on(b);
    widget_focus_number(b->root);
}
