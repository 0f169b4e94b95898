/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures. Main thread. */
#include "ui/widget/picture.h"

static int picture_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)ctx;
    return w->basis;
}

static int picture_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)ctx;
    (void)width;
    return ((struct picture_box *)w)->height;
}

static void picture_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w;
    (void)ctx;
}

static void picture_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct picture_box *p = (const struct picture_box *)w;
    struct rect r = w->rect;
    if (p->disc) {
        int side = r.w < r.h ? r.w : r.h;
        surface_circle(s, r.x + r.w / 2, r.y + r.h / 2, side / 2, p->disc);
        r = rect_grow(r, -side / 5);
    }
    if (!p->anim) {
        image_draw(ctx->images, s, widget_mirrored(ctx, p->name), r, p->tint);
        return;
    }
    struct rect kept = s->clip, moved = r;
    double x = 0, y = 0;
    anim_offset(p->anim, p->anim_step, &x, &y);
    moved.x += (int)(x * r.h / 100);
    moved.y += (int)(y * r.h / 100);
    surface_clip(s, rect_intersect(kept, r)); /* what moves stays inside its place */
    if (p->anim->behind)
        image_draw(ctx->images, s, p->anim->behind, r, p->tint);
    image_draw(ctx->images, s, p->anim->moving, moved, p->tint);
    if (p->anim->front)
        image_draw(ctx->images, s, p->anim->front, r, p->tint);
    surface_clip(s, kept);
}

static uint64_t picture_state(const struct widget *w)
{
    const struct picture_box *p = (const struct picture_box *)w;
    colour_t all[] = {p->tint, p->disc, (colour_t)p->anim_step};
    return hash_bytes(hash_text(1469598103934665603ULL, p->name), all, sizeof all);
}

const struct widget_class widget_picture_class = {
    .name = "picture",
    .role = "image",
    .bytes = sizeof(struct picture_box),
    .natural = picture_natural,
    .measure = picture_measure,
    .arrange = picture_arrange,
    .draw = picture_draw,
    .state = picture_state,
};

struct picture_box *picture_new(struct widget_ctx *ctx, struct widget *parent, const char *name,
                                int width_px, int height_px, colour_t tint)
{
    struct picture_box *p = widget_new(ctx, parent, &widget_picture_class, NULL);
    p->name = name;
    p->anim = anim_of(ctx->anims, name);
    p->anim_step = p->anim ? ctx->anim_step : 0;
    p->w.basis = width_px;
    p->height = height_px;
    p->tint = tint;
    return p;
}

bool picture_moves(const struct widget *w)
{
    return w->cls == &widget_picture_class && ((const struct picture_box *)w)->anim;
}

void picture_step(struct widget *w, int step)
{
    if (picture_moves(w))
        ((struct picture_box *)w)->anim_step = step;
}
