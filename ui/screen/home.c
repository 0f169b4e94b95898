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
    if (n <= 2 || !b->view->prefs.is_elder) /* large text needs the room */
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
    bool is_many = b->ctx->tok.is_wide && !b->ctx->tok.is_compact;
    return !is_many ? COLUMNS : sort == SORT_STAGES ? WIDE_COLUMNS : sort == SORT_MATTERS ? 4 : 2;
}

/* Room for the words of a tile that shares its row with so many. */
static int words_room(const struct screen_build *b, int columns)
{
    const struct tokens *t = &b->ctx->tok;
    int tile = (b->body->w.basis - (columns - 1) * t->gap) / columns;
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

static int widest_note(struct screen_build *b, size_t first, size_t n)
{
    int most = 0;
    for (size_t i = first; i < first + n; i++) {
        const char *note = widget_text(b->ctx, &b->view->item[i].note);
        int w = font_width(widget_font(b->ctx, STYLE_SMALL), note, SIZE_MAX);
        most = w > most ? w : most;
    }
    return most;
}

/* px of the longest word that cannot be broken: of those written with blanks. */
static int widest_word(struct screen_build *b, size_t first, size_t n, enum text_style style)
{
    enum { WIDE_BEGIN = 0xE0 }; /* of a Chinese character, and some signs */
    int most = 0;
    for (size_t i = first; i < first + n; i++) {
        const char *s = widget_text(b->ctx, &b->view->item[i].label);
        while (*s) {
            size_t len = strcspn(s, " ");
            if ((unsigned char)*s < WIDE_BEGIN) {
                int w = font_width(widget_font(b->ctx, style), s, len);
                most = w > most ? w : most;
            }
            s += len + (s[len] == ' ');
        }
    }
    return most;
}

/* Large text keeps one column for names that say much. */
static int columns_of(struct screen_build *b, size_t first, size_t n, enum sort sort)
{
    int columns = most_columns(b, sort);
    const struct tokens *t = &b->ctx->tok;
    bool is_roomless = b->view->prefs.is_elder || (t->is_large && t->is_compact);
    bool is_one = sort != SORT_STAGES && (n == 1 || is_roomless); /* takes the row */
    /* two lines may do, but for a stage */
    int width = widest(b, first, n, sort == SORT_STAGES ? STYLE_STRONG : STYLE_BODY_BOLD, false);
    int lines = sort == SORT_STAGES ? 1 : 2,
        note = sort == SORT_STAGES ? widest_note(b, first, n) : 0;
    width = note > width ? note : width;
    int word = widest_word(b, first, n, STYLE_BODY_BOLD);
    while (columns > 1 &&
           (is_one || width > lines * words_room(b, columns) || word > words_room(b, columns)))
        columns--;
    if (columns > 2 && n % (size_t)columns && n % (size_t)(columns - 1) == 0)
        columns--; /* no gap at the end */
    return columns;
}

/* Trouble has a line above the page: the tiles make room, so that the last of them stay with the
 * first. */
static bool is_crowded_home(const struct screen_build *b)
{
    return !b->rail && !b->ctx->tok.is_large && (b->view->banner.id || b->view->banner.lit);
}

static void tiles(struct screen_build *b, struct widget *list, size_t first, size_t n,
                  enum sort sort)
{
    int columns = columns_of(b, first, n, sort), room = words_room(b, columns);
    bool is_stages = sort == SORT_STAGES;
    enum text_style style = is_stages                                         ? STYLE_TITLE
                            : widest(b, first, n, STYLE_STRONG, false) > room ? STYLE_BODY_BOLD
                                                                              : STYLE_STRONG;
    bool is_beside = is_stages && widest(b, first, n, STYLE_TITLE, true) < room;
    bool is_crowded = is_crowded_home(b);
    if (is_stages && (!is_beside || is_crowded) && n > MANY_STAGES &&
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
        struct box *tile =
            tile_new(b->ctx, &row->w, &short_one, (int)(first + i), style, is_beside);
        tile->w.grow = 1;
        if (is_crowded)
            tile->pad_y = b->ctx->tok.gap / 2;
    }
    for (size_t i = n; row && i % (size_t)columns; i++)
        spacer_new(b->ctx, &row->w, 1);
}

/* Across a lying panel the words to search for and whose matters they are share a line. */
static bool search_is_beside(const struct screen_build *b, size_t first)
{
    const struct view_item *v = &b->view->item[first];
    const struct tokens *t = &b->ctx->tok;
    return t->is_wide && !t->is_compact && !t->is_large && v->kind == VIEW_SEARCH &&
           first + 1 < b->view->n_items && v[1].kind == VIEW_CHOICE;
}

static void search_and_audience(struct screen_build *b, struct widget *list, size_t first)
{
    const struct view_item *v = &b->view->item[first];
    struct widget_ctx *ctx = b->ctx;
    struct box *row = box_new(ctx, list, BOX_ROW, ctx->tok.gap);
    row->stretch = true;
    row_search(ctx, &row->w, v, (int)first);
    row->w.last->grow = 3;
    segments_new(ctx, &row->w, v + 1, (int)first + 1);
    row->w.last->grow = 2;
}

/* What this terminal has done and whose it is: there for those who look for it. */
static void quiet_line(struct screen_build *b, struct widget *list, const struct view_item *v,
                       int item)
{
    const struct tokens *t = &b->ctx->tok;
    struct label *l = label_new(b->ctx, list, widget_text(b->ctx, &v->label), STYLE_SMALL,
                                t->ink_soft, t->ground);
    l->align = ALIGN_CENTRE;
    l->w.id = row_id(b->ctx, v, item);
    b->body->decor = &l->w;
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
    else if (v->kind == VIEW_PARAGRAPH)
        quiet_line(b, list, v, (int)first);
    else if (v->kind == VIEW_CHOICE && first && search_is_beside(b, first - 1))
        return;
    else if (v->kind == VIEW_CHOICE)
        segments_new(b->ctx, list, v, (int)first);
    else if (search_is_beside(b, first))
        search_and_audience(b, list, first);
    else
        screen_row_of(v->kind)(b->ctx, list, v, (int)first);
}

/* Is this the part that large text moves to the next page? */
static bool is_late(struct screen_build *b, size_t at)
{
    const struct view_item *v = &b->view->item[at];
    bool is_title = v->kind == VIEW_HEADING && at + 1 < b->view->n_items;
    return b->view->prefs.is_elder &&
           (v->kind == VIEW_MATTER || (is_title && v[1].kind == VIEW_MATTER));
}

static void build_tree(struct screen_build *b, struct widget *list)
{
    const struct view *view = b->view;
    if (b->rail)
        screen_picture(b, list);
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
    if (!view->prefs.is_elder && !b->body->decor)
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
