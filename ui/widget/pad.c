/* SPDX-License-Identifier: Apache-2.0 */
/* The signing area. Main thread. Ink is a chain of quadratic curves: the finger's points are the
 * control points, the middles between them the ends, so that no corner shows. */
#include "ui/widget/pad.h"

#include <math.h>

#include "ui/widget/box.h"

enum { CURVE_PARTS = 6 };

struct place {
    double x, y; /* panel px */
};

static int pad_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)ctx;
    return w->basis;
}

static int pad_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)w;
    (void)ctx;
    return width / 4; /* three characters of that height; least_h wants more */
}

static void pad_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w;
    (void)ctx;
}

static struct place place_of(const struct pad *p, const struct tokens *tok, size_t i)
{
    double unit = tok->px_per_mm / 10;
    return (struct place){p->w.rect.x + p->ink->point[i].x * unit,
                          p->w.rect.y + p->ink->point[i].y * unit};
}

static struct place middle(struct place a, struct place b)
{
    return (struct place){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static void curve(struct surface *s, struct place a, struct place c, struct place b, double pen,
                  colour_t ink)
{
    struct rect reach = {(int)floor(fmin(fmin(a.x, b.x), c.x) - pen),
                         (int)floor(fmin(fmin(a.y, b.y), c.y) - pen), 0, 0};
    reach.w = (int)ceil(fmax(fmax(a.x, b.x), c.x) + pen) - reach.x;
    reach.h = (int)ceil(fmax(fmax(a.y, b.y), c.y) + pen) - reach.y;
    if (rect_is_empty(rect_intersect(reach, s->clip)))
        return;
    struct place from = a;
    for (int i = 1; i <= CURVE_PARTS; i++) {
        double t = (double)i / CURVE_PARTS, u = 1 - t;
        struct place to = {u * u * a.x + 2 * u * t * c.x + t * t * b.x,
                           u * u * a.y + 2 * u * t * c.y + t * t * b.y};
        surface_line(s, from.x, from.y, to.x, to.y, pen, ink);
        from = to;
    }
}

static void draw_ink(const struct pad *p, const struct tokens *tok, struct surface *s)
{
    const struct stroke_point *pt = p->ink->point;
    double pen = tok->pen;
    for (size_t i = 0; i < p->ink->n_points; i++) {
        struct place here = place_of(p, tok, i);
        bool has_before = i > 0 && pt[i - 1].stroke == pt[i].stroke;
        bool has_after = i + 1 < p->ink->n_points && pt[i + 1].stroke == pt[i].stroke;
        struct place from = has_before ? middle(place_of(p, tok, i - 1), here) : here;
        struct place to = has_after ? middle(here, place_of(p, tok, i + 1)) : here;
        curve(s, from, here, to, pen, tok->ink);
    }
}

static void pad_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct pad *p = (const struct pad *)w;
    const struct tokens *t = &ctx->tok;
    surface_round(s, w->rect, t->radius, t->card);
    surface_border(s, w->rect, t->radius, t->border * 2, t->edge);
    int y = w->rect.y + w->rect.h * 78 / 100, x0 = w->rect.x + w->rect.w / 12;
    for (int x = x0; x < w->rect.x + w->rect.w - w->rect.w / 12; x += t->gap)
        surface_fill(s, rect_of(x, y, t->gap / 2, t->border), t->edge);
    struct font *f = widget_font(ctx, STYLE_BODY);
    if (p->ink->n_points == 0)
        font_draw(s, f, w->rect.x + (w->rect.w - font_width(f, p->hint, SIZE_MAX)) / 2,
                  w->rect.y + (w->rect.h - font_line_height(f)) / 2, p->hint, SIZE_MAX,
                  t->ink_soft);
    struct rect before = s->clip;
    s->clip = rect_intersect(before, rect_grow(w->rect, -t->border * 2));
    draw_ink(p, t, s);
    s->clip = before;
}

static uint64_t pad_state(const struct widget *w)
{
    const struct pad *p = (const struct pad *)w;
    return p->ink->n_points;
}

const struct widget_class widget_pad_class = {
    .name = "pad",
    .role = "signature",
    .bytes = sizeof(struct pad),
    .natural = pad_natural,
    .measure = pad_measure,
    .arrange = pad_arrange,
    .draw = pad_draw,
    .state = pad_state,
};

struct pad *pad_new(struct widget_ctx *ctx, struct widget *parent, const struct strokes *ink,
                    const char *hint)
{
    struct pad *p = widget_new(ctx, parent, &widget_pad_class, "sign.pad");
    p->ink = ink;
    p->hint = hint;
    return p;
}

struct stroke_point pad_point(const struct pad *p, const struct tokens *tok, int x_px, int y_px)
{
    double unit = tok->px_per_mm / 10;
    return (struct stroke_point){.x = (int16_t)lround((x_px - p->w.rect.x) / unit),
                                 .y = (int16_t)lround((y_px - p->w.rect.y) / unit)};
}

struct rect pad_fresh_area(const struct pad *p, const struct tokens *tok)
{
    struct rect r = {0};
    size_t n = p->ink->n_points, from = n > 4 ? n - 4 : 0;
    if (n == 1)
        return p->w.rect; /* the hint goes away */
    for (size_t i = from; i < n; i++) {
        if (p->ink->point[i].stroke != p->ink->point[n - 1].stroke)
            continue;
        struct place at = place_of(p, tok, i);
        r = rect_union(r, rect_of((int)at.x, (int)at.y, 1, 1));
    }
    return rect_intersect(rect_grow(r, tok->pen + 2), p->w.rect);
}
