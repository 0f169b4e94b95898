/* SPDX-License-Identifier: Apache-2.0 */
/* The colours pictures are shown in. Plain values. */
#ifndef YJ_UI_DRAW_IMAGE_LOOK_H
#define YJ_UI_DRAW_IMAGE_LOOK_H

#include "ui/draw/surface.h"

enum { IMAGE_MAX_COLOURS = 64 };

/* What is done to the brightness of a picture. */
enum image_shades {
    IMAGE_COLOURED,
    IMAGE_GREY,     /* black on white: colours become greys, dark ones black */
    IMAGE_NEGATIVE, /* white on black: the same turned over */
};

struct image_look {
    enum image_shades shades;
    int n;
    struct {
        colour_t from, to; /* "#RRGGBB" of the drawing, as 0xFFRRGGBB, and what it becomes */
    } colour[IMAGE_MAX_COLOURS];
};

#endif
