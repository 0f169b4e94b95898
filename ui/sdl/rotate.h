/* SPDX-License-Identifier: Apache-2.0 */
/* A panel that is mounted turned: the picture people see stands upright, the panel's own rows of
 * pixels do not. Pure functions, any thread, nothing blocks.
 *
 * `degrees` is how far the panel was turned clockwise when it was mounted: 0, 90, 180 or 270. The
 * picture is w x h pixels as people see it; the panel is h x w when turned by 90 or 270. */
#ifndef YJ_UI_SDL_ROTATE_H
#define YJ_UI_SDL_ROTATE_H

#include <stdbool.h>

#include "ui/draw/surface.h"

bool rotate_is_valid(int degrees);

/** Size of the panel for a picture of w x h pixels. */
void rotate_size(int degrees, int w, int h, int *ret_w, int *ret_h);

/** Where a part of the picture lies on the panel. */
struct rect rotate_rect(int degrees, int w, int h, struct rect r);

/** Which pixel of the picture a touch on the panel means. @param x, y  changed in place */
void rotate_touch(int degrees, int w, int h, int *x, int *y);

/** Copy a part of the picture to the panel. @param r  of the picture, inside it */
void rotate_copy(int degrees, const struct surface *picture, struct surface *panel, struct rect r);

#endif
