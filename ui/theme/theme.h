/* SPDX-License-Identifier: Apache-2.0 */
/* Theme: colours, lengths and times by token, a vendor's name and pictures. Files hold
 * millimetres; screens use the pixels that the panel's real density gives. A theme may rest on
 * another and say only what differs. Whatever it says must keep the access rules: a file that
 * breaks one is refused with file, place and reason. Const after loading. No SDL.
 * Thread: main. Blocks: disk while loading. */
#ifndef YJ_UI_THEME_THEME_H
#define YJ_UI_THEME_THEME_H

#include <stdbool.h>

#include "base/err.h"
#include "types/prefs.h"
#include "ui/draw/image_look.h"
#include "ui/draw/surface.h"

enum { THEME_COMPACT_MM = 220 };

struct theme; /* a loaded file */

/* The panel a theme is used on. */
struct theme_panel {
    double px_per_mm; /* 1..20 */
    int width_px, height_px;
};

/* A theme on one panel with one visitor's wishes. Plain values, copied freely. */
struct tokens {
    double px_per_mm;
    bool is_large;   /* the rules for large text hold: prefs_is_large */
    bool is_compact; /* the panel's shorter side is below THEME_COMPACT_MM */
    bool is_wide;    /* lying panel: the actions stand beside the page */
    bool is_rtl;     /* the language is written from the right: rows begin there */
    bool is_bare;    /* black and white: outlines instead of fills and shadows */
    enum prefs_contrast contrast;
#define COLOUR(name)             colour_t name;
#define LENGTH(name, a, b, most) int name; /* px */
#define MOTION(name, most)       int name; /* ms */
#include "ui/theme/theme.def"
};

/**
 * Load a theme and what it rests on.
 * @param name  of assets_dir/themes/<name>.json, or the absolute path of a file *.json without
 *              "..", for a vendor's folder
 * @param ret  owned by the caller
 * @return 0 or ERR_UI_ASSET: missing, unknown or badly written token, length or contrast below the
 *         access rules, picture that cannot be used (the first: file, place and reason in err)
 */
int theme_new(const char *assets_dir, const char *name, struct theme **ret,
              struct err *err) YJ_CHECK;
void theme_free(struct theme *theme);

/* One thing that is wrong. place: "/colours/default/ink". */
typedef void (*theme_complain_fn)(void *arg, const char *file, const char *place,
                                  const char *reason);

/**
 * Check a file as theme_new does, but go on after a mistake.
 * @param path  any path
 * @return number of complaints, 0: it can be used
 */
int theme_lint(const char *assets_dir, const char *path, theme_complain_fn complain, void *arg);

/** Pixels and colours for a panel and a visitor. is_rtl is left false: the language's owner sets
 * it. */
void theme_resolve(const struct theme *theme, const struct theme_panel *panel,
                   const struct prefs *prefs, struct tokens *ret);

/** The colours of pictures: from those of the drawing to those of a contrast. */
void theme_look(const struct theme *theme, enum prefs_contrast contrast, struct image_look *ret);

/** @return the vendor's name of the product in a language ("zh-Hans"), NULL: the theme has none.
 * A language without a name of its own gets the first one. */
const char *theme_brand_name(const struct theme *theme, const char *language);

/* Pictures a brand may replace. */
enum theme_picture { THEME_LOGO, THEME_HOME, THEME_N_PICTURES };

/** @return path of the vendor's file, NULL: the picture of the product */
const char *theme_brand_picture(const struct theme *theme, enum theme_picture which);

/** @return WCAG 2 contrast ratio of two opaque colours, 1..21. */
double theme_contrast(colour_t a, colour_t b);

/* What must stand out: a line of theme.def. */
struct theme_pair {
    const char *front, *ground; /* names of tokens */
    double least, least_bare;   /* needed ratio; in black and white */
};

/** @return pair number i with the ratios that the theme gives in each contrast; false: no more */
bool theme_pair_at(const struct theme *theme, int i, struct theme_pair *ret,
                   double ret_ratio[PREFS_N_CONTRAST]);

#endif
