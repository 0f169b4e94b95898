/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: SVG files of assets/images drawn at the exact pixel size, in their own colours or in
 * one ink. Cached up to a bound. Thread: main. Blocks: disk and a few milliseconds the first time.
 */
#ifndef YJ_UI_DRAW_IMAGE_H
#define YJ_UI_DRAW_IMAGE_H

#include "ui/draw/surface.h"

struct image_set;

/** @param assets_dir  copied. @return owned by the caller */
struct image_set *image_set_new(const char *assets_dir) YJ_CHECK;
void image_set_free(struct image_set *set);

/** @return true when assets/images/<name>.svg can be read. */
bool image_exists(struct image_set *set, const char *name);

/**
 * Draw a picture into r, centred, its shape kept.
 * @param ink  0: the picture's own colours, else everything in this colour
 * A missing picture is logged once and leaves the place empty.
 */
void image_draw(struct image_set *set, struct surface *s, const char *name, struct rect r,
                colour_t ink);

#endif
