/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of themes: what a file holds, and the reading of it. Main thread. */
#ifndef YJ_UI_THEME_THEME_PRIV_H
#define YJ_UI_THEME_THEME_PRIV_H

#include <jansson.h>
#include <stddef.h>

#include "ui/theme/theme.h"

enum {
    THEME_NAME_BYTES = 32,
    THEME_PATH_BYTES = 512,
    THEME_BRAND_BYTES = 64,
    THEME_MAX_LAYERS = 4, /* a theme, what it rests on, and so on */
};

/* One colour for each contrast, one length for each text size, roomy and compact. */
struct colour_of {
    colour_t at[PREFS_N_CONTRAST];
};

struct length_mm {
    double at[2][PREFS_N_TEXT];
};

/* A colour of the drawings: a token, or two mixed. */
struct picture_colour {
    colour_t from;
    size_t first, second; /* offsets of colour_of in struct theme */
    int percent;          /* of the second */
};

struct brand_name {
    char language[THEME_NAME_BYTES], words[THEME_BRAND_BYTES];
};

struct theme {
#define COLOUR(name)             struct colour_of name;
#define LENGTH(name, a, b, most) struct length_mm name;
#define MOTION(name, most)       int name;
#include "ui/theme/theme.def"
    struct picture_colour picture[IMAGE_MAX_COLOURS];
    int n_pictures;
    struct brand_name brand[PREFS_MAX_LANGUAGES];
    int n_brands;
    char *file[THEME_N_PICTURES];
};

/* A reading: the file at hand and where complaints go. */
struct reading {
    const char *assets_dir;
    const char *file;
    bool is_whole; /* rests on nothing: every token must be there */
    struct theme *theme;
    theme_complain_fn complain;
    void *arg;
    int n_complaints;
};

extern const char *const theme_contrast_names[PREFS_N_CONTRAST];

/** Say that something is wrong at a place of the file at hand. */
void theme_say(struct reading *r, const char *place, const char *fmt, ...) YJ_PRINTF(3, 4);

/** Complain about names of an object that are none of n. */
void theme_only(struct reading *r, json_t *object, const char *place, const char *const names[],
                size_t n);

/** Parts of a file: colours, lengths, times, colours of pictures. */
void theme_read_parts(struct reading *r, json_t *root);

/** The vendor's name and pictures. */
void theme_read_brand(struct reading *r, json_t *brand);

/** After all files: lengths that grow, contrasts that are high enough. */
void theme_check(struct reading *r);

/** A file and what it rests on, into r->theme. @param path  of the file; @param depth from 0 */
void theme_read_layers(struct reading *r, const char *path, int depth);

static inline struct colour_of *theme_colour_at(struct theme *t, size_t offset)
{
    return (struct colour_of *)(void *)((char *)t + offset);
}

#endif
