/* SPDX-License-Identifier: Apache-2.0 */
/* A column in pages. Main thread. */
#include "ui/widget/list.h"

#include "ui/widget/box.h"
#include "ui/widget/button.h"
#include "ui/widget/label.h"

enum { SPLITS_MAX = 64 };

static int list_natural(struct widget *w, struct widget_ctx *ctx)
{
    int most = 0;
    for (struct widget *c = w->first; c; c = c->next) {
        int n = widget_natural(c, ctx);
        most = n > most ? n : most;
    }
    return most;
}

/* Height of all rows on one page. */
static int rows_height(struct list *l, struct widget_ctx *ctx, int width)
{
    int h = 0;
    for (struct widget *c = l->w.first; c; c = c->next)
        if (c != l->pager)
            h += widget_measure(c, ctx, width) + (h ? l->gap : 0);
    return h;
}

/* Takes the room it is given: it turns pages when that is too little. */
static int list_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)w;
    (void)ctx;
    (void)width;
    return 0;
}

static bool is_heading(const struct widget *w)
{
    return widget_role(w)[0] == 'h';
}

/* Page of one row, counting rows up to it; room: height of a page's rows. */
static int pages_count(struct list *l, struct widget_ctx *ctx, int room, const struct widget *until)
{
    int page = 0, y = 0;
    for (struct widget *c = l->w.first; c; c = c->next) {
        if (c == l->pager)
            continue;
        int h = widget_measure(c, ctx, l->w.rect.w);
        /* a heading stays with the row that follows it */
        struct widget *mate = c->next != l->pager ? c->next : NULL;
        int need = is_heading(c) && mate ? h + l->gap + widget_measure(mate, ctx, l->w.rect.w) : h;
        if (y > 0 && y + l->gap + need > room) {
            page++;
            y = 0;
        }
        y += h + (y ? l->gap : 0);
        if (c == until)
            break;
    }
    return page;
}

static int page_room(const struct list *l, struct widget_ctx *ctx)
{
    return l->w.rect.h - widget_measure(l->pager, ctx, l->w.rect.w) - l->gap;
}

int list_page_of(struct list *list, struct widget_ctx *ctx, const struct widget *row)
{
    return list->n_pages > 1 ? pages_count(list, ctx, page_room(list, ctx), row) : 0;
}

static void pager_show(struct list *l, struct widget_ctx *ctx)
{
    static const char *const words[] = {"ui.page", "ui.page_short"};
    const char *page = widget_number(ctx, *l->page + 1), *n = widget_number(ctx, l->n_pages);
    for (size_t i = 0; i < YJ_COUNT(words); i++) {
        l->where->basis = 0;
        l->where->text = widget_words(ctx, words[i], n, n); /* the widest it can be */
        l->where->basis = widget_natural(l->where, ctx);
        l->where->text = widget_words(ctx, words[i], page, n);
        /* a quarter of the row is for it: figures alone where the words do not fit */
        if (l->where->basis <= (l->w.rect.w - 2 * l->gap) / 4)
            break;
    }
    l->where->measured_w = 0;
    l->up->is_disabled = *l->page == 0;
    l->down->is_disabled = *l->page == l->n_pages - 1;
    struct widget *both[] = {l->up, l->down};
    for (int i = 0; i < 2; i++)
        both[i]->ink = both[i]->is_disabled ? ctx->tok.on_off : ctx->tok.primary;
}

/* Put the rows of one page below each other; free room goes to rows that grow, or above. */
static void page_arrange(struct list *l, struct widget_ctx *ctx, struct rect r)
{
    int used = 0, grows = 0, n = 0;
    for (struct widget *c = l->w.first; c; c = c->next) {
        if (c == l->pager || c->is_hidden)
            continue;
        used += widget_measure(c, ctx, r.w) + (n++ ? l->gap : 0);
        grows += c->grow;
    }
    int room = r.h - used > 0 ? r.h - used : 0;
    int airy = n > 1 && !grows ? room / n : 0; /* short pages breathe */
    airy = airy > ctx->tok.gap_wide - l->gap ? ctx->tok.gap_wide - l->gap : airy;
    room -= n > 1 ? (n - 1) * airy : 0;
    int y = r.y + (!grows && l->is_centred && l->n_pages == 1
                       ? room / (ctx->tok.is_wide ? 2 : 3) /* beside a picture: as it */
                       : 0);
    for (struct widget *c = l->w.first; c; c = c->next) {
        if (c == l->pager || c->is_hidden)
            continue;
        int h = widget_measure(c, ctx, r.w) + (grows ? room * c->grow / grows : 0);
        widget_arrange(c, ctx, rect_of(r.x, y, r.w, h));
        y += h + l->gap + airy;
    }
}

/* The picture is the first to go when room is short: words and buttons are why people came. */
static void decor_drop(struct list *l, struct widget_ctx *ctx)
{
    if (!l->decor || rows_height(l, ctx, l->w.rect.w) <= l->w.rect.h)
        return;
    widget_unlink(l->decor);
    l->decor = NULL;
}

/* Rows that are higher than a page go on on the next one. */
static void rows_split(struct list *l, struct widget_ctx *ctx)
{
    int room = page_room(l, ctx), width = l->w.rect.w, n = 0;
    struct widget *before = NULL;
    for (struct widget *c = l->w.first; c && n < SPLITS_MAX; before = c, c = c->next) {
        if (c == l->pager)
            continue;
        /* a heading does not stand alone */
        int above = before && is_heading(before) ? widget_measure(before, ctx, width) + l->gap : 0;
        struct widget *rest = widget_split(c, ctx, width, room - above);
        if (!rest && above)
            rest = widget_split(c, ctx, width, room);
        if (!rest)
            continue;
        widget_insert(&l->w, c, rest);
        n++;
    }
}

static void list_arrange(struct widget *w, struct widget_ctx *ctx)
{
    struct list *l = (struct list *)w;
    struct rect r = w->rect;
    int pager_h = widget_measure(l->pager, ctx, r.w);
    decor_drop(l, ctx);
    bool is_long = rows_height(l, ctx, r.w) > r.h;
    if (is_long)
        rows_split(l, ctx);
    l->n_pages = is_long ? pages_count(l, ctx, page_room(l, ctx), NULL) + 1 : 1;
    if (*l->page >= l->n_pages)
        *l->page = l->n_pages - 1;
    if (*l->page < 0)
        *l->page = 0;
    l->pager->is_hidden = l->n_pages < 2;
    for (struct widget *c = w->first; c; c = c->next)
        if (c != l->pager)
            c->is_hidden = l->n_pages > 1 && pages_count(l, ctx, page_room(l, ctx), c) != *l->page;
    if (l->n_pages > 1) {
        pager_show(l, ctx);
        widget_arrange(l->pager, ctx, rect_of(r.x, r.y + r.h - pager_h, r.w, pager_h));
        r.h -= pager_h + l->gap;
    }
    page_arrange(l, ctx, r);
    for (struct widget *c = w->first; c; c = c->next) /* other pages too: they can be read out */
        if (c->is_hidden && c != l->pager)
            widget_arrange(c, ctx, rect_of(r.x, r.y, r.w, widget_measure(c, ctx, r.w)));
}

static void list_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    (void)w; /* shows nothing itself */
    (void)ctx;
    (void)s;
}

const struct widget_class widget_list_class = {
    .name = "list",
    .role = "list",
    .bytes = sizeof(struct list),
    .natural = list_natural,
    .measure = list_measure,
    .arrange = list_arrange,
    .draw = list_draw,
};

struct list *list_new(struct widget_ctx *ctx, struct widget *parent, int *page, bool is_centred)
{
    struct list *l = widget_new(ctx, parent, &widget_list_class, NULL);
    l->gap = ctx->tok.gap;
    l->page = page;
    l->is_centred = is_centred;
    l->ctx = ctx;
    l->n_pages = 1;
    l->w.grow = 1;
    return l;
}

void list_finish(struct list *l)
{
    struct widget_ctx *ctx = l->ctx;
    struct box *row = box_new(ctx, &l->w, BOX_ROW, ctx->tok.gap);
    struct button *up = button_new(ctx, &row->w, "page.up", text_get(ctx->texts, "ui.page_up"),
                                   BUTTON_PLAIN, (struct widget_action){.act = ACT_PAGE_UP});
    /* measured with sample numbers: the row keeps its height whatever page it names */
    struct label *where = label_new(ctx, &row->w, widget_words(ctx, "ui.page_short", "8", "8"),
                                    STYLE_BODY, ctx->tok.ink_soft, ctx->tok.ground);
    struct button *down =
        button_new(ctx, &row->w, "page.down", text_get(ctx->texts, "ui.page_down"), BUTTON_PLAIN,
                   (struct widget_action){.act = ACT_PAGE_DOWN});
    up->icon = "page-up";
    down->icon = "page-down";
    up->is_one_line = down->is_one_line = true;
    up->w.grow = down->w.grow = 3;
    where->align = ALIGN_CENTRE;
    l->pager = &row->w;
    l->up = &up->w;
    l->down = &down->w;
    l->where = &where->w;
}
