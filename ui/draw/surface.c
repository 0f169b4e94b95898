/* SPDX-License-Identifier: Apache-2.0 */
/* Software drawing into a 32-bit surface. Main thread. */
#include "ui/draw/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SHADOW_SLOTS = 8 };

/* One blurred corner: (size x size) coverage of the top left corner, its last row and column
 * stand for the straight edges. */
struct shadow_slot {
    int radius, blur, size;
    uint64_t used;
    uint8_t *a;
};

struct shadow_cache {
    struct shadow_slot slot[SHADOW_SLOTS];
    uint64_t tick;
};

/* ---- rectangles ---- */

bool rect_is_empty(struct rect r)
{
    return r.w <= 0 || r.h <= 0;
}

bool rect_has(struct rect r, int x, int y)
{
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

struct rect rect_intersect(struct rect a, struct rect b)
{
    int x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
    int x1 = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
    int y1 = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;
    if (x1 <= x0 || y1 <= y0)
        return (struct rect){x0, y0, 0, 0};
    return rect_of(x0, y0, x1 - x0, y1 - y0);
}

struct rect rect_union(struct rect a, struct rect b)
{
    if (rect_is_empty(a))
        return b;
    if (rect_is_empty(b))
        return a;
    int x0 = a.x < b.x ? a.x : b.x, y0 = a.y < b.y ? a.y : b.y;
    int x1 = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    int y1 = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    return rect_of(x0, y0, x1 - x0, y1 - y0);
}

struct rect rect_grow(struct rect r, int by)
{
    return rect_of(r.x - by, r.y - by, r.w + 2 * by, r.h + 2 * by);
}

/* ---- pixels ---- */

colour_t colour_mix(colour_t a, colour_t b, int part)
{
    colour_t out = 0xFF000000U;
    for (int shift = 0; shift < 24; shift += 8) {
        int ca = (int)(a >> shift & 0xFF), cb = (int)(b >> shift & 0xFF);
        out |= (colour_t)((ca * (255 - part) + cb * part + 127) / 255) << shift;
    }
    return out;
}

/* Blend c (its alpha replaced by a, 0..255) over an opaque pixel, two channels at a time. */
static inline uint32_t blend(uint32_t dst, uint32_t c, uint32_t a)
{
    a += a >> 7; /* 255 becomes 256: full coverage is exact */
    uint32_t rb = dst & 0x00FF00FFU, g = dst & 0x0000FF00U;
    rb += (((c & 0x00FF00FFU) - rb) * a) >> 8;
    g += (((c & 0x0000FF00U) - g) * a) >> 8;
    return 0xFF000000U | (rb & 0x00FF00FFU) | (g & 0x0000FF00U);
}

static uint32_t alpha_of(colour_t c)
{
    return c >> 24;
}

struct mask *mask_new(int w, int h)
{
    int stride = (w + 3) & ~3;
    struct mask *m = mem_zalloc(1, sizeof *m + (size_t)stride * (size_t)h);
    m->w = w;
    m->h = h;
    m->stride = stride;
    return m;
}

struct surface *surface_new(int w, int h)
{
    struct surface *s = mem_zalloc(1, sizeof *s);
    s->w = w;
    s->h = h;
    s->stride = w;
    s->px = mem_zalloc((size_t)w * (size_t)h, sizeof *s->px);
    s->shadows = mem_zalloc(1, sizeof *s->shadows);
    s->clip = rect_of(0, 0, w, h);
    return s;
}

void surface_free(struct surface *s)
{
    if (!s)
        return;
    for (int i = 0; i < SHADOW_SLOTS; i++)
        free(s->shadows->slot[i].a);
    free(s->shadows);
    free(s->px);
    free(s);
}

void surface_clip(struct surface *s, struct rect r)
{
    s->clip = rect_intersect(r, rect_of(0, 0, s->w, s->h));
}

void surface_clip_all(struct surface *s)
{
    s->clip = rect_of(0, 0, s->w, s->h);
}

static uint32_t *pixel_at(struct surface *s, int x, int y)
{
    return s->px + (size_t)y * (size_t)s->stride + x;
}

void surface_fill(struct surface *s, struct rect r, colour_t c)
{
    r = rect_intersect(r, s->clip);
    if (rect_is_empty(r))
        return;
    uint32_t a = alpha_of(c);
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *p = pixel_at(s, r.x, y);
        for (int x = 0; x < r.w; x++)
            p[x] = a == 255 ? c : blend(p[x], c, a);
    }
    s->n_pixels += (uint64_t)r.w * (uint64_t)r.h;
}

/* Coverage 0..255 of the pixel centre at distance d from a centre, for a disc of that radius. */
static uint32_t disc_coverage(double d, double radius)
{
    double cover = radius - d + 0.5;
    return cover <= 0 ? 0 : cover >= 1 ? 255 : (uint32_t)(cover * 255 + 0.5);
}

/* One corner of a box: cx, cy is the centre of the arc; r the square the corner occupies.
 * inner > 0 leaves a hole of that radius (borders). */
static void corner(struct surface *s, struct rect box, double cx, double cy, double radius,
                   double inner, colour_t c)
{
    struct rect r = rect_intersect(box, s->clip);
    uint32_t alpha = alpha_of(c);
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *p = pixel_at(s, 0, y);
        for (int x = r.x; x < r.x + r.w; x++) {
            double dx = x + 0.5 - cx, dy = y + 0.5 - cy, d = sqrt(dx * dx + dy * dy);
            uint32_t cover = disc_coverage(d, radius);
            if (inner > 0)
                cover -= disc_coverage(d, inner) < cover ? disc_coverage(d, inner) : cover;
            if (cover)
                p[x] = blend(p[x], c, cover * alpha / 255);
        }
    }
    if (!rect_is_empty(r))
        s->n_pixels += (uint64_t)r.w * (uint64_t)r.h;
}

static void corners(struct surface *s, struct rect r, int radius, double inner, colour_t c)
{
    int x1 = r.x + r.w - radius, y1 = r.y + r.h - radius;
    corner(s, rect_of(r.x, r.y, radius, radius), r.x + radius, r.y + radius, radius, inner, c);
    corner(s, rect_of(x1, r.y, radius, radius), x1, r.y + radius, radius, inner, c);
    corner(s, rect_of(r.x, y1, radius, radius), r.x + radius, y1, radius, inner, c);
    corner(s, rect_of(x1, y1, radius, radius), x1, y1, radius, inner, c);
}

static int radius_capped(struct rect r, int radius)
{
    int side = r.w < r.h ? r.w : r.h;
    return radius > side / 2 ? side / 2 : radius < 0 ? 0 : radius;
}

void surface_round(struct surface *s, struct rect r, int radius, colour_t c)
{
    if (rect_is_empty(rect_intersect(r, s->clip)))
        return;
    radius = radius_capped(r, radius);
    surface_fill(s, rect_of(r.x, r.y + radius, r.w, r.h - 2 * radius), c);
    surface_fill(s, rect_of(r.x + radius, r.y, r.w - 2 * radius, radius), c);
    surface_fill(s, rect_of(r.x + radius, r.y + r.h - radius, r.w - 2 * radius, radius), c);
    corners(s, r, radius, 0, c);
}

void surface_border(struct surface *s, struct rect r, int radius, int thick, colour_t c)
{
    if (rect_is_empty(rect_intersect(r, s->clip)))
        return;
    radius = radius_capped(r, radius);
    if (radius < thick)
        radius = thick;
    int side_h = r.h - 2 * radius, side_w = r.w - 2 * radius;
    surface_fill(s, rect_of(r.x + radius, r.y, side_w, thick), c);
    surface_fill(s, rect_of(r.x + radius, r.y + r.h - thick, side_w, thick), c);
    surface_fill(s, rect_of(r.x, r.y + radius, thick, side_h), c);
    surface_fill(s, rect_of(r.x + r.w - thick, r.y + radius, thick, side_h), c);
    corners(s, r, radius, radius - thick, c);
}

void surface_circle(struct surface *s, int cx, int cy, int radius, colour_t c)
{
    surface_round(s, rect_of(cx - radius, cy - radius, 2 * radius, 2 * radius), radius, c);
}

void surface_line(struct surface *s, double x0, double y0, double x1, double y1, double width,
                  colour_t c)
{
    double half = width / 2, pad = half + 1;
    struct rect r = {(int)floor(fmin(x0, x1) - pad), (int)floor(fmin(y0, y1) - pad), 0, 0};
    r.w = (int)ceil(fmax(x0, x1) + pad) - r.x;
    r.h = (int)ceil(fmax(y0, y1) + pad) - r.y;
    r = rect_intersect(r, s->clip);
    double dx = x1 - x0, dy = y1 - y0, len2 = dx * dx + dy * dy;
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *p = pixel_at(s, 0, y);
        for (int x = r.x; x < r.x + r.w; x++) {
            double px = x + 0.5 - x0, py = y + 0.5 - y0;
            double t = len2 > 0 ? (px * dx + py * dy) / len2 : 0;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            uint32_t cover = disc_coverage(hypot(px - t * dx, py - t * dy), half);
            if (cover)
                p[x] = blend(p[x], c, cover * alpha_of(c) / 255);
        }
    }
    if (!rect_is_empty(r))
        s->n_pixels += (uint64_t)r.w * (uint64_t)r.h;
}

/* ---- shadows ---- */

/* Three box blurs come close to a Gaussian; one pass along one line, in place through tmp. */
static void blur_line(uint8_t *p, int n, int step, int radius, uint8_t *tmp)
{
    int sum = 0, window = 2 * radius + 1;
    for (int i = -radius; i < n + radius; i++) {
        if (i + radius < n)
            sum += p[(size_t)(i + radius) * (size_t)step];
        if (i >= 0 && i < n)
            tmp[i] = (uint8_t)(sum / window);
        if (i - radius >= 0)
            sum -= p[(size_t)(i - radius) * (size_t)step];
    }
    for (int i = 0; i < n; i++)
        p[(size_t)i * (size_t)step] = tmp[i];
}

/* Draw a large rounded square, blur it, keep its top left quarter. */
static void shadow_make(struct shadow_slot *slot, int radius, int blur)
{
    int size = radius + 2 * blur + 2, full = 2 * size;
    uint8_t *a = mem_zalloc((size_t)full, (size_t)full);
    uint8_t *tmp = mem_zalloc((size_t)full, 1);
    for (int y = blur; y < full - blur; y++) {
        for (int x = blur; x < full - blur; x++) {
            double cx = x < blur + radius           ? blur + radius
                        : x >= full - blur - radius ? full - blur - radius
                                                    : x + 0.5;
            double cy = y < blur + radius           ? blur + radius
                        : y >= full - blur - radius ? full - blur - radius
                                                    : y + 0.5;
            a[y * full + x] =
                (uint8_t)disc_coverage(hypot(x + 0.5 - cx, y + 0.5 - cy), radius > 0 ? radius : 1);
        }
    }
    for (int pass = 0; pass < 3; pass++) {
        for (int y = 0; y < full; y++)
            blur_line(a + (size_t)y * (size_t)full, full, 1, blur / 3 + 1, tmp);
        for (int x = 0; x < full; x++)
            blur_line(a + x, full, full, blur / 3 + 1, tmp);
    }
    free(slot->a);
    slot->a = mem_zalloc((size_t)size, (size_t)size);
    for (int y = 0; y < size; y++)
        memcpy(slot->a + (size_t)y * (size_t)size, a + (size_t)y * (size_t)full, (size_t)size);
    slot->radius = radius;
    slot->blur = blur;
    slot->size = size;
    free(a);
    free(tmp);
}

static struct shadow_slot *shadow_get(struct shadow_cache *cache, int radius, int blur)
{
    struct shadow_slot *oldest = &cache->slot[0];
    cache->tick++;
    for (int i = 0; i < SHADOW_SLOTS; i++) {
        struct shadow_slot *slot = &cache->slot[i];
        if (slot->a && slot->radius == radius && slot->blur == blur) {
            slot->used = cache->tick;
            return slot;
        }
        if (slot->used < oldest->used)
            oldest = slot;
    }
    shadow_make(oldest, radius, blur);
    oldest->used = cache->tick;
    return oldest;
}

void surface_shadow(struct surface *s, struct rect r, int radius, int blur, int dy, colour_t c)
{
    struct rect out = rect_grow(r, blur);
    out.y += dy;
    struct rect todo = rect_intersect(out, s->clip);
    if (rect_is_empty(todo) || rect_is_empty(r))
        return;
    const struct shadow_slot *slot = shadow_get(s->shadows, radius_capped(r, radius), blur);
    for (int y = todo.y; y < todo.y + todo.h; y++) {
        int from_edge_y = y - out.y < out.y + out.h - 1 - y ? y - out.y : out.y + out.h - 1 - y;
        int row = from_edge_y < slot->size ? from_edge_y : slot->size - 1;
        uint32_t *p = pixel_at(s, 0, y);
        for (int x = todo.x; x < todo.x + todo.w; x++) {
            int from_edge_x = x - out.x < out.x + out.w - 1 - x ? x - out.x : out.x + out.w - 1 - x;
            int col = from_edge_x < slot->size ? from_edge_x : slot->size - 1;
            uint32_t a = slot->a[row * slot->size + col] * alpha_of(c) / 255;
            if (a)
                p[x] = blend(p[x], c, a);
        }
    }
    s->n_pixels += (uint64_t)todo.w * (uint64_t)todo.h;
}

/* ---- masks and pictures ---- */

void surface_mask(struct surface *s, int x, int y, const struct mask *m, colour_t c)
{
    struct rect r = rect_intersect(rect_of(x, y, m->w, m->h), s->clip);
    if (rect_is_empty(r))
        return;
    uint32_t alpha = alpha_of(c);
    for (int row = r.y; row < r.y + r.h; row++) {
        const uint8_t *a = m->a + (size_t)(row - y) * (size_t)m->stride + (r.x - x);
        uint32_t *p = pixel_at(s, r.x, row);
        for (int i = 0; i < r.w; i++)
            if (a[i])
                p[i] = blend(p[i], c, alpha == 255 ? a[i] : a[i] * alpha / 255);
    }
    s->n_pixels += (uint64_t)r.w * (uint64_t)r.h;
}

void surface_blit(struct surface *s, int x, int y, const uint32_t *px, int w, int h, int stride)
{
    struct rect r = rect_intersect(rect_of(x, y, w, h), s->clip);
    if (rect_is_empty(r))
        return;
    for (int row = r.y; row < r.y + r.h; row++) {
        const uint32_t *from = px + (size_t)(row - y) * (size_t)stride + (r.x - x);
        uint32_t *p = pixel_at(s, r.x, row);
        for (int i = 0; i < r.w; i++)
            if (from[i] >> 24)
                p[i] = blend(p[i], from[i], from[i] >> 24);
    }
    s->n_pixels += (uint64_t)r.w * (uint64_t)r.h;
}
