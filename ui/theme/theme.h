/* SPDX-License-Identifier: Apache-2.0 */
/* Theme: colours and lengths by token. Files hold millimetres; screens use the pixels that the
 * panel's real density gives. Const after loading. Thread: main. Blocks: disk while loading. */
#ifndef YJ_UI_THEME_THEME_H
#define YJ_UI_THEME_THEME_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/draw/surface.h"

struct theme; /* a loaded file */

/* A theme at one density and text mode. Plain values, copied freely. */
struct tokens {
    double px_per_mm;
    bool is_elder;
#define COLOUR(name)             colour_t name;
#define LENGTH(name, a, b, most) int name; /* px */
#include "ui/theme/theme.def"
};

/**
 * Load assets_dir/themes/<name>.json.
 * @param ret  owned by the caller
 * @return 0 or ERR_UI_ASSET: missing, unknown or badly written token, or a length below the access
 *         rules (file, token and reason in err)
 */
int theme_new(const char *assets_dir, const char *name, struct theme **ret,
              struct err *err) YJ_CHECK;
void theme_free(struct theme *theme);

/** @param px_per_mm  of the panel, 1..20 */
void theme_resolve(const struct theme *theme, double px_per_mm, bool is_elder, struct tokens *ret);

/** @return WCAG 2 contrast ratio of two opaque colours, 1..21. */
double theme_contrast(colour_t a, colour_t b);

#endif
