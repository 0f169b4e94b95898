/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code on the screen. Main thread. */
#include <string.h>

#include "ui/widget/picture.h"

static int qr_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)ctx;
    return w->basis;
}

static int qr_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)ctx;
    (void)width;
    return ((struct qr_box *)w)->side;
}

/* A code is not cut; it becomes smaller, and leaves room for the words below it. */
static struct widget *qr_split(struct widget *w, struct widget_ctx *ctx, int width, int room)
{
    enum { ROOM_PERCENT = 70, LEAST_MM = 40 };
    struct qr_box *q = (struct qr_box *)w;
    int least = (int)(LEAST_MM * ctx->tok.px_per_mm), side = room * ROOM_PERCENT / 100;
    (void)width;
    if (side < least)
        side = least < room ? least : room;
    q->side = q->w.basis = side;
    for (struct widget *p = w; p; p = p->parent)
        p->measured_w = 0;
    return NULL;
}

static void qr_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w;
    (void)ctx;
}

static void qr_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct qr_box *q = (const struct qr_box *)w;
    int side = w->rect.w < w->rect.h ? w->rect.w : w->rect.h;
    struct rect all = {w->rect.x + (w->rect.w - side) / 2, w->rect.y + (w->rect.h - side) / 2, side,
                       side};
    surface_round(s, all, ctx->tok.radius, 0xFFFFFFFFU); /* white: scanners want it */
    if (!q->is_valid)
        return;
    int unit = qr_unit_for(q->code, side), n = q->code->n_modules;
    int left = all.x + (side - unit * n) / 2, top = all.y + (side - unit * n) / 2;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
            if (q->code->dark[y * n + x])
                surface_fill(s, rect_of(left + x * unit, top + y * unit, unit, unit), 0xFF000000U);
}

static uint64_t qr_state(const struct widget *w)
{
    const struct qr_box *q = (const struct qr_box *)w;
    size_t n = (size_t)q->code->n_modules * (size_t)q->code->n_modules;
    return hash_bytes(1469598103934665603ULL, q->code->dark, n);
}

const struct widget_class widget_qr_class = {
    .name = "qr",
    .role = "image",
    .bytes = sizeof(struct qr_box),
    .natural = qr_natural,
    .measure = qr_measure,
    .arrange = qr_arrange,
    .draw = qr_draw,
    .state = qr_state,
    .split = qr_split,
};

struct qr_box *qr_box_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *payload, int side_px)
{
    struct qr_box *q = widget_new(ctx, parent, &widget_qr_class, id);
    q->code = arena_take(ctx->arena, sizeof *q->code);
    q->is_valid = qr_encode(payload, strlen(payload), q->code, NULL) == 0;
    q->side = side_px;
    q->w.basis = side_px;
    return q;
}
