/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen: what can be done here, and how it goes. Also what stands there all day.
 * With a tree: search, whose matters, stages, what is asked for most, guide and progress; without
 * one: its matters as large cards. Main thread. */
#include "ui/screen/screen.h"

#include <string.h>

enum { COLUMNS = 2, WIDE_COLUMNS = 5, MANY_STAGES = 6 };

/* Three pictures with words: choose, lay the card, check and sign. */
static struct box *how_it_goes(struct screen_build *b, struct widget *list)
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
    return card;
}

static void build_matters(struct screen_build *b, struct widget *list)
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
    (void)how_it_goes(b, list);
}

/* ---- the tree ---- */

/* Things of one sort, side by side where all their names fit. */
enum sort { SORT_STAGES, SORT_SERVICES, SORT_MATTERS, SORT_OTHERS };

static enum sort sort_of(const struct view_item *v)
{
    if (v->kind == VIEW_MATTER)
        return SORT_MATTERS;
    if (v->kind != VIEW_TILE)
        return SORT_OTHERS;
    return v->id && strncmp(v->id, "home.", 5) == 0 ? SORT_SERVICES : SORT_STAGES;
}

/* So many of a sort share a row at most; a lying panel has the width for more. */
static int most_columns(const struct screen_build *b, enum sort sort)
{
    return b->panel_w > b->panel_h && sort == SORT_STAGES ? WIDE_COLUMNS : COLUMNS;
}

/* Room for the words of a tile that shares its row. */
static int words_room(const struct screen_build *b, enum sort sort)
{
    const struct tokens *t = &b->ctx->tok;
    int n = most_columns(b, sort), tile = (b->body->w.basis - (n - 1) * t->gap) / n;
    return tile - 2 * t->pad - t->icon_big * 7 / 8 - t->gap * 5 / 4;
}

static int widest(struct screen_build *b, size_t first, size_t n, enum text_style style,
                  bool is_with_note)
{
    int most = 0;
    for (size_t i = first; i < first + n; i++) {
        const struct view_item *v = &b->view->item[i];
        int w = font_width(widget_font(b->ctx, style), widget_text(b->ctx, &v->label), SIZE_MAX);
        if (is_with_note)
            w += font_width(widget_font(b->ctx, STYLE_SMALL), widget_text(b->ctx, &v->note),
                            SIZE_MAX);
        most = w > most ? w : most;
    }
    return most;
}

/* Large text keeps one column for names that say much. */
static int columns_of(struct screen_build *b, size_t first, size_t n, enum sort sort)
{
    int most = most_columns(b, sort), room = words_room(b, sort);
    if (sort == SORT_STAGES)
        return widest(b, first, n, STYLE_STRONG, false) <= room ? most : 1;
    /* two lines may do; one thing alone takes the row */
    return n == 1 || b->view->is_elder || widest(b, first, n, STYLE_BODY_BOLD, false) > 2 * room
               ? 1
               : most;
}

static void tiles(struct screen_build *b, struct widget *list, size_t first, size_t n,
                  enum sort sort)
{
    int columns = columns_of(b, first, n, sort), room = words_room(b, sort);
    bool is_stages = sort == SORT_STAGES;
    enum text_style style = is_stages                                         ? STYLE_TITLE
                            : widest(b, first, n, STYLE_STRONG, false) > room ? STYLE_BODY_BOLD
                                                                              : STYLE_STRONG;
    bool is_beside = is_stages && widest(b, first, n, STYLE_TITLE, true) < room;
    if (is_stages && !is_beside && n > MANY_STAGES &&
        widest(b, first, n, STYLE_STRONG, true) < room) { /* lower tiles: all on one page */
        is_beside = true;
        style = STYLE_STRONG;
    }
    struct box *row = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct view_item *v = &b->view->item[first + i];
        if (columns == 1 && sort != SORT_STAGES) {
            (sort == SORT_MATTERS ? row_matter_line : row_tile)(b->ctx, list, v, (int)(first + i));
            continue;
        }
        if (i % (size_t)columns == 0) {
            row = box_new(b->ctx, list, BOX_ROW, b->ctx->tok.gap);
            row->stretch = true;
            row->w.grow = 1;
        }
        struct view_item short_one = *v; /* two beside each other have no room for a sentence */
        if (sort == SORT_MATTERS)
            short_one.note = (struct view_text){0};
        tile_new(b->ctx, &row->w, &short_one, (int)(first + i), style, is_beside)->w.grow = 1;
    }
    for (size_t i = n; row && i % (size_t)columns; i++)
        spacer_new(b->ctx, &row->w, 1);
}

static void group(struct screen_build *b, struct widget *list, size_t first, size_t n)
{
    static const struct view_item popular = {.id = "popular.title",
                                             .label = {.id = "ui.home.popular"}};
    const struct view_item *v = &b->view->item[first];
    enum sort sort = sort_of(v);
    if (sort == SORT_MATTERS && (first == 0 || v[-1].kind != VIEW_HEADING))
        row_heading(b->ctx, list, &popular, -1);
    if (sort != SORT_OTHERS)
        tiles(b, list, first, n, sort);
    else if (v->kind == VIEW_CHOICE)
        segments_new(b->ctx, list, v, (int)first);
    else
        screen_row_of(v->kind)(b->ctx, list, v, (int)first);
}

/* Is this the part that large text moves to the next page? */
static bool is_late(struct screen_build *b, size_t at)
{
    const struct view_item *v = &b->view->item[at];
    bool is_title = v->kind == VIEW_HEADING && at + 1 < b->view->n_items;
    return b->view->is_elder && (v->kind == VIEW_MATTER || (is_title && v[1].kind == VIEW_MATTER));
}

static void build_tree(struct screen_build *b, struct widget *list)
{
    const struct view *view = b->view;
    for (int late = 0; late < 2; late++) {
        for (size_t i = 0, n = 1; i < view->n_items; i += n, n = 1) {
            enum sort sort = sort_of(&view->item[i]);
            while (sort != SORT_OTHERS && i + n < view->n_items &&
                   sort_of(&view->item[i + n]) == sort)
                n++;
            if (is_late(b, i) == late)
                group(b, list, i, n);
        }
    }
    if (!view->is_elder)
        b->body->decor = &how_it_goes(b, list)->w; /* when there is room */
}

void screen_build_home(struct screen_build *b, struct widget *list)
{
    bool is_tree = false;
    for (size_t i = 0; i < b->view->n_items; i++)
        is_tree = is_tree || b->view->item[i].kind == VIEW_TILE;
    if (is_tree)
        build_tree(b, list);
    else
        build_matters(b, list);
}
