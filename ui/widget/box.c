/* SPDX-License-Identifier: Apache-2.0 */
/* Columns, rows, grids. Main thread. */
#include "ui/widget/box.h"

#include "ui/widget/box_priv.h"
#include "ui/widget/plate.h"

static bool counts(const struct widget *w)
{
    return !w->is_hidden;
}

static int n_children(const struct widget *w)
{
    int n = 0;
    for (const struct widget *c = w->first; c; c = c->next)
        n += counts(c);
    return n;
}

static int box_natural(struct widget *w, struct widget_ctx *ctx)
{
    struct box *b = (struct box *)w;
    int sum = 0, most = 0, n = n_children(w);
    for (struct widget *c = w->first; c; c = c->next) {
        if (!counts(c))
            continue;
        int width = widget_natural(c, ctx);
        sum += width;
        most = width > most ? width : most;
    }
    int gaps = n > 1 ? (n - 1) * b->gap : 0;
    return 2 * b->pad_x + (b->kind == BOX_ROW ? sum + gaps : most);
}

/* Width of a row's child: fixed, natural, or its share of what the others leave. */
static int row_share(struct box *b, struct widget_ctx *ctx, const struct widget *child, int inner)
{
    int fixed = 0, grows = 0;
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        if (c->grow > 0 && c->basis == 0)
            grows += c->grow;
        else
            fixed += widget_natural(c, ctx);
    }
    int n = n_children(&b->w), room = inner - fixed - (n > 1 ? (n - 1) * b->gap : 0);
    return grows && room > 0 ? room * child->grow / grows : 0;
}

static int row_width(struct box *b, struct widget_ctx *ctx, struct widget *c, int inner)
{
    int w = c->grow > 0 && c->basis == 0 ? row_share(b, ctx, c, inner) : widget_natural(c, ctx);
    return w < 1 ? 1 : w > inner ? inner : w;
}

static int column_width(const struct widget *c, int inner)
{
    return c->basis > 0 && c->basis < inner ? c->basis : inner;
}

static int grid_columns(const struct box *b)
{
    return b->n_columns > 0 ? b->n_columns : 1;
}

static int grid_width(const struct box *b, int inner)
{
    int n = grid_columns(b);
    return (inner - (n - 1) * b->gap) / n;
}

/* Height of a grid's row that starts at child c. */
static int grid_row_height(const struct box *b, struct widget_ctx *ctx, struct widget *c, int width)
{
    int most = 0;
    for (int i = 0; c && i < grid_columns(b); c = c->next) {
        if (!counts(c))
            continue;
        int h = widget_measure(c, ctx, width);
        most = h > most ? h : most;
        i++;
    }
    return most;
}

static int grid_measure(struct box *b, struct widget_ctx *ctx, int inner)
{
    int h = 0, i = 0, width = grid_width(b, inner);
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        if (i++ % grid_columns(b) == 0)
            h += grid_row_height(b, ctx, c, width) + (h ? b->gap : 0);
    }
    return h;
}

static int box_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    struct box *b = (struct box *)w;
    int inner = width - 2 * b->pad_x - b->mark_px, h = 0, n = n_children(w);
    inner = inner > 1 ? inner : 1;
    if (b->kind == BOX_GRID)
        return grid_measure(b, ctx, inner) + 2 * b->pad_y;
    for (struct widget *c = w->first; c; c = c->next) {
        if (!counts(c))
            continue;
        if (b->kind == BOX_COLUMN) {
            h += widget_measure(c, ctx, column_width(c, inner));
        } else {
            int cw = b->kind == BOX_ROW ? row_width(b, ctx, c, inner) : inner;
            int ch = widget_measure(c, ctx, cw);
            h = ch > h ? ch : h;
        }
    }
    if (b->kind == BOX_COLUMN && n > 1)
        h += (n - 1) * b->gap;
    return h + 2 * b->pad_y;
}

/* Left edge of something w px wide that stands x px behind the beginning of a line. */
static int place_x(const struct widget_ctx *ctx, struct rect in, int x, int w)
{
    return ctx->tok.is_rtl ? in.x + in.w - x - w : in.x + x;
}

static void column_arrange(struct box *b, struct widget_ctx *ctx, struct rect in)
{
    int used = 0, grows = 0, n = n_children(&b->w);
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        used += widget_measure(c, ctx, column_width(c, in.w));
        grows += c->grow;
    }
    int room = in.h - used - (n > 1 ? (n - 1) * b->gap : 0);
    room = room > 0 ? room : 0;
    int y = in.y;
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        int cw = column_width(c, in.w), ch = widget_measure(c, ctx, cw);
        if (grows)
            ch += room * c->grow / grows;
        int x = b->align == ALIGN_CENTRE ? (in.w - cw) / 2 : b->align == ALIGN_END ? in.w - cw : 0;
        widget_arrange(c, ctx, rect_of(place_x(ctx, in, x, cw), y, cw, ch));
        y += ch + b->gap;
    }
}

static void row_arrange(struct box *b, struct widget_ctx *ctx, struct rect in)
{
    int x = 0;
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        int cw = row_width(b, ctx, c, in.w), ch = widget_measure(c, ctx, cw);
        int h = b->stretch ? in.h : ch < in.h ? ch : in.h;
        widget_arrange(c, ctx, rect_of(place_x(ctx, in, x, cw), in.y + (in.h - h) / 2, cw, h));
        x += cw + b->gap;
    }
}

static void grid_arrange(struct box *b, struct widget_ctx *ctx, struct rect in)
{
    int i = 0, y = in.y, h = 0, width = grid_width(b, in.w);
    for (struct widget *c = b->w.first; c; c = c->next) {
        if (!counts(c))
            continue;
        if (i % grid_columns(b) == 0) {
            y += i ? h + b->gap : 0;
            h = grid_row_height(b, ctx, c, width);
        }
        int x = (i % grid_columns(b)) * (width + b->gap);
        widget_arrange(c, ctx, rect_of(place_x(ctx, in, x, width), y, width, h));
        i++;
    }
}

static void box_arrange(struct widget *w, struct widget_ctx *ctx)
{
    struct box *b = (struct box *)w;
    struct rect in = {w->rect.x + b->pad_x + (ctx->tok.is_rtl ? 0 : b->mark_px),
                      w->rect.y + b->pad_y, w->rect.w - 2 * b->pad_x - b->mark_px,
                      w->rect.h - 2 * b->pad_y};
    switch (b->kind) {
    case BOX_COLUMN:
        column_arrange(b, ctx, in);
        break;
    case BOX_ROW:
        row_arrange(b, ctx, in);
        break;
    case BOX_GRID:
        grid_arrange(b, ctx, in);
        break;
    case BOX_LAYER:
        for (struct widget *c = w->first; c; c = c->next)
            if (counts(c))
                widget_arrange(c, ctx, in);
        break;
    }
}

/* What the box is by its rim. Black and white have no other way to say where a card ends; what can
 * be touched has the thicker one. */
static void draw_rim(const struct box *b, const struct tokens *t, struct surface *s)
{
    const struct widget *w = &b->w;
    bool can_tap = w->action.act != ACT_NONE;
    if (w->has_error)
        plate_wrong(s, t, w->rect, b->radius);
    else if (w->is_selected || w->is_pressed)
        surface_border(s, w->rect, b->radius, t->border_lit, t->primary);
    else if (t->is_bare && w->is_disabled && b->fill)
        plate_off(s, t, w->rect, b->radius);
    else if (b->line)
        surface_border(s, w->rect, b->radius, b->line_px, b->line);
    else if (t->is_bare && b->fill && b->radius > 0)
        surface_border(s, w->rect, b->radius, can_tap ? t->border : (t->border + 1) / 2, t->rule);
}

static void box_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct box *b = (const struct box *)w;
    const struct tokens *t = &ctx->tok;
    if (b->has_shadow && !w->is_pressed && !t->is_bare)
        surface_shadow(s, w->rect, b->radius, t->blur, t->blur / 3,
                       (t->shadow & 0xFFFFFF) | 0x1E000000);
    if (b->fill)
        surface_round(s, w->rect, b->radius, w->is_pressed ? t->tint : b->fill);
    if (b->mark_px)
        surface_round(s,
                      rect_of(t->is_rtl ? w->rect.x + w->rect.w - b->mark_px : w->rect.x, w->rect.y,
                              b->mark_px, w->rect.h),
                      b->radius, b->mark);
    draw_rim(b, t, s);
    if (b->is_ticked)
        plate_tick(ctx, s, w->rect);
}

static uint64_t box_state(const struct widget *w)
{
    const struct box *b = (const struct box *)w;
    unsigned all[] = {
        b->fill, b->line, (unsigned)b->line_px, (unsigned)b->radius, (unsigned)b->has_shadow,
        b->mark};
    return hash_bytes(1469598103934665603ULL, all, sizeof all);
}

const struct widget_class widget_box_class = {
    .name = "box",
    .role = "group",
    .bytes = sizeof(struct box),
    .natural = box_natural,
    .measure = box_measure,
    .arrange = box_arrange,
    .draw = box_draw,
    .state = box_state,
    .split = box_split,
};

struct box *box_new(struct widget_ctx *ctx, struct widget *parent, enum box_kind kind, int gap)
{
    struct box *b = widget_new(ctx, parent, &widget_box_class, NULL);
    b->kind = kind;
    b->gap = gap;
    return b;
}

struct box *card_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                     const char *role)
{
    const struct tokens *t = &ctx->tok;
    struct box *b = widget_new(ctx, parent, &widget_box_class, id);
    b->kind = BOX_COLUMN;
    b->w.role = role;
    b->gap = t->gap;
    b->pad_x = t->pad;
    b->pad_y = t->pad;
    b->fill = t->card;
    b->radius = t->radius;
    b->has_shadow = true;
    b->w.bleed = t->blur * 2;
    return b;
}

void spacer_new(struct widget_ctx *ctx, struct widget *parent, int grow)
{
    struct box *b = box_new(ctx, parent, BOX_COLUMN, 0);
    b->w.grow = grow;
}
