/* SPDX-License-Identifier: Apache-2.0 */
/* Reading theme files. Main thread. */
#include "ui/theme/theme.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { THEME_MAX_BYTES = 64 << 10 };

struct length_mm {
    double normal, elder;
};

struct theme {
#define COLOUR(name)             colour_t name;
#define LENGTH(name, a, b, most) struct length_mm name;
#include "ui/theme/theme.def"
};

struct colour_token {
    const char *name;
    size_t at;
};

struct length_token {
    const char *name;
    size_t at;
    double least, least_elder, most;
};

static const struct colour_token colour_tokens[] = {
#define COLOUR(name) {#name, offsetof(struct theme, name)},
#include "ui/theme/theme.def"
};

static const struct length_token length_tokens[] = {
#define LENGTH(name, a, b, most) {#name, offsetof(struct theme, name), a, b, most},
#include "ui/theme/theme.def"
};

static int colour_parse(const char *text, colour_t *ret)
{
    if (!text || strlen(text) != 7 || text[0] != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return -1;
    *ret = 0xFF000000U | (colour_t)strtoul(text + 1, NULL, 16);
    return 0;
}

static int colours_read(struct theme *t, json_t *j, const char *path, struct err *err)
{
    for (size_t i = 0; i < YJ_COUNT(colour_tokens); i++) {
        const char *text = json_string_value(json_object_get(j, colour_tokens[i].name));
        if (colour_parse(text, (colour_t *)(void *)((char *)t + colour_tokens[i].at)) < 0)
            return ERR(err, ERR_UI_ASSET, "%s: /colours/%s: \"#RRGGBB\" expected", path,
                       colour_tokens[i].name);
    }
    if (json_object_size(j) != YJ_COUNT(colour_tokens))
        return ERR(err, ERR_UI_ASSET, "%s: /colours: holds a name that is no token", path);
    return 0;
}

static int lengths_read(struct theme *t, json_t *j, const char *path, struct err *err)
{
    for (size_t i = 0; i < YJ_COUNT(length_tokens); i++) {
        const struct length_token *token = &length_tokens[i];
        json_t *pair = json_object_get(j, token->name);
        json_t *a = json_array_get(pair, 0), *b = json_array_get(pair, 1);
        if (json_array_size(pair) != 2 || !json_is_number(a) || !json_is_number(b))
            return ERR(err, ERR_UI_ASSET, "%s: /lengths_mm/%s: [normal, elder] expected", path,
                       token->name);
        struct length_mm mm = {json_number_value(a), json_number_value(b)};
        if (mm.normal < token->least || mm.elder < token->least_elder || mm.normal > token->most ||
            mm.elder > token->most)
            return ERR(err, ERR_UI_ASSET,
                       "%s: /lengths_mm/%s: at least %g (elder %g) and at most %g mm", path,
                       token->name, token->least, token->least_elder, token->most);
        *(struct length_mm *)(void *)((char *)t + token->at) = mm;
    }
    if (json_object_size(j) != YJ_COUNT(length_tokens))
        return ERR(err, ERR_UI_ASSET, "%s: /lengths_mm: holds a name that is no token", path);
    return 0;
}

int theme_new(const char *assets_dir, const char *name, struct theme **ret, struct err *err)
{
    char path[512];
    if (strchr(name, '/') ||
        snprintf(path, sizeof path, "%s/themes/%s.json", assets_dir, name) >= (int)sizeof path)
        return ERR(err, ERR_UI_ASSET, "the theme's name cannot be used");
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    if (mem_read_file(path, THEME_MAX_BYTES, &data, &n, &why) < 0)
        return ERR(err, ERR_UI_ASSET, "%s", why.msg);
    json_error_t je;
    json_t *root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
    if (!root)
        return ERR(err, ERR_UI_ASSET, "%s:%d: %s", path, je.line, je.text);
    struct theme *t = mem_zalloc(1, sizeof *t);
    int r = colours_read(t, json_object_get(root, "colours"), path, err);
    if (r == 0)
        r = lengths_read(t, json_object_get(root, "lengths_mm"), path, err);
    json_decref(root);
    if (r < 0) {
        free(t);
        return r;
    }
    *ret = t;
    return 0;
}

void theme_free(struct theme *theme)
{
    free(theme);
}

/* Rounded up, so that a least length never becomes shorter than it was. */
static int px_of(struct length_mm mm, double px_per_mm, bool is_elder)
{
    int px = (int)ceil((is_elder ? mm.elder : mm.normal) * px_per_mm - 1e-6);
    return px > 0 ? px : 0;
}

void theme_resolve(const struct theme *t, double px_per_mm, bool is_elder, struct tokens *ret)
{
    ret->px_per_mm = px_per_mm;
    ret->is_elder = is_elder;
#define COLOUR(name)             ret->name = t->name;
#define LENGTH(name, a, b, most) ret->name = px_of(t->name, px_per_mm, is_elder);
#include "ui/theme/theme.def"
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
