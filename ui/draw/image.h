/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: SVG files of assets/images drawn at the exact pixel size, in the theme's colours or in
 * one ink; a brand's files may stand for some. Cached up to a bound. Thread: main. Blocks: disk and
 * a few milliseconds the first time.
 */
#ifndef YJ_UI_DRAW_IMAGE_H
#define YJ_UI_DRAW_IMAGE_H

#include "ui/draw/image_look.h"
#include "ui/draw/surface.h"

struct image_set;

/** @param assets_dir  copied. @return owned by the caller */
struct image_set *image_set_new(const char *assets_dir) YJ_CHECK;
void image_set_free(struct image_set *set);

/** The colours pictures are shown in from now on; pictures drawn in one ink stay as they are. */
void image_set_look(struct image_set *set, const struct image_look *look);

/** Draw a file (.svg or .png, path copied) wherever a picture is asked for by this name (kept).
 * NULL: the product's own picture again. */
void image_set_replace(struct image_set *set, const char *name, const char *path);

/** @return width of a picture for a height of 1000; 1000 when it is not known */
int image_shape(struct image_set *set, const char *name);

/** @return true when assets/images/<name>.svg can be read. */
bool image_exists(struct image_set *set, const char *name);

/**
 * Draw a picture into r, centred, its shape kept.
 * @param ink  0: the colours of image_set_look, else everything in this colour
 * A missing picture is logged once and leaves the place empty.
 */
void image_draw(struct image_set *set, struct surface *s, const char *name, struct rect r,
                colour_t ink);

#endif
