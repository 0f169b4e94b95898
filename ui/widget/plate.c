/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines that tell the state of a thing where colours do not. Main thread. */
#include "ui/widget/plate.h"

#include <math.h>

/* Pieces of an outline as long as the gaps between them: first along the upper and lower edge, then
 * down the sides. */
static void dashes(struct surface *s, struct rect r, int radius, int thick, colour_t c)
{
    struct rect kept = s->clip;
    int dash = thick * 4 > 8 ? thick * 4 : 8, band = radius > thick ? radius : thick;
    for (int x = r.x; x < r.x + r.w; x += 2 * dash) {
        struct rect ends[] = {{x, r.y, dash, band}, {x, r.y + r.h - band, dash, band}};
        for (int i = 0; i < 2; i++) {
            s->clip = rect_intersect(kept, ends[i]);
            surface_border(s, r, radius, thick, c);
        }
    }
    for (int y = r.y + band; y < r.y + r.h - band; y += 2 * dash) {
        int h = y + dash < r.y + r.h - band ? dash : r.y + r.h - band - y;
        struct rect sides[] = {{r.x, y, thick, h}, {r.x + r.w - thick, y, thick, h}};
        for (int i = 0; i < 2; i++) {
            s->clip = rect_intersect(kept, sides[i]);
            surface_border(s, r, radius, thick, c);
        }
    }
    s->clip = kept;
}

void plate_off(struct surface *s, const struct tokens *t, struct rect r, int radius)
{
    if (t->is_bare)
        dashes(s, r, radius, t->border, t->on_off);
    else
        surface_border(s, r, radius, t->border, t->rule);
}

void plate_wrong(struct surface *s, const struct tokens *t, struct rect r, int radius)
{
    if (!t->is_bare) {
        surface_border(s, r, radius, t->border_lit, t->error_ink);
        return;
    }
    int gap = t->border * 2;
    surface_border(s, r, radius, t->border, t->error_ink);
    surface_border(s, rect_grow(r, -gap), radius > gap ? radius - gap : 0, t->border, t->error_ink);
}

void plate_tick(struct widget_ctx *ctx, struct surface *s, struct rect r)
{
    const struct tokens *t = &ctx->tok;
    int side = t->icon * 4 / 5 < r.w / 4 ? t->icon * 4 / 5 : r.w / 4, in = t->border_lit * 2;
    struct rect disc = {t->is_rtl ? r.x + in : r.x + r.w - in - side, r.y + in, side, side};
    surface_circle(s, disc.x + side / 2, disc.y + side / 2, side / 2, t->primary);
    image_draw(ctx->images, s, "tick", rect_grow(disc, -side / 6), t->on_primary);
}

/* px that a rounded corner takes from line y of a box h high. */
static int corner_px(int y, int h, int radius)
{
    int from_edge = y < h - 1 - y ? y : h - 1 - y;
    if (from_edge >= radius)
        return 0;
    double dy = radius - from_edge - 0.5;
    return (int)(radius - sqrt((double)radius * radius - dy * dy) + 0.5);
}

void plate_invert(struct surface *s, struct rect r, int radius)
{
    struct rect in = rect_intersect(r, s->clip);
    int most = (r.w < r.h ? r.w : r.h) / 2;
    radius = radius < most ? radius : most;
    for (int y = in.y; y < in.y + in.h; y++) {
        int cut = corner_px(y - r.y, r.h, radius);
        int from = in.x > r.x + cut ? in.x : r.x + cut;
        int to = in.x + in.w < r.x + r.w - cut ? in.x + in.w : r.x + r.w - cut;
        uint32_t *row = s->px + (size_t)y * (size_t)s->stride;
        for (int x = from; x < to; x++)
            row[x] ^= 0x00FFFFFFU;
    }
}
