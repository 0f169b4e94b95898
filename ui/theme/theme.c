/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded theme: pixels, colours, contrasts. Main thread. */
#include "ui/theme/theme.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/theme/theme_priv.h"

const char *const theme_contrast_names[PREFS_N_CONTRAST] = {"default", "light", "dark"};

/* The first complaint becomes the error. */
struct first {
    struct err *err;
    bool is_set;
};

/* The end of a long path says more than its beginning. */
static const char *tail_of(const char *path)
{
    enum { TAIL = 60 };
    size_t n = strlen(path);
    return n > TAIL ? path + n - TAIL : path;
}

static void keep_first(void *arg, const char *file, const char *place, const char *reason)
{
    struct first *f = arg;
    if (!f->is_set) /* the caller returns the code */
        (void)ERR(f->err, ERR_UI_ASSET, "%s: %s: %s", tail_of(file), place, reason);
    f->is_set = true;
}

/* @return true and the file of a name or of an absolute path that stays where it says */
static bool path_of(const char *assets_dir, const char *name, char *path, size_t size)
{
    size_t n = strlen(name);
    if (name[0] == '/')
        return n > 5 && strcmp(name + n - 5, ".json") == 0 && !strstr(name, "/../") &&
               snprintf(path, size, "%s", name) < (int)size;
    return n > 0 && !strchr(name, '/') && name[0] != '.' &&
           snprintf(path, size, "%s/themes/%s.json", assets_dir, name) < (int)size;
}

int theme_new(const char *assets_dir, const char *name, struct theme **ret, struct err *err)
{
    char path[THEME_PATH_BYTES];
    struct first first = {.err = err};
    if (!path_of(assets_dir, name, path, sizeof path))
        return ERR(err, ERR_UI_ASSET,
                   "the theme's name cannot be used: a name, or the whole path of a .json file");
    struct reading r = {.assets_dir = assets_dir,
                        .theme = mem_zalloc(1, sizeof *r.theme),
                        .complain = keep_first,
                        .arg = &first};
    theme_read_layers(&r, path, 0);
    if (!r.n_complaints)
        theme_check(&r);
    if (r.n_complaints) {
        theme_free(r.theme);
        return ERR_UI_ASSET;
    }
    *ret = r.theme;
    return 0;
}

int theme_lint(const char *assets_dir, const char *path, theme_complain_fn complain, void *arg)
{
    struct reading r = {.assets_dir = assets_dir,
                        .theme = mem_zalloc(1, sizeof *r.theme),
                        .complain = complain,
                        .arg = arg};
    theme_read_layers(&r, path, 0);
    if (!r.n_complaints)
        theme_check(&r);
    theme_free(r.theme);
    return r.n_complaints;
}

void theme_free(struct theme *theme)
{
    if (!theme)
        return;
    for (int i = 0; i < THEME_N_PICTURES; i++)
        free(theme->file[i]);
    free(theme);
}

/* Rounded up, so that a least length never becomes shorter than it was. */
static int px_of(double mm, double px_per_mm)
{
    int px = (int)ceil(mm * px_per_mm - 1e-6);
    return px > 0 ? px : 0;
}

void theme_resolve(const struct theme *t, const struct theme_panel *panel,
                   const struct prefs *prefs, struct tokens *ret)
{
    int shorter = panel->width_px < panel->height_px ? panel->width_px : panel->height_px;
    int size = prefs->text < PREFS_N_TEXT ? prefs->text : TEXT_NORMAL;
    if (prefs->is_elder && size < TEXT_LARGE)
        size = TEXT_LARGE;
    ret->contrast = prefs->contrast < PREFS_N_CONTRAST ? (enum prefs_contrast)prefs->contrast
                                                       : CONTRAST_DEFAULT;
    ret->px_per_mm = panel->px_per_mm;
    ret->is_large = size >= TEXT_LARGE;
    ret->is_compact = shorter / panel->px_per_mm < THEME_COMPACT_MM;
    ret->is_wide = panel->width_px > panel->height_px;
    ret->is_rtl = false;
    ret->is_bare = ret->contrast != CONTRAST_DEFAULT;
#define COLOUR(name)       ret->name = t->name.at[ret->contrast];
#define MOTION(name, most) ret->name = t->name;
#define LENGTH(name, a, b, most)                                                                   \
    ret->name = px_of(t->name.at[ret->is_compact][size], panel->px_per_mm);
#include "ui/theme/theme.def"
    if (!ret->is_bare)
        return;
    /* what colour says otherwise, lines must say */
    ret->border = ret->border > ret->border_bare ? ret->border : ret->border_bare;
    if (ret->border_lit < 2 * ret->border)
        ret->border_lit = 2 * ret->border;
}

static colour_t mixed(colour_t a, colour_t b, int percent_b)
{
    colour_t ret = 0xFF000000U;
    for (int shift = 0; shift <= 16; shift += 8) {
        int from = (int)(a >> shift & 0xFF), to = (int)(b >> shift & 0xFF);
        ret |= (colour_t)(from + (to - from) * percent_b / 100) << shift;
    }
    return ret;
}

void theme_look(const struct theme *theme, enum prefs_contrast contrast, struct image_look *ret)
{
    struct theme *t = (struct theme *)theme; /* theme_colour_at serves the reader too */
    memset(ret, 0, sizeof *ret);
    ret->shades = contrast == CONTRAST_LIGHT  ? IMAGE_GREY
                  : contrast == CONTRAST_DARK ? IMAGE_NEGATIVE
                                              : IMAGE_COLOURED;
    if (contrast != CONTRAST_DEFAULT)
        return;
    for (int i = 0; i < t->n_pictures; i++) {
        const struct picture_colour *p = &t->picture[i];
        ret->colour[ret->n].from = p->from;
        ret->colour[ret->n++].to = mixed(theme_colour_at(t, p->first)->at[contrast],
                                         theme_colour_at(t, p->second)->at[contrast], p->percent);
    }
}

const char *theme_brand_name(const struct theme *t, const char *language)
{
    for (int i = 0; i < t->n_brands; i++)
        if (strcmp(t->brand[i].language, language) == 0)
            return t->brand[i].words;
    return t->n_brands ? t->brand[0].words : NULL;
}

const char *theme_brand_picture(const struct theme *theme, enum theme_picture which)
{
    return theme->file[which];
}

static double linear(unsigned channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(colour_t c)
{
    return 0.2126 * linear(c >> 16 & 0xFF) + 0.7152 * linear(c >> 8 & 0xFF) +
           0.0722 * linear(c & 0xFF);
}

double theme_contrast(colour_t a, colour_t b)
{
    double la = luminance(a), lb = luminance(b);
    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}
