/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels in RAM and what may be drawn into them: antialiased boxes, soft shadows, masks, pictures.
 * No SDL here, so that it works without any display. Thread: main. Nothing blocks. */
#ifndef YJ_UI_DRAW_SURFACE_H
#define YJ_UI_DRAW_SURFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct rect {
    int x, y, w, h; /* px; empty when w or h is not positive */
};

static inline struct rect rect_of(int x, int y, int w, int h)
{
    return (struct rect){x, y, w, h};
}
bool rect_is_empty(struct rect r);
bool rect_has(struct rect r, int x, int y);
struct rect rect_intersect(struct rect a, struct rect b);
struct rect rect_union(struct rect a, struct rect b); /* an empty one does not count */
struct rect rect_grow(struct rect r, int by);         /* negative: shrink */

/* 0xAARRGGBB, not premultiplied. */
typedef uint32_t colour_t;

/* Mix b into a: part 0 = a, 255 = b. */
colour_t colour_mix(colour_t a, colour_t b, int part);

/* Coverage, one byte a pixel. */
struct mask {
    int w, h, stride;
    uint8_t a[];
};

/** @return an empty (zero) mask, released with free() after bytes_wipe when it shows text. */
struct mask *mask_new(int w, int h) YJ_CHECK;

/* Opaque pixels and the clip that every call below obeys. */
struct surface {
    int w, h;
    int stride;   /* pixels */
    uint32_t *px; /* 0xFFRRGGBB */
    struct rect clip;
    struct shadow_cache *shadows; /* owned */
    uint64_t n_pixels;            /* written since the start: tests read it */
};

/** @param w, h px, 1..8192. @return owned by the caller */
struct surface *surface_new(int w, int h) YJ_CHECK;
void surface_free(struct surface *s);

/** Set the clip to r within the surface; surface_clip_all undoes it. */
void surface_clip(struct surface *s, struct rect r);
void surface_clip_all(struct surface *s);

void surface_fill(struct surface *s, struct rect r, colour_t c);
/** Rounded box; radius is capped at half the shorter side, so a huge one makes a circle. */
void surface_round(struct surface *s, struct rect r, int radius, colour_t c);
/** Only the rim of a rounded box. @param thick px, at least 1 */
void surface_border(struct surface *s, struct rect r, int radius, int thick, colour_t c);
void surface_circle(struct surface *s, int cx, int cy, int radius, colour_t c);
/** A straight line with round ends. @param width px */
void surface_line(struct surface *s, double x0, double y0, double x1, double y1, double width,
                  colour_t c);
/** Soft shadow of a rounded box, dy px lower. @param blur px, 1..64. The blurred corner is cached.
 */
void surface_shadow(struct surface *s, struct rect r, int radius, int blur, int dy, colour_t c);
/** Colour through a mask. */
void surface_mask(struct surface *s, int x, int y, const struct mask *m, colour_t c);
/** Picture with alpha (0xAARRGGBB, not premultiplied), w x h px. */
void surface_blit(struct surface *s, int x, int y, const uint32_t *px, int w, int h, int stride);

#endif
