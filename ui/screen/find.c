/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a matter: the hits of a search, the matters of a stage, the guide's questions, and how
 * applications stand. Main thread. */
#include "ui/screen/screen.h"

enum {
    FEW_MATTERS = 4,     /* so many get large cards */
    LEAST_HITS = 5,      /* to be seen above the keys */
    CHOICES_PERCENT = 58 /* of the panel's height, for the guide's choices */
};

/* The words, and a way to have none. While the keyboard is open it shows them itself. */
static void search_row(struct screen_build *b, struct widget *list, const struct view_item *v,
                       int item)
{
    struct widget_ctx *ctx = b->ctx;
    struct box *row = box_new(ctx, list, BOX_ROW, ctx->tok.gap);
    row->stretch = true;
    search_box_new(ctx, &row->w, v, item, (struct widget_action){.act = ACT_EDIT, .item = item})
        ->w.grow = 1;
    if (!v->edit || !v->edit[0])
        return;
    struct button *clear =
        button_new(ctx, &row->w, "search.clear", text_get(ctx->texts, "ime.clear"), BUTTON_PLAIN,
                   (struct widget_action){.act = ACT_EMPTY, .item = item});
    clear->icon = "close";
    clear->style = STYLE_BODY_BOLD;
}

bool screen_has_hits(const struct view *view)
{
    for (size_t i = 0; i < view->n_items; i++)
        if (view->item[i].kind == VIEW_MATTER)
            return true;
    return false;
}

/* Above the keys of a small panel there is room for names only. */
static bool has_notes(const struct screen_build *b)
{
    const struct tokens *t = &b->ctx->tok;
    int line = font_line_height(widget_font(b->ctx, STYLE_STRONG)) +
               font_line_height(widget_font(b->ctx, STYLE_SMALL));
    int room = b->panel_h - b->keys_h - 2 * t->margin - t->icon * 3 / 2;
    return !b->keys_h || room / (line + 3 * t->gap) >= LEAST_HITS;
}

void screen_build_find(struct screen_build *b, struct widget *list)
{
    const struct view *view = b->view;
    int n_matters = 0;
    bool is_search = false;
    for (size_t i = 0; i < view->n_items; i++) {
        n_matters += view->item[i].kind == VIEW_MATTER;
        is_search = is_search || view->item[i].kind == VIEW_SEARCH;
    }
    if (is_search && !n_matters && b->keys_h)
        screen_picture(b, list); /* while nothing was found it has the room */
    for (size_t i = 0; i < view->n_items; i++) {
        const struct view_item *v = &view->item[i];
        struct view_item short_one = *v;
        if (!has_notes(b))
            short_one.note = (struct view_text){0};
        if (v->kind == VIEW_MATTER && (is_search || n_matters > FEW_MATTERS))
            row_matter_line(b->ctx, list, &short_one, (int)i);
        else if (v->kind != VIEW_SEARCH)
            screen_row_of(v->kind)(b->ctx, list, v, (int)i);
        else if (!b->keys_h)
            search_row(b, list, v, (int)i);
    }
}

/* ---- the guide ---- */

/* All choices in one size: large, or less so when one says much. */
static enum text_style choice_style(struct screen_build *b)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct font *font = widget_font(ctx, STYLE_TITLE);
    int room = b->body->w.basis - 2 * t->pad - t->icon * 3 / 2 - t->gap, most = 0;
    for (size_t i = 0; i < b->view->n_items; i++) {
        const struct view_item *v = &b->view->item[i];
        int w = v->kind == VIEW_TILE ? font_width(font, widget_text(ctx, &v->label), SIZE_MAX) : 0;
        most = w > most ? w : most;
        for (size_t o = 0; o < v->n_options; o++) {
            w = font_width(font, widget_text(ctx, &v->option[o].label), SIZE_MAX);
            most = w > most ? w : most;
        }
    }
    return most > room ? STYLE_STRONG : STYLE_TITLE;
}

static void choice(struct screen_build *b, struct widget *list, const char *id, const char *words,
                   enum text_style style, struct widget_action action)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, id, "button");
    card->kind = BOX_ROW;
    card->pad_y = t->gap;
    card->w.index = action.act == ACT_INTENT && action.intent == INTENT_CHOOSE ? action.option : -1;
    card->w.text = words;
    card->w.action = action;
    struct label *l = label_new(ctx, &card->w, words, style, t->ink, t->card);
    l->w.grow = 1;
    picture_new(ctx, &card->w, "forward", t->icon * 3 / 2, t->icon * 3 / 2, t->on_primary)->disc =
        t->primary;
}

/* A choice is an option of a question, or a tile of its own. */
static void choices(struct screen_build *b, struct widget *list, int item, enum text_style style)
{
    struct widget_ctx *ctx = b->ctx;
    const struct view_item *v = &b->view->item[item];
    const char *id = row_id(ctx, v, item);
    struct widget_action tap = {.act = ACT_INTENT, .intent = INTENT_OPEN, .item = item};
    if (v->kind == VIEW_TILE) {
        choice(b, list, id, widget_text(ctx, &v->label), style, tap);
        return;
    }
    tap.intent = INTENT_CHOOSE;
    for (size_t i = 0; i < v->n_options; i++) {
        tap.option = (int)i;
        choice(b, list, id, widget_text(ctx, &v->option[i].label), style, tap);
    }
}

void screen_build_guide(struct screen_build *b, struct widget *list)
{
    const struct view *view = b->view;
    const struct tokens *t = &b->ctx->tok;
    int n = 0, most = b->panel_h / 9;
    for (size_t i = 0; i < view->n_items; i++)
        n += view->item[i].kind == VIEW_CHOICE ? (int)view->item[i].n_options
                                               : view->item[i].kind == VIEW_TILE;
    int height = n > 0 ? b->panel_h * CHOICES_PERCENT / 100 / n - t->gap : most;
    height = height > most ? most : height < t->target_main ? t->target_main : height;
    enum text_style style = choice_style(b);
    if (n <= FEW_MATTERS)
        screen_picture(b, list);
    for (size_t i = 0; i < view->n_items; i++) {
        const struct view_item *v = &view->item[i];
        struct widget *before = list->last;
        if (v->kind != VIEW_TILE && v->kind != VIEW_CHOICE) {
            screen_row_of(v->kind)(b->ctx, list, v, (int)i);
            continue;
        }
        choices(b, list, (int)i, style);
        for (struct widget *w = before ? before->next : list->first; w; w = w->next)
            w->least_h = height;
    }
}

/* ---- how applications stand ---- */

/* The picture belongs to the page that asks for card or receipt. */
void screen_build_progress(struct screen_build *b, struct widget *list)
{
    bool has_news = false;
    for (size_t i = 0; i < b->view->n_items; i++)
        has_news =
            has_news || b->view->item[i].kind == VIEW_CASE || b->view->item[i].kind == VIEW_TASK;
    if (!has_news)
        screen_picture(b, list);
    else
        b->body->is_centred = false; /* a list begins at the top */
    screen_items(b, list);
}
