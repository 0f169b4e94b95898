/* SPDX-License-Identifier: Apache-2.0 */
/* Turning pixels and touches. Any thread.
 *
 *   0: (x, y)   90: (y, w-1-x)   180: (w-1-x, h-1-y)   270: (h-1-y, x)      picture -> panel     */
#include "ui/sdl/rotate.h"

#include <string.h>

/* Blocks of this side stay in the cache while rows become columns. */
enum { TILE = 32 };

bool rotate_is_valid(int degrees)
{
    return degrees == 0 || degrees == 90 || degrees == 180 || degrees == 270;
}

void rotate_size(int degrees, int w, int h, int *ret_w, int *ret_h)
{
    bool is_across = degrees == 90 || degrees == 270;
    *ret_w = is_across ? h : w;
    *ret_h = is_across ? w : h;
}

struct rect rotate_rect(int degrees, int w, int h, struct rect r)
{
    switch (degrees) {
    case 90:
        return rect_of(r.y, w - r.x - r.w, r.h, r.w);
    case 180:
        return rect_of(w - r.x - r.w, h - r.y - r.h, r.w, r.h);
    case 270:
        return rect_of(h - r.y - r.h, r.x, r.h, r.w);
    default:
        return r;
    }
}

void rotate_touch(int degrees, int w, int h, int *x, int *y)
{
    int px = *x, py = *y;
    switch (degrees) {
    case 90:
        *x = w - 1 - py;
        *y = px;
        break;
    case 180:
        *x = w - 1 - px;
        *y = h - 1 - py;
        break;
    case 270:
        *x = py;
        *y = h - 1 - px;
        break;
    default:
        break;
    }
}

static void copy_tile(int degrees, const struct surface *from, struct surface *to, struct rect t)
{
    struct rect at = rotate_rect(degrees, from->w, from->h, t);
    for (int y = 0; y < t.h; y++) {
        const uint32_t *p = from->px + (size_t)(t.y + y) * (size_t)from->stride + t.x;
        int column = degrees == 90 ? at.x + y : at.x + at.w - 1 - y;
        for (int x = 0; x < t.w; x++) {
            int row = degrees == 90 ? at.y + at.h - 1 - x : at.y + x;
            to->px[(size_t)row * (size_t)to->stride + (size_t)column] = p[x];
        }
    }
}

static void copy_rows(int degrees, const struct surface *from, struct surface *to, struct rect r)
{
    struct rect at = rotate_rect(degrees, from->w, from->h, r);
    for (int y = 0; y < r.h; y++) {
        const uint32_t *p = from->px + (size_t)(r.y + y) * (size_t)from->stride + r.x;
        int row = degrees == 180 ? at.y + at.h - 1 - y : at.y + y;
        uint32_t *q = to->px + (size_t)row * (size_t)to->stride + at.x;
        if (degrees == 0)
            memcpy(q, p, (size_t)r.w * sizeof *p);
        for (int x = 0; degrees == 180 && x < r.w; x++)
            q[r.w - 1 - x] = p[x];
    }
}

void rotate_copy(int degrees, const struct surface *picture, struct surface *panel, struct rect r)
{
    r = rect_intersect(r, rect_of(0, 0, picture->w, picture->h));
    if (rect_is_empty(r))
        return;
    if (degrees == 0 || degrees == 180) {
        copy_rows(degrees, picture, panel, r);
        return;
    }
    for (int y = r.y; y < r.y + r.h; y += TILE)
        for (int x = r.x; x < r.x + r.w; x += TILE)
            copy_tile(degrees, picture, panel, rect_intersect(r, rect_of(x, y, TILE, TILE)));
}
